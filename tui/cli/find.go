package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"descent/core/probe"
	"descent/session"
	"descent/tui"

	"github.com/spf13/cobra"
)

func findCommand() *cobra.Command {
	var set []string
	var asJSON bool
	finder := tui.RateFinder
	c := &cobra.Command{
		Use:               "find-lr PRESET",
		Short:             "try ever larger learning rates and suggest one",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completePresets,
		RunE: func(_ *cobra.Command, args []string) error {
			r, err := recipe(args[0], set)
			if err != nil {
				return err
			}
			if !(finder.From > 0 && finder.To > finder.From) || finder.Steps < 20 {
				return usage(errors.New("--from has to be above 0 and below --to, and --steps at least 20"))
			}
			return headless(0, true, &session.Options{}, func(ctx context.Context) error {
				t, _, err := session.Open(r, shelf(ctx, false))
				if err != nil {
					return err
				}
				given := (&training{set: set}).idle()
				given.look(t)
				given.say(false)
				var said notes
				said.of(t)
				said.say()
				found := finder.Measure(ctx, t).(probe.RateCurve)
				if err := ctx.Err(); err != nil {
					return err
				}
				if found.Tenth == 0 && len(found.Rates) > 0 {
					fmt.Fprintf(os.Stderr, "no rate to suggest: from %g to %g the loss did not fall\n", finder.From, found.Rates[len(found.Rates)-1])
				}
				if asJSON {
					return json.NewEncoder(os.Stdout).Encode(map[string]any{
						"rates": found.Rates, "losses": found.Losses, "smooth": found.Smooth,
						"steepest": found.Steepest, "valley": found.Valley, "tenth": found.Tenth,
					})
				}
				fmt.Println(tui.RateChart(os.Stdout, found, 100, 24))
				return nil
			})
		},
	}
	f := c.Flags()
	f.Float64Var(&finder.From, "from", finder.From, "the first rate")
	f.Float64Var(&finder.To, "to", finder.To, "the last rate")
	f.IntVar(&finder.Steps, "steps", finder.Steps, "how many steps")
	jsonFlag(c, &asJSON)
	setFlag(c, &set)
	return c
}
