package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"descent/core"
	"descent/core/knob"
	"descent/presets"
	"descent/session"
	"descent/tui"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
)

func raceCommand() *cobra.Command {
	f := training{least: 1}
	var over string
	var seeds, threads int
	var asJSON, chart bool
	c := &cobra.Command{
		Use:   "race PRESET --over PATH=VALUE,VALUE,...",
		Short: "train one recipe with several values of a knob, and compare",
		Long: "race trains one recipe with several values of a knob, and puts the best first: by\n" +
			"validation loss, or by accuracy where the values are losses. LOSS is the mean of the\n" +
			"last tenth of the steps, of 100 at the most; the other columns are of the last step,\n" +
			"OLD those of what was learnt before.",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completePresets,
		RunE: func(c *cobra.Command, args []string) error {
			p, err := f.read(c, args[0])
			if err != nil {
				return err
			}
			if over == "" {
				return usage(errors.New("--over is missing: the knob and its values, as --over optimizer.lr=0.01,0.1"))
			}
			path, list, ok := strings.Cut(over, "=")
			if !ok {
				return usage(fmt.Errorf("--over %s: the form is PATH=VALUE,VALUE and so on", over))
			}
			k, err := p.recipe.Find(path)
			if err != nil {
				return usage(fmt.Errorf("--over %s: %w", over, err))
			}
			con := session.Contest{Over: path, Steps: p.steps, Seeds: seeds, At: p.at}
			for _, text := range knob.Split(list) {
				v, err := k.Knob.Parse(text)
				if err != nil {
					return usage(fmt.Errorf("--over %s: %w", over, err))
				}
				if slices.ContainsFunc(con.Entrants, func(e session.Entrant) bool { return e.Value.Equal(v) }) {
					return usage(fmt.Errorf("--over %s: the value %s stands twice", over, text))
				}
				r, err := presets.Vary(p.recipe, path, text)
				if err != nil {
					return usage(err)
				}
				con.Entrants = append(con.Entrants, session.Entrant{Value: v, Recipe: r})
			}
			if seeds < 1 {
				return usage(fmt.Errorf("--seeds takes a number of at least 1, not %d", seeds))
			}
			given := f.idle(path)
			var said notes
			con.Begin = func(_ session.Entrant, t *core.Trainer) {
				given.look(t)
				said.of(t)
			}
			var out []session.Racer
			bar := newProgress()
			err = headless(threads, true, &session.Options{}, func(ctx context.Context) error {
				out, err = session.RunContest(ctx, shelf(ctx, f.quiet), con, func(done, total int) {
					if !f.quiet {
						bar.say(done, total, fmt.Sprintf("run %d of %d", done, total))
					}
				})
				return err
			})
			bar.end()
			if err != nil {
				return err
			}
			said.say()
			if !given.say(len(con.At) > 0) && alike(out) {
				fmt.Fprintf(os.Stderr, "note: all values of %s came out the same to the bit\n", path)
			}
			return errors.Join(printRace(con, out, asJSON, chart), finished(con, out))
		},
	}
	f.flags(c, "how many steps (default: train.steps of the preset)")
	threadsFlag(c, &threads)
	jsonFlag(c, &asJSON)
	more := c.Flags()
	more.StringVar(&over, "over", "", "PATH=VALUE,VALUE,...: the knob and its values; a list goes in brackets")
	more.BoolVar(&chart, "chart", false, "draw the curves too, as on a terminal: the median, and the quartiles as a band")
	more.IntVar(&seeds, "seeds", 1, "repeat over so many seeds: median and quartiles")
	return c
}

// finished is an error where no run was finite to its end.
func finished(c session.Contest, out []session.Racer) error {
	for _, r := range out {
		if r.Diverged < c.Seeds {
			return nil
		}
	}
	return fmt.Errorf("no run with any value of %s stayed finite: lower the rate or set train.clip_norm", c.Over)
}

// alike tells that all racers came to the same numbers.
func alike(out []session.Racer) bool {
	for _, r := range out[1:] {
		if r.Diverged > 0 || r.Loss != out[0].Loss || r.ValLoss != nil && out[0].ValLoss != nil && *r.ValLoss != *out[0].ValLoss {
			return false
		}
	}
	return len(out) > 1
}

func printRace(c session.Contest, out []session.Racer, asJSON, chart bool) error {
	if asJSON {
		return printJSON(out)
	}
	if chart || isatty.IsTerminal(os.Stdout.Fd()) {
		fmt.Println(tui.RaceChart(os.Stdout, out, c.Steps, 100, 20))
	}
	if c.JudgesLosses() && out[0].Accuracy == nil {
		fmt.Fprintln(os.Stderr, "note: each loss has units of its own, and there is no accuracy to rank by: the order is that of --over")
	}
	return raceTable(c, out)
}

// columns are what a race may be judged by.
var columns = []struct {
	title string
	of    func(session.Racer) *session.Spread
}{
	{"LOSS", func(r session.Racer) *session.Spread { return &r.Loss }},
	{"VAL LOSS", func(r session.Racer) *session.Spread { return r.ValLoss }},
	{"VAL ACCURACY", func(r session.Racer) *session.Spread { return r.Accuracy }},
	{"OLD LOSS", func(r session.Racer) *session.Spread { return r.OldLoss }},
	{"OLD ACCURACY", func(r session.Racer) *session.Spread { return r.OldAccuracy }},
}

// raceTable prints who leads.
func raceTable(c session.Contest, out []session.Racer) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	shown := columns[:0:0]
	title := "\t" + strings.ToUpper(c.Over)
	for _, col := range columns {
		if slices.ContainsFunc(out, func(r session.Racer) bool { return col.of(r) != nil }) {
			shown = append(shown, col)
			title += "\t" + col.title
		}
	}
	fmt.Fprintln(w, title)
	for i, r := range out {
		line := fmt.Sprintf("%d\t%s", i+1, r.Value)
		for _, col := range shown {
			line += "\t" + cell(col.of(r), c.Seeds)
		}
		if r.Diverged > 0 {
			line += fmt.Sprintf("\tnot finite in %d of %s", r.Diverged, several(c.Seeds, "run"))
		}
		fmt.Fprintln(w, line)
	}
	return w.Flush()
}

// cell is a number, or of several the median with the quartiles.
func cell(s *session.Spread, seeds int) string {
	switch {
	case s == nil:
		return "–"
	case seeds == 1:
		return fmt.Sprintf("%.6g", float64(s.Median))
	}
	return fmt.Sprintf("%.4g  (%.4g to %.4g)", float64(s.Median), float64(s.Low), float64(s.High))
}

// several is a number of things: "1 run", "2 runs".
func several(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
