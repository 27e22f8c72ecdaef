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
		knob.Float("finetune.l2_sp", &p.L2SP, 0, 1e6, knob.Log, "L2-SP: α of an L2 penalty towards the starting weights").WithZero("off").WithScale(knob.Log, 1e-4).Explained(knob.Doc{
			Formula: "g ← g + α (w − w₀), the gradient of α/2 ‖w − w₀‖²",
			Source:  "X. Li, Y. Grandvalet, F. Davoine, “Explicit Inductive Bias for Transfer Learning with Convolutional Networks”, ICML 2018",
			PyTorch: "a term α/2 · ((w − w0)**2).sum() in the loss",
			When:    "When fine-tuning on little data, instead of weight decay: weights decay towards the pretrained ones, not towards 0.",
			Range:   "1e-3 to 1",
		}),
		knob.Float("finetune.ewc", &p.EWC, 0, 1e9, knob.Log, "EWC: λ of elastic weight consolidation, a penalty by Fisher information").WithZero("off").WithScale(knob.Log, 1).Explained(knob.Doc{
			Formula: "g ← g + λ F (w − w₀), the gradient of λ/2 Σ F (w − w₀)², F the diagonal of the Fisher information of the previous task:\n" +
				"F = mean (∂ log p(y | x; w₀) / ∂w)², over at most 1024 of its rows x, y drawn from the prediction of the network itself",
			Source:  "J. Kirkpatrick et al., “Overcoming catastrophic forgetting in neural networks”, PNAS 114(13), 2017, equation 3",
			PyTorch: knob.None,
			When:    "Against forgetting, where the old data cannot be kept for rehearsal: weights that matter for the previous task stay near their values, the others are free.",
			Range:   "1 to 10,000",
		}),
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
