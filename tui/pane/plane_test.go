package pane

import (
	"testing"

	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	"github.com/muesli/termenv"
)

// probed is a frame of a preset after so many steps, with what the plane watches
// on w×h cells measured.
func probed(t *testing.T, p *Plane, preset string, steps, w, h int) *live.Frame {
	t.Helper()
	f, tr := frames.Trained(t, preset, steps)
	frames.Measure(p, f, tr, w, h)
	return f
}

func TestGoldenPlanes(t *testing.T) {
	for _, preset := range []string{"spiral", "chebyshev"} {
		t.Run(preset, func(t *testing.T) {
			p := NewPlane(frames.Plain())
			f := probed(t, p, preset, 300, 60, 20)
			check.Golden(t, p.View(f, 60, 20, false))
		})
	}
}

func TestThePlaneFillsItsPlaceAtAnySize(t *testing.T) {
	for _, preset := range []string{"spiral", "chebyshev"} {
		for _, th := range []*draw.Theme{frames.Plain(), frames.Colored(termenv.ANSI256), frames.Colored(termenv.TrueColor)} {
			p := NewPlane(th)
			for _, s := range [][2]int{{1, 1}, {4, 4}, {17, 5}, {60, 20}, {200, 50}} {
				f := probed(t, p, preset, 40, s[0], s[1])
				check.Exact(t, preset, p.View(f, s[0], s[1], false), s[0], s[1])
				f.Findings = nil // not measured yet
				check.Exact(t, preset, p.View(f, s[0], s[1], false), s[0], s[1])
			}
		}
	}
}
