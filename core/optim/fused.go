package optim

import "descent/core/kernel/update"

// ruled is a transform whose update can be worked out in one pass with what stands
// around it in a chain: weight decay, the learning rate and the subtraction.
type ruled interface {
	Transform
	// pass does for a span what Apply does, to the bit, and reports whether its
	// parameters are finite then.
	pass(of *run, s Span) (finite bool)
}

// idler is a transform that leaves alone what it is given while its knobs are off.
type idler interface{ idle(at At) bool }

// run is the vectors that a step works on.
type run struct {
	params, grad, update []float64
	on                   update.Pass[float64]
}

// part is the pass over a part of the vectors.
func (r *run) part(from, to int) *update.Pass[float64] {
	r.on.Params, r.on.Grad, r.on.Update = r.params[from:to], r.grad[from:to], r.update[from:to]
	return &r.on
}

// fused takes the step of a chain in one pass, with the bits that its transforms give
// one after the other.
type fused struct {
	rule    ruled // nil for none: the update is the gradient
	decay   *decay
	penalty bool // the decay may be an L2 penalty
	apart   bool // it may be decoupled
	idle    []idler
	tensors int // of the layout
	run     run
}

// fuse returns nil for transforms that are no rule between weight decay and the
// learning rate, with what is mostly off before and after.
func fuse(transforms []Transform) *fused {
	f, place := &fused{}, 0
	for _, t := range transforms {
		at := 0
		switch t := t.(type) {
		case l2:
			at, f.decay, f.penalty = 1, t.decay, true
		case ruled:
			at, f.rule = 2, t
		case decoupled:
			at, f.decay, f.apart = 3, t.decay, true
		case rate:
			at = 4
		case idler:
			f.idle = append(f.idle, t)
			continue
		}
		if at <= place {
			return nil
		}
		place = at
	}
	if place != 4 {
		return nil
	}
	return f
}

// can tells whether a step of n parameters can be taken in one pass: all of them train,
// at one rate and one weight decay, and nothing else is on.
func (f *fused) can(n int, at At) bool {
	if f == nil || at.LRScale != nil || at.Decays != nil {
		return false
	}
	for _, t := range f.idle {
		if !t.idle(at) {
			return false
		}
	}
	to := 0
	for _, s := range at.Spans {
		if s.From != to {
			return false
		}
		to = s.To
	}
	return at.Spans == nil || to == n
}

// step reports whether the parameters are finite after it.
func (f *fused) step(params, grad, update []float64, at At) (finite bool) {
	r := &f.run
	r.params, r.grad, r.update = params, grad, update
	r.on.Penalty, r.on.Decay, r.on.Rate = 0, 0, at.LR
	switch d := f.decay; {
	case d == nil:
	case !d.Decoupled && f.penalty:
		r.on.Penalty = d.Weight
	case d.Decoupled && f.apart:
		r.on.Decay = d.Weight
	}
	if f.rule == nil {
		finite = r.part(0, len(params)).SGD()
	} else {
		finite = true
		for _, s := range at.spans(len(params), f.tensors) {
			finite = f.rule.pass(r, s) && finite
		}
	}
	r.params, r.grad, r.update = nil, nil, nil
	r.on.Params, r.on.Grad, r.on.Update = nil, nil, nil
	return finite
}
