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
	for _, p := range b.m.places(b.m.frame, b.m.w, b.m.bodyHeight()) {
		out = append(out, b.m.panes[p.pane].Title())
	}
	return out
}

// Whatever has the focus, and whatever key brings a pane forward, the loss stays
// on the screen and the pane comes.
func TestBringingAPaneForwardNeverPushesTheLossOut(t *testing.T) {
	keys := map[string]string{"C": "Compression", "M": "Compression", "L": "Compression", "v": "Data", "e": "Data", "f": "Plane"}
	for _, preset := range []string{"digits", "ravine", "moons"} {
		for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 55}} {
			b := newRobot(t, preset, size[0], size[1])
			for focus := range b.m.panes {
				if !b.m.panes[focus].Shown(b.m.frame) {
					continue
				}
				for key, title := range keys {
					b.m.stage = newStage(b.m.t)
					b.m.focusOn(focus)
					b.press(key)
					what := fmt.Sprintf("%s at %v: %s with the focus on %s shows %v", preset, size, key, b.m.panes[focus].Title(), b.onScreen())
					if !slices.Contains(b.onScreen(), "Loss") {
						t.Error(what)
					}
					if a, ok := b.m.find(b.m.frame, key, b.m.global); ok && a.Why(b.m.frame) == "" && !slices.Contains(b.onScreen(), title) {
						t.Error(what)
					}
					check.Exact(t, "screen", b.m.View(), size[0], size[1])
				}
			}
		}
	}
}

func TestThePaneWithTheFocusIsOnTheScreen(t *testing.T) {
	b := newRobot(t, "digits", 80, 24)
	for range 3 * len(b.m.panes) {
		b.press("tab")
		if title := b.m.panes[b.m.focus].Title(); !slices.Contains(b.onScreen(), title) || !slices.Contains(b.onScreen(), "Loss") {
			t.Errorf("%s has the focus, and the screen shows %v", title, b.onScreen())
		}
	}
	b.send(tea.WindowSizeMsg{Width: minWidth, Height: minHeight})
	b.press("C", "v", "C")
	if !slices.Contains(b.onScreen(), "Compression") {
		t.Errorf("the smallest window shows %v", b.onScreen())
	}
}
