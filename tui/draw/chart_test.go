package draw

import (
	"math"
	"testing"

	"descent/tui/draw/ruler"

	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

func FuzzChart(f *testing.F) {
	f.Add(1.0, 2.0, 3.0, 10, true)
	f.Add(math.NaN(), math.Inf(1), math.Inf(-1), 2, false)
	f.Add(1e300, -1e300, 5e-324, 30, true)
	f.Add(0.0, 0.0, 0.0, 1, true)
	f.Add(7.0, 7.0, 7.0, 0, false)
	f.Fuzz(func(t *testing.T, a, b, c float64, h int, fine bool) {
		if h > 200 {
			return
		}
		for _, th := range []*Theme{NewTheme(termenv.Ascii, true), NewTheme(termenv.ANSI256, true)} {
			for _, values := range [][]float64{{a}, {a, b}, {a, b, c}, {math.NaN(), a, math.NaN(), b, c, math.NaN()}} {
				for k := range 6 {
					w := 1 + len(values)*len(values)
					p := Plot{
						Curves:     []Curve{{Values: values, Low: []float64{b, a}, High: []float64{c}, Trace: th.TrainLine}, {Trace: th.ValLine}, {Values: []float64{c}, Trace: th.PeakLine}},
						References: []Reference{{a, "a"}, {c, "c"}}, Kind: ruler.Kind(k % 3), Whole: k > 2, Fine: fine, Cursor: w,
					}
					lines := th.Chart(p, w, h)
					if len(lines) != max(h, 0) {
						t.Fatalf("%d lines, want %d", len(lines), h)
					}
					for _, l := range lines {
						if n := ansi.StringWidth(Neutral(l)); n > ChartMargin+w {
							t.Fatalf("%d cells for %d columns: %q", n, w, l)
						}
					}
				}
			}
		}
	})
}
