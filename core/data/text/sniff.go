package text

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

const (
	sample = 64 << 10 // bytes that are looked at
	most   = 200      // lines of cells that are looked at
)

// settle finds what the dialect leaves open, and goes to where the table begins.
func (r *Reader) settle() error {
	d := &r.dialect
	if open(d.Lines) {
		d.Lines = LF
		if text := r.buf[r.pos:]; bytes.IndexByte(text, '\n') < 0 && bytes.IndexByte(bytes.TrimRight(text, "\r"), '\r') >= 0 {
			d.Lines = CR
		}
	}
	r.eol = '\n'
	if d.Lines == CR {
		r.eol = '\r'
	}
	r.told()
	skip := d.Skip
	for range max(skip, 0) {
		_, next, done, err := r.physical(r.pos)
		if err != nil {
			return err
		}
		if done {
			return fmt.Errorf("%s: data.skip = %d leaves no line", r.Name, skip)
		}
		r.pos, r.line = next, r.line+1
	}
	commented := open(d.Comment)
	if commented {
		d.Comment = r.remark()
		r.hashes = d.Comment == None
	}
	if d.Comment != None {
		r.comment = []byte(d.Comment)
	}
	auto := open(d.Quote)
	if auto {
		d.Quote = r.quoteSign()
	}
	if d.Quote != None {
		r.quote = d.Quote[0]
	}
	var found shape
	if open(d.Separator) {
		found = r.separate()
		d.Separator = string(found.separator)
	} else {
		found = r.shape(separatorOf(d.Separator))
	}
	r.separator = separatorOf(d.Separator)
	if skip < 0 {
		d.Skip = 0
		if found.begins > r.line {
			d.Skip = found.begins - r.line
			for r.line < found.begins {
				_, next, _, err := r.physical(r.pos)
				if err != nil {
					return err
				}
				r.pos, r.line = next, r.line+1
			}
		}
	}
	r.tell(commented, auto, skip < 0)
	return nil
}

func separatorOf(s string) byte {
	switch s {
	case `\t`, "tab":
		return '\t'
	case "":
		return ','
	}
	return s[0]
}

var separates = regexp.MustCompile(`(?i)^"?sep=(.)"?[,;\t]*\s*$`)

// told takes the line sep=; with which some programs begin a table.
func (r *Reader) told() {
	line, next, done, err := r.physical(r.pos)
	if err != nil || done || len(line) > 20 {
		return
	}
	if m := separates.FindSubmatch(line); m != nil {
		if open(r.dialect.Separator) {
			r.dialect.Separator = string(m[1])
		}
		r.pos, r.line = next, r.line+1
	}
}

// remark is what comments begin with, None if the first line is none.
func (r *Reader) remark() string {
	text := bytes.TrimLeft(r.buf[r.pos:], " \t\r\n")
	for _, sign := range []string{"#", "%", "//"} {
		if bytes.HasPrefix(text, []byte(sign)) {
			return sign
		}
	}
	return None
}

// quoteSign is what cells are quoted by: ' where cells stand between two of them, and
// none does between ", else ".
func (r *Reader) quoteSign() string {
	text := r.buf[r.pos:min(len(r.buf), r.pos+sample)]
	closed, other := 0, 0
	for at := 0; at < len(text); {
		i := bytes.IndexAny(text[at:], `"'`)
		if i < 0 {
			break
		}
		i += at
		at = i + 1
		if i > 0 && bytes.IndexByte([]byte(",;|\t\r\n "), text[i-1]) < 0 {
			continue
		}
		if text[i] == '"' {
			return `"`
		}
		end := bytes.IndexByte(text[at:], '\'')
		if end >= 0 && bytes.IndexByte(text[at:at+end], r.eol) < 0 && (at+end+1 == len(text) || bytes.IndexByte([]byte(",;|\t\r\n "), text[at+end+1]) >= 0) {
			closed++
			at += end + 1
		} else {
			other++
		}
	}
	if closed > 1 && other == 0 {
		return "'"
	}
	return `"`
}

// shape is what the first lines are under a separator.
type shape struct {
	separator byte
	width     int     // cells of most lines
	score     float64 // from 0 to 1, how much of a table it is
	begins    int     // the line where the table begins
}

const (
	strong = ",\t;|"
	weak   = " :~^"
)

// separate finds the separator.
func (r *Reader) separate() shape {
	var best shape
	for _, candidates := range []string{strong, weak} {
		for i := range len(candidates) {
			if s := r.shape(candidates[i]); s.width > 1 && (s.score > best.score+1e-9 || s.score > best.score-1e-9 && s.width > best.width) {
				best = s
			}
		}
		if best.score >= 0.6 {
			return best
		}
	}
	if best.score < 0.4 {
		return shape{separator: ',', begins: r.line}
	}
	return best
}

// shape reads the first lines by a separator.
func (r *Reader) shape(separator byte) shape {
	out := shape{separator: separator, begins: r.line}
	head := r.buf[r.pos:]
	cut := r.src != nil
	if len(head) > sample {
		head, cut = head[:sample], true
	}
	if cut { // leave out the line that is not whole
		if i := bytes.LastIndexByte(head, r.eol); i >= 0 {
			head = head[:i+1]
		}
	}
	try := &Reader{Name: r.Name, buf: head, separator: separator, quote: r.quote, eol: r.eol, comment: r.comment, line: r.line}
	var widths, starts []int
	var good []float64
	for len(widths) < most {
		cells, err := try.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			if !cut || len(widths) == 0 { // a quote that seems open where the sample ends is no fault
				return out
			}
			break
		}
		n := 0
		for _, c := range cells {
			if !joined(c, separator) {
				n++
			}
		}
		if try.hashed(cells) {
			continue
		}
		widths, starts, good = append(widths, len(cells)), append(starts, try.first), append(good, float64(n)/float64(len(cells)))
	}
	times := map[int]int{}
	for _, w := range widths {
		if times[w]++; w > 1 && times[w] > times[out.width] {
			out.width = w
		}
	}
	if out.width < 2 {
		return out
	}
	from := 0 // the first line of the table
	for widths[from] != out.width {
		from++
	}
	if from > 0 && widths[from-1] == out.width-1 && out.width > 2 {
		from-- // names without one for the first column
	}
	if from > 0 && times[out.width] < 2 {
		from = 0
	}
	quality := 0.0
	for i := from; i < len(widths); i++ {
		if widths[i] == out.width {
			quality += good[i]
		}
	}
	quality /= float64(times[out.width])
	out.score = float64(times[out.width]) / float64(len(widths)-from) * quality
	if from > 0 {
		out.score *= 0.95
		out.begins = starts[from]
	}
	return out
}

// hashed tells whether a line begins with #.
func (r *Reader) hashed(cells [][]byte) bool { return bytes.HasPrefix(cells[0], []byte("#")) }

// joined tells whether a cell looks as if another separator stood in it.
func joined(cell []byte, separator byte) bool {
	number, blanks := true, false
	for i, b := range cell {
		switch {
		case b >= '0' && b <= '9', b == '.', b == ',', b == '+', b == '-', b == 'e', b == 'E', b == '%':
		case b == ' ':
			// A blank between thousands has three digits behind it.
			digits := 0
			for i+1+digits < len(cell) && cell[i+1+digits]-'0' <= 9 {
				digits++
			}
			blanks = blanks || digits != 3
		default:
			number = false
		}
	}
	if number {
		return blanks || separator != ';' && separator != '\t' && separator != '|' && bytes.Count(cell, []byte(",")) > 1
	}
	for i, b := range cell {
		if b != separator && strings.IndexByte(strong, b) >= 0 && !(i+1 < len(cell) && cell[i+1] == ' ') {
			return true
		}
	}
	return false
}

// tell notes what was found and is not usual, and which key says otherwise.
func (r *Reader) tell(comments, quotes, skips bool) {
	note := func(format string, args ...any) { r.Notes = append(r.Notes, fmt.Sprintf(format, args...)) }
	d := r.dialect
	switch d.Encoding {
	case Windows1252:
		note("%s is not UTF-8 and is read as Windows-1252 (Latin-1); data.encoding says otherwise", r.Name)
	case UTF16LE, UTF16BE:
		note("%s is read as %s", r.Name, strings.ToUpper(d.Encoding))
	}
	if strings.IndexByte(",\t;", r.separator) < 0 {
		note("cells are taken to stand between %s; data.separator says otherwise", nameOf(d.Separator))
	}
	if quotes && d.Quote == "'" {
		note("cells are taken to be quoted by '; data.quote says otherwise")
	}
	if comments && d.Comment != None {
		note("lines that begin with %s are skipped as comments; data.comment = %q takes them for rows", d.Comment, None)
	}
	if skips && d.Skip > 0 {
		note("%s before the table %s skipped; data.skip says how many", lines(d.Skip), map[bool]string{true: "is", false: "are"}[d.Skip == 1])
	}
	if d.Lines == CR {
		note("lines are taken to end with a carriage return alone")
	}
}

func lines(n int) string {
	if n == 1 {
		return "1 line"
	}
	return fmt.Sprintf("%d lines", n)
}
