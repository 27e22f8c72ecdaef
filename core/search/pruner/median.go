package pruner

import "descent/core/knob"

var medianDoc = knob.Doc{
	Formula: "stop if min_{s≤t} f(s) > median { f_i(t) : trial i complete }",
	Source:  "Golovin et al., Google Vizier, KDD 2017, section 3.5.2; MedianPruner of Optuna",
	PyTorch: knob.None,
	When:    "as a careful default for any curve. It begins to stop trials when five are complete.",
	Range:   knob.None,
}

func newMedian(o Options) Pruner { return newPercentile(50, o) }
