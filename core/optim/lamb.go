package optim

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"
)

// lamb is Adam whose update is scaled, tensor by tensor, to the norm of the weights.
// Weight decay is part of the update before that, so that it is scaled too.
type lamb struct {
	Beta1, Beta2, Eps float64
	decay             *decay
	layout            knob.Layout
	mean, square      []float64
}

const lambPaper = "Y. You et al., “Large Batch Optimization for Deep Learning: Training BERT in 76 minutes”, ICLR 2020"

var lambDoc = knob.Doc{
	Formula: "m̂ₜ, v̂ₜ as in Adam, for each tensor\n" +
		"rₜ = m̂ₜ / (√v̂ₜ + ε) + λ θₜ₋₁\n" +
		"θₜ = θₜ₋₁ − η ‖θₜ₋₁‖₂ / ‖rₜ‖₂ · rₜ (without the ratio where a norm is 0)",
	Source:  lambPaper + ", algorithm 2, with φ(z) = z",
	PyTorch: knob.None,
	When: "Batches of thousands of rows with a large η: each tensor moves by the same fraction of its own norm. With small" +
		" batches it has no advantage over AdamW.",
	Range: "η from 1e-3 to 1e-2; 1e-3 to begin with",
}

func (l *lamb) Knobs() []knob.Knob { return momentKnobs(&l.Beta1, &l.Beta2, &l.Eps) }

func (l *lamb) Init(layout knob.Layout) {
	l.layout = layout
	l.mean, l.square = make([]float64, layout.Size()), make([]float64, layout.Size())
}

func (l *lamb) State() []knob.Buffer {
	return []knob.Buffer{{Name: "lamb/mean", Data: l.mean}, {Name: "lamb/square mean", Data: l.square}}
}

func (l *lamb) Apply(update, params []float64, at At) {
	spans := at.spans(len(update), len(l.layout))
	for _, s := range spans {
		kernel.Adam(s.Of(update), s.Of(l.mean), s.Of(l.square), adamFactors(l.Beta1, l.Beta2, l.Eps, s.Age))
	}
	if l.decay.Decoupled {
		l.decay.add(update, params, at)
	}
	for _, s := range spans {
		for _, seg := range l.layout[s.First:s.Last] {
			u, p := seg.Of(update), seg.Of(params)
			if long, weight := norm(u), norm(p); long > 0 && weight > 0 {
				for i := range u {
					u[i] *= weight / long
				}
			}
		}
	}
}

func norm(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x * x)
	}
	return math.Sqrt(sum)
}

func (l *lamb) worked(w *Worked) {
	w.Title = "LAMB"
	workMoments(w, "lamb", l.Beta1, l.Beta2, l.Eps)
	w.Line("m̂ₜ", "mₜ / (1 − β₁ᵗ)")
	w.Line("v̂ₜ", "vₜ / (1 − β₂ᵗ)")
	decay := 0.0
	if own := w.At.decay(w.I, l.decay.Weight); l.decay.Decoupled {
		decay = own
	}
	if w.Line("rₜ", "m̂ₜ / (√v̂ₜ + ε)"); decay != 0 {
		w.Set("λ", decay)
		w.Line("rₜ", "rₜ + λ θₜ₋₁")
	}
	seg := l.layout[w.Tensor(l.layout)]
	f, r := adamFactors(l.Beta1, l.Beta2, l.Eps, w.Age()), make([]float64, seg.Size())
	for i, m := range seg.Of(l.mean) {
		r[i] = float64(m*f.Unbias)/(math.Sqrt(seg.Of(l.square)[i])/f.Root+f.Eps) + float64(decay*seg.Of(w.Params)[i])
	}
	w.Given("‖θ‖", norm(seg.Of(w.Params)))
	w.Given("‖r‖", norm(r))
	w.Note = "the norms are those of the whole tensor"
	if w.Get("‖θ‖") > 0 && w.Get("‖r‖") > 0 {
		w.Line("uₜ", "rₜ ‖θ‖ / ‖r‖")
	} else {
		w.Line("uₜ", "rₜ")
	}
	w.Hand("uₜ")
}
