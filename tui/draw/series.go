package draw

import (
	"sort"
	"strings"

	"descent/tui/draw/ruler"
)

// Series renders curves over ascending x under a title in at most h lines of w
// cells, with a legend and the ends of the axis.
func (t *Theme) Series(title, along string, x []float64, names []string, values [][]float64, w, h int) []string {
	out := []string{t.Muted.Render(title)}
	cols, rows := w-ChartMargin-1, h-4
	if len(x) == 0 || cols < 8 || rows < 2 {
		return out
	}
	reach := Axis{x[0], x[len(x)-1]}
	curves, legend := make([]Curve, len(values)), make([]string, len(values))
	for i, v := range values {
		curves[i] = Curve{Values: make([]float64, cols), Trace: t.Trace(i)}
		for c := range cols {
			at := sort.SearchFloat64s(x, reach.At(float64(c)/float64(max(cols-1, 1))))
			curves[i].Values[c] = v[min(at, len(v)-1)]
		}
		legend[i] = t.Legend(i, names[i])
	}
	out = append(out, strings.Join(legend, "  "))
	out = append(out, t.Chart(Plot{Curves: curves, Kind: ruler.Linear}, cols, rows)...)
	pad := strings.Repeat(" ", ChartMargin-1)
	return append(out,
		t.Muted.Render(pad+"└"+strings.Repeat("─", cols)),
		t.Muted.Render(pad+" "+Between(Significant(reach.Low)+"  → "+along, Significant(reach.High), cols)))
}
