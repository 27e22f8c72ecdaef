package cli

import (
	"context"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

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
		Use:               "race PRESET --over PATH=VALUE,VALUE,...",
		Short:             "train one recipe with several values of a knob, and compare",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completePresets,
		RunE: func(c *cobra.Command, args []string) error {
			p, err := f.read(c, args[0])
			if err != nil {
				return err
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
			for text := range strings.SplitSeq(list, ",") {
				v, err := k.Knob.Parse(text)
				if err != nil {
					return usage(fmt.Errorf("--over %s: %w", over, err))
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
			if asJSON {
				return printJSON(out)
			}
			if chart || isatty.IsTerminal(os.Stdout.Fd()) {
				fmt.Println(tui.RaceChart(os.Stdout, out, con.Steps, 100, 20))
			}
			return raceTable(path, con, out)
		},
	}
	f.flags(c, "how many steps (default: train.steps of the preset)")
	threadsFlag(c, &threads)
	jsonFlag(c, &asJSON)
	more := c.Flags()
	more.StringVar(&over, "over", "", "PATH=VALUE,VALUE,...: the knob and its values")
	more.BoolVar(&chart, "chart", false, "draw the curves too, as on a terminal: the median, and the quartiles as a band")
	more.IntVar(&seeds, "seeds", 1, "repeat over so many seeds: median and quartiles")
	_ = c.MarkFlagRequired("over")
	return c
}

// raceTable prints who leads.
func raceTable(path string, c session.Contest, out []session.Racer) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	title := strings.ToUpper(path) + "\tLOSS"
	if out[0].ValLoss != nil {
		title += "\tVAL LOSS"
	}
	if out[0].Accuracy != nil {
		title += "\tVAL ACCURACY"
	}
	fmt.Fprintln(w, "\t"+title)
	cell := func(s session.Spread) string {
		if c.Seeds == 1 {
			return fmt.Sprintf("%.6g", float64(s.Median))
		}
		return fmt.Sprintf("%.4g  (%.4g to %.4g)", float64(s.Median), float64(s.Low), float64(s.High))
	}
	for i, r := range out {
		line := fmt.Sprintf("%d\t%s\t%s", i+1, r.Value, cell(r.Loss))
		if r.ValLoss != nil {
			line += "\t" + cell(*r.ValLoss)
		}
		if r.Accuracy != nil {
			line += "\t" + cell(*r.Accuracy)
		}
		if r.Diverged > 0 {
			line += fmt.Sprintf("\tnot finite in %d of %d runs", r.Diverged, c.Seeds)
		}
		fmt.Fprintln(w, line)
	}
	return w.Flush()
}
