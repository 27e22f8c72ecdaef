package objective

import (
	"fmt"

	"descent/core/data"
	"descent/core/loss"
	"descent/core/nn"

	"gonum.org/v1/gonum/blas/blas64"
)

// criterion is the loss of a batch, with all that is mixed into it: the targets of
// other rows, a teacher's outputs and its features.
type criterion struct {
	model   *nn.Model
	task    loss.Task
	loss    loss.Loss
	row     loss.Row
	distill loss.Distillation
	teacher *Teacher // nil without one

	alike   loss.Similarity
	spare   []float64 // the gradient of the first of two losses
	weights []float64 // of the rows of the batch under way; nil where they weigh the same
	rows    []float64 // inputs of a block of rows that are kept as bytes
}

// reads is what the loss takes the outputs for.
func (c *criterion) reads() loss.Reading { return c.row.Reading(c.task) }

// judges tells whether answers are right or wrong.
func (c *criterion) judges() bool { return c.task.Classes || c.reads() == loss.LogOdds }

// eval returns the loss of a batch of which the model made out, and leaves its
// gradient with respect to out in the model.
func (c *criterion) eval(out blas64.General, b *batch) float64 {
	c.weights = b.part.Weights
	value := c.plain(c.model.OutGrad(), out, target(b.part))
	if b.mixed.Share < 1 {
		value = c.blend(out, target(b.partner), b.mixed.Share, 1-b.mixed.Share, value)
	}
	if c.teacher != nil && (c.distill.Alpha > 0 || c.distill.Features != loss.NoFeatures) {
		value = c.distil(out, b.part.X, value)
	}
	return value
}

// plain is the loss of outputs by targets, with the weights of their rows.
func (c *criterion) plain(grad, out blas64.General, target loss.Target) float64 {
	if c.weights != nil {
		return loss.EvalRows(c.loss, grad, out, target, c.weights)
	}
	return c.loss.Eval(grad, out, target)
}

// weight is what a batch counts among others: its rows, or their weights.
func (c *criterion) weight(b *batch) float64 {
	if b.part.Weights != nil {
		return loss.WeightRows(c.loss, target(b.part), b.part.Weights)
	}
	w, ok := c.loss.(loss.Weighted)
	if !ok {
		return float64(b.part.Rows())
	}
	counts := w.Weight(target(b.part))
	if b.mixed.Share < 1 {
		counts = float64(b.mixed.Share*counts) + float64((1-b.mixed.Share)*w.Weight(target(b.partner)))
	}
	return counts
}

// distil mixes the teacher into the loss of a batch and its gradient: by the
// softened softmax, or for other outputs by the same loss of what the teacher
// says, numbers as they are and log-odds as probabilities; and by its features,
// whose gradient enters where they lie.
func (c *criterion) distil(out, x blas64.General, value float64) float64 {
	answer, a := c.teacher.Answer(x), c.distill.Alpha
	switch {
	case a == 0:
	case c.reads() == loss.Distribution:
		value = loss.Distill(c.model.OutGrad(), out, answer, a, c.distill.Temperature, value, c.teacher.scratch)
	case c.reads() == loss.LogOdds:
		value = c.blend(out, loss.Target{Values: c.teacher.probabilities(answer)}, 1-a, a, value)
	default:
		value = c.blend(out, loss.Target{Values: answer}, 1-a, a, value)
	}
	if c.distill.Features == loss.NoFeatures || c.distill.Weight == 0 {
		return value
	}
	own, ok1 := c.model.Features()
	theirs, ok2 := c.teacher.model.Features()
	if !ok1 || !ok2 {
		return value
	}
	push := c.model.Nudge()
	switch {
	case c.distill.Features == loss.SimilarityFeatures:
		value += c.alike.Eval(push, own, theirs, c.distill.Weight)
	case own.Cols == theirs.Cols:
		value += loss.Hint(push, own, theirs, c.distill.Weight)
	}
	return value
}

// blend is own times the loss so far plus rest times that of other targets, and
// so with the gradient, which holds that of the loss so far.
func (c *criterion) blend(out blas64.General, other loss.Target, own, rest, value float64) float64 {
	grad := c.model.OutGrad()
	g := grad.Data[:grad.Rows*grad.Cols]
	c.spare = append(c.spare[:0], g...)
	second := c.plain(grad, out, other)
	for i, first := range c.spare {
		g[i] = float64(own*first) + float64(rest*g[i])
	}
	return float64(own*value) + float64(rest*second)
}

// unlike says why hints cannot be compared, "" if they can.
func (c *criterion) unlike() string {
	if c.teacher == nil {
		return ""
	}
	own, theirs := c.model.FeatureWidth(), c.teacher.model.FeatureWidth()
	switch {
	case own == 0 || theirs == 0:
		return "a network of one layer has no features"
	case own != theirs && c.distill.Features == loss.HintFeatures:
		return fmt.Sprintf("hints need the same width before the last layer: %d here, %d at the teacher; similarity takes any", own, theirs)
	}
	return ""
}

func target(p data.Part) loss.Target { return loss.Target{Classes: p.Classes, Values: p.Values} }
