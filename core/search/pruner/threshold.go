package pruner

import (
	"math"

	"descent/core/knob"
)

var thresholdDoc = knob.Doc{
	Formula: "stop if f(t) < lower or f(t) > upper or f(t) is not a number",
	Source:  "ThresholdPruner of Optuna",
	PyTorch: knob.None,
	When:    "when it is known which values only a failed training has.",
	Range:   "upper: the loss of a network that has not been trained, as log(classes)",
}

// threshold stops a trial that reports what is not a number or beyond a limit.
type threshold struct {
	None
	lower, upper float64
	warmup       int
}

func newThreshold(o Options) Pruner {
	t := threshold{lower: o.Lower, upper: o.Upper, warmup: o.MinSteps}
	if t.lower == 0 {
		t.lower = math.Inf(-1)
	}
	if t.upper == 0 {
		t.upper = math.Inf(1)
	}
	return t
}

func (t threshold) Stop(own Progress, _ []Progress) bool {
	if len(own.Reports) == 0 {
		return false
	}
	last := own.Reports[len(own.Reports)-1]
	return last.Step >= t.warmup && !(last.Value >= t.lower && last.Value <= t.upper)
}
