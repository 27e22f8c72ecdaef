package data

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// checkText refuses bytes that are not UTF-8, at the first one, and lines that a
// reader of lines would take for one.
func checkText(file string, plain []byte) error {
	if bytes.IndexByte(plain, '\n') < 0 && bytes.IndexByte(bytes.TrimRight(plain, "\r"), '\r') >= 0 {
		return fmt.Errorf("%s: the lines end with a carriage return alone, as those of old Macs; save the file with line feeds (LF or CRLF)", file)
	}
	if utf8.Valid(plain) {
		return nil
	}
	line, at := 1, 0 // at: where the line begins
	for i := 0; i < len(plain); {
		r, size := utf8.DecodeRune(plain[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			would := ""
			if b := plain[i]; b >= 0xa0 { // the same in both
				would = fmt.Sprintf(" (in Latin-1 or Windows-1252 it is %q)", rune(b))
			}
			return fmt.Errorf("%s:%d:%d: the byte 0x%X is not UTF-8%s; save the file as UTF-8", file, line, i-at+1, plain[i], would)
		case r == '\n':
			line, at = line+1, i+1
		}
		i += size
	}
	return nil
}
