package pruner

import (
	"math"
	"slices"

	"descent/core/knob"
)

var percentileDoc = knob.Doc{
	Formula: "stop if min_{s≤t} f(s) > percentile_q { f_i(t) : trial i complete }",
	Source:  "Golovin et al., Google Vizier, KDD 2017, section 3.5.2; PercentilePruner of Optuna",
	PyTorch: knob.None,
	When:    "when trials are cheap and the median stops too few of them. A low percentile stops trials that start slowly.",
	Range:   "10 to 50; 25 keeps the best quarter",
}

// percentile stops a trial whose best value so far is worse than a percentile of what
// the complete trials reported at the same step of the same seed.
type percentile struct {
	None
	q       float64 // in percent
	startup int     // complete trials before anything is stopped
	warmup  int     // steps before which nothing is stopped
}

func newPercentile(q float64, o Options) Pruner {
	p := percentile{q: min(max(q, 0), 100), startup: o.Startup, warmup: o.MinSteps}
	if p.startup == 0 {
		p.startup = 5
	}
	return p
}

func (p percentile) Stop(own Progress, all []Progress) bool {
	if len(own.Reports) == 0 {
		return false
	}
	last := own.Reports[len(own.Reports)-1]
	complete := 0
	var others []float64
	for _, t := range all {
		if !t.Complete || t.Number == own.Number {
			continue
		}
		complete++
		for _, r := range t.Reports {
			if r.Seed == last.Seed && r.Step == last.Step && !math.IsNaN(r.Value) {
				others = append(others, r.Value)
			}
		}
	}
	if complete < p.startup || last.Step < p.warmup {
		return false
	}
	best := math.NaN()
	for _, r := range own.Reports {
		if r.Seed == last.Seed && (math.IsNaN(best) || r.Value < best) {
			best = r.Value
		}
	}
	if math.IsNaN(best) {
		return true
	}
	return len(others) > 0 && best > quantile(others, p.q/100)
}

// quantile sorts values, of which there is at least one, and interpolates linearly
// between them.
func quantile(values []float64, q float64) float64 {
	slices.Sort(values)
	at := float64(q * float64(len(values)-1))
	i := int(at)
	t := at - float64(i)
	if t == 0 || values[i] == values[i+1] {
		return values[i]
	}
	return values[i] + float64(t*(values[i+1]-values[i]))
}
