// Package whatif trains copies on to see what would come: of a range of learning
// rates, of the values of a knob, of the ways to make a network smaller. The run
// itself is not touched.
package whatif

import (
	"context"
	"strings"

	"descent/core"
)

// LookAhead tries, on copies, what the next Steps steps would be for each value
// of a knob. It finds []Ghost, in the order of Values.
type LookAhead struct {
	Path   string
	Values string // as typed, joined by JoinValues
	Steps  int
}

// Ghost is the losses of the steps to come under one value; they end early
// where they are not finite. Err says why the value cannot be chosen.
type Ghost struct {
	Value  string
	Losses []float64
	Err    error
}

// JoinValues makes one text of several values.
func JoinValues(values []string) string { return strings.Join(values, "\x1f") }

// Measure trains each on a copy of its own.
func (m LookAhead) Measure(ctx context.Context, t *core.Trainer) any {
	var out []Ghost
	for text := range strings.SplitSeq(m.Values, "\x1f") {
		g := Ghost{Value: text}
		branch := t.Copy()
		set, err := branch.Settings().Find(m.Path)
		if err == nil {
			v, e := set.Knob.Parse(text)
			if err = e; err == nil && !v.Equal(set.Value) {
				err = branch.Set(m.Path, v)
			}
		}
		if g.Err = err; err == nil {
			for range m.Steps {
				if ctx.Err() != nil {
					return out
				}
				loss := branch.Advance().Loss
				if !branch.Finite() {
					break
				}
				g.Losses = append(g.Losses, loss)
			}
		}
		out = append(out, g)
	}
	return out
}
