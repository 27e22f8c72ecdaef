package pruner

import (
	"math"

	"descent/core/knob"
)

var patienceDoc = knob.Doc{
	Formula: "stop if min of the last p + 1 values > min of all before",
	Source:  "PatientPruner of Optuna; Prechelt, Early Stopping – but when?, 1998",
	PyTorch: knob.None,
	When:    "when a trial is to be stopped as soon as its own curve rises, whatever the others do.",
	Range:   "5 to 20 reports",
}

// patience stops a trial that has become worse, and has stayed so for many reports.
type patience struct {
	None
	reports int
	warmup  int
}

func newPatience(o Options) Pruner {
	p := patience{reports: o.Patience, warmup: o.MinSteps}
	if p.reports == 0 {
		p.reports = 8
	}
	return p
}

func (p patience) Stop(own Progress, _ []Progress) bool {
	if len(own.Reports) == 0 {
		return false
	}
	last := own.Reports[len(own.Reports)-1]
	var values []float64 // of the run that is under way
	for _, r := range own.Reports {
		if r.Seed == last.Seed {
			values = append(values, r.Value)
		}
	}
	split := len(values) - p.reports - 1
	if split <= 0 || last.Step < p.warmup {
		return false
	}
	return lowest(values[:split]) < lowest(values[split:])
}

// lowest is the least of values, +Inf if all are NaN.
func lowest(values []float64) float64 {
	m := math.Inf(1)
	for _, v := range values {
		if v < m {
			m = v
		}
	}
	return m
}
