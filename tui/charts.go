package tui

import (
	"fmt"
	"io"
	"strings"

	"descent/core/whatif"
	"descent/session/headless"
	"descent/session/journal"
	"descent/tui/dialog"
	"descent/tui/draw"
)

// RateFinder is the range test as the workbench and the command make it.
var RateFinder = dialog.RateFinder

// RateChart draws the range test for out, in w×h cells.
func RateChart(out io.Writer, c whatif.RateCurve, w, h int) string {
	t := themeFor(out)
	lines := dialog.DrawRates(t, c, w, h-4)
	for i, s := range dialog.Suggestions(c) {
		lines = append(lines, fmt.Sprintf("%d  %-22s %s", i+1, s.Name, draw.Significant(s.Rate)))
	}
	return draw.Release(draw.Neutral(strings.Join(lines, "\n")))
}

// RaceChart draws the curves of a race for out, in w×h cells: each racer's
// median and, over several seeds, its quartiles as a band round it.
func RaceChart(out io.Writer, racers []headless.Racer, steps, w, h int) string {
	t := themeFor(out)
	cols := w - draw.ChartMargin - 1
	var bands, medians []draw.Curve
	var legend strings.Builder
	for i, r := range racers {
		line := func(pick func(headless.Spread) journal.Float) []float64 {
			values := make([]float64, cols)
			for c := range values {
				values[c] = float64(pick(r.Curve[c*len(r.Curve)/cols]))
			}
			return values
		}
		color := t.Lines[i%len(t.Lines)]
		bands = append(bands, draw.Curve{Values: line(func(s headless.Spread) journal.Float { return s.Low }), Color: t.PeakLine}, draw.Curve{Values: line(func(s headless.Spread) journal.Float { return s.High }), Color: t.PeakLine})
		medians = append(medians, draw.Curve{Values: line(func(s headless.Spread) journal.Float { return s.Median }), Color: color})
		legend.WriteString(t.Branch(i).Render("○ "+r.Value) + "  ")
	}
	lines := []string{draw.Between("", legend.String(), w)}
	lines = append(lines, t.Chart(append(bands, medians...), h-3, true)...)
	pad := strings.Repeat(" ", draw.ChartMargin-1)
	lines = append(lines,
		t.Muted.Render(pad+"└"+strings.Repeat("─", cols)),
		t.Muted.Render(pad+draw.Between(" 0", draw.Thousands(steps)+" steps", cols+1)))
	return draw.Release(draw.Neutral(strings.Join(lines, "\n")))
}
