package dialog

import (
	"fmt"
	"strings"
	"testing"

	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	"github.com/muesli/termenv"
)

func fitterOn(th *draw.Theme, f *live.Frame, finished bool) *Fitter {
	return &Fitter{t: th, frame: func() *live.Frame { return f }, ask: frames.FitTo(finished)}
}

func TestGoldenSearchForWhatFits(t *testing.T) {
	for _, size := range [][2]int{{50, 14}, {80, 24}, {120, 36}} {
		for _, finished := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v-%dx%d", finished, size[0], size[1]), func(t *testing.T) {
				check.Golden(t, fitterOn(frames.Plain(), frames.Still(t), finished).View(size[0], size[1]))
			})
		}
	}
}

func TestTheSearchFillsItsPlace(t *testing.T) {
	for _, th := range []*draw.Theme{frames.Plain(), frames.Colored(termenv.TrueColor)} {
		for _, f := range frames.OddCompressed(t) {
			for _, finished := range []bool{false, true} {
				for _, s := range [][2]int{{50, 14}, {63, 17}, {80, 24}, {200, 55}} {
					box := fitterOn(th, f, finished).View(s[0], s[1])
					lines := strings.Split(box, "\n")
					if len(lines) > s[1] {
						t.Fatalf("the search is %d lines high on a screen of %d:\n%s", len(lines), s[1], box)
					}
					check.Exact(t, "search", box, min(s[0]-4, 86), len(lines))
				}
			}
		}
	}
}
