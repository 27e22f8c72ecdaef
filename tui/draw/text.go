package draw

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Names, labels, titles and messages come from untrusted files, and a terminal
// executes escape sequences in text. All text is therefore sanitised here: control
// characters, bidirectional and zero-width characters, line and paragraph
// separators and invalid UTF-8 are replaced by a visible sign; characters that only
// change the form of their neighbours are removed.

// replacement is shown in place of an unsafe character.
const replacement = '\uFFFD'

// Text sanitises a text for the terminal. Newlines and tabs are kept.
func Text(s string) string { return cleaned(s, false) }

// Line sanitises a text for the terminal, on one line.
func Line(s string) string { return cleaned(s, true) }

// Printable reports whether a text is safe for a terminal unchanged, on one line.
func Printable(s string) bool { return Line(s) == s }

// Unprintable reports whether a character must not be sent to a terminal.
func Unprintable(r rune) bool {
	switch {
	case r < 0x20 || 0x7f <= r && r < 0xa0:
		return true
	case r < 0xad:
		return false
	}
	return unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// formsOnly reports whether a character is visible only in the form of its
// neighbours.
func formsOnly(r rune) bool {
	switch r {
	case '\u00ad', '\u034f', '\u200c', '\u200d': // soft hyphen, grapheme joiner, non-joiner, joiner
		return true
	}
	return unicode.Is(unicode.Variation_Selector, r)
}

// marksAtOnce is the maximum number of combining marks of a letter; more would
// cover the lines above and below.
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
		case r == '\r' && i+1 < len(s) && s[i+1] == '\n': // a Windows line ending
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

// plain is a fast path: it reports that a text needs no sanitising.
func plain(s string) bool {
	for _, r := range s {
		if !usual(r) {
			return false
		}
	}
	return true
}

// usual reports, for the most common characters, that they are printable and not
// combining.
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

// The screen's own colour codes contain a random number that no file can know,
// which distinguishes them from codes in untrusted text. It is removed on output to
// the terminal.
var signature = fmt.Sprintf("\x1b[%d;", 100_000_000+rand.IntN(900_000_000))

// Own marks colour codes as the screen's own.
func Own(codes string) string { return strings.ReplaceAll(codes, "\x1b[", signature) }

// Neutral sanitises a text: only newlines and the screen's own colour codes are
// kept as control sequences.
func Neutral(s string) string { return filtered(s, Text) }

// neutralLine is Neutral on one line.
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
		if end < 0 { // cut off inside
			s = rest
			continue
		}
		out.WriteString(signature + rest[:end])
		s = rest[end:]
	}
}

// codeEnd returns the end of the codes after a signature, negative if they are
// incomplete.
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

// settled reports that a text is neutral, on one line, and made of usual
// characters.
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

// Crop returns the prefix of a line that fits into w cells; if it is cut, it ends
// in tail.
func Crop(s string, w int, tail string) string { return ansi.Truncate(Neutral(s), w, tail) }

// Wrap breaks a text into lines of at most w cells, between words if possible.
func Wrap(s string, w int) string {
	const flag, firm = "--", "\u2011\u2011" // a flag stays in one piece
	wrapped := ansi.Wrap(strings.ReplaceAll(Neutral(s), flag, firm), max(w, 1), "")
	return strings.ReplaceAll(wrapped, firm, flag)
}

// Bare is a text without its colours.
func Bare(s string) string { return ansi.Strip(s) }
