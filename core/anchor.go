package core

import "descent/core/knob"

// anchor holds weights back near those that training started from.
type anchor struct {
	L2SP, EWC float64
	weights   []float64 // at the start; shared by twins
	fisher    []float64 // how much each matters for the old task; nil until it is asked for
}

func (a *anchor) on() bool { return a.L2SP > 0 || a.EWC > 0 }

func (a *anchor) knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("finetune.l2_sp", &a.L2SP, 0, 1e6, knob.Log, "pulls each weight back to where it started: α (w − w₀) joins the gradient, as Li et al. 2018").WithZero("off").WithScale(knob.Log, 1e-4),
		knob.Float("finetune.ewc", &a.EWC, 0, 1e9, knob.Log, "elastic weight consolidation: λ F (w − w₀) joins the gradient, F telling how much the old task hangs on each weight, as Kirkpatrick et al. 2017").WithZero("off").WithScale(knob.Log, 1),
	}
}

// pull adds the gradients of α/2 ‖w − w₀‖² and λ/2 Σ F (w − w₀)² to that of the
// weights w. The loss that is reported leaves both out, as it does weight decay.
func (a *anchor) pull(w, grad []float64) {
	if a.L2SP > 0 {
		for i, start := range a.weights {
			grad[i] += float64(a.L2SP * (w[i] - start))
		}
	}
	if a.EWC > 0 {
		for i, f := range a.fisher {
			grad[i] += float64(a.EWC * float64(f*(w[i]-a.weights[i])))
		}
	}
}
