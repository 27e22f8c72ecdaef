package columns

import (
	"strings"

	"descent/tui/draw"
)

// merged is a histogram in n bins or fewer.
func merged(counts []int, n int) []int {
	by := (len(counts) + n - 1) / n
	var out []int
	for i := 0; i < len(counts); i += by {
		sum := 0
		for _, c := range counts[i:min(i+by, len(counts))] {
			sum += c
		}
		out = append(out, sum)
	}
	return out
}

// wrap breaks a text into lines of w cells.
func wrap(text string, w int) []string { return strings.Split(draw.Wrap(text, w), "\n") }
