package tui

import (
	"math"
	"testing"

	"descent/core/probe"
	"descent/core/whatif"
	"descent/session"
	"descent/session/live"
	"descent/tui/dialog"
	"descent/tui/draw"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"
)

func TestNoFindingBreaksTheData(t *testing.T) {
	f, _ := frames.Trained(t, "iris", 0)
	e := newData(frames.Plain())
	for k := range check.Extremes {
		v := func(i int) float64 { return check.Extremes[(i*5+k)%len(check.Extremes)] }
		var fit probe.Fit
		var columns []probe.ColumnImportance
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
			for _, lines := range [][]string{e.fit(f, fit, w, h), e.residuals(f, fit, w, h), e.importance(f, columns, w, h), e.calibration(f, reliability, w, h)} {
				check.Exact(t, "view", draw.FitLines(lines, w, h), w, h)
			}
		}
	}
}

func TestNoFindingBreaksTheCompression(t *testing.T) {
	for k := range check.Extremes {
		v := func(i int) float64 { return check.Extremes[(i*5+k)%len(check.Extremes)] }
		layers := probe.Layers{Base: probe.Answers{Loss: v(2)}, Sparsities: []float64{0.5, 0.9}, Bits: []int{8, 2}}
		for i := range 3 {
			a := func(j int) probe.Answers { return probe.Answers{Loss: v(i + j), Accuracy: v(i - j + 9)} }
			layers.Layers = append(layers.Layers, probe.Bears{Layer: "0", Kind: "dense", Cut: []probe.Answers{a(1), a(2)}, Rounded: []probe.Answers{a(3), a(4)}})
		}
		f := frames.Still(t)
		f.Findings[probe.Sensitivity{}] = live.Finding{Value: layers}
		f.Findings[session.WholeNumbers{}] = live.Finding{Value: session.IntegerReport{Agreement: probe.Agreement{Rows: 3, Difference: v(4)}, Whole: v(1), Float: v(2), Simulation: v(3)}}
		for view := range deskViews {
			check.Exact(t, "desk", (&compression{desk{t: frames.Plain()}, view}).View(f, 60, 20, true), 60, 20)
		}
	}
}

func TestNoNumberBreaksTheRangeTest(t *testing.T) {
	for k := range check.Extremes {
		v := func(i int) float64 { return check.Extremes[(i*5+k)%len(check.Extremes)] }
		c := whatif.RateCurve{}
		for i := range 20 {
			c.Rates, c.Losses, c.Smooth = append(c.Rates, 1e-6*math.Pow(2, float64(i))), append(c.Losses, v(i)), append(c.Smooth, v(i+1))
		}
		dialog.DrawRates(frames.Plain(), c, 60, 20)
	}
}

func TestEveryHeightHasItsBand(t *testing.T) {
	for _, low := range check.Extremes {
		for _, high := range check.Extremes {
			for _, x := range check.Extremes {
				if level := banded(x, low, high); !(level >= 0 && level <= 1) {
					t.Errorf("%v from %v to %v is at %v", x, low, high, level)
				}
			}
		}
	}
}
