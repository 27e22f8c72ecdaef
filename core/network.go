package core

import (
	"descent/core/data"
	"descent/core/knob"
	"descent/core/loss"
	"descent/core/nn"

	"gonum.org/v1/gonum/blas/blas64"
)

// Objective is what training lowers: a network on batches of data, or a
// surface. Eval returns the loss at params and overwrites grad with its
// gradient; step says which batch, try how often an optimizer has asked for it.
type Objective interface {
	Layout() knob.Layout
	Eval(params, grad []float64, step, try int) float64
}

// evalRows is how many rows an evaluation takes at a time.
const evalRows = 256

// network is a model on the batches of a data set.
type network struct {
	model *nn.Model
	set   *data.Set
	order *data.Order
	loss  loss.Loss
	seed  uint64 // of dropout
	batch int    // rows in a step, 0 for all

	rows    int // of the last batch
	x, y    []float64
	classes []int
}

func newNetwork(m *nn.Model, set *data.Set, seed uint64) *network {
	n := &network{model: m, set: set, order: data.NewOrder(mix(seed, "order"), set.Train.Rows()), seed: mix(seed, "dropout")}
	m.Reserve(min(evalRows, max(set.Train.Rows(), set.Val.Rows())))
	return n
}

// Layout is the model's.
func (n *network) Layout() knob.Layout { return n.model.Layout() }

// Eval runs the batch of a step.
func (n *network) Eval(params, grad []float64, step, try int) float64 {
	part := n.take(step)
	n.rows = part.Rows()
	out := n.model.Forward(params, part.X, nn.Pass{Train: true, Step: step, Try: try, Seed: n.seed})
	value := n.loss.Eval(n.model.OutGrad(), out, target(part))
	n.model.Backward(params, grad)
	return value
}

// take gathers the batch of a step; all rows are not copied.
func (n *network) take(step int) data.Part {
	rows := n.order.Batch(step, n.batch)
	all := &n.set.Train
	if len(rows) == all.Rows() {
		return *all
	}
	in, out := all.X.Cols, all.Values.Cols
	if len(n.x) < len(rows)*in {
		n.x, n.y = make([]float64, len(rows)*in), make([]float64, len(rows)*out)
		n.classes = make([]int, len(rows))
	}
	part := data.Part{
		X:      blas64.General{Rows: len(rows), Cols: in, Stride: in, Data: n.x[:len(rows)*in]},
		Values: blas64.General{Rows: len(rows), Cols: out, Stride: out, Data: n.y[:len(rows)*out]},
	}
	gather(part.X.Data, all.X.Data, rows, in)
	gather(part.Values.Data, all.Values.Data, rows, out)
	if all.Classes != nil {
		part.Classes = n.classes[:len(rows)]
		for i, r := range rows {
			part.Classes[i] = all.Classes[r]
		}
	}
	return part
}

// gather copies the named rows one below the other.
func gather(dst, src []float64, rows []int, width int) {
	for i, r := range rows {
		from, to := src[r*width:(r+1)*width], dst[i*width:(i+1)*width]
		if width > 8 {
			copy(to, from)
			continue
		}
		for j, v := range from { // for few numbers a call costs more than they do
			to[j] = v
		}
	}
}

func target(p data.Part) loss.Target { return loss.Target{Classes: p.Classes, Values: p.Values} }

// measure is the loss and the number of right answers over a whole part, a
// block of rows at a time. With logits, each output is right where its sign is.
func (n *network) measure(params []float64, part data.Part, logits bool) (value, accuracy float64) {
	right, answers, counted := 0, 0, 0.0
	for from := 0; from < part.Rows(); from += evalRows {
		block := cut(part, from, min(from+evalRows, part.Rows()))
		out := n.model.Forward(params, block.X, nn.Pass{})
		counts := float64(block.Rows())
		if w, ok := n.loss.(loss.Weighted); ok {
			counts = w.Weight(target(block))
		}
		if counts > 0 {
			value += float64(n.loss.Eval(blas64.General{}, out, target(block)) * counts)
			counted += counts
		}
		switch {
		case block.Classes != nil:
			answers += block.Rows()
			for r, class := range block.Classes {
				if argmax(out.Data[r*out.Stride:r*out.Stride+out.Cols]) == class {
					right++
				}
			}
		case logits:
			answers += len(block.Values.Data)
			for i, y := range block.Values.Data {
				if (out.Data[i] > 0) == (y > 0.5) {
					right++
				}
			}
		}
	}
	return value / counted, float64(right) / float64(max(answers, 1))
}

func cut(p data.Part, from, to int) data.Part {
	block := func(m blas64.General) blas64.General {
		m.Rows, m.Data = to-from, m.Data[from*m.Stride:to*m.Stride]
		return m
	}
	out := data.Part{X: block(p.X), Values: block(p.Values)}
	if p.Classes != nil {
		out.Classes = p.Classes[from:to]
	}
	return out
}

// argmax is the first of the largest; −1 if the first is NaN.
func argmax(v []float64) int {
	best := 0
	for i, x := range v {
		if x != x {
			return -1
		}
		if x > v[best] {
			best = i
		}
	}
	return best
}
