package draw

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Names, labels, titles and messages come from files that anybody may have
// written, and a terminal takes orders from text. Nothing is shown before it
// went through here: control characters, those that turn the direction of
// writing or have no width, separators of lines and paragraphs, and bytes that
// are no UTF-8 become a sign that can be seen; what only gives its neighbours
// another form goes.

// replacement stands for a character that a terminal is not given.
const replacement = '\uFFFD'

// Text is a text as a terminal may be given it. Newlines and tabs stay.
func Text(s string) string { return cleaned(s, false) }

// Line is a text as a terminal may be given it, on one line.
func Line(s string) string { return cleaned(s, true) }

// Printable tells whether a text may be given to a terminal as it is, on one line.
func Printable(s string) bool { return Line(s) == s }

// Unprintable tells whether a terminal must not be given a character as it is.
func Unprintable(r rune) bool {
	switch {
	case r < 0x20 || 0x7f <= r && r < 0xa0:
		return true
	case r < 0xad:
		return false
	}
	return unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// formsOnly tells whether a character is seen in its neighbours alone.
func formsOnly(r rune) bool {
	switch r {
	case '\u00ad', '\u034f', '\u200c', '\u200d': // soft hyphen, grapheme joiner, non-joiner, joiner
		return true
	}
	return unicode.Is(unicode.Variation_Selector, r)
}

// marksAtOnce is how many accents a letter may carry; more would cover the
// lines above and below.
const marksAtOnce = 4

func cleaned(s string, line bool) string {
	if plain(s) {
		return s
	}
	var out strings.Builder
	marks := 0
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\n' || r == '\t':
			if line {
				r = ' '
			}
			out.WriteRune(r)
		case r == utf8.RuneError && n == 1:
			out.WriteRune(replacement)
		case formsOnly(r):
		case r == '\r' && i+1 < len(s) && s[i+1] == '\n': // the end of a line, as Windows writes it
		case Unprintable(r):
			out.WriteRune(replacement)
		case unicode.In(r, unicode.Mn, unicode.Me):
			if marks++; marks <= marksAtOnce {
				out.WriteRune(r)
			}
			i += n
			continue
		default:
			out.WriteRune(r)
		}
		marks = 0
		i += n
	}
	return out.String()
}

// plain tells quickly of most texts that nothing is to be done.
func plain(s string) bool {
	for _, r := range s {
		if !usual(r) {
			return false
		}
	}
	return true
}

// usual tells of most characters that they can be printed and stand by themselves.
func usual(r rune) bool {
	switch {
	case r < 0x7f:
		return r >= 0x20
	case r < 0x300:
		return r >= 0xa0 && r != 0xad
	case r < 0x2190: // dashes, quotes, the ellipsis
		return 0x2010 <= r && r < 0x2028
	}
	return r < 0x2c00 || 0x4e00 <= r && r < 0xa000 || 0xac00 <= r && r < 0xd7a4 // arrows to lines, blocks and dots; Han; Hangul
}

// The screen's own colours are codes with a number in them that no file can
// know. So they can be told from those in a name at any time, and lose the
// number on the way to the terminal.
var signature = fmt.Sprintf("\x1b[%d;", 100_000_000+rand.IntN(900_000_000))

// Own are codes of colours as the screen's own.
func Own(codes string) string { return strings.ReplaceAll(codes, "\x1b[", signature) }

// Release is a text for the terminal. It has to be neutral.
func (t *Theme) Release(s string) string {
	if t.ascii {
		s = inASCII(s)
	}
	return strings.ReplaceAll(s, signature, "\x1b[")
}

// Neutral is a text in which nothing but the screen's own colours and newlines
// is more than a sign in a cell.
func Neutral(s string) string { return filtered(s, Text) }

// neutralLine is neutral on one line.
func neutralLine(s string) string { return filtered(s, Line) }

func filtered(s string, clean func(string) string) string {
	if plain(s) || settled(s) {
		return s
	}
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(s, signature)
		out.WriteString(strings.ReplaceAll(clean(before), "\t", " "))
		if !ok {
			return out.String()
		}
		end := codeEnd(rest)
		if end < 0 { // cut off within
			s = rest
			continue
		}
		out.WriteString(signature + rest[:end])
		s = rest[end:]
	}
}

// codeEnd is where the codes behind a signature end, negative if they do not.
func codeEnd(s string) int {
	for i := range len(s) {
		switch c := s[i]; {
		case c == 'm':
			return i + 1
		case c != ';' && (c < '0' || c > '9'):
			return -1
		}
	}
	return -1
}

// settled tells that a text is neutral, on one line, and of usual characters.
func settled(s string) bool {
	for i := 0; i < len(s); {
		if s[i] == 0x1b {
			if !strings.HasPrefix(s[i:], signature) {
				return false
			}
			end := codeEnd(s[i+len(signature):])
			if end < 0 {
				return false
			}
			i += len(signature) + end
			continue
		}
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		if !usual(r) {
			return false
		}
		i += n
	}
	return true
}

// Width is how many cells a line takes.
func Width(s string) int { return ansi.StringWidth(Neutral(s)) }

// Crop is the beginning of a line that w cells hold; where something is cut
// off it ends in tail.
func Crop(s string, w int, tail string) string { return ansi.Truncate(Neutral(s), w, tail) }

// Wrap breaks a text into lines of at most w cells, between words where it can be.
func Wrap(s string, w int) string { return ansi.Wrap(Neutral(s), max(w, 1), "") }
