package optim

import (
	"sync/atomic"

	"descent/core/kernel/update"
)

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

// uncut is a rule that has something for each tensor, so that its spans cannot be cut.
type uncut interface{ uncut() }

// run is the vectors that a step works on, for one member of a team.
type run struct {
	params, grad, update []float64
	on                   update.Pass[float64]
	_                    [128]byte // others write into cache lines of their own
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
	tensors int   // of the layout
	at      At    // the step under way
	runs    []run // of the members of the team
	bad     atomic.Bool
}

// shareFrom is how many parameters a part of an update has at least.
const shareFrom = 1 << 13

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
func (f *fused) step(params, grad, moved []float64, at At) (finite bool) {
	members, parts := at.Team.Members(), 0 // of each
	if _, whole := f.rule.(uncut); !whole {
		parts = min(len(params)/(shareFrom*members), 4)
	}
	for len(f.runs) < members {
		f.runs = append(f.runs, run{})
	}
	on := update.Pass[float64]{Rate: at.LR}
	switch d := f.decay; {
	case d == nil:
	case !d.Decoupled && f.penalty:
		on.Penalty = d.Weight
	case d.Decoupled && f.apart:
		on.Decay = d.Weight
	}
	for i := range f.runs {
		r := &f.runs[i]
		r.params, r.grad, r.update, r.on = params, grad, moved, on
	}
	f.at = at
	f.bad.Store(false)
	if parts > 0 && members > 1 {
		at.Team.Do(f, parts, len(params))
	} else {
		f.Part(0, 1, 0)
	}
	f.at = At{}
	for i := range f.runs {
		f.runs[i] = run{}
	}
	return !f.bad.Load()
}

// Part moves the i-th of n runs of parameters.
func (f *fused) Part(i, n, who int) {
	r := &f.runs[who]
	from, to := cut(len(r.params), i, n), cut(len(r.params), i+1, n)
	finite := true
	if f.rule == nil {
		finite = r.part(from, to).SGD()
	} else {
		for _, s := range f.at.spans(len(r.params), f.tensors) {
			if s.From, s.To = max(s.From, from), min(s.To, to); s.From < s.To || n == 1 {
				finite = f.rule.pass(r, s) && finite
			}
		}
	}
	if !finite {
		f.bad.Store(true)
	}
}

// cut is where the i-th of n parts of a vector begins: with a cache line, so that no two
// write into one.
func cut(length, i, n int) int {
	if i == n {
		return length
	}
	return length * i / n &^ 7
}
