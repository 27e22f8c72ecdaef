package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"descent/core/whatif"
	"descent/tui/dialog"
	"descent/tui/draw"
	"descent/tui/terminal"
)

// rateFinder is the range test with the settings of the workbench and the command
// line.
var rateFinder = dialog.RateFinder

// rateChart renders a range test for out, in w×h cells.
func rateChart(out io.Writer, c whatif.RateCurve, w, h int) string {
	t := terminal.ThemeFor(out)
	lines := dialog.DrawRates(t, c, w, h-4)
	for i, s := range dialog.Suggestions(c) {
		lines = append(lines, fmt.Sprintf("%d  %-22s %s", i+1, s.Name, draw.Significant(s.Rate)))
	}
	return t.Release(draw.Neutral(strings.Join(lines, "\n")))
}

// raceCurve is the loss of one racer over equal parts of a run: the median and the
// quartiles over its seeds.
type raceCurve struct {
	Name              string
	Low, Median, High []float64
}

// raceChart renders the curves of a race for out, in w×h cells: the median of each
// racer and, for several seeds, its quartiles as a band around it.
func raceChart(out io.Writer, racers []raceCurve, steps, w, h int) string {
	t := terminal.ThemeFor(out)
	return t.Release(draw.Neutral(strings.Join(raceLines(t, racers, steps, w, h), "\n")))
}

// raceLines are the lines of the curves of a race.
func raceLines(t *draw.Theme, racers []raceCurve, steps, w, h int) []string {
	cols := w - draw.ChartMargin - 1
	var curves []draw.Curve
	var legend strings.Builder
	for i, r := range racers {
		c := draw.Curve{Values: r.Median, Trace: t.Trace(i)}
		if len(racers) <= 3 && !slices.Equal(r.Low, r.High) { // more bands would hide each other
			c.Low, c.High = r.Low, r.High
		}
		curves = append(curves, c)
		legend.WriteString(t.Legend(i, r.Name) + "  ")
	}
	lines := []string{draw.Between("", legend.String(), w)}
	lines = append(lines, t.Chart(draw.Plot{Curves: curves, Fine: true}, cols, h-3)...)
	pad := strings.Repeat(" ", draw.ChartMargin-1)
	lines = append(lines,
		t.Muted.Render(pad+"└"+strings.Repeat("─", cols)),
		t.Muted.Render(pad+draw.Between(" 0", draw.Thousands(steps)+" steps", cols+1)))
	return lines
}
