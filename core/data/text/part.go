package text

import "io"

// Part reads a part of the same text that is there as a whole: lines of cells from the
// beginning of one on, whose number is line.
func (r *Reader) Part(content []byte, line int) *Reader {
	p := &Reader{
		Name: r.Name, dialect: r.dialect, separator: r.separator, quote: r.quote, eol: r.eol, comment: r.comment, hashes: r.hashes, Width: r.Width,
		buf: content, strict: true, line: line,
	}
	p.dialect.Encoding = UTF8
	return p
}

// Quote is what cells are quoted by, 0 for none; Separator is what stands between them, a
// space for runs of blanks; End is what ends a line.
func (r *Reader) Quote() byte     { return r.quote }
func (r *Reader) Separator() byte { return r.separator }
func (r *Reader) End() byte       { return r.eol }

// Rest is the text behind the line that Next gave last, as far as it was read, and what
// reads the bytes behind that; nil for nothing. Of a text in another encoding than UTF-8
// it is decoded. The reader is not used any more.
func (r *Reader) Rest() (read []byte, more io.Reader, line int) {
	return r.buf[r.pos:], r.src, r.line
}
