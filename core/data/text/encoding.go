package text

import (
	"bytes"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

var marks = []struct{ bytes, encoding string }{
	{"\xef\xbb\xbf", UTF8}, {"\xff\xfe", UTF16LE}, {"\xfe\xff", UTF16BE},
}

// encodingOf finds the encoding of a text by its first bytes, and how many of these are
// the mark of it. whole says that there are no more bytes.
func encodingOf(head []byte, whole bool) (encoding string, mark int) {
	for _, m := range marks {
		if bytes.HasPrefix(head, []byte(m.bytes)) {
			return m.encoding, len(m.bytes)
		}
	}
	if e := wide(head); e != "" {
		return e, 0
	}
	if utf8.Valid(head) {
		return UTF8, 0
	}
	if !whole { // a letter may be cut
		for cut := 1; cut < utf8.UTFMax && cut < len(head); cut++ {
			if utf8.RuneStart(head[len(head)-cut]) && !utf8.FullRune(head[len(head)-cut:]) && utf8.Valid(head[:len(head)-cut]) {
				return UTF8, 0
			}
		}
	}
	return Windows1252, 0
}

// wide tells UTF-16 without a mark by the zeros in it: those of ASCII, at every other place.
func wide(head []byte) string {
	head = head[:min(len(head), 4096)&^1]
	var zeros [2]int
	for i, b := range head {
		if b == 0 {
			zeros[i&1]++
		}
	}
	switch n := len(head) / 2; {
	case n == 0:
	case zeros[1]*10 >= n*7 && zeros[0]*10 <= n:
		return UTF16LE
	case zeros[0]*10 >= n*7 && zeros[1]*10 <= n:
		return UTF16BE
	}
	return ""
}

// decoder reads a text of another encoding as UTF-8.
type decoder struct {
	src     io.Reader
	convert func(dst, src []byte, last bool) (out []byte, used int)
	in      []byte // read and not yet converted
	out     []byte // converted and not yet taken
	err     error
}

func newDecoder(src io.Reader, encoding string) io.Reader {
	d := &decoder{src: src}
	switch encoding {
	case UTF16LE:
		d.convert = wideDecoder(func(b []byte) uint16 { return uint16(b[0]) | uint16(b[1])<<8 })
	case UTF16BE:
		d.convert = wideDecoder(func(b []byte) uint16 { return uint16(b[1]) | uint16(b[0])<<8 })
	case Windows1252:
		d.convert = windows
	default:
		return src
	}
	return d
}

func (d *decoder) Read(p []byte) (int, error) {
	for len(d.out) == 0 {
		if d.err != nil {
			return 0, d.err
		}
		old := len(d.in)
		if cap(d.in)-old < 32<<10 {
			d.in = append(make([]byte, 0, old+64<<10), d.in...)
		}
		n, err := d.src.Read(d.in[old : old+32<<10])
		d.in, d.err = d.in[:old+n], err
		var used int
		d.out, used = d.convert(d.out[:0], d.in, err != nil)
		d.in = append(d.in[:0], d.in[used:]...)
	}
	n := copy(p, d.out)
	d.out = d.out[n:]
	return n, nil
}

// wideDecoder decodes UTF-16. Halves of pairs without their other half become U+FFFD.
func wideDecoder(unit func([]byte) uint16) func(dst, src []byte, last bool) ([]byte, int) {
	return func(dst, src []byte, last bool) ([]byte, int) {
		i := 0
		for ; i+1 < len(src); i += 2 {
			r := rune(unit(src[i:]))
			if utf16.IsSurrogate(r) {
				if i+3 >= len(src) && !last {
					return dst, i
				}
				pair := utf8.RuneError
				if i+3 < len(src) {
					pair = utf16.DecodeRune(r, rune(unit(src[i+2:])))
				}
				if pair != utf8.RuneError {
					i += 2
				}
				r = pair
			}
			dst = utf8.AppendRune(dst, r)
		}
		if last {
			return dst, len(src)
		}
		return dst, i
	}
}

// windows decodes Windows-1252: Latin-1, but for the letters of 0x80 to 0x9F.
func windows(dst, src []byte, _ bool) ([]byte, int) {
	for _, b := range src {
		switch {
		case b < utf8.RuneSelf:
			dst = append(dst, b)
		case b < 0xa0:
			dst = utf8.AppendRune(dst, upper[b-0x80])
		default:
			dst = utf8.AppendRune(dst, rune(b))
		}
	}
	return dst, len(src)
}

// upper are the characters 0x80 to 0x9F of Windows-1252; those that it leaves open are the
// control characters of Latin-1, as the WHATWG's encoding standard has them.
var upper = [32]rune{
	'€', 0x81, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0x8d, 'Ž', 0x8f,
	0x90, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0x9d, 'ž', 'Ÿ',
}
