package core

import (
	"fmt"
	"slices"
	"strings"

	"descent/core/compress"
	"descent/core/kernel"
	"descent/core/knob"
	"descent/core/optim"
)

// finetune says what of a network may move, and how fast: the rest is frozen, to the bit.
type finetune struct {
	Freeze    []string // layers by name
	Only      string
	Probe     int
	Unfreeze  int
	RateDecay float64
	Replay    float64
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
		knob.Int("finetune.probe", &f.Probe, 0, 1<<40, "up to this step the last layer trains alone, then all: a linear probe first, as Kumar et al. 2022").WithZero("off").WithScale(knob.Log, 10),
		knob.Int("finetune.unfreeze", &f.Unfreeze, 0, 1<<40, "gradual unfreezing: the last layer begins, every so many steps one more below it joins, as Howard and Ruder 2018").WithZero("off").WithScale(knob.Log, 10),
		knob.Float("finetune.rate_decay", &f.RateDecay, 0, 1, knob.Linear, "discriminative rates: each layer learns at so much of the rate of the layer above; 1/2.6 in Howard and Ruder 2018").WithStep(0.05),
		knob.Float("finetune.replay", &f.Replay, 0, 1, knob.Linear, "the share of each batch that is taken from the old task").WithZero("off").WithStep(0.05),
	}
}

// layersOf are the layers with weights, input first.
func layersOf(layout knob.Layout) []string {
	var layers []string
	for _, seg := range layout {
		if !slices.Contains(layers, seg.Layer) {
			layers = append(layers, seg.Layer)
		}
	}
	return layers
}

// check says which name is none of a layer with weights.
func (f *finetune) check(layout knob.Layout) error {
	layers := layersOf(layout)
	for _, name := range f.Freeze {
		if !slices.Contains(layers, name) {
			return fmt.Errorf("finetune.freeze: there is no layer %q with weights; there are %s", name, strings.Join(layers, ", "))
		}
	}
	return nil
}

// on tells whether not everything moves, at the full rate, after so many steps.
func (f *finetune) on(step int) bool {
	return len(f.Freeze) > 0 || f.Only != trainAll || step < f.Probe || f.Unfreeze > 0 || f.RateDecay != 1
}

// turns tells whether what moves is another from this step on.
func (f *finetune) turns(step int) bool {
	return step > 0 && (step == f.Probe || f.Unfreeze > 0 && step%f.Unfreeze == 0)
}

// moves tells whether a tensor of a layer trains after so many steps; above is
// how many layers with weights lie above it.
func (f *finetune) moves(seg knob.Segment, above, step int, adapters bool) bool {
	switch {
	case slices.Contains(f.Freeze, seg.Layer):
		return false
	case step < f.Probe && above > 0:
		return false
	case f.Unfreeze > 0 && above > step/f.Unfreeze:
		return false
	case seg.Role == compress.Adapter || seg.Role == compress.Step:
		return true
	case f.Only == trainLast:
		return above == 0
	case f.Only == trainBiases:
		return seg.Role == knob.Bias
	}
	return !adapters
}

// moving tells of each tensor whether it trains in the next step.
func (t *Trainer) moving() []bool {
	t.moves = t.moves[:0]
	adapters := t.view.Lora.Rank > 0
	every := !adapters && !t.finetune.on(t.step)
	layers := layersOf(t.network)
	for _, seg := range t.layout {
		above := len(layers) - 1 - slices.Index(layers, seg.Layer)
		t.moves = append(t.moves, every || t.finetune.moves(seg, above, t.step, adapters))
	}
	return t.moves
}

// frozen tells whether no tensor of a layer trains in the next step.
func (t *Trainer) frozen(layer string) bool {
	for i, seg := range t.layout {
		if seg.Layer == layer && t.moves[i] {
			return false
		}
	}
	return t.recipe.Computes() != oneAge
}

// span gathers the tensors that train, at their ages.
func (t *Trainer) span() {
	t.spans = t.spans[:0]
	if t.recipe.Computes() == oneAge {
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
	moving, pruned := t.moving(), t.view.Mask()
	if len(t.layout) == 0 || t.view.Lora.Rank == 0 && !t.finetune.on(t.step) {
		if pruned == nil || len(t.params) == len(pruned) {
			return pruned, pruned
		}
	}
	if n := len(t.params); len(t.gateOpen) != n {
		t.gateOpen, t.gateRates = make([]float64, n), make([]float64, n)
	}
	layers := layersOf(t.network)
	for at, seg := range t.layout {
		above := len(layers) - 1 - slices.Index(layers, seg.Layer)
		share := kernel.Power(t.finetune.RateDecay, above)
		open, rate := seg.Of(t.gateOpen), seg.Of(t.gateRates)
		for i := range open {
			open[i], rate[i] = 0, 0
			if !moving[at] {
				continue
			}
			open[i] = 1
			if pruned != nil && seg.Offset < len(pruned) {
				open[i] = seg.Of(pruned)[i]
			}
			rate[i] = float64(share * open[i])
		}
	}
	return t.gateOpen, t.gateRates
}
