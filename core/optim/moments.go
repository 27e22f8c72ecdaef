package optim

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"
)

const adamPaper = "D. P. Kingma, J. Ba, “Adam: A Method for Stochastic Optimization”, ICLR 2015"

// momentKnobs are the knobs of an optimizer that keeps Adam's two moments and
// divides by √v̂ₜ + ε.
func momentKnobs(beta1, beta2, eps *float64) []knob.Knob {
	return []knob.Knob{beta1Knob(beta1), beta2Knob(beta2), epsKnob(eps, adamEpsDoc)}
}

func beta1Knob(v *float64) knob.Knob {
	return knob.Float("optimizer.beta1", v, 0, 0.999999999, knob.Complement,
		"β₁: decay rate of the first moment (exponential moving average of the gradient)").Explained(knob.Doc{
		Formula: "mₜ = β₁ mₜ₋₁ + (1 − β₁) gₜ",
		Source:  adamPaper + ", algorithm 1",
		PyTorch: "betas[0] of torch.optim.Adam, AdamW, Adamax, NAdam and RAdam",
		When: "The average reaches back over about the last 1 / (1 − β₁) gradients. Lower it where the loss oscillates" +
			" or the gradient changes quickly (0.5 is common for GANs), raise it for small, noisy batches.",
		Range: "0.8 to 0.95; 0.9 to begin with",
	})
}

func beta2Knob(v *float64) knob.Knob {
	return knob.Float("optimizer.beta2", v, 0, 0.999999999, knob.Complement,
		"β₂: decay rate of the second moment (exponential moving average of the squared gradient)").Explained(knob.Doc{
		Formula: "vₜ = β₂ vₜ₋₁ + (1 − β₂) gₜ²",
		Source:  adamPaper + ", algorithm 1",
		PyTorch: "betas[1] of torch.optim.Adam, AdamW, NAdam and RAdam",
		When: "The average reaches back over about the last 1 / (1 − β₂) squared gradients. 0.95 to 0.99 adapts faster" +
			" and is common for transformers and large batches; much lower values make the step sizes noisy.",
		Range: "0.95 to 0.9999; 0.999 is usual",
	})
}

// epsKnob is the ε of a denominator; doc says where it stands.
func epsKnob(v *float64, doc knob.Doc) knob.Knob {
	return knob.Float("optimizer.eps", v, 0, 1, knob.Log, "ε: small constant in the denominator, for numerical stability").
		WithScale(knob.Log, 1e-12).Explained(doc)
}

var adamEpsDoc = knob.Doc{
	Formula: "ε in η m̂ₜ / (√v̂ₜ + ε)",
	Source:  adamPaper + ", algorithm 1",
	PyTorch: "eps of torch.optim.Adam, AdamW, NAdam and RAdam",
	When: "Rarely worth tuning. A larger value (1e-4 to 0.1) limits the steps of parameters whose gradients are tiny" +
		" and brings the update closer to SGD with momentum; 0 divides by zero where a gradient has always been 0.",
	Range: "1e-8 to 1e-3; 1e-8 is usual",
}

// adamFactors are the settings and the bias corrections of an update at age t.
func adamFactors(beta1, beta2, eps float64, age int) kernel.AdamFactors {
	return kernel.AdamFactors{
		Beta1: beta1, Beta2: beta2, Eps: eps,
		Unbias: 1 / (1 - kernel.Power(beta1, age)), Root: math.Sqrt(1 - kernel.Power(beta2, age)),
	}
}

// workMoments works out both moments with their bias corrections, of the buffers of
// that name.
func workMoments(w *Worked, name string, beta1, beta2, eps float64) {
	w.Set("β₁", beta1)
	w.Set("β₂", beta2)
	w.Set("ε", eps)
	w.Before("mₜ₋₁", name+"/mean")
	w.Before("vₜ₋₁", name+"/square mean")
	w.Line("mₜ", "β₁ mₜ₋₁ + (1 − β₁) gₜ")
	w.Line("vₜ", "β₂ vₜ₋₁ + (1 − β₂) gₜ²")
}
