package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"descent/session/headless"
	"descent/tui/draw"
)

// printRace tells how a race went: its curves, and who leads.
func printRace(c headless.Contest, out []headless.Racer, asJSON, chart bool) error {
	if asJSON {
		return printJSON(out)
	}
	if chart || stdout.terminal() {
		stdout.draw(raceChart(stdout.data(), curvesOf(out), c.Steps, 100, 20) + "\n")
	}
	if c.By == "" && c.JudgesLosses() && out[0].Accuracy == nil {
		stderr.printf("note: each loss has units of its own, and there is no accuracy to rank by: the order is that of --over\n")
	}
	return raceTable(c, out)
}

// columns are what a race may be judged by.
var columns = []struct {
	title string
	of    func(headless.Racer) *headless.Spread
}{
	{"LOSS", func(r headless.Racer) *headless.Spread { return &r.Loss }},
	{"VAL LOSS", func(r headless.Racer) *headless.Spread { return r.ValLoss }},
	{"VAL ACCURACY", func(r headless.Racer) *headless.Spread { return r.Accuracy }},
	{"OLD LOSS", func(r headless.Racer) *headless.Spread { return r.OldLoss }},
	{"OLD ACCURACY", func(r headless.Racer) *headless.Spread { return r.OldAccuracy }},
}

// scored are the columns of train.metrics, by their names.
func scored(out []headless.Racer) (all []string) {
	for _, r := range out {
		for name := range r.Metrics {
			if !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	slices.Sort(all)
	return all
}

// raceTable prints who leads.
func raceTable(c headless.Contest, out []headless.Racer) error {
	w := stdout.table()
	shown := columns[:0:0]
	title := ""
	for _, path := range c.Over {
		title += "\t" + strings.ToUpper(path)
	}
	rates := !slices.Contains(c.Over, ratePath) && slices.ContainsFunc(c.Over, func(path string) bool { return strings.HasPrefix(path, "optimizer.") })
	if rates {
		title += "\tLR"
	}
	for _, col := range columns {
		if slices.ContainsFunc(out, func(r headless.Racer) bool { return col.of(r) != nil }) {
			shown = append(shown, col)
			title += "\t" + col.title
		}
	}
	names := scored(out)
	for _, name := range names {
		title += "\t" + strings.ToUpper(strings.ReplaceAll(name, "_", " "))
	}
	fmt.Fprintln(w, title)
	for i, r := range out {
		line := strconv.Itoa(i + 1)
		for _, v := range r.Values {
			line += "\t" + draw.Line(v.Value)
		}
		if len(r.Values) == 0 {
			line += "\t" + draw.Line(r.Value)
		}
		if rates {
			line += fmt.Sprintf("\t%.4g", float64(r.Rate))
		}
		for _, col := range shown {
			line += "\t" + cell(col.of(r), c.Seeds)
		}
		for _, name := range names {
			line += "\t" + cell(r.Metrics[name], c.Seeds)
		}
		if r.Diverged > 0 {
			line += fmt.Sprintf("\tdiverged in %d of %s, from step %d", r.Diverged, several(c.Seeds, "run"), r.DivergedAt)
		}
		fmt.Fprintln(w, line)
	}
	return w.Flush()
}

// cell is a number, or of several the median with the quartiles.
func cell(s *headless.Spread, seeds int) string {
	switch {
	case s == nil:
		return "–"
	case seeds == 1:
		return fmt.Sprintf("%.6g", float64(s.Median))
	}
	return fmt.Sprintf("%.4g  (%.4g to %.4g)", float64(s.Median), float64(s.Low), float64(s.High))
}

const ratePath = "optimizer.lr"

// several is a number of things: "1 run", "2 runs".
func several(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
