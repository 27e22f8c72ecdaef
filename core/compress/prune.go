package compress

import "descent/core/knob"

// Prune says how much of the kernels is cut, what goes first, and when.
type Prune struct {
	Sparsity            float64
	Method, Scope       string
	N, M                int // of n:m
	When                string
	Begin, Steps, Every int
	Regrow              float64

	seed uint64 // of the random method
}

func newPrune() Prune {
	return Prune{Method: "magnitude", Scope: "global", N: 2, M: 4, When: "at once", Steps: 1000, Every: 100}
}

// Knobs are the [prune] table, bound to p.
func (p *Prune) Knobs() []knob.Knob {
	methods := make([]knob.Option, len(pruners))
	for i, r := range pruners {
		methods[i] = knob.Option{Name: r.name, Help: r.help}
	}
	return []knob.Knob{
		knob.Float("prune.sparsity", &p.Sparsity, 0, 1, knob.Linear, "the share of the kernels' weights that is cut").WithZero("off").WithStep(0.05),
		knob.OneOf("prune.method", &p.Method, methods, "what goes first"),
		knob.OneOf("prune.scope", &p.Scope, []knob.Option{
			{Name: "global", Help: "compare weights across the whole network"},
			{Name: "layer", Help: "cut the same share of every layer"},
		}, "among which weights those that go first are chosen"),
		knob.Int("prune.n", &p.N, 1, 64, "of n:m: how many stay"),
		knob.Int("prune.m", &p.M, 2, 64, "of n:m: of how many"),
		knob.OneOf("prune.when", &p.When, []knob.Option{
			{Name: "at once", Help: "when a knob of pruning turns"},
			{Name: "gradual", Help: "more and more, fast at first: s (1 − (1 − t/steps)³), as Zhu and Gupta 2017"},
		}, "when weights are cut"),
		knob.Int("prune.begin", &p.Begin, 0, 1<<40, "of gradual and regrowth: the step after which it begins").WithScale(knob.Log, 100),
		knob.Int("prune.steps", &p.Steps, 1, 1<<40, "of gradual and regrowth: over how many steps").WithScale(knob.Log, 100),
		knob.Int("prune.every", &p.Every, 1, 1<<40, "of gradual and regrowth: steps between two changes of the mask").WithScale(knob.Log, 10),
		knob.Float("prune.regrow", &p.Regrow, 0, 1, knob.Linear, "RigL: the share of the weights kept that makes room for those of the largest gradients, less and less until begin + steps").WithZero("off").WithStep(0.05),
	}
}

// inert says why turning a knob would do nothing now, "" if it does something.
func (p *Prune) inert(path string) string {
	own := p.Method == "structured" || p.Method == "n:m" // an order of its own
	switch {
	case p.Method == "n:m" && p.N >= p.M && path == "prune.sparsity":
		return "n:m keeps every weight where n is not below m"
	case own && path == "prune.scope":
		return p.Method + " compares within each layer"
	case own && path == "prune.regrow":
		return p.Method + " cuts by a pattern, in which single weights do not grow"
	case p.When != "gradual" && !(p.Regrow > 0 && !own) && (path == "prune.begin" || path == "prune.steps" || path == "prune.every"):
		return "only gradual cuts and regrowth ask for it"
	case p.Method != "n:m" && (path == "prune.n" || path == "prune.m"):
		return "only n:m asks for it"
	}
	return ""
}

// due tells whether the mask is to be chosen anew after so many steps.
func (p *Prune) due(step int) bool {
	return (p.cuts(step) || p.regrows(step)) && p.Sparsity > 0
}

// cuts tells whether a gradual cut falls after that step.
func (p *Prune) cuts(step int) bool {
	return p.When == "gradual" && step >= p.Begin && step <= p.Begin+p.Steps &&
		((step-p.Begin)%p.Every == 0 || step == p.Begin+p.Steps)
}

// regrows tells whether a regrowth falls after that step: only between cuts of
// the same method, and not for whole neurons or n:m.
func (p *Prune) regrows(step int) bool {
	return p.Regrow > 0 && p.Method != "structured" && p.Method != "n:m" &&
		step > p.Begin && step < p.Begin+p.Steps && (step-p.Begin)%p.Every == 0
}

// at is the sparsity after so many steps: s_t = s (1 − (1 − t/n)³), from the
// beginning on. Zhu, Gupta, "To prune, or not to prune", 2017, eq. 1.
func (p *Prune) at(step int) float64 {
	if p.When != "gradual" {
		return p.Sparsity
	}
	t := min(max(float64(step-p.Begin)/float64(p.Steps), 0), 1)
	left := 1 - t
	return p.Sparsity * (1 - float64(left*float64(left*left)))
}

// mask writes 1 for each weight kept and 0 for each cut. Biases are kept.
func (p *Prune) mask(mask, params []float64, layout knob.Layout, sparsity float64, by ranking) {
	for i := range mask {
		mask[i] = 1
	}
	for _, r := range pruners {
		if r.name == p.Method {
			r.mask(mask, params, layout, selection{by, sparsity, p.Scope, p.N, p.M, p.seed})
		}
	}
}
