package optim

import (
	"fmt"
	"math"
	"slices"

	"descent/core/kernel"
	"descent/core/knob"
)

// lbfgs is L-BFGS by the two-loop recursion. A step is up to max_iter iterations on
// one batch, each with its own evaluation; the curvature pairs carry over from step to
// step.
type lbfgs struct {
	MaxIter, MaxEval, History int
	GradTol, ChangeTol        float64
	Search                    string // the line search, or none

	clip    *Clip
	mask    *UpdateMask
	average *Average

	inspection *Inspection // of the next step; nil for none

	first, update []float64 // gradient before the step; update so far, subtracted from params
	grad, trial   []float64 // clipped gradient, and the weights it is taken at
	spare         []float64 // y, until it is known whether the pair is kept
	alpha         []float64
	pairs         []pair // oldest first

	direction, previous []float64 // nil until the first iteration
	iterations          int
	stride, scale       float64 // last step length; sᵀy / yᵀy of the newest pair
}

// pair is a change of the weights, s, and of the gradient, y, with ρ = 1 / yᵀs.
type pair struct {
	step, change []float64 // s, y
	rho          float64
}

var lineSearches = []knob.Option{
	{Name: "none", Help: "fixed step length: the learning rate", Doc: knob.Doc{
		Formula: "t = η; in the first iteration t = min(1, 1 / ‖g‖₁) η",
		Source:  knob.None,
		PyTorch: "torch.optim.LBFGS(line_search_fn=None)",
		When:    "It takes one evaluation for each iteration, but nothing keeps the loss from rising: lower η where it does.",
		Range:   knob.None,
	}},
	{Name: "strong_wolfe", Help: "line search until the step satisfies the strong Wolfe conditions", Doc: knob.Doc{
		Formula: "f(t) ≤ f(0) + c₁ t f′(0) and |f′(t)| ≤ c₂ |f′(0)|, with c₁ = 1e-4, c₂ = 0.9",
		Source:  nocedalWright + ", equation 3.7, algorithms 3.5 and 3.6",
		PyTorch: "torch.optim.LBFGS(line_search_fn=\"strong_wolfe\")",
		When:    "The safe choice: the loss decreases in every iteration and every pair has positive curvature, at the price of more evaluations.",
		Range:   knob.None,
	}},
}

var lbfgsDoc = knob.Doc{
	Formula: "dₖ = −Hₖ gₖ, Hₖ the estimate of the inverse Hessian, by the two-loop recursion:\n" +
		"q = −gₖ; for each pair from the newest: αᵢ = ρᵢ sᵢᵀ q, q ← q − αᵢ yᵢ\n" +
		"r = q sᵀy / yᵀy of the newest pair; for each pair from the oldest: r ← r + (αᵢ − ρᵢ yᵢᵀ r) sᵢ\n" +
		"ρᵢ = 1 / yᵢᵀ sᵢ, dₖ = r\n" +
		"θₖ₊₁ = θₖ + t dₖ, up to max_iter times in a step",
	Source: "J. Nocedal, “Updating Quasi-Newton Matrices with Limited Storage”, Mathematics of Computation 35(151), 1980; " +
		nocedalWright + ", algorithms 7.4 and 7.5",
	PyTorch: "torch.optim.LBFGS(lr, max_iter, max_eval, tolerance_grad, tolerance_change, history_size, line_search_fn)",
	When: "Small networks and smooth losses on the full batch, to a high precision and with hardly any tuning. It is not" +
		" for mini-batches, whose noise spoils the curvature pairs.",
	Range: "η = 1",
}

func newLBFGS(clip *Clip, mask *UpdateMask, average *Average) Method {
	return &lbfgs{
		MaxIter: 20, History: 100, GradTol: 1e-7, ChangeTol: 1e-9, Search: lineSearches[0].Name,
		clip: clip, mask: mask, average: average,
	}
}

func (l *lbfgs) Knobs() []knob.Knob {
	own := []knob.Knob{
		knob.Int("optimizer.max_iter", &l.MaxIter, 1, 1000, "maximum number of iterations in a step").Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: "torch.optim.LBFGS(max_iter)",
			When:    "At 1 each step is one iteration of the textbook algorithm. More make a step longer and more expensive.",
			Range:   "1 to 100; 20 to begin with",
		}),
		knob.Int("optimizer.max_eval", &l.MaxEval, 0, 10000, "maximum number of function evaluations in a step").WithZero("max_iter × 1.25").Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: "torch.optim.LBFGS(max_eval)",
			When:    "It bounds the time of a step with a line search, which takes several evaluations for each iteration.",
			Range:   "max_iter × 1.25 to max_iter × 4",
		}),
		knob.Int("optimizer.history_size", &l.History, 1, 100, "number of curvature pairs (s, y) that are kept").Explained(knob.Doc{
			Formula: "sₖ = θₖ₊₁ − θₖ, yₖ = gₖ₊₁ − gₖ",
			Source:  nocedalWright + ", algorithm 7.5 (m there)",
			PyTorch: "torch.optim.LBFGS(history_size)",
			When:    "More pairs describe the curvature better; each costs two vectors of memory and two products.",
			Range:   "5 to 100; 100 to begin with",
		}),
		knob.Float("optimizer.tolerance_grad", &l.GradTol, 0, 1, knob.Log, "termination tolerance on first-order optimality").WithScale(knob.Log, 1e-12).Explained(knob.Doc{
			Formula: "a step ends if max |gᵢ| ≤ tolerance_grad",
			Source:  knob.None,
			PyTorch: "torch.optim.LBFGS(tolerance_grad)",
			When:    "Lower it to converge to a higher precision.",
			Range:   "1e-12 to 1e-5; 1e-7 to begin with",
		}),
		knob.Float("optimizer.tolerance_change", &l.ChangeTol, 0, 1, knob.Log, "termination tolerance on changes of the loss and the parameters").WithScale(knob.Log, 1e-12).Explained(knob.Doc{
			Formula: "a step ends if max |t dᵢ| ≤ tolerance_change, |Δf| < tolerance_change or gᵀd > −tolerance_change",
			Source:  knob.None,
			PyTorch: "torch.optim.LBFGS(tolerance_change)",
			When:    "Lower it to converge to a higher precision.",
			Range:   "1e-12 to 1e-6; 1e-9 to begin with",
		}),
		knob.OneOf("optimizer.line_search_fn", &l.Search, lineSearches, "line search: how the step length along each direction is chosen").Explained(knob.Doc{
			Formula: "θₖ₊₁ = θₖ + t dₖ",
			Source:  nocedalWright + ", chapter 3",
			PyTorch: "torch.optim.LBFGS(line_search_fn)",
			When:    "strong_wolfe unless evaluations are expensive. The default is none, as in PyTorch.",
			Range:   "strong_wolfe",
		}),
	}
	return append(append(l.clip.Knobs(), own...), l.average.Knobs()...)
}

func (l *lbfgs) Init(layout knob.Layout) {
	n := layout.Size()
	for _, v := range []*[]float64{&l.first, &l.update, &l.grad, &l.trial, &l.spare} {
		*v = make([]float64, n)
	}
	l.reset()
	l.average.Init(layout)
}

func (l *lbfgs) reset() {
	l.pairs, l.direction, l.previous = nil, nil, nil
	l.iterations, l.stride, l.scale = 0, 0, 0
}

func (l *lbfgs) Step(params []float64, eval Eval, at At) float64 {
	seen := l.inspection
	if l.inspection = nil; seen != nil {
		seen.begin(params, nil, at)
	}
	clear(l.update)
	before := eval(params, l.first)
	copy(l.grad, l.first)
	l.clip.Apply(l.grad, params, at)
	if !(normInf(l.grad) <= l.GradTol) {
		l.iterate(params, eval, at, before)
	}
	l.average.Apply(l.update, params, at)
	if seen != nil {
		l.inspected(seen)
	}
	kernel.Sub(params, l.update)
	return before
}

func (l *lbfgs) inspect(n *Inspection) { l.inspection = n }

// inspected says what there is to see of a step.
func (l *lbfgs) inspected(n *Inspection) {
	n.starts(l.first)
	n.note = "L-BFGS has no rule for one weight: the direction d = −H g mixes all of them, by pairs of changes of weights and gradient." +
		" Here is the last direction of the step and its length t; Δθ is the sum over all iterations."
	n.opening = func(w *Worked) {
		if l.direction == nil {
			return
		}
		w.Title = "L-BFGS"
		w.Given("pairs", float64(len(l.pairs)))
		w.Given("iterations", float64(l.iterations))
		w.Given("d", l.direction[w.I])
		w.Given("t", l.stride)
	}
	n.ended(l.update)
}

func (l *lbfgs) iterate(params []float64, eval Eval, at At, loss float64) {
	most := l.MaxEval
	if most == 0 {
		most = l.MaxIter * 5 / 4
	}
	evaluations := 1
	for n := 1; ; n++ {
		l.advance(params, at)
		l.stride = at.LR
		if l.iterations == 1 {
			l.stride *= min(1, 1/norm1(l.grad))
		}
		slope := dot(l.grad, l.direction)
		if slope > -l.ChangeTol {
			return
		}
		last := loss
		evaluated := 1
		switch {
		case l.Search != lineSearches[0].Name:
			loss, evaluated = l.search(params, eval, at, loss, slope)
		case n == l.MaxIter:
			axpy(l.update, l.direction, -l.stride)
			return // the next step evaluates here
		default:
			axpy(l.update, l.direction, -l.stride)
			loss = l.evaluate(params, eval, at, 0)
		}
		evaluations += evaluated
		if n == l.MaxIter || evaluations >= most || normInf(l.grad) <= l.GradTol ||
			normInf(l.direction)*l.stride <= l.ChangeTol || math.Abs(loss-last) < l.ChangeTol {
			return
		}
	}
}

// evaluate computes loss and gradient at the weights of the step so far plus further
// times the direction.
func (l *lbfgs) evaluate(params []float64, eval Eval, at At, further float64) float64 {
	copy(l.trial, params)
	kernel.Sub(l.trial, l.update)
	if further != 0 {
		axpy(l.trial, l.direction, further)
	}
	loss := eval(l.trial, l.grad)
	l.clip.Apply(l.grad, l.trial, at)
	return loss
}

// search moves along the direction by a line search.
func (l *lbfgs) search(params []float64, eval Eval, at At, loss, slope float64) (value float64, evaluated int) {
	stride, value, evaluated, last := strongWolfe(func(t float64) (float64, float64) {
		f := l.evaluate(params, eval, at, t)
		return f, dot(l.grad, l.direction)
	}, l.stride, loss, slope, l.ChangeTol/normInf(l.direction))
	if last != stride {
		l.evaluate(params, eval, at, stride) // for the gradient there
	}
	l.stride = stride
	axpy(l.update, l.direction, -stride)
	return value, evaluated
}

// advance stores the last curvature pair and computes the next direction.
func (l *lbfgs) advance(params []float64, at At) {
	l.iterations++
	if l.direction == nil {
		l.direction, l.previous = make([]float64, len(params)), make([]float64, len(params))
		l.scale = 1
	} else {
		l.store()
	}
	copy(l.previous, l.grad)

	d := l.direction
	for i, g := range l.grad {
		d[i] = -g
	}
	l.alpha = slices.Grow(l.alpha[:0], len(l.pairs))[:len(l.pairs)]
	for k := len(l.pairs) - 1; k >= 0; k-- {
		p := l.pairs[k]
		l.alpha[k] = float64(p.rho * dot(p.step, d))
		axpy(d, p.change, -l.alpha[k])
	}
	kernel.Scale(d, l.scale)
	for k, p := range l.pairs {
		axpy(d, p.step, l.alpha[k]-float64(p.rho*dot(p.change, d)))
	}
	for i, s := range at.LRScale {
		d[i] *= s
	}
	l.mask.Apply(d, params, at)
}

// store keeps the last pair if its curvature yᵀs is positive.
func (l *lbfgs) store() {
	y := l.spare
	curve := 0.0 // yᵀs
	for i, g := range l.grad {
		y[i] = g - l.previous[i]
		curve += float64(y[i] * float64(l.stride*l.direction[i]))
	}
	if !(curve > 1e-10) {
		return
	}
	var p pair
	for len(l.pairs) >= l.History {
		p = l.pairs[0]
		l.pairs = append(l.pairs[:0], l.pairs[1:]...)
	}
	if p.step == nil {
		p = pair{step: make([]float64, len(y)), change: make([]float64, len(y))}
	}
	l.spare, p.change = p.change, y
	for i, d := range l.direction {
		p.step[i] = l.stride * d
	}
	p.rho = 1 / curve
	l.pairs = append(l.pairs, p)
	l.scale = curve / dot(y, y)
}

// Trace returns the gradient before the step and its whole update.
func (l *lbfgs) Trace() (grad, update []float64) { return l.first, l.update }

// EvalParams returns the average while it is on, else params.
func (l *lbfgs) EvalParams(params []float64) []float64 { return l.average.EvalParams(params) }

func (*lbfgs) inDouble() {}

func (l *lbfgs) State() []knob.Buffer {
	if l.direction == nil {
		return l.average.State()
	}
	out := []knob.Buffer{
		{Name: "lbfgs/direction", Data: l.direction},
		{Name: "lbfgs/previous gradient", Data: l.previous},
		{Name: "lbfgs/way", Data: []float64{float64(l.iterations), l.stride, l.scale}},
	}
	for i, p := range l.pairs {
		out = append(out,
			knob.Buffer{Name: fmt.Sprintf("lbfgs/step %d", i+1), Data: p.step},
			knob.Buffer{Name: fmt.Sprintf("lbfgs/gradient change %d", i+1), Data: p.change})
	}
	return append(out, l.average.State()...)
}

func (l *lbfgs) Restore(saved []knob.Buffer) {
	l.reset()
	taken := func(name string, size int) []float64 {
		for _, b := range saved {
			if b.Name == name && len(b.Data) == size {
				return append([]float64(nil), b.Data...)
			}
		}
		return nil
	}
	n := len(l.first)
	way, direction, previous := taken("lbfgs/way", 3), taken("lbfgs/direction", n), taken("lbfgs/previous gradient", n)
	if way != nil && direction != nil && previous != nil {
		l.iterations, l.stride, l.scale = int(way[0]), way[1], way[2]
		l.direction, l.previous = direction, previous
		for k := 1; ; k++ {
			p := pair{step: taken(fmt.Sprintf("lbfgs/step %d", k), n), change: taken(fmt.Sprintf("lbfgs/gradient change %d", k), n)}
			if p.step == nil || p.change == nil {
				break
			}
			l.pairs = append(l.pairs, p)
		}
		l.Rounded() // tensors may have been removed
	}
	l.average.Restore(saved)
}

// Rounded finds the curvature of the pairs again, and drops those that have none.
func (l *lbfgs) Rounded() {
	l.pairs = slices.DeleteFunc(l.pairs, func(p pair) bool { return !(dot(p.change, p.step) > 0) })
	for i := range l.pairs {
		p := &l.pairs[i]
		p.rho = 1 / dot(p.change, p.step)
	}
}

// axpy is dst ← dst + a x.
func axpy(dst, x []float64, a float64) {
	for i, v := range x {
		dst[i] += float64(a * v)
	}
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, x := range a {
		sum += float64(x * b[i])
	}
	return sum
}

// norm1 is Σ|x|, normInf the largest |x|; both are NaN where an x is.
func norm1(v []float64) float64 {
	s := 0.0
	for _, x := range v {
		s += math.Abs(x)
	}
	return s
}

func normInf(v []float64) float64 {
	m := 0.0
	for _, x := range v {
		m = max(m, math.Abs(x))
	}
	return m
}
