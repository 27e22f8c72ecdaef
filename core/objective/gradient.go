package objective

import (
	"math"

	"descent/core/data"
	"descent/core/kernel"
	"descent/core/nn"
)

// Gradient overwrites grad with the gradient of the training loss over rows, under
// the weights w as in evaluation: without dropout, augmentation and replay, and with
// the running statistics of batch norms. A teacher has its say. It returns the loss.
func (n *Network) Gradient(w, grad []float64, part data.Part) (value float64) {
	n.model.Exactly(func() { value = n.gradient(w, grad, part) })
	return value
}

func (n *Network) gradient(w, grad []float64, part data.Part) float64 {
	clear(grad)
	if n.block == nil {
		n.block = make([]float64, len(grad))
	}
	value, total := 0.0, 0.0
	for from := 0; from < part.Rows(); from += evalRows {
		if n.stopped() {
			return math.NaN()
		}
		b := batch{part: part.Block(&n.criterion.rows, from, min(from+evalRows, part.Rows()))}
		b.mixed.Share = 1
		out := n.model.Forward(w, b.part.X, nn.Pass{})
		counts := n.criterion.weight(&b)
		value += float64(n.criterion.eval(out, &b) * counts)
		total += counts
		n.model.Backward(w, n.block)
		kernel.Scale(n.block, counts)
		kernel.Add(grad, n.block)
	}
	if total > 0 {
		kernel.Scale(grad, 1/total)
		value /= total
	}
	return value
}

// Loss is the training loss of Gradient alone.
func (n *Network) Loss(w []float64, part data.Part) (value float64) {
	n.model.Exactly(func() { value = n.exactLoss(w, part) })
	return value
}

func (n *Network) exactLoss(w []float64, part data.Part) float64 {
	value, total := 0.0, 0.0
	for from := 0; from < part.Rows(); from += evalRows {
		if n.stopped() {
			return math.NaN()
		}
		b := batch{part: part.Block(&n.criterion.rows, from, min(from+evalRows, part.Rows()))}
		b.mixed.Share = 1
		counts := n.criterion.weight(&b)
		value += float64(n.criterion.eval(n.model.Forward(w, b.part.X, nn.Pass{}), &b) * counts)
		total += counts
	}
	if total > 0 {
		value /= total
	}
	return value
}

// RowWork is about how many multiply-adds a gradient of one row takes.
func (n *Network) RowWork() int {
	n.Work(false)
	return n.macs
}
