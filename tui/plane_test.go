package tui

import (
	"strings"
	"testing"

	"descent/tui/intent"
	"descent/tui/internal/frames"
)

func TestThePlaneIsDrawnBeforeAnythingIsTrained(t *testing.T) {
	b := newRobot(t, "ravine", 120, 36)
	deadline := 200
	for ; deadline > 0 && b.runner.Frame().Probing; deadline-- {
		b.send(pollMsg{})
	}
	b.send(pollMsg{})
	b.sees("Landscape", "○ start", "✕ min")
	if !strings.Contains(b.m.View(), "=====") {
		t.Errorf("no height is drawn:\n%s", b.m.View())
	}
}

func TestNoKeyMeansTwoThings(t *testing.T) {
	m := screen(frames.Plain(), frames.Still(t), 120, 36)
	global := map[string]string{}
	claim := func(own map[string]string, a intent.Action, who string) {
		for _, k := range a.Keys {
			for _, in := range []map[string]string{global, own} {
				if other, taken := in[k]; taken {
					t.Errorf("%q is a key of %s and of %s", k, other, who)
					break
				}
			}
			own[k] = who
		}
	}
	for _, a := range m.global {
		claim(global, a, "the screen: "+a.Help)
	}
	for _, p := range m.Panes() {
		for _, a := range p.Actions() {
			if a.Anywhere {
				claim(global, a, p.Title()+": "+a.Help)
			}
		}
	}
	for _, p := range m.Panes() {
		own := map[string]string{}
		for _, a := range p.Actions() {
			if !a.Anywhere {
				claim(own, a, p.Title()+": "+a.Help)
			}
		}
	}
}
