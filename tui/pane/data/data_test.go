package data

import (
	"strings"
	"testing"

	"descent/core/probe"
	"descent/tui/draw"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	"github.com/muesli/termenv"
)

func TestNoFindingBreaksTheData(t *testing.T) {
	f, _ := frames.Trained(t, "iris", 0)
	e := New(frames.Plain())
	for k := range check.Extremes {
		v := func(i int) float64 { return check.Extremes[(i*5+k)%len(check.Extremes)] }
		var fit probe.Fit
		var columns probe.Importances
		reliability := probe.Reliability{Error: v(0), Bins: make([]probe.ReliabilityBin, 10)}
		for i := range 19 {
			fit.True, fit.Predicted = append(fit.True, v(i)), append(fit.Predicted, v(i+3))
			columns = append(columns, probe.ColumnImportance{Name: "column", Rise: v(i)})
		}
		for i := range reliability.Bins {
			reliability.Bins[i] = probe.ReliabilityBin{Rows: i, Said: v(i), Right: v(i + 1)}
		}
		fit.R2 = v(1)
		for _, size := range [][2]int{{9, 4}, {60, 20}} {
			w, h := size[0], size[1]
			for _, lines := range [][]string{e.fit(f, fit, w, h), e.residuals(f, fit, w, h), e.found(f, columns, w, h), e.calibration(f, reliability, w, h)} {
				check.Exact(t, "view", draw.FitLines(lines, w, h), w, h)
			}
		}
	}
}

// file makes the name of a view one of a file.
var file = strings.NewReplacer(",", "", " ", "-")

func TestGoldenViewsOfTheData(t *testing.T) {
	for _, preset := range []string{"digits", "concrete", "iris"} {
		f, tr := frames.Trained(t, preset, 120)
		for v, view := range New(frames.Plain()).views(f.Data) {
			t.Run(preset+"-"+file.Replace(view.name), func(t *testing.T) {
				e := &Pane{sheet{t: frames.Plain()}, v}
				frames.Measure(e, f, tr, 50, 16)
				check.Golden(t, e.View(f, 50, 16, true))
			})
		}
	}
}

func TestEveryViewOfTheDataFillsItsPlace(t *testing.T) {
	for _, preset := range []string{"digits", "concrete", "penguins", "spiral", "chebyshev"} {
		for _, th := range []*draw.Theme{frames.Plain(), frames.Colored(termenv.TrueColor)} {
			f, tr := frames.Trained(t, preset, 2)
			for v := range New(th).views(f.Data) {
				for _, explain := range []bool{false, true} {
					for _, s := range [][2]int{{1, 1}, {8, 3}, {20, 6}, {38, 14}, {120, 40}} {
						e := &Pane{sheet{t: th, explain: explain, page: 3}, v}
						frames.Measure(e, f, tr, s[0], s[1])
						check.Exact(t, preset, e.View(f, s[0], s[1], false), s[0], s[1])
					}
				}
			}
		}
	}
}

func TestTheHeadOfAViewOfTheDataIsNeverCut(t *testing.T) {
	for name, want := range map[string]string{imagesView: "coloured: saliency", "confusion": "true ↓ predicted →"} {
		for _, w := range []int{30, 38, 52, 120} {
			e := &Pane{sheet{t: frames.Plain(), explain: name == imagesView}, 0}
			f, tr := frames.Trained(t, "digits", 2)
			for e.current(f.Data).name != name {
				e.view++
			}
			frames.Measure(e, f, tr, w, 16)
			if head, _, _ := strings.Cut(e.View(f, w, 16, false), "\n"); !strings.Contains(head, want) || strings.Contains(head, "…") {
				t.Errorf("in %d cells %q, want %q", w, head, want)
			}
		}
	}
}

func TestImportanceIsOfATrainedNetworkAlone(t *testing.T) {
	for steps, want := range map[int]string{0: "not trained yet", 3: "permutation importance"} {
		e := &Pane{sheet{t: frames.Plain()}, 0}
		f, tr := frames.Trained(t, "iris", steps)
		for e.current(f.Data).name != importanceView {
			e.view++
		}
		if steps == 0 && len(e.Probes(f, 60, 16)) > 0 {
			t.Error("the importance of an untrained network is measured")
		}
		frames.Measure(e, f, tr, 60, 16)
		if got := e.View(f, 60, 16, true); !strings.Contains(got, want) {
			t.Errorf("at step %d:\n%s", steps, got)
		}
	}
}
