package stability

import (
	"descent/core/knob"
	"descent/session/live"
	"descent/tui/intent"
)

// Subject returns the measure of the verdict.
func (p *Pane) Subject(*live.Frame) intent.Subject { return intent.Subject{At: "sharpness"} }

// Guide explains the numbers.
func (p *Pane) Guide() intent.Guide {
	return intent.Guide{
		Summary: "how near training is to the optimizer's limit of stability, how noisy the gradient is, and what each layer does",
		Shows: []intent.Reading{
			{Sign: "stable, edge, beyond", Means: "λmax as a share of the limit. Below 0.9: the loss falls along every direction. From 0.9 to 1.25: the edge of stability, where full-batch training tends to settle; the loss oscillates and still falls. Above: it grows along the sharpest direction until the weights leave it, or diverges."},
			{Sign: "λmax", Means: "the largest eigenvalue of the Hessian of the training loss; for adaptive optimizers that of P⁻¹H, P = √v̂ + ε. Measured on a copy: without dropout, augmentation, penalties and rounding, with the running statistics of batch norms."},
			{Sign: "limit", Means: "the curvature above which the optimizer is unstable on a quadratic function, for the present learning rate. Clipping and the noise of batches are not part of it."},
			{Sign: "chart", Means: "λmax and the limit at each measurement since the pane was opened, over the steps; logarithmic where they are far apart. Going back in time shows what was measured up to there."},
			{Sign: "‖∇L‖", Means: "norm of the gradient of the training loss over these rows, and its course over the last measurements on a logarithmic scale."},
			{Sign: "noise scale", Means: "batch size at which the noise of the gradient is as large as the gradient, beside the batch of a step."},
			{Sign: "layer, ‖g‖", Means: "each layer with the norm of its part of the gradient."},
			{Sign: "dead, sat.", Means: "units of the activation behind the layer that are 0 for each of 256 rows, and units of tanh or sigmoid within a hundredth of an end of their range for 95 of 100 rows."},
			{Sign: "histograms", Means: "of weights, gradients (log₁₀|g|) or activations (← →): time across, values up, the more frequent the brighter; as a bar chart of now where there is one line."},
		},
		Measures: []knob.Option{
			{Name: "sharpness", Help: "largest eigenvalue of the Hessian of the training loss, by Lanczos's method", Doc: knob.Doc{
				Formula: "λmax(H), or λmax(P^(−1/2) H P^(−1/2)); H v ≈ (∇L(θ + hv) − ∇L(θ − hv)) / 2h\n" +
					"limits: gradient descent and RMSprop 2/η; momentum (2 + 2μ)/η; Nesterov (2 + 2μ)/((1 + 2μ) η); Adam (2 + 2β₁)/((1 − β₁) η)",
				Source:  "J. Cohen, S. Kaur, Y. Li, J. Z. Kolter, A. Talwalkar, “Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability”, ICLR 2021; J. Cohen et al., “Adaptive Gradient Methods at the Edge of Stability”, arXiv 2207.14484, 2022",
				PyTorch: "torch.autograd.functional.hessian(func, inputs), then torch.linalg.eigvalsh",
				When:    "To judge a learning rate: far below the limit it may be raised, at the edge the curvature adapts to it, beyond it the loss rises. Small batches settle below the limit.",
				Range:   "stable below the limit; the search ends at a residual of 0.2 % of the value, where its error is of the order of the square of that",
			}},
			{Name: "gradient noise scale", Help: "batch size at which the noise of the gradient is as large as the gradient", Doc: knob.Doc{
				Formula: "B = tr Σ / |G|², Σ the covariance of the gradients of single rows, G their mean; both without bias from the norms of the gradients of batches of two sizes",
				Source:  "S. McCandlish, J. Kaplan, D. Amodei et al., “An Empirical Model of Large-Batch Training”, arXiv 1812.06162, 2018, equation 2.9 and appendix A.1",
				PyTorch: knob.None,
				When:    "To choose a batch size: far below B a batch twice as large needs about half the steps, far above it about as many. B grows while training, as the gradient shrinks.",
				Range:   "1 row (no noise) to more than the training set; beyond the training set where the mean gradient is lost in the noise",
			}},
		},
		SeeAlso: []string{"optimizer.lr", "train.batch", "optimizer.name", "workbench"},
	}
}
