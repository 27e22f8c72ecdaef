package compress

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"descent/core/kernel"
	"descent/core/knob"
)

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

// pruner is a catalogue row: what a method makes of the mask.
type pruner struct {
	name, help string
	mask       func(p *Prune, mask, params []float64, layout knob.Layout, sparsity float64, by ranking)
}

// ranking is what is known besides the weights: scores of methods that go by
// gradients, and which weights are cut for good (0), nil for none.
type ranking struct{ scores, kept []float64 }

// The methods that go by gradients.
const (
	byTaylor   = "taylor"
	byMovement = "movement"
)

var pruners = []pruner{
	{"magnitude", "the smallest weights go first", (*Prune).magnitude},
	{"random", "chance decides: what any better method is held against", (*Prune).random},
	{byTaylor, "first the weights that the loss hangs on least, by |w·g| over the next batches", (*Prune).scored},
	{byMovement, "first the weights that training has moved towards 0 since this was chosen", (*Prune).scored},
	{"structured", "whole output neurons or channels, those of the smallest norm first; the last layer is spared", (*Prune).structured},
	{"n:m", "the n largest of every m weights along the input stay, whatever the sparsity", (*Prune).nm},
}

// lookBatches is over how many batches gradients are averaged.
const lookBatches = 8

// scores is what the chosen method cuts by, where it goes by gradients:
//
//	taylor: the mean over batches of |w·g|. Molchanov et al., "Importance
//	Estimation for Neural Network Pruning", 2019, eq. 8, without the square;
//	movement: −Σ w g over the steps since it was chosen; before any, over the
//	batches to come. Sanh, Wolf, Rush, "Movement Pruning", 2020, eq. 7.
//
// w being the weights with the adapters.
func (v *View) scores(params []float64, look Looker) []float64 {
	if v.Prune.Method == byMovement && v.movement != nil {
		return v.movement
	}
	if v.Prune.Method != byTaylor && v.Prune.Method != byMovement {
		return nil
	}
	w := slices.Clone(v.Adapted(params)) // a look uses the same memory
	out, grad := make([]float64, v.size), make([]float64, v.size)
	for batch := range lookBatches {
		look(batch, grad)
		for i, g := range grad {
			score := float64(w[i] * g)
			if v.Prune.Method == byTaylor {
				out[i] += math.Abs(score)
			} else {
				out[i] -= score
			}
		}
	}
	return out
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
			r.mask(p, mask, params, layout, sparsity, by)
		}
	}
}

// magnitude cuts the round(sparsity · n) weights of smallest |w|, n being those
// in scope. Han et al. 2015; as torch's L1Unstructured.
func (p *Prune) magnitude(mask, params []float64, layout knob.Layout, sparsity float64, by ranking) {
	p.cutBy(mask, layout, sparsity, func(i int) float64 { return math.Abs(params[i]) }, by)
}

// random cuts so many by numbers that hang on the seed and the place alone.
func (p *Prune) random(mask, params []float64, layout knob.Layout, sparsity float64, by ranking) {
	rng := rand.New(rand.NewPCG(p.seed, 0))
	lot := make([]float64, len(params))
	for i := range lot {
		lot[i] = rng.Float64()
	}
	p.cutBy(mask, layout, sparsity, func(i int) float64 { return lot[i] }, by)
}

// scored cuts those of the least score.
func (p *Prune) scored(mask, _ []float64, layout knob.Layout, sparsity float64, by ranking) {
	p.cutBy(mask, layout, sparsity, func(i int) float64 { return by.scores[i] }, by)
}

// regrow, in each kernel, cuts f·kept of the weights kept, those of the
// smallest |w|, and lets as many grow where the gradient is largest, from 0:
// f = regrow/2 (1 + cos(π t/steps)), t being the steps since the beginning.
// Kernels of which nothing moves stay as they are. It returns the places of
// those that grew.
// Evci et al., "Rigging the Lottery", 2020, algorithm 1.
func (p *Prune) regrow(mask, params, moves []float64, layout knob.Layout, step int, look Looker) (grown []int) {
	grad := make([]float64, layout.Size())
	look(0, grad)
	share := p.Regrow / 2 * (1 + kernel.Cos(math.Pi*float64(step-p.Begin)/float64(p.Steps)))
	for _, seg := range layout {
		if seg.Role != knob.Kernel || moves != nil && !slices.ContainsFunc(seg.Of(moves), func(m float64) bool { return m != 0 }) {
			continue
		}
		m, w, g := seg.Of(mask), seg.Of(params), seg.Of(grad)
		var kept []int
		for i := range m {
			if m[i] != 0 {
				kept = append(kept, i)
			}
		}
		n := min(int(math.RoundToEven(float64(share*float64(len(kept))))), len(m)-len(kept))
		slices.SortStableFunc(kept, func(a, b int) int { return cmp.Compare(math.Abs(w[a]), math.Abs(w[b])) })
		stays := make([]bool, len(m))
		for _, i := range kept[n:] {
			stays[i] = true
		}
		var free []int
		for i := range m {
			if !stays[i] {
				free = append(free, i)
			}
		}
		slices.SortStableFunc(free, func(a, b int) int { return cmp.Compare(math.Abs(g[b]), math.Abs(g[a])) })
		for at, i := range free {
			switch {
			case at >= n:
				m[i] = 0
			case m[i] == 0:
				m[i], w[i] = 1, 0
				grown = append(grown, seg.Offset+i)
			}
		}
	}
	return grown
}

// cutBy cuts those of least score. Of equal scores the lower index goes first.
func (p *Prune) cutBy(mask []float64, layout knob.Layout, sparsity float64, score func(i int) float64, by ranking) {
	if by.kept != nil {
		of := score
		score = func(i int) float64 {
			if by.kept[i] == 0 {
				return math.Inf(-1)
			}
			return of(i)
		}
	}
	var scope []int
	for _, seg := range layout {
		if seg.Role != knob.Kernel {
			continue
		}
		if p.Scope == "layer" {
			scope = scope[:0]
		}
		for i := range seg.Size() {
			scope = append(scope, seg.Offset+i)
		}
		if p.Scope == "layer" {
			cut(mask, scope, sparsity, score)
		}
	}
	if p.Scope == "global" {
		cut(mask, scope, sparsity, score)
	}
}

// cut zeroes the mask at round(sparsity · n) of n places in rising order: those
// of least score, of equal ones the first. NaN counts as −∞.
func cut(mask []float64, scope []int, sparsity float64, score func(i int) float64) {
	n := int(math.RoundToEven(sparsity * float64(len(scope))))
	if n == 0 {
		return
	}
	scores := make([]float64, len(scope))
	for at, i := range scope {
		if scores[at] = score(i); math.IsNaN(scores[at]) {
			scores[at] = math.Inf(-1)
		}
	}
	edge := smallest(slices.Clone(scores), n-1)
	for at, i := range scope {
		if scores[at] < edge {
			mask[i] = 0
			n--
		}
	}
	for at, i := range scope {
		if scores[at] == edge && n > 0 {
			mask[i] = 0
			n--
		}
	}
}

// structured cuts round(sparsity · rows) output rows of every kernel but the
// last, those of the smallest L2 norm. Li et al. 2017; as torch's LnStructured
// with n = 2 and dim = 0.
func (p *Prune) structured(mask, params []float64, layout knob.Layout, sparsity float64, _ ranking) {
	last := -1
	for i, seg := range layout {
		if seg.Role == knob.Kernel {
			last = i
		}
	}
	for k, seg := range layout {
		if seg.Role != knob.Kernel || k == last {
			continue
		}
		rows := seg.Shape[0]
		width := seg.Size() / rows
		norms, order := make([]float64, rows), make([]int, rows)
		for r := range rows {
			order[r] = r
			for _, w := range seg.Of(params)[r*width : (r+1)*width] {
				norms[r] += float64(w * w)
			}
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(norms[a], norms[b]) })
		for _, r := range order[:int(math.RoundToEven(sparsity*float64(rows)))] {
			clear(seg.Of(mask)[r*width : (r+1)*width])
		}
	}
}

// nm keeps the n largest |w| of every m along the input; of a last, shorter
// group as many. Mishra et al. 2021 (2:4). The sparsity only switches it on.
func (p *Prune) nm(mask, params []float64, layout knob.Layout, _ float64, _ ranking) {
	for _, seg := range layout {
		if seg.Role != knob.Kernel {
			continue
		}
		width := seg.Size() / seg.Shape[0]
		w, out := seg.Of(params), seg.Of(mask)
		for row := 0; row < len(w); row += width {
			for from := row; from < row+width; from += p.M {
				group := make([]int, 0, p.M)
				for i := from; i < min(from+p.M, row+width); i++ {
					group = append(group, i)
				}
				slices.SortStableFunc(group, func(a, b int) int { return cmp.Compare(math.Abs(w[a]), math.Abs(w[b])) })
				for _, i := range group[:max(len(group)-p.N, 0)] {
					out[i] = 0
				}
			}
		}
	}
}
