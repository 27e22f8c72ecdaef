package optim

import (
	"math"

	"descent/core/knob"
)

// rmsprop divides by the root of a moving average of the squared gradient, centred
// or not, with or without momentum.
type rmsprop struct {
	Alpha, Eps, Mu       float64
	Centered             bool
	square, mean, buffer []float64
}

const (
	rmspropLecture = "T. Tieleman, G. Hinton, “Lecture 6.5: rmsprop”, Coursera: Neural Networks for Machine Learning, 2012"
	gravesPaper    = "A. Graves, “Generating Sequences With Recurrent Neural Networks”, arXiv 1308.0850, 2013"
)

var rmspropDoc = knob.Doc{
	Formula: "vₜ = α vₜ₋₁ + (1 − α) gₜ²\n" +
		"θₜ = θₜ₋₁ − η gₜ / (√vₜ + ε), without momentum",
	Source:  rmspropLecture + " (there without ε)",
	PyTorch: "torch.optim.RMSprop(lr, alpha, eps, weight_decay, momentum, centered)",
	When: "For recurrent networks and reinforcement learning, where the gradient's size changes while training. Adam adds" +
		" momentum and bias correction, and is the better start elsewhere.",
	Range: "η from 1e-4 to 1e-2; 1e-3 to begin with (the default, as PyTorch's, is 1e-2)",
}

func (r *rmsprop) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("optimizer.alpha", &r.Alpha, 0, 1, knob.Complement, "α: decay rate of the moving average of the squared gradient").Explained(knob.Doc{
			Formula: "vₜ = α vₜ₋₁ + (1 − α) gₜ²",
			Source:  rmspropLecture,
			PyTorch: "torch.optim.RMSprop(alpha); TensorFlow and Keras call it rho",
			When: "The average reaches back over about 1 / (1 − α) steps. There is no bias correction: a high α makes the" +
				" first steps large.",
			Range: "0.9 to 0.99; 0.99 to begin with (the lecture takes 0.9)",
		}),
		epsKnob(&r.Eps, knob.Doc{
			Formula: "ε in η gₜ / (√vₜ + ε)",
			Source:  knob.None,
			PyTorch: "torch.optim.RMSprop(eps); TensorFlow and Keras add it inside the root",
			When:    "Raise it where parameters with tiny gradients take steps that are too large.",
			Range:   "1e-8 to 1e-3; 1e-8 to begin with",
		}),
		momentumKnob(&r.Mu, knob.Doc{
			Formula: "bₜ = μ bₜ₋₁ + gₜ / (√vₜ + ε)\n" +
				"θₜ = θₜ₋₁ − η bₜ",
			Source:  gravesPaper + ", section 4.2 (there with ε inside the root)",
			PyTorch: "torch.optim.RMSprop(momentum)",
			When: "It accumulates normalised updates, so the effective rate grows by 1 / (1 − μ): lower η when you turn it on." +
				" With both, adam is the usual choice.",
			Range: "0 to 0.95; off to begin with",
		}).WithZero("off"),
		knob.Bool("optimizer.centered", &r.Centered, "centered RMSprop: divide by an estimate of the gradient's standard deviation").Explained(knob.Doc{
			Formula: "ḡₜ = α ḡₜ₋₁ + (1 − α) gₜ\n" +
				"θₜ = θₜ₋₁ − η gₜ / (√max(vₜ − ḡₜ², 0) + ε)",
			Source:  gravesPaper + ", section 4.2 (there with ε inside the root)",
			PyTorch: "torch.optim.RMSprop(centered=True)",
			When: "It enlarges the steps of parameters whose gradient hardly varies. It can help recurrent networks, but where the" +
				" variance comes near 0 the steps become very large.",
			Range: "off; on to compare",
		}),
	}
}

func (r *rmsprop) Init(layout knob.Layout) {
	n := layout.Size()
	r.square, r.mean, r.buffer = make([]float64, n), make([]float64, n), make([]float64, n)
}

func (r *rmsprop) State() []knob.Buffer {
	return []knob.Buffer{
		{Name: "rmsprop/square mean", Data: r.square},
		{Name: "rmsprop/mean", Data: r.mean},
		{Name: "rmsprop/momentum", Data: r.buffer},
	}
}

func (r *rmsprop) Apply(update, _ []float64, at At) {
	for _, s := range at.spans(len(update), 0) {
		r.apply(s.Of(update), s.Of(r.square), s.Of(r.mean), s.Of(r.buffer))
	}
}

func (r *rmsprop) apply(update, square, mean, buffer []float64) {
	for i, g := range update {
		square[i] = float64(r.Alpha*square[i]) + float64((1-r.Alpha)*float64(g*g))
		v := square[i]
		if r.Centered {
			mean[i] = float64(r.Alpha*mean[i]) + float64((1-r.Alpha)*g)
			v = max(v-float64(mean[i]*mean[i]), 0)
		}
		update[i] = g / (math.Sqrt(v) + r.Eps)
	}
	if r.Mu == 0 {
		return
	}
	for i, u := range update {
		buffer[i] = float64(r.Mu*buffer[i]) + u
		update[i] = buffer[i]
	}
}

func (r *rmsprop) pass(of *run[float64], s Span) (finite bool) {
	var mean, buffer []float64
	if r.Centered {
		mean = s.Of(r.mean)
	}
	if r.Mu != 0 {
		buffer = s.Of(r.buffer)
	}
	return of.part(s).RMSprop(s.Of(r.square), mean, buffer, r.Alpha, r.Eps, r.Mu)
}

func (r *rmsprop) stability(size int, at At) Stability {
	formula := "2/η"
	if r.Mu > 0 {
		formula = "(2 + 2μ) / η"
	}
	return Stability{
		Limit: heavyBall(r.Mu, 1), Formula: formula, Source: adaptiveEdgePaper + ", section 2",
		Scale: at.inverse(size, func(_ Span, i int) float64 {
			v := r.square[i]
			if r.Centered {
				v = max(v-float64(r.mean[i]*r.mean[i]), 0)
			}
			return math.Sqrt(v) + r.Eps
		}),
	}
}

func (r *rmsprop) worked(w *Worked) {
	w.Title = "RMSprop"
	w.Set("α", r.Alpha)
	w.Set("ε", r.Eps)
	w.Before("vₜ₋₁", "rmsprop/square mean")
	w.Line("vₜ", "α vₜ₋₁ + (1 − α) gₜ²")
	if r.Centered {
		w.Before("ḡₜ₋₁", "rmsprop/mean")
		w.Line("ḡₜ", "α ḡₜ₋₁ + (1 − α) gₜ")
		w.Line("uₜ", "gₜ / (√max(vₜ − ḡₜ², 0) + ε)")
	} else {
		w.Line("uₜ", "gₜ / (√vₜ + ε)")
	}
	w.Hand("uₜ")
	if r.Mu != 0 {
		w.Set("μ", r.Mu)
		w.Before("bₜ₋₁", "rmsprop/momentum")
		w.Line("bₜ", "μ bₜ₋₁ + uₜ")
		w.Hand("bₜ")
	}
}
