package cli

import (
	"context"
	"errors"
	"math"

	"descent/core/kernel"
	"descent/core/whatif"
	"descent/session"
	"descent/session/headless"

	"github.com/spf13/cobra"
)

// suggested is a rate for machines: null where there is none.
func suggested(rate float64) *float64 {
	if rate == 0 {
		return nil
	}
	return &rate
}

func findCommand() *cobra.Command {
	var set []string
	var asJSON bool
	finder := rateFinder
	c := &cobra.Command{
		Use:               "find-lr PRESET",
		Short:             "suggest a learning rate by the range test: training at exponentially growing rates",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completePresets,
		RunE: func(_ *cobra.Command, args []string) error {
			r, err := presetWith(args[0], set)
			if err != nil {
				return err
			}
			if !(finder.From > 0 && finder.To > finder.From) || math.IsInf(finder.To, 0) || finder.Steps < 20 {
				return usage(errors.New("--from has to be above 0 and below --to, and --steps at least 20"))
			}
			return withoutScreen(&headless.Options{}, func(ctx context.Context) error {
				t, _, err := session.OpenWhile(ctx, r, shelf(ctx, false))
				if err != nil {
					return err
				}
				given := (&training{set: set}).idle()
				given.look(t)
				given.say(false)
				var said notes
				said.of(t)
				said.say()
				t.Abandon(func() bool { return ctx.Err() != nil })
				t.Share(kernel.Threads())
				defer t.Close()
				found := finder.Measure(ctx, t).(whatif.RateCurve)
				if err := ctx.Err(); err != nil {
					return err
				}
				switch {
				case !found.Suggests():
					stderr.printf("no rate to suggest: %s\n", found.Note)
				case found.Note != "":
					stderr.printf("note: %s\n", found.Note)
				}
				if asJSON {
					return stdout.json(map[string]any{
						"rates": found.Rates, "losses": found.Losses, "smooth": found.Smooth,
						"steepest": suggested(found.Steepest), "valley": suggested(found.Valley), "tenth": suggested(found.Tenth),
						"note": found.Note,
					}, "")
				}
				stdout.draw(rateChart(stdout.data(), found, 100, 24) + "\n")
				return nil
			})
		},
	}
	f := c.Flags()
	f.Float64Var(&finder.From, "from", finder.From, "the first learning rate")
	f.Float64Var(&finder.To, "to", finder.To, "the last learning rate")
	f.IntVar(&finder.Steps, "steps", finder.Steps, "number of steps")
	jsonFlag(c, &asJSON)
	setFlag(c, &set)
	threadsFlag(c, false)
	return c
}
