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

func TestImagesGrowWhereThereIsRoomForMany(t *testing.T) {
	for _, c := range []struct{ size, w, h, shrink, grow int }{
		{8, 38, 13, 1, 1},
		{8, 118, 31, 1, 2},
		{8, 198, 50, 1, 3},
		{28, 38, 13, 3, 1},
		{28, 198, 50, 1, 1},
	} {
		a := layAlbum(c.size, c.size, c.w, c.h)
		if a.shrink != c.shrink || a.grow != c.grow {
			t.Errorf("%d×%d pixels in %d×%d cells: shrunk %d, enlarged %d times, want %d and %d", c.size, c.size, c.w, c.h, a.shrink, a.grow, c.shrink, c.grow)
		}
		if a.across*(a.w+1)-1 > c.w || a.down*a.h > c.h {
			t.Errorf("%d×%d pixels do not fit %d×%d cells: %+v", c.size, c.size, c.w, c.h, a)
		}
	}
}
