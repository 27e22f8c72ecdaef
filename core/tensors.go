package core

import (
	"descent/core/finetune"
	"descent/core/knob"
	"descent/core/optim"
)

// tensors tells of each tensor whether it trains in the next step, and how many
// updates it has had by the optimizer: fewer than others where it was frozen, or
// came later.
type tensors struct {
	oneAge bool // all have the age of the optimizer
	ages   []float64

	layout knob.Layout
	moving []bool
	spans  []optim.Span // the tensors that train, at their ages
	shares finetune.Shares
}

func (t *tensors) begin(oneAge bool, layout knob.Layout) {
	t.oneAge, t.ages = oneAge, make([]float64, len(layout))
}

// follow finds what trains after so many steps, and returns what masks gradients
// and updates, 0 for each parameter that is pruned or frozen, and the share of the
// rate that each learns at, 0 for those too; nil where nothing is masked. age is
// that of the optimizer.
func (t *tensors) follow(s *finetune.Scope, layout, network knob.Layout, step, age int, adapters bool, pruned []float64) (open, rates []float64) {
	t.layout, t.moving = layout, s.Moving(t.moving, layout, network, step, adapters)
	t.span(age)
	if len(layout) == 0 || !adapters && !s.Partial(step) {
		if pruned == nil || layout.Size() == len(pruned) {
			return pruned, pruned
		}
	}
	return t.shares.Of(s, layout, network, t.moving, pruned)
}

// span gathers the tensors that train, at their ages.
func (t *tensors) span(age int) {
	t.spans = t.spans[:0]
	if t.oneAge {
		t.spans = append(t.spans, optim.Span{To: t.layout.Size(), Last: len(t.layout), Age: age})
		return
	}
	for i, seg := range t.layout {
		if t.moving[i] {
			t.spans = optim.Extend(t.spans, seg, i, int(t.ages[i]))
		}
	}
}

// frozen tells whether no tensor of a layer trains in the next step.
func (t *tensors) frozen(layer string) bool {
	for i, seg := range t.layout {
		if seg.Layer == layer && t.moving[i] {
			return false
		}
	}
	return !t.oneAge
}

// grow counts an update of what trains.
func (t *tensors) grow() {
	for i := range t.spans {
		s := &t.spans[i]
		s.Age++
		for at := s.First; at < s.Last; at++ {
			t.ages[at] = float64(s.Age)
		}
	}
}

// groups are the learning rates and the weight decay of tensors that have their own.
// The zero value has none.
type groups struct {
	rates  []finetune.Own // of each tensor, nil where all have that of the optimizer
	decays []optim.Decay
	layout knob.Layout
	whole  []float64 // the fraction of the rate of each parameter
}

// follow takes over what the knobs say of the tensors of a layout.
func (g *groups) follow(from *finetune.Groups, layout knob.Layout) {
	rates, decays := from.Of(layout)
	g.rates, g.decays, g.layout = rates, nil, layout
	for i, own := range decays {
		seg := layout[i]
		g.decays = append(g.decays, optim.Decay{From: seg.Offset, To: seg.Offset + seg.Size(), Of: own.Of})
	}
}

// at completes what an update depends on: lr is the rate of the optimizer in this step,
// shares what each parameter has of it by its layer, nil where it is whole, and rate
// what the schedule makes of the rate of a group where the optimizer's is base. Where lr is 0 and that of a group is not, the
// largest takes its place.
func (g *groups) at(a *optim.At, base float64, shares []float64, rate func(own float64) float64) {
	a.LRScale, a.Decays = shares, g.decays
	if g.rates == nil {
		return
	}
	a.Grouped = true
	n := g.layout.Size()
	if len(g.whole) != n {
		g.whole = make([]float64, n)
	}
	if a.LR == 0 {
		for _, own := range g.rates {
			a.LR = max(a.LR, rate(own.Of(base)))
		}
	}
	for t, own := range g.rates {
		seg := g.layout[t]
		ratio := 0.0
		if a.LR != 0 {
			ratio = rate(own.Of(base)) / a.LR
		}
		of := seg.Of(g.whole)
		if shares == nil {
			for i := range of {
				of[i] = ratio
			}
			continue
		}
		for i, s := range seg.Of(shares) {
			of[i] = float64(ratio * s)
		}
	}
	a.LRScale = g.whole
}
