package optim

import (
	"slices"

	"descent/core/knob"
)

// sophia divides momentum by the curvature of each weight:
// m ← β₁ m + (1 − β₁) g, u = clip(m / max(γ h, ε), 1), h being an average, by
// β₂, of Hutchinson's estimate u ⊙ H u of the diagonal of the Hessian, taken
// anew every so many steps. H u is a difference of gradients on the step's
// batch, u random signs.
// Liu, Li, Hall, Liang, Ma 2023, "Sophia", algorithms 1 and 3.
type sophia struct {
	*Chain
	clip *Clip
	link *sophiaLink

	eval     Eval // of the step under way
	at       At
	measured Eval // the gradient here, and the curvature where it is due
	ahead    []float64
	shifted  []float64
}

func newSophia(clip *Clip, gate *Gate, average *Average) Method {
	d := &decay{Decoupled: true}
	link := &sophiaLink{Beta1: 0.96, Beta2: 0.99, Gamma: 0.01, Eps: 1e-12, Period: 10}
	s := &sophia{
		Chain: NewChain(clip, l2{decay: d}, link, decoupled{decay: d}, rate{}, gate, average),
		clip:  clip, link: link,
	}
	s.measured = s.measure
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

// reach is how far ahead the second gradient is taken: a power of two, so that
// the division is exact.
const reach = 1.0 / (1 << 20)

func (s *sophia) measure(params, grad []float64) float64 {
	loss := s.eval(params, grad)
	if s.at.stopped() {
		return loss
	}
	due := func(span Span) bool { return (span.Age-1)%s.link.Period == 0 }
	spans := s.at.spans(len(params), 0)
	if !slices.ContainsFunc(spans, due) {
		return loss
	}
	age := s.at.Age
	for i, p := range params {
		s.shifted[i] = p + float64(reach*randomSign(age, i))
	}
	s.eval(s.shifted, s.ahead)
	if s.at.stopped() {
		return loss
	}
	h, keep := s.link.curve, s.link.Beta2
	for _, span := range spans {
		if !due(span) {
			continue
		}
		for i := span.From; i < span.To; i++ {
			h[i] = float64(keep*h[i]) + float64((1-keep)*float64(randomSign(age, i)*((s.ahead[i]-grad[i])/reach)))
		}
	}
	return loss
}

// randomSign is 1 or −1: a bit of a hash (splitmix64) of age and index.
func randomSign(age, i int) float64 {
	h := uint64(age)*0x9e3779b97f4a7c15 + uint64(i)*0xd1b54a32d192ed03
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return float64(int((h^h>>31)&1)*2 - 1)
}

// sophiaLink is what becomes of the gradient.
type sophiaLink struct {
	Beta1, Beta2, Gamma, Eps float64
	Period                   int
	mean, curve              []float64
}

func (s *sophiaLink) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("optimizer.beta1", &s.Beta1, 0, 0.999999999, knob.Complement, "how long gradients are remembered"),
		knob.Float("optimizer.beta2", &s.Beta2, 0, 0.999999999, knob.Complement, "how long curvature is remembered"),
		knob.Float("optimizer.gamma", &s.Gamma, 0, 1e6, knob.Log, "how much curvature counts: the less, the more steps are as long as the rate").WithScale(knob.Log, 1e-4),
		epsKnob(&s.Eps),
		knob.Int("optimizer.period", &s.Period, 1, 1<<30, "steps between two looks at the curvature").WithScale(knob.Log, 1),
	}
}

func (s *sophiaLink) Init(layout knob.Layout) {
	s.mean, s.curve = make([]float64, layout.Size()), make([]float64, layout.Size())
}

func (s *sophiaLink) State() []knob.Buffer {
	return []knob.Buffer{{Name: "sophia/mean", Data: s.mean}, {Name: "sophia/curvature", Data: s.curve}}
}

func (s *sophiaLink) Apply(update, _ []float64, at At) {
	for _, span := range at.spans(len(update), 0) {
		for i := span.From; i < span.To; i++ {
			s.mean[i] = float64(s.Beta1*s.mean[i]) + float64((1-s.Beta1)*update[i])
			update[i] = min(max(s.mean[i]/max(float64(s.Gamma*s.curve[i]), s.Eps), -1), 1)
		}
	}
}
