package pruner

import "descent/core/knob"

var noneDoc = knob.Doc{
	Formula: knob.None,
	Source:  knob.None,
	PyTorch: knob.None,
	When:    "for short runs, and where curves cross late.",
	Range:   knob.None,
}

// None stops nothing. Pruners that stop trials but do not hold them back embed it.
type None struct{}

// Stop returns false.
func (None) Stop(Progress, []Progress) bool { return false }

// Budget returns steps.
func (None) Budget(_, _, steps int) int { return steps }

// Promote returns no trial.
func (None) Promote([]Progress, int) (number int, ok bool) { return 0, false }

// Finish returns no trial.
func (None) Finish([]Progress, int) (number int, ok bool) { return 0, false }
