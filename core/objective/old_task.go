package objective

import (
	"math"
	"math/rand/v2"

	"descent/core/data"
	"descent/core/kernel"
	"descent/core/knob"
	"descent/core/loss"
	"descent/core/nn"

	"gonum.org/v1/gonum/blas/blas64"
)

// OldTask is what a network has learnt before: its data, measured beside the new
// ones and mixed into batches.
type OldTask struct {
	set   *data.Set
	order *data.Order
	seed  uint64
	same  bool // it is the present task: there is nothing to compare

	reads loss.Reading  // how its loss took the outputs
	state []knob.Buffer // of the model at the end of it, never changed
}

func newOldTask(set *data.Set, seed uint64, reads loss.Reading, state []knob.Buffer, same bool) *OldTask {
	o := &OldTask{set: set, seed: seed, same: same, reads: reads, state: state}
	o.order = o.newOrder()
	return o
}

func (o *OldTask) newOrder() *data.Order {
	return data.NewOrder(kernel.Mix(o.seed, "replay"), o.set.Train.Rows())
}

// duplicate is the same task with an order of its own.
func (o *OldTask) duplicate() *OldTask {
	if o == nil {
		return nil
	}
	copied := *o
	copied.order = o.newOrder()
	return &copied
}

// recall puts rows of the old task in the place of the last ones of a batch, that
// share of them.
// Robins, "Catastrophic Forgetting, Rehearsal and Pseudorehearsal", 1995.
func (o *OldTask) recall(part data.Part, number int, share float64) {
	count := int(math.Round(float64(share * float64(part.Rows()))))
	if count == 0 {
		return
	}
	from, old := part.Rows()-count, o.set.Train
	done := 0
	for at := (number - 1) * count; done < count; at++ {
		row := o.order.Batch(at+1, 1)[0]
		to := from + done
		old.Gather(part.X.Data[to*part.X.Stride:(to+1)*part.X.Stride], []int{row})
		copy(part.Values.Data[to*part.Values.Stride:(to+1)*part.Values.Stride], old.Values.Data[row*old.Values.Stride:(row+1)*old.Values.Stride])
		if part.Classes != nil {
			part.Classes[to] = old.Classes[row]
		}
		if part.Weights != nil {
			part.Weights[to] = 1 // the mean of those of the new task
		}
		done++
	}
}

// fisherRows is over how many rows of the old task the Fisher information is averaged.
const fisherRows = 1024

// fisher is the diagonal of the Fisher information at weights, over training
// rows of the old task: the mean of squared gradients of the log-likelihood,
// with targets drawn from what the network itself says: a class from its
// softmax, yes or no from its log-odds, a number from a normal of deviation 1.
// Kirkpatrick et al., "Overcoming catastrophic forgetting in neural networks",
// 2017, section 2.1. The weights run with what layers
// kept at the end of the old task and without rounding of inputs, so that it
// follows from the recipe alone.
func (o *OldTask) fisher(model *nn.Model, weights []float64) []float64 {
	now := knob.Copies(model.State())
	defer model.Restore(now)
	model.Restore(o.state)
	model.Round(nil)
	out, grad := make([]float64, len(weights)), make([]float64, len(weights))
	rows := min(o.set.Train.Rows(), fisherRows)
	var source rand.PCG
	rng := rand.New(&source)
	for r := range rows {
		row := o.set.Train.Cut(r, r+1)
		said := model.Forward(weights, row.X, nn.Pass{})
		slope := model.OutGrad().Data[:said.Cols]
		copy(slope, said.Data[:said.Cols])
		source.Seed(kernel.Mix(o.seed, "fisher"), uint64(r))
		switch o.reads {
		case loss.LogOdds:
			for j, v := range slope {
				p := kernel.Sigmoid(v)
				slope[j] = p
				if rng.Float64() < p {
					slope[j] = p - 1
				}
			}
		case loss.Distribution:
			loss.Softmax(blas64.General{Rows: 1, Cols: len(slope), Stride: len(slope), Data: slope})
			at, sum, chance := len(slope)-1, 0.0, rng.Float64()
			for j, p := range slope {
				if sum += p; chance < sum {
					at = j
					break
				}
			}
			slope[at]--
		default:
			for j := range slope {
				slope[j] = kernel.Normal(rng)
			}
		}
		model.Backward(weights, grad)
		for i, g := range grad {
			out[i] += float64(g * g)
		}
	}
	kernel.Scale(out, 1/float64(max(rows, 1)))
	return out
}
