package optim

import (
	"descent/core/kernel"
	"descent/core/knob"
)

// asgd is SGD with a falling rate ηₜ = η / (1 + λ η (t − 1))^α and a pull to 0,
// u = ηₜ (g + λ p); from step t₀ on it averages the weights it passes, and the
// average is what is shown. Polyak, Juditsky 1992, as torch.optim.ASGD.
type asgd struct {
	Lambda, Alpha, T0 float64
	mean              []float64
	first             []float64 // one number: 1 once there is an average
}

func (a *asgd) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("optimizer.lambd", &a.Lambda, 0, 10, knob.Log, "how fast the rate falls, and the pull to 0"),
		knob.Float("optimizer.alpha", &a.Alpha, 0, 2, knob.Linear, "the power by which the rate falls").WithStep(0.05),
		knob.Float("optimizer.t0", &a.T0, 0, 1e12, knob.Log, "the step from which weights are averaged").WithScale(knob.Log, 1),
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
		eta := at.LR * kernel.Exp(-a.Alpha*kernel.Log(1+float64(a.Lambda*at.LR*t)))
		share := 1 / max(1, t-a.T0)
		if begins {
			share = 1
		}
		for i := s.From; i < s.To; i++ {
			p := params[i]
			update[i] = float64(at.share(i) * (float64(eta*update[i]) + float64(float64(eta*a.Lambda)*p)))
			if begins {
				a.mean[i] = 0
			}
			a.mean[i] += float64(share * (p - update[i] - a.mean[i]))
		}
	}
}

// EvalParams is the average.
func (a *asgd) EvalParams(params []float64) []float64 {
	if a.first[0] == 0 {
		return params
	}
	return a.mean
}
