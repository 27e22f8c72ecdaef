// Package finetune says what of a network trains, and how fast: frozen layers,
// gradual unfreezing, rates by layer, and penalties that hold weights near those
// that training began with. All of it is a pure function of the layout of the
// parameters, the knobs and the step.
package finetune

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"descent/core/kernel"
	"descent/core/knob"
)

// Scope says which parameters train, and at what share of the learning rate. The
// others are frozen: they stay as they are, to the bit.
type Scope struct {
	Freeze    []string // layers by name
	Only      string   // all, the last layer or biases
	Probe     int      // the step up to which the last layer trains alone
	Unfreeze  int      // steps from one layer to the next of gradual unfreezing; 0 for none
	RateDecay float64  // the rate of a layer as a share of that of the layer above
	Replay    float64  // the share of a batch that is rows of the old task
}

// New is a scope in which everything trains at the full rate.
func New() Scope { return Scope{Only: trainAll, RateDecay: 1} }

// The choices of finetune.only.
const (
	trainAll    = "all"
	trainLast   = "last layer"
	trainBiases = "biases"
)

// Knobs are its settings.
func (s *Scope) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Words("finetune.freeze", &s.Freeze, "frozen layers, by their numbers: [0, 2]").WithZero("none").Explained(knob.Doc{
			Formula: "θₜ = θₜ₋₁ for the tensors of these layers, without weight decay too",
			Source:  "J. Yosinski, J. Clune, Y. Bengio, H. Lipson, “How transferable are features in deep neural networks?”, NIPS 2014",
			PyTorch: "parameter.requires_grad = False; a frozen BatchNorm stays in eval mode",
			When:    "To keep general features of early layers while later ones adapt, and to train faster on little data. Moments and statistics of frozen layers stay as they are.",
			Range:   "the first layers of a pretrained network",
		}),
		knob.OneOf("finetune.only", &s.Only, []knob.Option{
			{Name: trainAll, Help: "every layer that is not frozen", Doc: knob.Doc{
				Formula: "all of θ",
				Source:  "I. Goodfellow, Y. Bengio, A. Courville, “Deep Learning”, MIT Press, 2016, section 15.2",
				PyTorch: "model.parameters()",
				When:    "Full fine-tuning: the best fit with enough data, and the most forgetting.",
				Range:   knob.None,
			}},
			{Name: trainLast, Help: "linear probe: the last layer only, on the features of the others", Doc: knob.Doc{
				Formula: "the weights and biases of the last layer",
				Source:  "G. Alain, Y. Bengio, “Understanding intermediate layers using linear classifier probes”, arXiv 1610.01644, 2016",
				PyTorch: "requires_grad = False for all but the head",
				When:    "To measure the features of a pretrained network, or with very little data.",
				Range:   knob.None,
			}},
			{Name: trainBiases, Help: "BitFit: biases only", Doc: knob.Doc{
				Formula: "the biases",
				Source:  "E. Ben Zaken, S. Ravfogel, Y. Goldberg, “BitFit: Simple Parameter-efficient Fine-tuning for Transformer-based Masked Language-models”, ACL 2022",
				PyTorch: "requires_grad only for names that end in \"bias\"",
				When:    "To adapt with less than a hundredth of the parameters.",
				Range:   knob.None,
			}},
		}, "which parameters are trained").Explained(knob.Doc{
			Formula: knob.None,
			Source:  "N. Houlsby et al., “Parameter-Efficient Transfer Learning for NLP”, ICML 2019",
			PyTorch: "requires_grad",
			When:    "With fewer trained parameters a network forgets less, overfits less and needs less memory, but may fit the new task less well. Adapters (finetune.lora_rank) are another way.",
			Range:   knob.None,
		}),
		knob.Int("finetune.probe", &s.Probe, 0, 1<<40, "LP-FT: steps of a linear probe before all layers are trained").WithZero("off").WithScale(knob.Log, 10).Explained(knob.Doc{
			Formula: "the last layer only in the first probe steps; then all",
			Source:  "A. Kumar et al., “Fine-Tuning can Distort Pretrained Features and Underperform Out-of-Distribution”, ICLR 2022",
			PyTorch: "requires_grad switched on after the probe",
			When:    "With a new last layer: its first, random gradients would spoil the features below it.",
			Range:   "100 to 1,000 steps",
		}),
		knob.Int("finetune.unfreeze", &s.Unfreeze, 0, 1<<40, "gradual unfreezing: steps between one layer and the next below it").WithZero("off").WithScale(knob.Log, 10).Explained(knob.Doc{
			Formula: "layer l (0 is the last) is trained from step l · unfreeze on",
			Source:  "J. Howard, S. Ruder, “Universal Language Model Fine-tuning for Text Classification”, ACL 2018, section 3.3",
			PyTorch: "requires_grad switched on layer by layer",
			When:    "Against forgetting: the last layers, which are the most specific, are trained first.",
			Range:   "an epoch",
		}),
		knob.Float("finetune.rate_decay", &s.RateDecay, 0, 1, knob.Linear, "discriminative learning rates: factor of the learning rate from a layer to the one below it").WithStep(0.05).Explained(knob.Doc{
			Formula: "η_l = η · decayˡ, l = 0 for the last layer",
			Source:  "J. Howard, S. Ruder, “Universal Language Model Fine-tuning for Text Classification”, ACL 2018, section 3.2",
			PyTorch: "one parameter group per layer with lr = η · decay**l",
			When:    "When fine-tuning: early layers hold general features and should move less. 1 is the same rate for all.",
			Range:   "0.38 (1/2.6, the paper's) to 1; 0.9 for deep networks",
		}),
		knob.Float("finetune.replay", &s.Replay, 0, 1, knob.Linear, "rehearsal: fraction of each batch taken from the previous task").WithZero("off").WithStep(0.05).Explained(knob.Doc{
			Formula: "round(replay · |B|) rows of the previous task in each batch",
			Source:  "A. Robins, “Catastrophic Forgetting, Rehearsal and Pseudorehearsal”, Connection Science 7(2), 1995",
			PyTorch: "batches of a second torch.utils.data.DataLoader, joined by torch.cat",
			When:    "The most reliable remedy for forgetting, where the old data may be kept. Needs [pretrain].",
			Range:   "0.1 to 0.5",
		}),
	}
}

// Layers are the layers with weights, input first.
func Layers(layout knob.Layout) []string {
	var layers []string
	seen := map[string]bool{}
	for _, seg := range layout {
		if !seen[seg.Layer] {
			seen[seg.Layer] = true
			layers = append(layers, seg.Layer)
		}
	}
	return layers
}

// Check says which name is none of a layer with weights.
func (s *Scope) Check(layout knob.Layout) error {
	layers := Layers(layout)
	for _, name := range s.Freeze {
		if !slices.Contains(layers, name) {
			return fmt.Errorf("finetune.freeze: there is no layer %q with weights; there are %s", name, strings.Join(layers, ", "))
		}
	}
	return nil
}

// Partial tells whether, after so many steps, not everything trains at the full rate.
func (s *Scope) Partial(step int) bool {
	return len(s.Freeze) > 0 || s.Only != trainAll || step < s.Probe || s.Unfreeze > 0 || s.RateDecay != 1
}

// Changes tells whether what trains is another from this step on.
func (s *Scope) Changes(step int) bool {
	return step > 0 && (step == s.Probe || s.Unfreeze > 0 && step%s.Unfreeze == 0)
}

// Trains tells whether a tensor of a layer trains after so many steps; above is
// how many layers with weights lie above it, adapters whether kernels have such.
func (s *Scope) Trains(seg knob.Segment, above, step int, adapters bool) bool {
	switch {
	case slices.Contains(s.Freeze, seg.Layer):
		return false
	case step < s.Probe && above > 0:
		return false
	case s.Unfreeze > 0 && above > step/s.Unfreeze:
		return false
	case seg.Role == knob.Adapter || seg.Role == knob.Step:
		return true
	case s.Only == trainLast:
		return above == 0
	case s.Only == trainBiases:
		return seg.Role == knob.Bias
	}
	return !adapters
}

// Moving tells of each tensor of a layout whether it trains after so many steps,
// in dst, which it returns. network is the layout without adapters and the like.
func (s *Scope) Moving(dst []bool, layout, network knob.Layout, step int, adapters bool) []bool {
	dst = dst[:0]
	every := !adapters && !s.Partial(step)
	layers := Layers(network)
	for _, seg := range layout {
		above := len(layers) - 1 - slices.Index(layers, seg.Layer)
		dst = append(dst, every || s.Trains(seg, above, step, adapters))
	}
	return dst
}

// Shares are, of each parameter, whether it trains (1 or 0: neither pruned nor
// frozen) and its share of the learning rate, 0 for those that do not.
type Shares struct{ open, rates []float64 }

// Of overwrites the shares: moving is what Moving says of the tensors of a layout,
// pruned a mask of 0 and 1 over its first parameters, nil where nothing is pruned.
func (h *Shares) Of(s *Scope, layout, network knob.Layout, moving []bool, pruned []float64) (open, rates []float64) {
	if n := layout.Size(); len(h.open) != n {
		h.open, h.rates = make([]float64, n), make([]float64, n)
	}
	layers := Layers(network)
	for at, seg := range layout {
		above := len(layers) - 1 - slices.Index(layers, seg.Layer)
		share := kernel.Power(s.RateDecay, above)
		open, rate := seg.Of(h.open), seg.Of(h.rates)
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
	return h.open, h.rates
}

// Ever tells whether a tensor of a layer trains in the end, after however many steps.
func (s *Scope) Ever(layer string, network knob.Layout, adapters bool) bool {
	layers := Layers(network)
	above := len(layers) - 1 - slices.Index(layers, layer)
	return slices.ContainsFunc(network, func(seg knob.Segment) bool {
		return seg.Layer == layer && s.Trains(seg, above, math.MaxInt, adapters)
	})
}
