// Package whatif trains copies on to see what would come: of a range of learning
// rates, of the values of a knob, of the ways to make a network smaller. The run
// itself is not touched.
package whatif

import (
	"context"
	"slices"
	"strings"
	"sync"

	"descent/core"
	"descent/core/kernel"
	"descent/core/parallel"
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

// Measure trains each on a copy of its own, several at once. When ctx ends, those from the
// first that is not complete on are missing.
func (m LookAhead) Measure(ctx context.Context, t *core.Trainer) any {
	values := strings.Split(m.Values, "\x1f")
	ghosts, complete := make([]Ghost, len(values)), make([]bool, len(values))
	var one sync.Mutex // at a time copies the trainer
	parallel.Do(kernel.Threads(), len(values), func(i int) {
		one.Lock()
		branch := t.Copy()
		one.Unlock()
		ghosts[i], complete[i] = m.follow(ctx, branch, values[i])
	})
	n := slices.Index(complete, false)
	if n < 0 {
		n = len(values)
	}
	return slices.Clip(ghosts[:n])
}

// follow trains a copy on with a value; complete is false if ctx ended before.
func (m LookAhead) follow(ctx context.Context, branch *core.Trainer, text string) (g Ghost, complete bool) {
	g.Value = text
	set, err := branch.Settings().Find(m.Path)
	if err == nil {
		v, e := set.Knob.Parse(text)
		if err = e; err == nil && !v.Equal(set.Value) {
			err = branch.Set(m.Path, v)
		}
	}
	if g.Err = err; err != nil {
		return g, true
	}
	for range m.Steps {
		if ctx.Err() != nil {
			return g, false
		}
		loss := branch.Advance().Loss
		if !branch.Finite() {
			break
		}
		g.Losses = append(g.Losses, loss)
	}
	return g, true
}
