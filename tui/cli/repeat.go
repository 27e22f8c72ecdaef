package cli

import (
	"context"
	"math"
	"strconv"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/session/headless"
	"descent/session/live"
)

// repeat trains the racers of a race of the workbench with another seed.
func repeat(ctx context.Context, racers []recipe.Recipe, steps int, told func(done, total int)) ([]live.Outcome, error) {
	con := headless.Contest{Over: []string{"racer"}, Steps: steps, Seeds: 1}
	for i, r := range racers {
		con.Entrants = append(con.Entrants, headless.Entrant{Values: []knob.Value{knob.Num(float64(i))}, Recipe: r})
	}
	done, err := headless.Race(ctx, shelf(ctx, true), con, told)
	if err != nil {
		return nil, err
	}
	out := make([]live.Outcome, len(racers))
	for _, r := range done {
		i, err := strconv.Atoi(r.Value)
		if err != nil {
			return nil, err
		}
		o := live.Outcome{Loss: float64(r.Loss.Median), Accuracy: math.NaN(), Diverged: r.DivergedAt}
		if r.ValLoss != nil {
			o.Loss = float64(r.ValLoss.Median)
		}
		if r.Accuracy != nil {
			o.Accuracy = float64(r.Accuracy.Median)
		}
		for _, s := range r.Curve {
			o.Curve = append(o.Curve, float64(s.Median))
		}
		out[i] = o
	}
	return out, nil
}
