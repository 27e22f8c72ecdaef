package core

import (
	"gonum.org/v1/gonum/blas/blas64"

	"descent/core/compress"
	"descent/core/data"
	"descent/core/knob"
	"descent/core/objective"
	"descent/core/optim"
)

// Data is what the network learns from, to be read only; nil for a surface.
func (t *Trainer) Data() *data.Set {
	if n, ok := t.Network(); ok {
		return n.Data()
	}
	return nil
}

// View is what stands between the stored parameters and the effective weights; it
// is to be read only.
func (t *Trainer) View() *compress.View { return t.parts.View }

// Dense are the weights as they are evaluated, but for masks and rounding;
// valid until the next call.
func (t *Trainer) Dense() []float64 { return t.parts.View.Dense(t.averaged()) }

// Masked overwrites dst with the weights as they are evaluated, but for
// rounding, and returns it.
func (t *Trainer) Masked(dst []float64) []float64 {
	dst = append(dst[:0], t.Dense()...)
	t.parts.View.ApplyMask(dst)
	return dst
}

// Outputs runs rows×inputs through the network under the weights as they are
// evaluated. The outputs, rows×outputs, are valid until the next call. It
// panics for a surface, as the methods below do.
func (t *Trainer) Outputs(x blas64.General) blas64.General {
	n, _ := t.Network()
	return n.Outputs(t.Weights(), x)
}

// Measure is the loss over rows, and the share of right answers where there are
// such, under the weights as they are evaluated.
func (t *Trainer) Measure(p data.Part) (value, accuracy float64) {
	n, _ := t.Network()
	return n.Evaluate(t.Weights(), p)
}

// MeasureDense is Measure without masks and without rounding, of weights and of
// the inputs of layers.
func (t *Trainer) MeasureDense(p data.Part) (value, accuracy float64) {
	n, _ := t.Network()
	n.Model().Round(nil)
	defer n.Model().Round(t.parts.View.Inputs())
	return n.Evaluate(t.Dense(), p)
}

// Preview shows rows of the coming step's batch; see objective.Network.Preview.
func (t *Trainer) Preview(first, most int) objective.Batch {
	n, _ := t.Network()
	return n.Preview(t.step+1, first, most)
}

// HasAccuracy tells whether answers are right or wrong.
func (t *Trainer) HasAccuracy() bool {
	n, ok := t.Network()
	return ok && n.HasAccuracy()
}

// Temperature is by how much outputs are softened for distillation.
func (t *Trainer) Temperature() float64 { return t.parts.Distill.Temperature }

// Point is the present point on a test surface; ok is false for a network.
func (t *Trainer) Point() (x, y float64, ok bool) {
	if _, ok := t.Surface(); !ok {
		return 0, 0, false
	}
	return t.live()[0], t.live()[1], true
}

// Trace is the gradient and the update of the last step, which was subtracted; live,
// to be read only.
func (t *Trainer) Trace() (grad, update []float64) { return t.method().Trace() }

// OptimizerState is what the optimizer keeps, live, to be read only.
func (t *Trainer) OptimizerState() []knob.Buffer { return t.method().State() }

// Plateau is the schedule that asks for decisions, with the rate as it stands;
// ok is false while another is chosen.
func (t *Trainer) Plateau() (p *optim.Plateau, lr float64, ok bool) {
	p, ok = t.parts.Rate.(*optim.Plateau)
	return p, t.parts.Optimizer.LR, ok
}

// Stopping says when training stops by itself and which weights it ends with.
func (t *Trainer) Stopping() *optim.Stopping { return &t.parts.Stopping }

// Stability is the limit of stability of the optimizer in the coming step, for the
// parameters as Params has them.
func (t *Trainer) Stability() optim.Stability {
	return optim.StabilityOf(t.method(), t.at(t.step, t.age))
}

// GradientAt overwrites grad, of the size of params, with the gradient of the
// training loss over rows at parameters as Params has them, and returns the loss.
// See objective.Network.Gradient; masks and adapters hold, rounding is left out, and
// so are penalties and noise. What does not train has a gradient of 0. A surface has
// no rows.
func (t *Trainer) GradientAt(params, grad []float64, rows data.Part) (value float64) {
	if s, ok := t.Surface(); ok {
		value, grad[0], grad[1] = s.Exact(params[0], params[1])
		return value
	}
	n, _ := t.Network()
	n.Model().Round(nil)
	defer n.Model().Round(t.parts.View.Inputs())
	clear(grad[t.network.Size():])
	value = n.Gradient(t.parts.View.Unrounded(params), grad[:t.network.Size()], rows)
	t.parts.View.Apart(params, grad)
	for i, m := range t.open {
		grad[i] *= m
	}
	return value
}

// LossAt is the loss of GradientAt over rows under weights of the network, of the
// size of Layout, without masks, adapters and rounding.
func (t *Trainer) LossAt(weights []float64, rows data.Part) float64 {
	if s, ok := t.Surface(); ok {
		return s.Value(weights[0], weights[1])
	}
	n, _ := t.Network()
	n.Model().Round(nil)
	defer n.Model().Round(t.parts.View.Inputs())
	return n.Loss(weights, rows)
}
