package headless

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"descent/core"
	"descent/core/knob"
	"descent/core/recipe"
)

// Contest is a race without a screen.
type Contest struct {
	Over     []string // the keys in which the entrants differ
	Entrants []Entrant
	Steps    int
	Seeds    int // how many, from each recipe's own on
	At       []Scheduled
	// Begin looks at what an entrant is to be trained as, by one goroutine at a
	// time; may be nil.
	Begin func(Entrant, *core.Trainer)
}

// Entrant is a recipe, and its values of the keys that are raced over.
type Entrant struct {
	Values []knob.Value
	Recipe recipe.Recipe
}

// Name tells an entrant from the others: its value, or of several keys each with
// its own.
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

// check refuses decisions that an entrant could not take, and says which one
// where not all of them say the same.
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

// blame says of which entrant an error is.
func (e Entrant) blame(c Contest, err error) error {
	if len(c.Over) > 1 {
		return fmt.Errorf("%s: %w", e.Name(c), err)
	}
	return fmt.Errorf("%s=%s: %w", c.Over[0], e.Values[0], err)
}

// compare puts those first of which fewer runs diverged, then the least
// validation loss, or where there is none the least loss. Where the loss itself
// differs its values have units of their own, and accuracy decides.
func (c Contest) compare(a, b Racer) int {
	by := func(r Racer) float64 {
		switch {
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

// JudgesLosses tells that entrants differ in how they measure their loss.
func (c Contest) JudgesLosses() bool {
	return slices.ContainsFunc(c.Over, func(path string) bool { return strings.HasPrefix(path, "loss.") })
}
