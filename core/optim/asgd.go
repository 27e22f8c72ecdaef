package optim

import (
	"descent/core/kernel"
	"descent/core/knob"
)

// asgd is SGD with a decaying learning rate and weight decay λ; from step t₀ on the
// weights are averaged, and the average is evaluated.
type asgd struct {
	Lambda, Alpha, T0 float64
	mean              []float64
	first             []float64 // one number: 1 once there is an average
}

const (
	averagingPaper = "B. T. Polyak, A. B. Juditsky, “Acceleration of Stochastic Approximation by Averaging”, SIAM Journal on Control and Optimization 30(4), 1992"
	bottouTricks   = "L. Bottou, “Stochastic Gradient Descent Tricks”, Neural Networks: Tricks of the Trade, 2012, section 5"
)

var asgdDoc = knob.Doc{
	Formula: "ηₜ = η / (1 + λ η (t − 1))^α\n" +
		"θₜ = θₜ₋₁ − ηₜ (gₜ + λ θₜ₋₁)\n" +
		"ax ← ax + (θₜ − ax) / max(1, t − 1 − t₀); ax is evaluated",
	Source:  averagingPaper + "; the learning rate as in " + bottouTricks,
	PyTorch: "torch.optim.ASGD(lr, lambd, alpha, t0, weight_decay)",
	When: "Convex problems and the end of training, where averaging removes the noise of SGD without a small learning rate. For" +
		" networks an exponential average (train.ema) with any optimizer is the more common choice.",
	Range: "η from 1e-3 to 1; 1e-2 to begin with",
}

func (a *asgd) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("optimizer.lambd", &a.Lambda, 0, 10, knob.Log, "λ: decay of the learning rate and of the weights").Explained(knob.Doc{
			Formula: "ηₜ = η / (1 + λ η (t − 1))^α\n" +
				"θₜ = θₜ₋₁ − ηₜ (gₜ + λ θₜ₋₁)",
			Source:  bottouTricks,
			PyTorch: "torch.optim.ASGD(lambd)",
			When: "For a convex problem with an L2 penalty set it to the weight of the penalty; the learning rate then decays at" +
				" the optimal speed. Lower it where the rate decays too early.",
			Range: "1e-6 to 1e-3; 1e-4 to begin with",
		}),
		knob.Float("optimizer.alpha", &a.Alpha, 0, 2, knob.Linear, "α: exponent of the decay of the learning rate").WithStep(0.05).Explained(knob.Doc{
			Formula: "ηₜ = η / (1 + λ η (t − 1))^α",
			Source:  bottouTricks,
			PyTorch: "torch.optim.ASGD(alpha)",
			When:    "Averaging needs a learning rate that decays more slowly than 1 / t, so α below 1. At 0 the rate is constant.",
			Range:   "0.5 to 1; 0.75 to begin with",
		}),
		knob.Float("optimizer.t0", &a.T0, 0, 1e12, knob.Log, "t₀: number of updates after which averaging starts").WithScale(knob.Log, 1).Explained(knob.Doc{
			Formula: "ax ← ax + (θₜ − ax) / max(1, t − 1 − t₀)",
			Source:  bottouTricks,
			PyTorch: "torch.optim.ASGD(t0)",
			When: "Set it to where the loss has levelled off, often one or two epochs. The default of a million means that a" +
				" short run is never averaged.",
			Range: "one epoch to 1e6; 1e6 to begin with, as in PyTorch",
		}),
	}
}

func (a *asgd) Init(layout knob.Layout) {
	a.mean, a.first = make([]float64, layout.Size()), make([]float64, 1)
}

func (a *asgd) State() []knob.Buffer {
	return []knob.Buffer{{Name: "asgd/average", Data: a.mean}, {Name: "asgd/begun", Data: a.first}}
}

func (a *asgd) Apply(update, params []float64, at At) {
	begins := a.first[0] == 0
	if begins {
		a.first[0] = 1
		copy(a.mean, params)
	}
	for _, s := range at.spans(len(update), 0) {
		t := float64(s.Age - 1)
		eta, own := a.rate(at.LR, t), 1.0
		share := 1 / max(1, t-a.T0)
		if begins {
			share = 1
		}
		for i := s.From; i < s.To; i++ {
			p, scale := params[i], at.scale(i)
			if at.Grouped { // the decay depends on the rate of the group
				if scale != own {
					eta, own = a.rate(float64(at.LR*scale), t), scale
				}
				scale = 1
			}
			update[i] = float64(scale * (float64(eta*update[i]) + float64(float64(eta*a.Lambda)*p)))
			if begins {
				a.mean[i] = 0
			}
			a.mean[i] += float64(share * (p - update[i] - a.mean[i]))
		}
	}
}

// rate is a learning rate after t updates.
func (a *asgd) rate(lr, t float64) float64 {
	return lr * kernel.Exp(-a.Alpha*kernel.Log(1+float64(a.Lambda*lr*t)))
}

// EvalParams is the average.
func (a *asgd) EvalParams(params []float64) []float64 {
	if a.first[0] == 0 {
		return params
	}
	return a.mean
}

func (a *asgd) worked(w *Worked) {
	w.Title = "averaged SGD"
	w.Note = "ηₜ = η / (1 + λ η (t − 1))^α; the average of the weights is evaluated"
	t := float64(w.Age() - 1)
	eta := float64(a.rate(w.At.LR, t) * w.At.scale(w.I))
	if w.At.Grouped {
		eta = a.rate(w.At.first(w.I), t)
	}
	w.Set("λ", a.Lambda)
	w.Given("ηₜ", eta)
	w.Line("Δθₜ", "−ηₜ (gₜ + λ θₜ₋₁)")
	w.Hand("Δθₜ")
}
