package optim

import (
	"slices"

	"descent/core/knob"
)

// sophia estimates the diagonal of the Hessian every k steps, by Hutchinson's method
// with a difference of two gradients on the batch of the step, and leaves the rest
// to its chain.
type sophia struct {
	*Chain
	clip      *Clip
	transform *sophiaTransform

	eval     Eval // of the current step
	at       At
	measured Eval      // the gradient, and the Hessian estimate where it is due
	ahead    []float64 // gradient at the shifted weights
	shifted  []float64
}

func newSophia(clip *Clip, mask *UpdateMask, average *Average) Method {
	d := &decay{Decoupled: true}
	transform := &sophiaTransform{Beta1: 0.96, Beta2: 0.99, Gamma: 0.01, Eps: 1e-12, Period: 10}
	s := &sophia{
		Chain: NewChain(clip, l2{decay: d}, transform, decoupled{decay: d}, rate{}, mask, average),
		clip:  clip, transform: transform,
	}
	s.measured = s.measure
	transform.estimate = func(i int) float64 { return hessian(s.at.Age, i, s.ahead[i], s.grad[i]) }
	return s
}

func (s *sophia) Init(layout knob.Layout) {
	s.ahead, s.shifted = make([]float64, layout.Size()), make([]float64, layout.Size())
	s.Chain.Init(layout)
}

func (s *sophia) Step(params []float64, eval Eval, at At) float64 {
	s.eval, s.at = eval, at
	return s.Chain.Step(params, s.measured, at)
}

// delta is the step of the finite difference: a power of two, so that the division
// is exact.
const delta = 1.0 / (1 << 20)

func (s *sophia) measure(params, grad []float64) float64 {
	loss := s.eval(params, grad)
	if s.at.stopped() {
		return loss
	}
	due := func(span Span) bool { return (span.Age-1)%s.transform.Period == 0 }
	spans := s.at.spans(len(params), 0)
	if !slices.ContainsFunc(spans, due) {
		return loss
	}
	age := s.at.Age
	for i, p := range params {
		s.shifted[i] = p + float64(delta*randomSign(age, i))
	}
	s.eval(s.shifted, s.ahead)
	if s.at.stopped() {
		return loss
	}
	h, keep := s.transform.hessian, s.transform.Beta2
	for _, span := range spans {
		if !due(span) {
			continue
		}
		for i := span.From; i < span.To; i++ {
			h[i] = float64(keep*h[i]) + float64((1-keep)*hessian(age, i, s.ahead[i], grad[i]))
		}
	}
	return loss
}

// hessian is the estimate of an element of the diagonal, uᵢ (H u)ᵢ, from the
// gradients at the shifted weights and at the weights.
func hessian(age, i int, ahead, grad float64) float64 {
	return float64(randomSign(age, i) * ((ahead - grad) / delta))
}

// randomSign is 1 or −1: a bit of a hash (splitmix64) of age and index.
func randomSign(age, i int) float64 {
	h := uint64(age)*0x9e3779b97f4a7c15 + uint64(i)*0xd1b54a32d192ed03
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return float64(int((h^h>>31)&1)*2 - 1)
}

// sophiaTransform divides the momentum by the estimate and clips.
type sophiaTransform struct {
	Beta1, Beta2, Gamma, Eps float64
	Period                   int
	mean, hessian            []float64
	estimate                 func(i int) float64 // of the diagonal, the last
}

const sophiaPaper = "H. Liu, Z. Li, D. Hall, P. Liang, T. Ma, “Sophia: A Scalable Stochastic Second-order Optimizer for Language Model Pre-training”, ICLR 2024"

var sophiaDoc = knob.Doc{
	Formula: "mₜ = β₁ mₜ₋₁ + (1 − β₁) gₜ\n" +
		"hₜ = β₂ hₜ₋ₖ + (1 − β₂) u ⊙ H u every k steps, with random uᵢ = ±1\n" +
		"H u = (∇L(θₜ₋₁ + δ u) − ∇L(θₜ₋₁)) / δ, δ = 2⁻²⁰\n" +
		"θₜ = θₜ₋₁ − η (clip(mₜ / max(γ hₜ, ε), 1) + λ θₜ₋₁)",
	Source:  sophiaPaper + ", algorithms 1 and 3 (Sophia-H; there u is normal and H u exact)",
	PyTorch: knob.None,
	When: "Losses whose curvature differs greatly between parameters: steps are large in flat directions and small in steep" +
		" ones, and clipping bounds them by η. On small networks AdamW is the safer choice.",
	Range: "η from 1e-4 to 1e-2; 1e-3 to begin with",
}

func (s *sophiaTransform) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("optimizer.beta1", &s.Beta1, 0, 0.999999999, knob.Complement, "β₁: decay rate of the momentum (exponential moving average of the gradient)").Explained(knob.Doc{
			Formula: "mₜ = β₁ mₜ₋₁ + (1 − β₁) gₜ",
			Source:  sophiaPaper + ", algorithm 3",
			PyTorch: knob.None,
			When:    "The average reaches back over about 1 / (1 − β₁) gradients. Lower it where the loss oscillates.",
			Range:   "0.9 to 0.965; 0.96 to begin with",
		}),
		knob.Float("optimizer.beta2", &s.Beta2, 0, 0.999999999, knob.Complement, "β₂: decay rate of the moving average of the Hessian estimates").Explained(knob.Doc{
			Formula: "hₜ = β₂ hₜ₋ₖ + (1 − β₂) u ⊙ H u",
			Source:  sophiaPaper + ", algorithm 3",
			PyTorch: knob.None,
			When:    "It counts estimates, not steps: 0.99 reaches back over about 100 periods. Lower it in short runs.",
			Range:   "0.95 to 0.99; 0.99 to begin with",
		}),
		knob.Float("optimizer.gamma", &s.Gamma, 0, 1e6, knob.Log, "γ: scale of the Hessian estimate in the denominator").WithScale(knob.Log, 1e-4).Explained(knob.Doc{
			Formula: "clip(mₜ / max(γ hₜ, ε), 1)",
			Source:  sophiaPaper + ", algorithm 3",
			PyTorch: knob.None,
			When: "The smaller it is, the more parameters are clipped and move by η in the direction of their sign. The" +
				" paper tunes it until 10 % to 50 % are not clipped.",
			Range: "5e-3 to 0.1; 1e-2 to begin with",
		}),
		epsKnob(&s.Eps, knob.Doc{
			Formula: "ε in clip(mₜ / max(γ hₜ, ε), 1)",
			Source:  sophiaPaper + ", algorithm 3",
			PyTorch: knob.None,
			When: "It replaces curvature that is 0 or negative: such parameters move by η in the direction of their sign." +
				" Seldom worth tuning.",
			Range: "1e-12",
		}),
		knob.Int("optimizer.period", &s.Period, 1, 1<<30, "k: steps between two Hessian estimates").WithScale(knob.Log, 1).Explained(knob.Doc{
			Formula: "hₜ is updated if (t − 1) mod k = 0",
			Source:  sophiaPaper + ", algorithm 3",
			PyTorch: knob.None,
			When:    "Each estimate costs a second gradient evaluation. Lower it where the curvature changes quickly.",
			Range:   "1 to 20; 10 to begin with",
		}),
	}
}

func (s *sophiaTransform) Init(layout knob.Layout) {
	s.mean, s.hessian = make([]float64, layout.Size()), make([]float64, layout.Size())
}

func (s *sophiaTransform) State() []knob.Buffer {
	return []knob.Buffer{{Name: "sophia/mean", Data: s.mean}, {Name: "sophia/curvature", Data: s.hessian}}
}

func (s *sophiaTransform) Apply(update, _ []float64, at At) {
	for _, span := range at.spans(len(update), 0) {
		for i := span.From; i < span.To; i++ {
			s.mean[i] = float64(s.Beta1*s.mean[i]) + float64((1-s.Beta1)*update[i])
			update[i] = min(max(s.mean[i]/max(float64(s.Gamma*s.hessian[i]), s.Eps), -1), 1)
		}
	}
}

func (s *sophiaTransform) worked(w *Worked) {
	w.Title = "Sophia"
	w.Set("β₁", s.Beta1)
	w.Set("β₂", s.Beta2)
	w.Set("γ", s.Gamma)
	w.Set("ε", s.Eps)
	w.Before("mₜ₋₁", "sophia/mean")
	w.Line("mₜ", "β₁ mₜ₋₁ + (1 − β₁) gₜ")
	if w.Before("hₜ₋ₖ", "sophia/curvature"); (w.Age()-1)%s.Period == 0 {
		w.Note = "ĥ = u · (H u) is a new estimate of the Hessian's diagonal"
		w.Given("ĥ", s.estimate(w.I))
		w.Line("hₜ", "β₂ hₜ₋ₖ + (1 − β₂) ĥ")
	} else {
		w.Note = "the Hessian estimate h is as it was"
		w.Line("hₜ", "hₜ₋ₖ")
	}
	w.Line("uₜ", "max(min(mₜ / max(γ hₜ, ε), 1), −1)")
	w.Hand("uₜ")
}
