package headless

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"descent/core"
	"descent/core/knob"
	"descent/core/metric"
	"descent/core/recipe"
)

// Contest describes a headless race.
type Contest struct {
	Over     []string // the keys that differ between entrants
	Entrants []Entrant
	Steps    int
	Seeds    int    // number of seeds, counting up from that of each recipe
	By       string // the metric of train.metrics that ranks, "val_f1"; "" for the loss
	At       []Scheduled
	// Begin is called with the trainer of each entrant, by one goroutine at a time;
	// may be nil.
	Begin func(Entrant, *core.Trainer)
}

// Entrant is a recipe and its values of the raced keys.
type Entrant struct {
	Values []knob.Value
	Recipe recipe.Recipe
}

// Name identifies an entrant: its value or, for several keys, each key with its
// value.
func (e Entrant) Name(c Contest) string {
	if len(c.Over) == 1 {
		return e.Values[0].String()
	}
	var parts []string
	for _, v := range e.valued(c) {
		parts = append(parts, v.Path+"="+v.Value)
	}
	return strings.Join(parts, ", ")
}

func (e Entrant) valued(c Contest) (out []Valued) {
	for i, path := range c.Over {
		out = append(out, Valued{path, e.Values[i].String()})
	}
	return out
}

// check rejects decisions that are invalid for an entrant, and names the entrant
// unless the error is the same for all.
func (c Contest) check() (err error) {
	same := 0
	for _, e := range c.Entrants {
		one := checkDecisions(e.Recipe, c.Steps, c.At)
		if one == nil {
			continue
		}
		switch {
		case err == nil:
			err, same = e.blame(c, one), 1
		case errors.Unwrap(err).Error() == one.Error():
			same++
		}
	}
	if err != nil && same == len(c.Entrants) {
		return errors.Unwrap(err)
	}
	return err
}

// blame adds the name of the entrant to an error.
func (e Entrant) blame(c Contest, err error) error {
	if len(c.Over) > 1 {
		return fmt.Errorf("%s: %w", e.Name(c), err)
	}
	return fmt.Errorf("%s=%s: %w", c.Over[0], e.Values[0], err)
}

// compare orders by the number of diverged runs, then by the metric that was chosen or
// by validation loss or, if there is none, training loss. If entrants differ in the loss function, whose
// values are then not comparable, by accuracy.
func (c Contest) compare(a, b Racer) int {
	by := func(r Racer) float64 {
		switch {
		case c.By != "":
			s := r.Metrics[c.By]
			if s == nil {
				return 0
			}
			if row, ok := metric.Measured(c.By); ok && row.Direction == metric.Higher {
				return -float64(s.Median)
			}
			return float64(s.Median)
		case c.JudgesLosses():
			if r.Accuracy != nil {
				return -float64(r.Accuracy.Median)
			}
			return 0
		case r.ValLoss != nil:
			return float64(r.ValLoss.Median)
		}
		return float64(r.Loss.Median)
	}
	return cmp.Or(cmp.Compare(a.Diverged, b.Diverged), cmp.Compare(by(a), by(b)), cmp.Compare(b.DivergedAt, a.DivergedAt))
}

// JudgesLosses reports whether entrants differ in their loss function.
func (c Contest) JudgesLosses() bool {
	return slices.ContainsFunc(c.Over, func(path string) bool { return strings.HasPrefix(path, "loss.") })
}
