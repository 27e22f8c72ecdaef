package text

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// maxRecord bounds a line of cells of a stream, in bytes.
const maxRecord = 16 << 20

// ahead is how many bytes are read at a time.
const ahead = 256 << 10

// Reader reads lines of cells one after the other. Of a stream it holds no more than a
// line and what was read ahead.
type Reader struct {
	// Name stands in the errors, which read "name:line:column: what is wrong".
	Name string
	// Notes say, a sentence each, what was found and is not usual.
	Notes []string

	dialect   Dialect
	separator byte
	quote     byte // 0 for none
	eol       byte
	comment   []byte // nil for none

	src    io.Reader // nil when all is in buf
	buf    []byte
	pos    int   // in buf, where the next line begins
	read   int64 // bytes before buf
	strict bool  // bytes have to be checked for UTF-8
	err    error // of src

	line    int // number of the next line
	first   int // the number of the line where the record begins
	cells   [][]byte
	places  []place
	record  []byte // of cells that had to be written anew
	Broken  int    // cells that go over several lines
	Where   string // the first of them
	Blank   int    // lines of cells without anything in them, which were skipped
	Comment []byte // the last line that was skipped as a comment, without its sign
	Width   int    // cells of the first line that Next gave
	hashes  bool   // a line of another width that begins with # is a comment
}

// place is where a cell begins.
type place struct {
	line   int // lines after that of the record
	column int // in bytes, from 0
}

// Dialect is how the text is written, with nothing left open.
func (r *Reader) Dialect() Dialect { return r.dialect }

// Offset is how many bytes of the text, in UTF-8, lie behind.
func (r *Reader) Offset() int64 { return r.read + int64(r.pos) }

// fill reads more into buf.
func (r *Reader) fill() {
	if r.src == nil {
		return
	}
	if r.pos > 0 {
		r.read += int64(r.pos)
		r.buf = append(r.buf[:0:cap(r.buf)], r.buf[r.pos:]...)
		r.pos = 0
	}
	old := len(r.buf)
	if cap(r.buf)-old < 64<<10 {
		r.buf = append(make([]byte, 0, 2*old+ahead), r.buf...)
	}
	n, err := r.src.Read(r.buf[old:cap(r.buf)])
	r.buf = r.buf[:old+n]
	if err != nil {
		r.src = nil
		if !errors.Is(err, io.EOF) {
			r.err = fmt.Errorf("%s: %w", r.Name, err)
		}
	}
}

// physical is the line that begins at an offset of buf, without its end, and where the next one
// begins. It reads on where the line is not whole; done says that there is none.
func (r *Reader) physical(from int) (line []byte, next int, done bool, err error) {
	from -= r.pos // a fill moves pos
	for searched := from; ; {
		rest := r.buf[r.pos:]
		if i := bytes.IndexByte(rest[searched:], r.eol); i >= 0 {
			i += searched
			return trimCR(rest[from:i]), r.pos + i + 1, false, nil
		}
		if r.src == nil {
			if r.err != nil {
				return nil, 0, true, r.err
			}
			return trimCR(rest[from:]), len(r.buf), from >= len(rest), nil
		}
		if searched = len(rest); searched > maxRecord {
			return nil, 0, true, fmt.Errorf("%s:%d: the line is longer than %d MiB: is a quote left open?", r.Name, r.line, maxRecord>>20)
		}
		r.fill()
	}
}

func trimCR(line []byte) []byte {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		return line[:n-1]
	}
	return line
}

// split makes the cells of a line without quotes.
func (r *Reader) split(line []byte) {
	r.cells, r.places = r.cells[:0], r.places[:0]
	if r.separator == ' ' {
		for i := 0; i < len(line); {
			if blank(line[i]) {
				i++
				continue
			}
			from := i
			for i < len(line) && !blank(line[i]) {
				i++
			}
			r.cells, r.places = append(r.cells, line[from:i]), append(r.places, place{0, from})
		}
		return
	}
	from := 0
	for i := 0; i <= len(line); i++ {
		if i < len(line) && line[i] != r.separator {
			continue
		}
		r.cells, r.places = append(r.cells, trim(line[from:i])), append(r.places, place{0, from})
		from = i + 1
	}
}

func blank(b byte) bool { return b == ' ' || b == '\t' }

// trim takes blanks off both ends, those of one byte the fast way.
func trim(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t' || b[0] == '\r' || b[0] == '\v' || b[0] == '\f') {
		b = b[1:]
	}
	for n := len(b); n > 0 && (b[n-1] == ' ' || b[n-1] == '\t' || b[n-1] == '\r' || b[n-1] == '\v' || b[n-1] == '\f'); n = len(b) {
		b = b[:n-1]
	}
	if n := len(b); n > 0 && (b[0] >= utf8.RuneSelf || b[n-1] >= utf8.RuneSelf) {
		return bytes.TrimSpace(b)
	}
	return b
}

// At is where a cell of the last line stands: name:line:column, in bytes of UTF-8 from 1.
func (r *Reader) At(cell int) string {
	p := place{}
	if cell < len(r.places) {
		p = r.places[cell]
	}
	return fmt.Sprintf("%s:%d:%d", r.Name, r.first+p.line, p.column+1)
}

// Line is the number of the line where the last cells begin, from 1.
func (r *Reader) Line() int { return r.first }

// invalid refuses a line that is not UTF-8.
func (r *Reader) invalid(line []byte) error {
	for i := 0; i < len(line); {
		c, size := utf8.DecodeRune(line[i:])
		if c == utf8.RuneError && size == 1 {
			would := ""
			if b := line[i]; b >= 0xa0 { // the same in both
				would = fmt.Sprintf(" (in Latin-1 or Windows-1252 it is %q)", rune(b))
			}
			return fmt.Errorf("%s:%d:%d: the byte 0x%X is not UTF-8%s; data.encoding = %q reads it as that", r.Name, r.line, i+1, line[i], would, Windows1252)
		}
		i += size
	}
	return nil
}
