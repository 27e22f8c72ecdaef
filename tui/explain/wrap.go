package explain

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// pad is text filled up to so many cells.
func pad(text string, to int) string {
	return text + strings.Repeat(" ", max(to-cells(text), 0))
}

// cells is how wide a text is: marks on letters take no room.
func cells(text string) int {
	n := utf8.RuneCountInString(text)
	for _, r := range text {
		if unicode.In(r, unicode.Mn, unicode.Me) {
			n--
		}
	}
	return n
}

// wrap breaks text between words; a word that is too long stays whole.
func wrap(text string, width int) (out []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case cells(line)+1+cells(word) <= width:
			line += " " + word
		default:
			out = append(out, line)
			line = word
		}
	}
	return append(out, line)
}
