package optim

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"
)

// scheduleFree is AdamW that needs no schedule: gradients are taken at
// y = (1 − β₁) z + β₁ x, z moves by them, and x, the average of all z, is what
// is shown. The weights that train are y.
// Defazio et al. 2024, "The Road Less Scheduled", algorithm 1 with Adam's scale.
type scheduleFree struct {
	Beta1, Beta2, Eps float64
	decay             *decay
	base, square      []float64
	average           []float64
	weight            []float64 // two numbers: the sum of the rates squared, the largest rate
}

func (s *scheduleFree) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("optimizer.beta1", &s.Beta1, 0.01, 0.999999999, knob.Complement, "how near to the average gradients are taken"),
		knob.Float("optimizer.beta2", &s.Beta2, 0, 0.999999999, knob.Complement, "how long squared gradients are remembered"),
		epsKnob(&s.Eps),
	}
}

func (s *scheduleFree) Init(layout knob.Layout) {
	n := layout.Size()
	s.base, s.square, s.average = make([]float64, n), make([]float64, n), make([]float64, n)
	s.weight = make([]float64, 2)
}

func (s *scheduleFree) State() []knob.Buffer {
	return []knob.Buffer{
		{Name: "schedule-free/base", Data: s.base},
		{Name: "schedule-free/square mean", Data: s.square},
		{Name: "schedule-free/weight", Data: s.weight},
	}
}

func (s *scheduleFree) Apply(update, params []float64, at At) {
	if s.weight[1] == 0 {
		copy(s.base, params) // x = y = z at the start
	}
	s.weight[1] = max(s.weight[1], at.LR)
	w := float64(s.weight[1] * s.weight[1])
	s.weight[0] += w
	share := 0.0
	if s.weight[0] > 0 {
		share = w / s.weight[0]
	}
	along := 1 - float64(s.Beta1*(1-share))
	pull := 0.0
	if s.decay.Decoupled {
		pull = s.decay.Weight
	}
	for _, span := range at.spans(len(update), 0) {
		s.apply(update, params, at, span, share, along, pull)
	}
}

func (s *scheduleFree) apply(update, params []float64, at At, span Span, share, along, pull float64) {
	unbias := 1 - kernel.Power(s.Beta2, span.Age)
	for i := span.From; i < span.To; i++ {
		moves, g := at.share(i), update[i]
		if moves == 0 { // neither does what is averaged
			update[i] = 0
			continue
		}
		rate := float64(at.LR * moves)
		s.square[i] = float64(s.Beta2*s.square[i]) + float64((1-s.Beta2)*float64(g*g))
		d := g/(math.Sqrt(s.square[i]/unbias)+s.Eps) + float64(pull*params[i])
		update[i] = float64(share*(params[i]-s.base[i])) + float64(float64(rate*along)*d)
		s.base[i] -= float64(rate * d)
	}
}

// EvalParams is x = y + (1 − 1/β₁)(z − y).
func (s *scheduleFree) EvalParams(params []float64) []float64 {
	if s.weight == nil || s.weight[1] == 0 {
		return params
	}
	back := 1 - 1/s.Beta1
	for i, y := range params {
		s.average[i] = y + float64(back*(s.base[i]-y))
	}
	return s.average
}
