package core

import (
	"descent/core/data"
	"descent/core/loss"
	"descent/core/nn"
	"descent/core/optim"

	"gonum.org/v1/gonum/blas/blas64"
)

// Data is what the network learns from, to be read only; nil for a surface.
func (t *Trainer) Data() *data.Set {
	if n, ok := t.of.(*network); ok {
		return n.set
	}
	return nil
}

// Outputs runs rows×inputs through the network under the weights as they are
// evaluated. The outputs, rows×outputs, are valid until the next call. It
// panics for a surface.
func (t *Trainer) Outputs(x blas64.General) blas64.General {
	return t.of.(*network).model.Forward(t.Weights(), x, nn.Pass{})
}

// Teacher is what the teacher makes of rows×inputs, valid until the next call;
// ok is false without one.
func (t *Trainer) Teacher(x blas64.General) (out blas64.General, ok bool) {
	n, ok := t.of.(*network)
	if !ok || n.teacher == nil {
		return out, false
	}
	return n.teacher.answer(x), true
}

// Temperature is by how much outputs are softened for distillation.
func (t *Trainer) Temperature() float64 { return t.parts.Distill.Temperature }

// InputGradient runs x like Outputs, and overwrites dx, of x's shape, with the
// gradient with respect to x of Σ seed ⊙ outputs, seed being rows×outputs.
func (t *Trainer) InputGradient(dx, x, seed blas64.General) {
	m, w := t.of.(*network).model, t.Weights()
	m.Forward(w, x, nn.Pass{})
	out := m.OutGrad()
	for r := range out.Rows {
		copy(out.Data[r*out.Stride:r*out.Stride+out.Cols], seed.Data[r*seed.Stride:r*seed.Stride+seed.Cols])
	}
	m.BackwardInput(w, make([]float64, len(w)), dx)
}

// Activations runs x like Outputs and calls f with what each activation layer
// makes of it, rows×units, input side first.
func (t *Trainer) Activations(x blas64.General, f func(layer, kind string, shape []int, units blas64.General)) {
	m := t.of.(*network).model
	m.Forward(t.Weights(), x, nn.Pass{})
	m.Activations(f)
}

// Measure is the loss over rows of a part, and the share of right answers
// where there are such.
func (t *Trainer) Measure(p data.Part) (value, accuracy float64) {
	n := t.of.(*network)
	return n.over(t.Weights(), p)
}

// Batch is rows of the coming step's batch, the first where a step takes
// several, before and after augmentation. Only After.X is other than in Before.
type Batch struct {
	Step, Of      int  // the step, and the rows in the whole batch
	First         int  // of the rows, the first that is here
	On            bool // any augmentation is
	Before, After data.Part
	Share         float64   // what each row keeps of itself; 1 if none are mixed
	Pasted        bool      // mixed by a rectangle, not by a mean
	Partner       data.Part // the targets of the rows mixed in, without X; empty if none are
}

// Batch looks at the rows of the coming step's batch from first on, so many at
// the most. They are valid until the next call and the next step, which come out
// as they would have without. It panics for a surface.
func (t *Trainer) Batch(first, most int) Batch {
	n := t.of.(*network)
	as := n.augment
	n.augment = nil
	plain := n.take(t.step*n.count + 1)
	n.augment = as
	from := min(first, plain.Rows())
	to := min(from+most, plain.Rows())
	before := append([]float64(nil), plain.Cut(from, to).X.Data...)
	after := n.take(t.step*n.count + 1)
	b := Batch{
		Step: t.step + 1, Of: after.Rows(), First: from, On: n.augmented(),
		After: after.Cut(from, to), Share: n.mixed.Share, Pasted: n.mixed.Pasted,
	}
	b.Before = b.After
	b.Before.X.Data = before
	if b.Share < 1 {
		b.Partner = n.partner.Cut(from, to)
	}
	return b
}

// Judged tells how the loss reads the network's outputs: as one class a row,
// as a yes or no each, or as numbers.
func (t *Trainer) Judged() (byClass, logits bool) {
	n, ok := t.of.(*network)
	if !ok {
		return false, false
	}
	reads := n.reads()
	return n.task.Classes && reads == loss.Distribution, reads == loss.LogOdds
}

// Probabilities overwrites outputs of classes with their softmax.
func Probabilities(out blas64.General) { loss.Softmax(out) }

// Surface is the value of the surface at a point; ok is false for a network.
func (t *Trainer) Surface() (value func(x, y float64) float64, ok bool) {
	s, ok := t.of.(*surface)
	if !ok {
		return nil, false
	}
	return func(x, y float64) float64 { v, _, _ := s.At(x, y, s.kappa); return v }, true
}

// Point is where a surface is being gone down; ok is false for a network.
func (t *Trainer) Point() (x, y float64, ok bool) {
	if _, ok := t.of.(*surface); !ok {
		return 0, 0, false
	}
	return t.params[0], t.params[1], true
}

// Plateau is the schedule that asks for decisions, with the rate as it stands;
// ok is false while another is chosen.
func (t *Trainer) Plateau() (p *optim.Plateau, lr float64, ok bool) {
	p, ok = t.parts.Rate.(*optim.Plateau)
	return p, t.parts.Optimizer.LR, ok
}
