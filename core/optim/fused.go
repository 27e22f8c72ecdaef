package optim

import (
	"sync/atomic"

	"descent/core/kernel"
	"descent/core/kernel/update"
)

// ruled is a transform whose update can be worked out in one pass with what stands
// around it in a chain: weight decay, the learning rate and the subtraction.
type ruled interface {
	Transform
	// pass does for a span what Apply does, to the bit, and reports whether its
	// parameters are finite then.
	pass(of *run[float64], s Span) (finite bool)
}

// single is a rule that can be worked out in float32 too; state is its State in float32,
// in order.
type single interface {
	ruled
	single(of *run[float32], s Span, state [][]float32) (finite bool)
}

// idler is a transform that leaves alone what it is given while its knobs are off.
type idler interface{ idle(at At) bool }

// uncut is a rule that has something for each tensor, so that its spans cannot be cut.
type uncut interface{ uncut() }

// run is the vectors that a step works on, for one member of a team.
type run[T kernel.Float] struct {
	params, grad, update []T
	on                   update.Pass[T]
	_                    [128]byte // others write into cache lines of their own
}

// part is the pass over a part of the vectors.
func (r *run[T]) part(s Span) *update.Pass[T] {
	r.on.Params, r.on.Grad, r.on.Update = within(s, r.params), within(s, r.grad), within(s, r.update)
	return &r.on
}

// within is Span.Of in either precision.
func within[T kernel.Float](s Span, v []T) []T { return v[s.From:s.To:s.To] }

// fused takes the step of a chain in one pass, with the bits that its transforms give
// one after the other.
type fused struct {
	rule    ruled // nil for none: the update is the gradient
	decay   *decay
	penalty bool // the decay may be an L2 penalty
	apart   bool // it may be decoupled
	idle    []idler
	tensors int // of the layout

	double shared[float64]
	single shared[float32]
	state  [][]float32 // of the step under way
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
	if f.double.pass == nil {
		f.double.pass = func(r *run[float64], s Span) bool { return f.rule.pass(r, s) }
	}
	return f.double.step(f, params, grad, moved, at)
}

// stepSingle is step in float32.
func (f *fused) stepSingle(params, grad, moved []float32, state [][]float32, at At) (finite bool) {
	if f.single.pass == nil {
		f.single.pass = func(r *run[float32], s Span) bool { return f.rule.(single).single(r, s, f.state) }
	}
	f.state = state
	return f.single.step(f, params, grad, moved, at)
}

// canSingle tells whether there is a pass in float32.
func (f *fused) canSingle() bool {
	_, ok := f.rule.(single)
	return ok || f.rule == nil
}

// shared is a step as a task that a team can share.
type shared[T kernel.Float] struct {
	of   *fused
	pass func(r *run[T], s Span) (finite bool) // by the rule
	at   At                                    // the step under way
	runs []run[T]                              // of the members of the team
	bad  atomic.Bool
}

func (h *shared[T]) step(f *fused, params, grad, moved []T, at At) (finite bool) {
	members, parts := at.Team.Members(), 0 // of each
	if _, whole := f.rule.(uncut); !whole {
		parts = min(len(params)/(shareFrom*members), 4)
	}
	for len(h.runs) < members {
		h.runs = append(h.runs, run[T]{})
	}
	on := update.Pass[T]{Rate: T(at.LR)}
	switch d := f.decay; {
	case d == nil:
	case !d.Decoupled && f.penalty:
		on.Penalty = T(d.Weight)
	case d.Decoupled && f.apart:
		on.Decay = T(d.Weight)
	}
	for i := range h.runs {
		r := &h.runs[i]
		r.params, r.grad, r.update, r.on = params, grad, moved, on
	}
	h.of, h.at = f, at
	h.bad.Store(false)
	if parts > 0 && members > 1 {
		at.Team.Do(h, parts, len(params))
	} else {
		h.Part(0, 1, 0)
	}
	h.at = At{}
	for i := range h.runs {
		h.runs[i] = run[T]{}
	}
	return !h.bad.Load()
}

// Part moves the i-th of n runs of parameters.
func (h *shared[T]) Part(i, n, who int) {
	r := &h.runs[who]
	from, to := cut(len(r.params), i, n), cut(len(r.params), i+1, n)
	finite := true
	if h.of.rule == nil {
		finite = r.part(Span{From: from, To: to}).SGD()
	} else {
		for _, s := range h.at.spans(len(r.params), h.of.tensors) {
			if s.From, s.To = max(s.From, from), min(s.To, to); s.From < s.To || n == 1 {
				finite = h.pass(r, s) && finite
			}
		}
	}
	if !finite {
		h.bad.Store(true)
	}
}

// cut is where the i-th of n parts of a vector begins: with a cache line, so that no two
// write into one.
func cut(length, i, n int) int {
	if i == n {
		return length
	}
	return length * i / n &^ 15
}
