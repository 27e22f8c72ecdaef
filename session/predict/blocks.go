package predict

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"descent/core/data/text"
)

// blockBytes is about how much of a table is read at a time.
const blockBytes = 512 << 10

// longest bounds a row, in bytes.
const longest = 16 << 20

// blocks cuts a text into parts that end where a row ends, without reading the rows.
type blocks struct {
	r    *text.Reader
	rest []byte // read, and not handed out yet
	more io.Reader
	line int // of the beginning of rest
}

func newBlocks(r *text.Reader) *blocks {
	b := &blocks{r: r}
	b.rest, b.more, b.line = r.Rest()
	return b
}

// next is the next part, in memory of its own, and the number of its first line; io.EOF
// after the last.
func (b *blocks) next(room []byte) (part []byte, line int, err error) {
	room = append(room[:0], b.rest...)
	b.rest = b.rest[:0:0]
	for want := blockBytes; ; want *= 2 {
		if room, err = b.fill(room, want); err != nil {
			return nil, 0, err
		}
		end := len(room)
		if b.more != nil {
			end = b.end(room)
		}
		if end > 0 || b.more == nil {
			line := b.line
			b.line += bytes.Count(room[:end], []byte{b.r.End()})
			b.rest = append(b.rest, room[end:]...)
			if end == 0 {
				return nil, 0, io.EOF
			}
			return room[:end], line, nil
		}
		if want > longest {
			return nil, 0, fmt.Errorf("%s:%d: the row is longer than %d MiB: is a quote left open?", b.r.Name, b.line, longest>>20)
		}
	}
}

// fill reads until there are so many bytes, or no more.
func (b *blocks) fill(room []byte, want int) ([]byte, error) {
	for b.more != nil && len(room) < want {
		if cap(room) < want {
			room = append(make([]byte, 0, want+want/8), room...)
		}
		n, err := b.more.Read(room[len(room):cap(room)])
		room = room[:len(room)+n]
		if errors.Is(err, io.EOF) {
			b.more = nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", b.r.Name, err)
		}
	}
	return room, nil
}

// end is where the last row ends that ends within a text, 0 for none.
func (b *blocks) end(part []byte) int {
	eol, quote := b.r.End(), b.r.Quote()
	first := -1
	if quote != 0 {
		first = bytes.IndexByte(part, quote)
	}
	if first < 0 {
		return bytes.LastIndexByte(part, eol) + 1
	}
	last := bytes.LastIndexByte(part[:first], eol) + 1
	open := false // within a quoted cell
	for at := last; ; {
		n := bytes.IndexByte(part[at:], eol)
		if n < 0 {
			return last
		}
		line := part[at : at+n]
		if open || bytes.IndexByte(line, quote) >= 0 {
			open = b.opens(line, open)
		}
		at += n + 1
		if !open {
			last = at
		}
	}
}

// opens tells whether a quoted cell goes on behind a line, given whether one went on
// before it, by the rules of the reader of cells.
func (b *blocks) opens(line []byte, open bool) bool {
	separator, quote := b.r.Separator(), b.r.Quote()
	blank := func(c byte) bool { return c == ' ' || c == '\t' }
	for i := 0; i < len(line) || open; i++ {
		if !open {
			for i < len(line) && blank(line[i]) && (line[i] != separator || separator == ' ') {
				i++
			}
			if open = i < len(line) && line[i] == quote; open {
				i++
			}
		}
		if open {
			closed := false
			for i < len(line) && !closed {
				if line[i] != quote {
					i++
					continue
				}
				if i+1 < len(line) && line[i+1] == quote {
					i += 2
					continue
				}
				rest := i + 1
				for rest < len(line) && blank(line[rest]) && line[rest] != separator && separator != ' ' {
					rest++
				}
				if rest < len(line) && line[rest] != separator && line[rest] != '\r' && !(separator == ' ' && blank(line[rest])) && i > 0 && line[i-1] == '\\' {
					i++
					continue
				}
				i, closed = rest, true
			}
			if !closed {
				return true
			}
			open = false
		}
		for i < len(line) && line[i] != separator && !(separator == ' ' && blank(line[i])) {
			i++
		}
	}
	return false
}
