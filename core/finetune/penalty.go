package finetune

import "descent/core/knob"

// Penalty holds weights near those that training began with.
type Penalty struct {
	L2SP float64 // α of α/2 ‖w − w₀‖²
	EWC  float64 // λ of λ/2 Σ F (w − w₀)²
}

// On tells whether it adds anything.
func (p *Penalty) On() bool { return p.L2SP > 0 || p.EWC > 0 }

// Knobs are its settings.
func (p *Penalty) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("finetune.l2_sp", &p.L2SP, 0, 1e6, knob.Log, "pulls each weight back to where it started: α (w − w₀) joins the gradient, as Li et al. 2018").WithZero("off").WithScale(knob.Log, 1e-4),
		knob.Float("finetune.ewc", &p.EWC, 0, 1e9, knob.Log, "elastic weight consolidation: λ F (w − w₀) joins the gradient, F telling how much the old task hangs on each weight, as Kirkpatrick et al. 2017").WithZero("off").WithScale(knob.Log, 1),
	}
}

// Add adds the gradients of α/2 ‖w − w₀‖² and λ/2 Σ F (w − w₀)² to that of the
// weights w. start are w₀, fisher the diagonal F of the Fisher information of the
// old task, nil where it is not known. The loss that is reported leaves both
// penalties out, as it does weight decay.
func (p *Penalty) Add(grad, w, start, fisher []float64) {
	if p.L2SP > 0 {
		for i, from := range start {
			grad[i] += float64(p.L2SP * (w[i] - from))
		}
	}
	if p.EWC > 0 {
		for i, f := range fisher {
			grad[i] += float64(p.EWC * float64(f*(w[i]-start[i])))
		}
	}
}
