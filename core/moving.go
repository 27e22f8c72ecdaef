package core

import (
	"descent/core/optim"
	"descent/core/recipe"
)

// moving tells of each tensor whether it trains in the next step.
func (t *Trainer) moving() []bool {
	t.moves = t.parts.Finetune.Moving(t.moves, t.layout, t.network, t.step, t.parts.View.Lora.Rank > 0)
	return t.moves
}

// frozen tells whether no tensor of a layer trains in the next step.
func (t *Trainer) frozen(layer string) bool {
	for i, seg := range t.layout {
		if seg.Layer == layer && t.moves[i] {
			return false
		}
	}
	return t.from.Computes() != recipe.OneAge
}

// span gathers the tensors that train, at their ages.
func (t *Trainer) span() {
	t.spans = t.spans[:0]
	if t.from.Computes() == recipe.OneAge {
		t.spans = append(t.spans, optim.Span{To: len(t.params), Last: len(t.layout), Age: t.age})
		return
	}
	for i, seg := range t.layout {
		if t.moves[i] {
			t.spans = optim.Extend(t.spans, seg, i, int(t.ages[i]))
		}
	}
}

// grow counts an update of what trains.
func (t *Trainer) grow() {
	t.age++
	for i := range t.spans {
		s := &t.spans[i]
		s.Age++
		for at := s.First; at < s.Last; at++ {
			t.ages[at] = float64(s.Age)
		}
	}
}

// gates are what masks gradients and updates, 0 for each parameter that is
// pruned or frozen, and the share of the rate that each learns at, 0 for those
// too; nil where nothing is masked.
func (t *Trainer) gates() (open, rates []float64) {
	moving, pruned := t.moving(), t.parts.View.Mask()
	if len(t.layout) == 0 || t.parts.View.Lora.Rank == 0 && !t.parts.Finetune.Partial(t.step) {
		if pruned == nil || len(t.params) == len(pruned) {
			return pruned, pruned
		}
	}
	return t.shares.Of(&t.parts.Finetune, t.layout, t.network, moving, pruned)
}
