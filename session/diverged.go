package session

import (
	"fmt"

	"descent/core"
)

// Diverged says that a step left NaN or an infinity behind, or that a run has
// ended beyond all bounds.
type Diverged struct {
	Step   int       // that step, or the one from which the loss was beyond bounds
	Where  string    // "the output of layer 2 (dense)"
	Grown  []float64 // where all is finite: the loss of the first step and of the last
	Report core.Report
	Advice string // what to try, "" if it was not looked for
}

// Error is what happened, and for a command what to try.
func (d *Diverged) Error() string {
	what := d.What()
	switch {
	case d.Advice != "":
		return what + "; " + d.Advice
	case d.Grown != nil:
		return what
	}
	return what + fmt.Sprintf("; training stands at step %d", d.Step-1)
}

// What is what happened.
func (d *Diverged) What() string {
	if d.Grown != nil {
		return fmt.Sprintf("training has diverged from step %d on: the loss was %.4g at the first step and is %.4g at the last", d.Step, d.Grown[0], d.Grown[1])
	}
	return fmt.Sprintf("step %d is not finite, from %s", d.Step, d.Where)
}
