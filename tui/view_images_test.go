package tui

import (
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestACaptionKeepsItsNumberWhole(t *testing.T) {
	for _, c := range []struct {
		truth, guess string
		share        float64
		w            int
		want         string
	}{
		{"Dress", "Shirt", 0.95, 14, "Dres→Shirt 95%"},
		{"T-shirt", "Dress", 0.71, 14, "T-sh→Dress 71%"},
		{"Shirt", "T-shirt", 1, 8, "S→T 100%"},
		{"1", "8", 1, 8, "1→8 100%"},
		{"Bag", "Sneaker", 0.5, 14, "Bag→Sneake 50%"},
		{"Sneaker", "", 0.99, 8, "Snea 99%"},
	} {
		got := caption(c.truth, c.guess, c.share, c.w)
		if got != c.want || ansi.StringWidth(got) > c.w {
			t.Errorf("in %d cells %q, want %q", c.w, got, c.want)
		}
	}
}
