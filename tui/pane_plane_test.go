package tui

import (
	"math"
	"strings"
	"testing"

	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	"github.com/charmbracelet/x/exp/golden"
	"github.com/muesli/termenv"
)

// probed is a frame of a preset after so many steps, with what the plane watches
// on w×h cells measured.
func probed(t *testing.T, p *plane, preset string, steps, w, h int) *live.Frame {
	t.Helper()
	f, tr := frames.Trained(t, preset, steps)
	frames.Measure(p, f, tr, w, h)
	return f
}

func TestGoldenPlanes(t *testing.T) {
	for _, preset := range []string{"spiral", "ravine", "rosenbrock"} {
		t.Run(preset, func(t *testing.T) {
			p := newPlane(frames.Plain())
			f := probed(t, p, preset, 300, 60, 20)
			golden.RequireEqual(t, []byte(p.View(f, 60, 20, false)))
		})
	}
}

func TestThePlaneFillsItsPlaceAtAnySize(t *testing.T) {
	for _, preset := range []string{"spiral", "ravine", "saddle"} {
		for _, th := range []*draw.Theme{frames.Plain(), frames.Colored(termenv.ANSI256), frames.Colored(termenv.TrueColor)} {
			for _, close := range []bool{false, true} {
				p := &plane{t: th, close: close}
				for _, s := range [][2]int{{1, 1}, {4, 4}, {17, 5}, {60, 20}, {200, 50}} {
					f := probed(t, p, preset, 40, s[0], s[1])
					check.Exact(t, preset, p.View(f, s[0], s[1], false), s[0], s[1])
					f.Point.X = math.NaN()
					check.Exact(t, preset, p.View(f, s[0], s[1], false), s[0], s[1])
					f.Findings = nil // not measured yet
					check.Exact(t, preset, p.View(f, s[0], s[1], false), s[0], s[1])
				}
			}
		}
	}
}

func TestThePlaneIsDrawnBeforeAnythingIsTrained(t *testing.T) {
	b := newRobot(t, "ravine", 120, 36)
	deadline := 200
	for ; deadline > 0 && b.runner.Frame().Probing; deadline-- {
		b.send(pollMsg{})
	}
	b.send(pollMsg{})
	b.sees("Plane", "○ start", "✕ least")
	if !strings.Contains(b.m.View(), "=====") {
		t.Errorf("no height is drawn:\n%s", b.m.View())
	}
}

func TestNoKeyMeansTwoThings(t *testing.T) {
	m := screen(frames.Plain(), frames.Still(t), 120, 36)
	global := map[string]string{}
	claim := func(own map[string]string, a intent.Action, who string) {
		for _, k := range a.Keys {
			if other, taken := global[k]; taken {
				t.Errorf("%q is a key of %s and of %s", k, other, who)
			}
			own[k] = who
		}
	}
	for _, a := range m.global {
		claim(global, a, "the screen: "+a.Help)
	}
	for _, p := range m.panes {
		for _, a := range p.Actions() {
			if a.Anywhere {
				claim(global, a, p.Title()+": "+a.Help)
			}
		}
	}
	for _, p := range m.panes {
		for _, a := range p.Actions() {
			if !a.Anywhere {
				claim(map[string]string{}, a, p.Title()+": "+a.Help)
			}
		}
	}
}
