package tui

import (
	"fmt"
	"slices"
	"testing"

	"descent/tui/internal/check"

	tea "github.com/charmbracelet/bubbletea"
)

// onScreen are the titles of the panes that stand on the screen.
func (b *robot) onScreen() []string {
	var out []string
	for _, p := range b.m.Places(b.m.frame, b.m.w, b.m.bodyHeight()) {
		out = append(out, b.m.Pane(p).Title())
	}
	return out
}

// Whatever has the focus, a key that brings a pane forward shows it, and the main
// pane of the view stays or another view is shown.
func TestBringingAPaneForwardShowsIt(t *testing.T) {
	keys := map[string]string{"C": "Compression", "M": "Compression", "L": "Compression", "v": "Data", "e": "Data", "f": "Landscape"}
	for _, preset := range []string{"digits", "ravine", "moons"} {
		for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 55}} {
			b := newRobot(t, preset, size[0], size[1])
			b.everywhere(func() {
				from, main := b.m.Title(), b.onScreen()[len(b.onScreen())-1]
				for key, title := range keys {
					again := b.m.Stage
					a, ok := b.m.Find(b.m.frame, key, b.m.global)
					ok = ok && a.Why(b.m.frame) == ""
					b.press(key)
					what := fmt.Sprintf("%s at %v: %s in %s shows %v", preset, size, key, from, b.onScreen())
					turns := main == "Plane" && slices.Contains(b.onScreen(), "Data") // they share a place
					if b.m.Title() == from && !slices.Contains(b.onScreen(), main) && !turns {
						t.Errorf("%s, and no longer %s", what, main)
					}
					if ok && !slices.Contains(b.onScreen(), title) {
						t.Error(what)
					}
					check.Exact(t, "screen", b.m.View(), size[0], size[1])
					b.m.Stage = again
				}
			})
		}
	}
}

func TestThePaneWithTheFocusIsOnTheScreen(t *testing.T) {
	b := newRobot(t, "digits", 80, 24)
	for range 3 * len(b.m.Order(b.m.frame)) {
		b.press("tab")
		if title := b.m.Focused().Title(); !slices.Contains(b.onScreen(), title) || !slices.Contains(b.onScreen(), "Loss") {
			t.Errorf("%s has the focus, and the screen shows %v", title, b.onScreen())
		}
	}
	b.send(tea.WindowSizeMsg{Width: minWidth, Height: minHeight})
	b.press("C", "v", "C")
	if !slices.Contains(b.onScreen(), "Compression") {
		t.Errorf("the smallest window shows %v", b.onScreen())
	}
}

// The footer of a view is that of a pane that it shows.
func TestAViewHasItsFocusOnWhatItShows(t *testing.T) {
	for preset, title := range map[string]string{"digits": "Data", "moons": "Plane"} {
		b := newRobot(t, preset, 80, 24)
		if b.press("3"); b.m.Focused().Title() != title {
			t.Errorf("%s: %s has the focus in view 3", preset, b.m.Focused().Title())
		}
	}
}
