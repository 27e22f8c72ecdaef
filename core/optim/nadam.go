package optim

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"
)

// nadam is Adam with Nesterov momentum. The product of the μₜ is that of the paper,
// one for each tensor, since tensors may begin to train at different steps.
type nadam struct {
	Beta1, Beta2, Eps, Decay float64

	layout       knob.Layout
	mean, square []float64
	product      byTensor // Πμ
}

const nadamPaper = "T. Dozat, “Incorporating Nesterov Momentum into Adam”, ICLR 2016 workshop"

var nadamDoc = knob.Doc{
	Formula: "μₜ = β₁ (1 − ½ · 0.96^(t ψ))\n" +
		"mₜ = β₁ mₜ₋₁ + (1 − β₁) gₜ\n" +
		"vₜ = β₂ vₜ₋₁ + (1 − β₂) gₜ²\n" +
		"m̂ₜ = μₜ₊₁ mₜ / (1 − μ₁ ⋯ μₜ₊₁) + (1 − μₜ) gₜ / (1 − μ₁ ⋯ μₜ)\n" +
		"v̂ₜ = vₜ / (1 − β₂ᵗ)\n" +
		"θₜ = θₜ₋₁ − η m̂ₜ / (√v̂ₜ + ε)",
	Source:  nadamPaper,
	PyTorch: "torch.optim.NAdam(lr, betas=(β₁, β₂), eps, weight_decay, momentum_decay=ψ, decoupled_weight_decay)",
	When: "As Adam; the newest gradient counts more in the update, which can speed up the first phase of training. It" +
		" rarely changes the final result.",
	Range: "η from 1e-4 to 1e-2; 2e-3 to begin with",
}

func (n *nadam) Knobs() []knob.Knob {
	return append(momentKnobs(&n.Beta1, &n.Beta2, &n.Eps),
		knob.Float("optimizer.momentum_decay", &n.Decay, 0, 1, knob.Log, "ψ: how fast the momentum coefficient μₜ rises to β₁").WithScale(knob.Log, 1e-4).Explained(knob.Doc{
			Formula: "μₜ = β₁ (1 − ½ · 0.96^(t ψ))",
			Source:  nadamPaper,
			PyTorch: "torch.optim.NAdam(momentum_decay)",
			When: "μ rises from about β₁ / 2 to β₁ over some 100 / ψ steps. Raise it for short runs; at 0 it stays at" +
				" β₁ / 2.",
			Range: "1e-3 to 1e-1; 4e-3 to begin with",
		}))
}

func (n *nadam) Init(layout knob.Layout) {
	n.layout = layout
	n.mean, n.square = make([]float64, layout.Size()), make([]float64, layout.Size())
	n.product = newByTensor(layout)
}

func (n *nadam) State() []knob.Buffer {
	return []knob.Buffer{
		{Name: "nadam/mean", Data: n.mean},
		{Name: "nadam/square mean", Data: n.square},
		n.product.buffer("nadam/momentum product"),
	}
}

// Restore copies what State returned.
func (n *nadam) Restore(saved []knob.Buffer) {
	restore(n.State(), saved)
	n.product.restore("nadam/momentum product", saved)
}

func (n *nadam) momentum(t int) float64 {
	return float64(n.Beta1 * (1 - float64(0.5*kernel.Exp(float64(t)*n.Decay*log096))))
}

const log096 = -0.040821994520255166 // log 0.96

func (n *nadam) Apply(update, _ []float64, at At) {
	for _, s := range at.spans(len(update), len(n.layout)) {
		now, next := n.momentum(s.Age), n.momentum(s.Age+1)
		unbias := 1 - kernel.Power(n.Beta2, s.Age)
		for t := s.First; t < s.Last; t++ {
			fromGrad, fromMean := n.shares(t, s.Age, now, next)
			n.tensor(n.layout[t], update, fromGrad, fromMean, unbias)
		}
	}
}

func (*nadam) uncut() {}

func (n *nadam) pass(of *run[float64], s Span) (finite bool) {
	now, next := n.momentum(s.Age), n.momentum(s.Age+1)
	unbias := 1 - kernel.Power(n.Beta2, s.Age)
	finite = true
	for t := s.First; t < s.Last; t++ {
		fromGrad, fromMean := n.shares(t, s.Age, now, next)
		seg := n.layout[t]
		p := of.part(Span{From: seg.Offset, To: seg.Offset + seg.Size()})
		finite = p.NAdam(seg.Of(n.mean), seg.Of(n.square), n.Beta1, n.Beta2, fromGrad, fromMean, unbias, n.Eps) && finite
	}
	return finite
}

// shares are the factors of the gradient and of the mean in m̂ of a tensor, whose
// product of the μ they take on to μₜ.
func (n *nadam) shares(t, age int, now, next float64) (fromGrad, fromMean float64) {
	if age == 1 {
		n.product[t] = 1
	}
	n.product[t] = float64(n.product[t] * now)
	return (1 - now) / (1 - n.product[t]), next / (1 - float64(n.product[t]*next))
}

func (n *nadam) tensor(seg knob.Segment, update []float64, fromGrad, fromMean, unbias float64) {
	u, mean, square := seg.Of(update), seg.Of(n.mean), seg.Of(n.square)
	for i, g := range u {
		mean[i] = float64(n.Beta1*mean[i]) + float64((1-n.Beta1)*g)
		square[i] = float64(n.Beta2*square[i]) + float64((1-n.Beta2)*float64(g*g))
		u[i] = (float64(fromGrad*g) + float64(fromMean*mean[i])) / (math.Sqrt(square[i]/unbias) + n.Eps)
	}
}

func (n *nadam) stability(size int, at At) Stability {
	age := 0
	for _, s := range at.spans(size, len(n.layout)) {
		age = max(age, s.Age)
	}
	mu := n.momentum(age + 1)
	// update = (1 − μ) g + μ m, m the moving average of the gradient at β₁: on a
	// quadratic θ and m alternate in sign at the limit.
	limit := 2 * (1 + n.Beta1) / (float64((1-mu)*(1+n.Beta1)) + float64(mu*(1-n.Beta1)))
	return Stability{
		Limit: limit, Formula: "(2 + 2β₁) / (((1 − μₜ)(1 + β₁) + μₜ (1 − β₁)) η)", Source: adaptiveEdgePaper + ", appendix (there for μₜ = β₁)",
		Scale: at.inverse(size, func(s Span, i int) float64 {
			return math.Sqrt(n.square[i]/(1-kernel.Power(n.Beta2, s.Age))) + n.Eps
		}),
	}
}

func (n *nadam) worked(w *Worked) {
	w.Title = "NAdam"
	workMoments(w, "nadam", n.Beta1, n.Beta2, n.Eps)
	w.Given("μₜ", n.momentum(w.Age()))
	w.Given("μₜ₊₁", n.momentum(w.Age()+1))
	w.Given("Πμ", n.product[w.Tensor(n.layout)]) // of μ₁ to μₜ
	w.Line("m̂ₜ", "μₜ₊₁ mₜ / (1 − Πμ μₜ₊₁) + (1 − μₜ) gₜ / (1 − Πμ)")
	w.Line("v̂ₜ", "vₜ / (1 − β₂ᵗ)")
	w.Line("uₜ", "m̂ₜ / (√v̂ₜ + ε)")
	w.Note = "μₜ = β₁ (1 − ½ · 0.96^(t ψ)); Πμ is the product of μ₁ to μₜ"
	w.Hand("uₜ")
}
