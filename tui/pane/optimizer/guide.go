package optimizer

import (
	"descent/core/knob"
	"descent/session/live"
	"descent/tui/intent"
)

// Subject is the optimizer, whose rule is worked out.
func (p *Pane) Subject(f *live.Frame) intent.Subject {
	if v, ok := p.view(f); ok {
		return intent.Subject{Pages: []string{v.Optimizer}}
	}
	return intent.Subject{}
}

// Guide explains the frames and the table.
func (p *Pane) Guide() intent.Guide {
	return intent.Guide{
		Summary: "one step of training from inside: forward, loss, backward, and the optimizer's update rule with the numbers of one weight",
		Shows: []intent.Reading{
			{Sign: "step", Means: "the coming step, taken on a copy: nothing that is shown has happened yet. . takes it; the numbers then are those of the next one."},
			{Sign: "forward", Means: "what each layer makes of one row of the batch: a cell for each unit, the brighter the larger beside the largest of the layer, which is given at the end; orange (+ * #) above 0, blue (- ~ =) below. Several units share a cell where there are many."},
			{Sign: "loss", Means: "the outputs z of the row, the probabilities p that they stand for, the target, and ∂L/∂z, the gradient with which the way back begins. L is the mean over the batch, so of one row it is divided by the number of rows."},
			{Sign: "backward", Means: "the gradient of the loss with respect to the outputs of each layer, from the last to the first: its norm over the batch as a bar on a logarithmic scale, and that of the row unit by unit."},
			{Sign: "update", Means: "the rule of the optimizer for one weight, stage by stage: gradient clipping, L2 penalty, the algorithm, decoupled weight decay, learning rate, mask; what is off is left out. Each line has the rule in symbols and with this step's numbers. t is the number of updates of the weight, this one included; ₜ₋₁ is before the step."},
			{Sign: "←", Means: "the symbol is given a new value, such as gₜ after clipping."},
			{Sign: "Δθ of a tensor", Means: "where there is room, the moves of all elements of the tensor as a map, a row of the matrix from left to right: orange above 0, blue below, ✕ at the weight that is followed. A click on it follows another."},
			{Sign: "x, y", Means: "on a test surface the two parameters are the point itself: forward is the point, loss the height, backward the slope."},
			{Sign: "‖θ‖, ‖g‖", Means: "Euclidean norms of the tensor before the step and of its gradient."},
			{Sign: "‖m‖, √v", Means: "norm of the first moment (or of the momentum buffer), and the root of the mean of the second moment, both after the step and without bias correction; – where the optimizer keeps none."},
			{Sign: "rate", Means: "effective learning rate of the tensor, see below."},
			{Sign: "Δθ/θ", Means: "update-to-weight ratio ‖Δθ‖ / ‖θ‖; where there is room also as a bar on a logarithmic scale, on which ┆ marks 1e-3, a usual value."},
			{Sign: "angle", Means: "angle between the update and the negative gradient, see below."},
		},
		Measures: []knob.Option{
			{Name: "effective learning rate", Help: "length of the update beside that of the gradient", Doc: knob.Doc{
				Formula: "‖Δθₜ‖₂ / ‖gₜ‖₂ of a tensor, |Δθₜ| / |gₜ| of a single weight",
				Source:  knob.None,
				PyTorch: "(after - before).norm() / grad.norm(), for each parameter",
				When:    "The rate at which plain gradient descent would go as far. Adaptive optimizers give every weight its own: large where gradients are small.",
				Range:   "η for gradient descent; η / (1 − μ) for momentum on a steady gradient",
			}},
			{Name: "update angle", Help: "angle between the update and the negative gradient, in degrees", Doc: knob.Doc{
				Formula: "arccos(−Δθₜᵀ gₜ / (‖Δθₜ‖ ‖gₜ‖)), tensor by tensor",
				Source:  knob.None,
				PyTorch: "(-(d * g).sum() / (d.norm() * g.norm())).acos().rad2deg()",
				When:    "0° is the steepest descent on this batch; momentum and adaptive rates turn away from it. Above 90° the step goes uphill on this batch.",
				Range:   "0° to 60°; near 90° momentum or noise dominates",
			}},
		},
		SeeAlso: []string{"optimizer.name", "optimizer.lr", "train.clip_norm", "update-to-weight ratio", "workbench"},
	}
}
