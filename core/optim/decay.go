package optim

import "descent/core/knob"

const decoupledPaper = "I. Loshchilov, F. Hutter, “Decoupled Weight Decay Regularization”, ICLR 2019"

// decay is weight decay of either kind: an L2 penalty adds λθ to the gradient, so
// that an adaptive optimizer scales it; decoupled decay adds λθ to the finished
// update, so that all weights decay at the same relative rate.
type decay struct {
	Weight    float64
	Decoupled bool
}

// l2 comes before the algorithm and has the knobs of both kinds.
type l2 struct {
	stateless
	*decay
	only bool // there is no decoupled decay
}

func (d l2) Knobs() []knob.Knob {
	knobs := []knob.Knob{
		knob.Float("optimizer.weight_decay", &d.Weight, 0, 1e3, knob.Log, "λ: weight decay (L2 penalty)").WithZero("off").WithScale(knob.Log, 1e-5).Explained(knob.Doc{
			Formula: "coupled (L2): gₜ ← gₜ + λ θₜ₋₁\n" +
				"decoupled: θₜ = θₜ₋₁ − η (uₜ + λ θₜ₋₁), uₜ the optimizer's update",
			Source:  "A. Krogh, J. A. Hertz, “A Simple Weight Decay Can Improve Generalization”, NIPS 1991; decoupled: " + decoupledPaper,
			PyTorch: "weight_decay of the torch.optim optimizers (Rprop and LBFGS have none)",
			When: "Against overfitting. It acts on all parameters, biases and normalization layers included, as in PyTorch; optimizer.decay_biases leaves those out. Raise it where the validation loss" +
				" rises while the training loss falls; lower it where both stay high.",
			Range: "coupled 1e-5 to 1e-3; decoupled 1e-3 to 0.1",
		}),
	}
	if d.only {
		return knobs
	}
	return append(knobs, knob.Bool("optimizer.decoupled", &d.Decoupled, "decoupled weight decay (as AdamW) instead of an L2 penalty in the gradient").Explained(knob.Doc{
		Formula: "on: θₜ = θₜ₋₁ − η (uₜ + λ θₜ₋₁)\n" +
			"off: gₜ ← gₜ + λ θₜ₋₁ before the optimizer",
		Source:  decoupledPaper + ", algorithms 1 and 2",
		PyTorch: "torch.optim.AdamW rather than torch.optim.Adam; torch.optim.NAdam(decoupled_weight_decay), torch.optim.RAdam(decoupled_weight_decay)",
		When: "With adaptive optimizers an L2 penalty is divided by √v̂ₜ too, so parameters with large gradients decay less;" +
			" decoupled, all decay at the same relative rate. For SGD without momentum the two are the same.",
		Range: "on for adaptive optimizers, off for SGD",
	}))
}

func (d l2) Apply(update, params []float64, at At) {
	if !d.Decoupled {
		d.add(update, params, at)
	}
}

// decoupled comes after the algorithm, before the learning rate.
type decoupled struct {
	stateless
	*decay
}

func (decoupled) Knobs() []knob.Knob { return nil }

func (d decoupled) Apply(update, params []float64, at At) {
	if d.Decoupled {
		d.add(update, params, at)
	}
}

func (d *decay) add(update, params []float64, at At) {
	if at.Decays != nil {
		for _, g := range at.Decays {
			addDecay(update[g.From:g.To], params[g.From:g.To], g.Of(d.Weight))
		}
		return
	}
	addDecay(update, params, d.Weight)
}

func addDecay(update, params []float64, weight float64) {
	if weight == 0 {
		return
	}
	for i, p := range params {
		update[i] += float64(weight * p)
	}
}

func (d l2) worked(w *Worked) {
	weight := w.At.decay(w.I, d.Weight)
	if d.Decoupled || weight == 0 {
		return
	}
	w.Title = "L2 penalty"
	w.Set("λ", weight)
	w.Line("gₜ", "gₜ + λ θₜ₋₁")
}

func (d decoupled) worked(w *Worked) {
	weight := w.At.decay(w.I, d.Weight)
	if !d.Decoupled || weight == 0 {
		return
	}
	w.Title = "decoupled weight decay"
	w.Set("λ", weight)
	w.Line("uₜ", w.Now+" + λ θₜ₋₁")
	w.Hand("uₜ")
}
