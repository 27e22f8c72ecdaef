package optim

import (
	"math"

	"descent/core/knob"
)

const clipPaper = "R. Pascanu, T. Mikolov, Y. Bengio, “On the difficulty of training Recurrent Neural Networks”, ICML 2013"

// Clip limits the gradient, first every element to ±Value, then the L2 norm over
// all parameters to Norm. 0 is off.
type Clip struct {
	stateless
	Norm, Value float64
}

// Knobs are train.clip_norm and train.clip_value.
func (c *Clip) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("train.clip_norm", &c.Norm, 0, 1e9, knob.Log, "gradient clipping by norm: maximum L2 norm over all parameters together").WithZero("off").WithScale(knob.Log, 1e-2).Explained(knob.Doc{
			Formula: "g ← g · min(1, c / (‖g‖₂ + 1e-6))",
			Source:  clipPaper + ", algorithm 1 (there without 1e-6)",
			PyTorch: "torch.nn.utils.clip_grad_norm_(max_norm)",
			When: "Against exploding gradients, in recurrent networks and transformers. The direction is kept. Set it a little" +
				" above the usual norm, so that only outliers are clipped.",
			Range: "0.1 to 10; 1 to begin with",
		}),
		knob.Float("train.clip_value", &c.Value, 0, 1e9, knob.Log, "gradient clipping by value: maximum absolute value of each element").WithZero("off").WithScale(knob.Log, 1e-3).Explained(knob.Doc{
			Formula: "gᵢ ← min(max(gᵢ, −c), c)",
			Source:  knob.None,
			PyTorch: "torch.nn.utils.clip_grad_value_(clip_value)",
			When: "It bounds single large elements but changes the direction of the gradient: prefer clip_norm. Where both" +
				" are on, values are clipped first.",
			Range: "0.1 to 10; off to begin with",
		}),
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

func (c *Clip) idle(At) bool { return c.Value <= 0 && c.Norm == 0 }

func (c *Clip) worked(w *Worked) {
	w.Title = "gradient clipping"
	if c.Value > 0 && math.Abs(w.In[w.I]) > c.Value {
		w.Set("c", c.Value)
		w.Line("gₜ", "max(min(gₜ, c), −c)")
	}
	if c.Norm == 0 {
		return
	}
	sum := 0.0
	for _, g := range w.In {
		if c.Value > 0 {
			g = min(max(g, -c.Value), c.Value)
		}
		sum += float64(g * g)
	}
	w.Set("c", c.Norm)
	w.Given("‖g‖", math.Sqrt(sum))
	if c.Norm/(w.Get("‖g‖")+1e-6) < 1 {
		w.Line("gₜ", "gₜ c / (‖g‖ + 1e-6)")
	} else {
		w.Note = "the gradient is no longer than train.clip_norm: unchanged"
	}
}
