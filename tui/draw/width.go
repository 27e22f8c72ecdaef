package draw

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// narrow are ranges of characters of one cell that join no others: what the screen is
// drawn with. Everything else is left to the library.
var narrow = [...][2]rune{
	{0x20, 0x7e}, {0xa1, 0xac}, {0xae, 0x2ff}, {0x370, 0x377}, {0x391, 0x3a1}, {0x3a3, 0x3c9}, {0x2010, 0x2027}, {0x2030, 0x205e}, {0x2070, 0x209c},
	{0x2190, 0x2193}, {0x2200, 0x22ff}, {0x2500, 0x25fc}, {0x2605, 0x2606}, {0x2713, 0x2718}, {0x2800, 0x28ff},
}

// Width returns the width of a line in cells.
func Width(s string) int { return cells(Neutral(s)) }

// cells returns the width of text without control characters but colour codes, in
// cells.
func cells(s string) int {
	n := 0
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c >= 0x20 && c < 0x7f:
			n++
			i++
			continue
		case c == 0x1b:
			if !strings.HasPrefix(s[i:], "\x1b[") {
				return ansi.StringWidth(s)
			}
			end := codeEnd(s[i+2:])
			if end < 0 {
				return ansi.StringWidth(s)
			}
			i += 2 + end
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isNarrow(r) {
			return ansi.StringWidth(s)
		}
		n++
		i += size
	}
	return n
}

func isNarrow(r rune) bool {
	for _, b := range narrow {
		if r <= b[1] {
			return r >= b[0]
		}
	}
	return false
}
