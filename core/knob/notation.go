package knob

import (
	"math"
	"strconv"
	"strings"
)

// splitList are the items of a list as it is typed.
func splitList(text string) []string {
	if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		text = text[1 : len(text)-1]
	}
	items := []string{}
	for _, part := range Split(text) {
		if n := len(part); n > 1 && strings.ContainsRune(quotes, rune(part[0])) && part[n-1] == part[0] {
			items = append(items, part[1:n-1])
		} else if part != "" {
			items = append(items, part)
		}
	}
	return items
}

const quotes = `"'`

// Split cuts values at the commas between them and trims them. A value in
// brackets or quotes stays whole.
func Split(text string) []string {
	var out []string
	from := 0
	depth, quote := 0, rune(0) // open brackets, and the quote that is open
	before := ','              // what stands before, without spaces
	for i, c := range text {
		opens := before == ',' || before == '['
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case opens && strings.ContainsRune(quotes, c):
			quote = c
		case opens && c == '[':
			depth++
		case c == ']' && depth > 0:
			depth--
		case c == ',' && depth == 0:
			out = append(out, strings.TrimSpace(text[from:i]))
			from = i + 1
		}
		if c != ' ' {
			before = c
		}
	}
	return append(out, strings.TrimSpace(text[from:]))
}

// quoted is an item of a list as it is typed, in quotes where it would be cut or
// trimmed without.
func quoted(item string) string {
	if item == strings.TrimSpace(item) && item != "" && !strings.ContainsAny(item, ",[]") && !strings.ContainsAny(item[:1], quotes) {
		return item
	}
	for _, quote := range []string{`"`, `'`} {
		if !strings.Contains(item, quote) {
			return quote + item + quote
		}
	}
	return item
}

func short(v float64) string {
	s := strconv.FormatFloat(v, 'g', 4, 64)
	if n, err := strconv.ParseFloat(s, 64); err == nil && n == v {
		s = strconv.FormatFloat(v, 'g', -1, 64)
		if a := math.Abs(v); a >= 1 && a < 1e15 && v == math.Trunc(v) {
			s = strconv.FormatFloat(v, 'f', 0, 64)
		}
	}
	return strings.NewReplacer("e-0", "e-", "e+0", "e", "e+", "e").Replace(s)
}
