package optim

import (
	"math"

	"descent/core/knob"
)

// Clip keeps gradients small: every number within ±Value, then the whole no
// longer than Norm, g ← g · min(1, c / (‖g‖ + 1e-6)), one norm over all
// parameters, as torch.nn.utils.clip_grad_value_ and clip_grad_norm_. 0 is off.
// Pascanu, Mikolov, Bengio 2013.
type Clip struct {
	stateless
	Norm, Value float64
}

// Knobs are train.clip_norm and train.clip_value.
func (c *Clip) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("train.clip_norm", &c.Norm, 0, 1e9, knob.Log, "shorten gradients longer than this (one norm over all parameters)").WithZero("off").WithScale(knob.Log, 1e-2),
		knob.Float("train.clip_value", &c.Value, 0, 1e9, knob.Log, "cut every gradient to within plus and minus this").WithZero("off").WithScale(knob.Log, 1e-3),
	}
}

// Apply scales the gradient.
func (c *Clip) Apply(update, _ []float64, _ At) {
	if c.Value > 0 {
		for i, g := range update {
			switch {
			case g > c.Value:
				update[i] = c.Value
			case g < -c.Value:
				update[i] = -c.Value
			}
		}
	}
	if c.Norm == 0 {
		return
	}
	sum := 0.0
	for _, g := range update {
		sum += float64(g * g)
	}
	if scale := c.Norm / (math.Sqrt(sum) + 1e-6); scale < 1 {
		for i := range update {
			update[i] *= scale
		}
	}
}
