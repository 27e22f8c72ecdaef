package core

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"

	"descent/core/data"
	"descent/core/kernel"
	"descent/core/knob"
	"descent/core/loss"
	"descent/core/nn"
	"descent/core/recipe"

	"gonum.org/v1/gonum/blas/blas64"
)

// oldTask is what a network has learnt before: its data, measured beside the
// new ones and mixed into batches.
type oldTask struct {
	set   *data.Set
	order *data.Order
	seed  uint64
	same  bool // it is the present task: there is nothing to compare

	reads loss.Reading  // how its loss took the outputs
	state []knob.Buffer // of the model at the end of it, never changed
}

func newOldTask(set *data.Set, seed uint64) *oldTask {
	return &oldTask{set: set, order: data.NewOrder(mix(seed, "replay"), set.Train.Rows()), seed: seed}
}

// twin is the same task with an order of its own.
func (o *oldTask) twin() *oldTask {
	if o == nil {
		return nil
	}
	twin := *o
	twin.order = newOldTask(o.set, o.seed).order
	return &twin
}

// start makes the network begin from what a lesson taught.
func (n *network) start(r recipe.Recipe, params []float64, files Files) error {
	t, err := learn(&r.Pretrain.Lesson, r, files)
	if err != nil {
		return err
	}
	from := t.of.(*network)
	if err := nn.LoadWeights(params, n.Layout(), nn.EncodeWeights(t.network, t.learnt, from.model.State()...), n.model.State()...); err != nil {
		return fmt.Errorf("%s has another model: %w", r.Pretrain.Preset, err)
	}
	if err := alike(n.set, from.set); err != nil {
		return fmt.Errorf("%s: %w", r.Pretrain.Preset, err)
	}
	if from.task != n.task {
		return fmt.Errorf("%s learns other targets, or another number of them", r.Pretrain.Preset)
	}
	n.origin = append([]float64(nil), params...)
	n.old = newOldTask(from.set, r.Seed)
	n.old.same = reflect.DeepEqual(r.Data, r.Pretrain.Recipe.Data)
	n.old.reads, n.old.state = from.reads(), copies(from.model.State())
	return nil
}

// alike refuses images whose channels lie in another order than those that a
// network of before was trained on: a row of the one is scrambled to the other.
func alike(own, before *data.Set) error {
	if own.Last == before.Last || !slices.Equal(own.Shape, before.Shape) {
		return nil
	}
	order := map[bool]string{true: "last", false: "first"}
	return fmt.Errorf("its images have the channels %s, these have them %s; give both models the same kind of model.input", order[before.Last], order[own.Last])
}

// remember puts rows of the old task in the place of the last ones of a batch,
// the share that finetune.replay says.
// Robins, "Catastrophic Forgetting, Rehearsal and Pseudorehearsal", 1995.
func (n *network) remember(part data.Part, batch int) {
	count := int(math.Round(float64(n.replay * float64(part.Rows()))))
	if count == 0 {
		return
	}
	from, old := part.Rows()-count, n.old.set.Train
	done := 0
	for at := (batch - 1) * count; done < count; at++ {
		row := n.old.order.Batch(at+1, 1)[0]
		to := from + done
		copy(part.X.Data[to*part.X.Stride:(to+1)*part.X.Stride], old.X.Data[row*old.X.Stride:(row+1)*old.X.Stride])
		copy(part.Values.Data[to*part.Values.Stride:(to+1)*part.Values.Stride], old.Values.Data[row*old.Values.Stride:(row+1)*old.Values.Stride])
		if part.Classes != nil {
			part.Classes[to] = old.Classes[row]
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
// 2017, section 2.1. nil without an old task. The weights run with what layers
// kept at the end of the old task and without rounding of inputs, so that it
// follows from the recipe alone.
func (n *network) fisher(weights []float64) []float64 {
	if n.old == nil {
		return nil
	}
	now := copies(n.model.State())
	defer n.model.Restore(now)
	n.model.Restore(n.old.state)
	n.model.Round(nil)
	out, grad := make([]float64, len(weights)), make([]float64, len(weights))
	rows := min(n.old.set.Train.Rows(), fisherRows)
	var source rand.PCG
	rng := rand.New(&source)
	for r := range rows {
		row := n.old.set.Train.Cut(r, r+1)
		said := n.model.Forward(weights, row.X, nn.Pass{})
		slope := n.model.OutGrad().Data[:said.Cols]
		copy(slope, said.Data[:said.Cols])
		source.Seed(mix(n.old.seed, "fisher"), uint64(r))
		switch n.old.reads {
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
		n.model.Backward(weights, grad)
		for i, g := range grad {
			out[i] += float64(g * g)
		}
	}
	kernel.Scale(out, 1/float64(max(rows, 1)))
	return out
}
