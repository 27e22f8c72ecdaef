package core

import (
	"fmt"
	"slices"
	"strings"

	"descent/core/knob"
)

// finetune says what of a network may move: the rest is frozen, to the bit.
type finetune struct {
	Freeze []string // layers by name
	Only   string
}

// The choices of finetune.only.
const (
	trainAll    = "all"
	trainLast   = "last layer"
	trainBiases = "biases"
)

func (f *finetune) knobs() []knob.Knob {
	return []knob.Knob{
		knob.Words("finetune.freeze", &f.Freeze, "layers whose weights do not move, by their numbers: [0, 2]").WithZero("none"),
		knob.OneOf("finetune.only", &f.Only, []knob.Option{
			{Name: trainAll, Help: "every layer that is not frozen"},
			{Name: trainLast, Help: "the last layer alone: a linear probe of what the others have learnt"},
			{Name: trainBiases, Help: "biases alone, as BitFit (Ben Zaken et al. 2022)"},
		}, "what trains"),
	}
}

// check says which name is none of a layer with weights.
func (f *finetune) check(layout knob.Layout) error {
	var layers []string
	for _, seg := range layout {
		if !slices.Contains(layers, seg.Layer) {
			layers = append(layers, seg.Layer)
		}
	}
	for _, name := range f.Freeze {
		if !slices.Contains(layers, name) {
			return fmt.Errorf("finetune.freeze: there is no layer %q with weights; there are %s", name, strings.Join(layers, ", "))
		}
	}
	return nil
}

// on tells whether anything is frozen.
func (f *finetune) on() bool { return len(f.Freeze) > 0 || f.Only != trainAll }

// moves tells whether a tensor trains.
func (f *finetune) moves(seg knob.Segment, last string) bool {
	switch {
	case slices.Contains(f.Freeze, seg.Layer):
		return false
	case f.Only == trainLast:
		return seg.Layer == last
	case f.Only == trainBiases:
		return seg.Role == knob.Bias
	}
	return true
}

// gateMask has a 0 for each parameter that is pruned or frozen; nil where all move.
func (t *Trainer) gateMask() []float64 {
	pruned := t.view.Mask()
	if !t.finetune.on() || len(t.layout) == 0 {
		return pruned
	}
	if t.open == nil {
		t.open = make([]float64, len(t.params))
	}
	last := t.layout[len(t.layout)-1].Layer
	for _, seg := range t.layout {
		open := seg.Of(t.open)
		for i := range open {
			open[i] = 0
			if t.finetune.moves(seg, last) {
				open[i] = 1
				if pruned != nil {
					open[i] = seg.Of(pruned)[i]
				}
			}
		}
	}
	return t.open
}
