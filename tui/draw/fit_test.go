package draw

import (
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// The width of everything is that of the library.
func TestWidthsAreThoseOfTheLibrary(t *testing.T) {
	for r := rune(0); r < 0x30000; r++ {
		for _, s := range []string{string(r), "a" + string(r) + "b", "é" + string(r), string(r) + "\u0301", string(r) + "\ufe0f", string(r) + "\u200d" + string(r)} {
			if r == 0x1b {
				continue
			}
			if got, want := cells(s), ansi.StringWidth(s); got != want {
				t.Fatalf("%q (%U): %d cells, want %d", s, r, got, want)
			}
		}
	}
	for _, s := range []string{"", "\x1b[31mred\x1b[0m", Own("\x1b[38;5;75m") + "━●▲ 0.1" + Own("\x1b[0m"), "世界", "\x1b[", "\x1b]0;x\a", "🙂‍↔️", "⚠️ x"} {
		if got, want := cells(s), ansi.StringWidth(s); got != want {
			t.Errorf("%q: %d cells, want %d", s, got, want)
		}
	}
}
