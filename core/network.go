package core

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"descent/core/augment"
	"descent/core/compress"
	"descent/core/data"
	"descent/core/kernel"
	"descent/core/knob"
	"descent/core/loss"
	"descent/core/nn"
	"descent/core/recipe"

	"gonum.org/v1/gonum/blas/blas64"
)

// evalRows is how many rows an evaluation takes at a time.
const evalRows = 256

// network is a model on the batches of a data set.
type network struct {
	model *nn.Model
	spec  nn.Spec // of the model
	set   *data.Set
	order *data.Order
	root  uint64 // the recipe's seed
	seed  uint64 // of dropout
	task  loss.Task
	loss  loss.Loss
	row   loss.Row
	size  int    // rows in a batch, 0 for all
	count int    // batches in a step
	byRow bool   // which count by their rows
	full  string // the optimizer that takes all rows, if it does

	teacher   *teacher // nil without one
	hired     *teacher // that of the recipe
	appointed bool     // the teacher was made one while training
	distill   loss.Distillation
	alike     loss.Similarity

	old    *oldTask  // what was learnt before; nil if nothing was
	origin []float64 // the weights that it came to
	replay float64   // its share of a batch

	augment *augment.Augment
	shape   augment.Shape

	mixed   augment.Mixed // the last batch taken
	partner data.Part     // targets of the rows that its rows are mixed with

	spare   []float64 // the gradient of the first of two losses
	sum     []float64 // of the gradients of a step of several batches
	rows    int       // of the last step
	counts  float64   // what the last batch counts among others
	macs    int       // multiply-adds of a row, there and back
	stop    func() bool
	x, y    []float64
	classes []int
}

func newNetwork(m *nn.Model, spec nn.Spec, set *data.Set, seed uint64) *network {
	n := &network{
		model: m, spec: spec, set: set, root: seed, order: data.NewOrder(mix(seed, "order"), set.Train.Rows()), seed: mix(seed, "dropout"),
		task: loss.Task{Outputs: m.Out(), Classes: set.ByClass, Binary: set.Binary, Simplex: set.Simplex},
	}
	if len(set.Shape) >= 2 {
		h, w := set.Shape[0], set.Shape[1]
		n.shape = augment.Shape{Channels: len(set.Inputs) / (h * w), Height: h, Width: w, Last: set.Last, Mean: set.Mean, Deviation: set.Deviation}
	}
	if first := m.Layers()[0]; first.Kind() == "embedding" {
		n.shape = augment.Shape{Whole: true}
	}
	m.Reserve(min(evalRows, max(set.Train.Rows(), set.Val.Rows())))
	return n
}

func (n *network) begin(params []float64, r recipe.Recipe, files Files) error {
	nn.Init(params, n.Layout(), r.Model, rand.New(rand.NewPCG(mix(r.Seed, "init"), 0)))
	t, err := n.hire(r, files)
	if err != nil {
		return r.Locate("teacher", err)
	}
	n.teacher, n.hired = t, t
	if r.Pretrain.Recipe != nil {
		if err := n.start(r, params, files); err != nil {
			return r.Locate("pretrain", err)
		}
	}
	path := r.Model.Weights
	if path == "" {
		return nil
	}
	content, err := files.File(path)
	if err != nil {
		return r.Locate("model.weights", err)
	}
	if err := nn.LoadWeights(params, n.Layout(), content, n.model.State()...); err != nil {
		return r.Locate("model.weights", fmt.Errorf("%s: %w", path, err))
	}
	return nil
}

func (n *network) follow(g *recipe.Parts, frozen func(layer string) bool) {
	n.model.Freeze(frozen)
	n.size, n.order.Shuffle, n.loss = g.Train.Batch, g.Train.Shuffle, g.LossFn
	n.row, _ = loss.Find(g.Loss.Name)
	n.distill, n.augment, n.replay = g.Distill, g.Augment, g.Finetune.Replay
	n.full, n.count, n.byRow = "", g.Train.Accumulate, g.Train.AccumulateBy == recipe.ByRows
	if g.Row.FullBatch {
		n.size, n.full, n.count = 0, g.Optimizer.Name, 1
	}
	if n.count > 1 && n.sum == nil {
		n.sum = make([]float64, n.Layout().Size())
	}
	rows := n.set.Train.Rows()
	if n.size > 0 {
		rows = min(rows, n.size)
	}
	n.model.Round(g.View.Inputs())
	n.model.Reserve(rows)
}

// calibrateRows is how many rows, the first trained on, give the ranges of what
// goes into layers before training moves them.
const calibrateRows = 512

// calibrate lets the view find those ranges under the weights w.
func (n *network) calibrate(v *compress.View, w []float64) {
	rows := min(n.set.Train.Rows(), calibrateRows)
	v.Calibrate((rows+evalRows-1)/evalRows, func(i int) {
		n.model.Forward(w, n.set.Train.Cut(i*evalRows, min((i+1)*evalRows, rows)).X, nn.Pass{})
	})
}

func (n *network) join(team *kernel.Team) { n.model.Join(team) }

// batchWork is what a batch takes whatever its rows, in multiply-adds.
const batchWork = 1 << 14

// work counts the multiply-adds of kernels.
func (n *network) work(evaluation bool) int {
	if n.macs == 0 {
		n.macs = 3 * n.model.Work()
	}
	if evaluation {
		rows := n.set.Val.Rows() + n.set.Train.Rows()
		if n.old != nil {
			rows += n.old.set.Held().Rows()
		}
		return n.macs / 3 * rows
	}
	rows := n.set.Train.Rows()
	if n.size > 0 {
		rows = min(rows, n.size)
	}
	return (n.macs*rows + batchWork) * n.count
}

func (n *network) watch(stop func() bool) {
	n.stop = stop
	n.model.Watch(stop)
}

func (n *network) stopped() bool { return n.stop != nil && n.stop() }

func (n *network) fits(name string) error { return loss.Check(name, n.task) }

// reads is what the loss takes the outputs for.
func (n *network) reads() loss.Reading { return n.row.Reading(n.task) }

// judges tells whether answers are right or wrong.
func (n *network) judges() bool { return n.task.Classes || n.reads() == loss.LogOdds }

func (n *network) batch() int   { return n.rows }
func (n *network) epoch() int   { return n.set.Train.Rows() }
func (n *network) batches() int { return (n.order.Batches(n.size) + n.count - 1) / n.count }

func (n *network) measure(w []float64, r *Report) {
	r.HasVal = n.set.Val.Rows() > 0
	r.HasAccuracy = n.judges()
	if r.HasVal {
		r.ValLoss, r.ValAccuracy = n.over(w, n.set.Val)
	}
	if r.HasAccuracy {
		_, r.Accuracy = n.over(w, n.set.Train)
	}
	if r.HasOld = n.old != nil && !n.old.same; r.HasOld {
		r.OldLoss, r.OldAccuracy = n.over(w, n.old.set.Held())
	}
}

func (n *network) blame(w, grad []float64) (where string, finite bool) {
	if where := n.model.NonFinite(w, grad); where != "" {
		return where, false
	}
	i, top := n.model.LargestOutput()
	return fmt.Sprintf("the loss: the outputs of layer %d (%s) reach %.3g", i, n.model.Layers()[i].Kind(), top), true
}

func (n *network) parts() []part {
	var out []part
	for _, p := range n.model.Places() {
		in, width := p.Layer.Width()
		out = append(out, part{p.Name, p.Layer.Kind(), in, width, p.In, p.Out})
	}
	return out
}

func (n *network) state() []knob.Buffer { return append(n.model.State(), n.appointment()...) }

func (n *network) restore(saved []knob.Buffer) {
	n.model.Restore(saved)
	n.reappoint(saved)
}

func (n *network) absent(path string) bool { return strings.HasPrefix(path, "surface.") }

func (n *network) inert(path string) string {
	switch {
	case n.full != "" && (path == "train.batch" || path == "train.shuffle" || strings.HasPrefix(path, "train.accumulate")):
		return n.full + " takes all rows at every step"
	case n.shape.Height == 0 && slices.Contains(augment.Images, path):
		return "these inputs are no images; data.shape says so of those that are"
	case n.shape.Whole && slices.Contains(augment.Sums, path):
		return "the first layer reads whole numbers, and there is nothing between two of them"
	case n.teacher == nil && strings.HasPrefix(path, "distill."):
		return "there is no teacher; give the preset a [teacher], or let a branch teach"
	case path == "distill.temperature" && n.reads() != loss.Distribution:
		return "only a softmax is softened; other outputs are compared as they are"
	case (path == "distill.features" || path == "distill.feature_weight") && n.unlike() != "":
		return n.unlike()
	case n.old == nil && (path == "finetune.replay" || path == "finetune.ewc"):
		return "nothing was learnt before; give the preset a [pretrain]"
	case path == "train.accumulate_by" && n.count == 1:
		return "a step is one batch"
	case path == "train.shuffle" && n.order.Batches(n.size) == 1:
		return "a batch of all rows is not shuffled"
	}
	return ""
}

// Layout is the model's.
func (n *network) Layout() knob.Layout { return n.model.Layout() }

// Eval runs the batch of a step. Of several, which follow each other in the
// order of the rows, it returns the mean loss and gradient: of the batches, or of
// their rows.
func (n *network) Eval(params, grad []float64, step, try int) float64 {
	n.rows = 0
	if n.count == 1 {
		return n.run(params, grad, step, try)
	}
	value, total := 0.0, 0.0
	clear(n.sum)
	for i := range n.count {
		if n.stopped() {
			return broken
		}
		v := n.run(params, grad, (step-1)*n.count+i+1, try)
		if n.byRow {
			kernel.Scale(grad, n.counts)
			v *= n.counts
			total += n.counts
		} else {
			total++
		}
		value += v
		kernel.Add(n.sum, grad)
	}
	copy(grad, n.sum)
	if total > 0 {
		kernel.Scale(grad, 1/total)
	}
	return value / total
}

// weigh is what a batch counts among others: its rows, or their weights.
func (n *network) weigh(part data.Part) float64 {
	w, ok := n.loss.(loss.Weighted)
	if !ok {
		return float64(part.Rows())
	}
	counts := w.Weight(target(part))
	if n.mixed.Share < 1 {
		counts = float64(n.mixed.Share*counts) + float64((1-n.mixed.Share)*w.Weight(target(n.partner)))
	}
	return counts
}

// run is one batch, by its number from 1.
func (n *network) run(params, grad []float64, batch, try int) float64 {
	part := n.take(batch)
	n.rows += part.Rows()
	if n.byRow {
		n.counts = n.weigh(part)
	}
	out := n.model.Forward(params, part.X, nn.Pass{Train: true, Step: batch, Try: try, Seed: n.seed})
	value := n.loss.Eval(n.model.OutGrad(), out, target(part))
	if n.mixed.Share < 1 {
		value = n.blend(out, target(n.partner), n.mixed.Share, 1-n.mixed.Share, value)
	}
	if n.teacher != nil && (n.distill.Alpha > 0 || n.distill.Features != loss.NoFeatures) {
		value = n.taught(out, part.X, value)
	}
	n.model.Backward(params, grad)
	return value
}

// blend is own times the loss so far plus rest times that of other targets, and
// so with the gradient, which holds that of the loss so far.
func (n *network) blend(out blas64.General, other loss.Target, own, rest, value float64) float64 {
	grad := n.model.OutGrad()
	g := grad.Data[:grad.Rows*grad.Cols]
	n.spare = append(n.spare[:0], g...)
	second := n.loss.Eval(grad, out, other)
	for i, first := range n.spare {
		g[i] = float64(own*first) + float64(rest*g[i])
	}
	return float64(own*value) + float64(rest*second)
}

// take gathers a batch as augmentation makes it; all rows are not copied.
func (n *network) take(batch int) data.Part {
	n.mixed = augment.Mixed{Share: 1}
	rows := n.order.Batch(batch, n.size)
	all := &n.set.Train
	changed, replayed := n.augmented(), n.old != nil && n.replay > 0
	if len(rows) == all.Rows() && !changed && !replayed {
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
	kernel.Gather(part.X.Data, all.X.Data, rows, in)
	kernel.Gather(part.Values.Data, all.Values.Data, rows, out)
	if all.Classes != nil {
		part.Classes = n.classes[:len(rows)]
		for i, r := range rows {
			part.Classes[i] = all.Classes[r]
		}
	}
	if replayed {
		n.remember(part, batch)
	}
	if changed {
		for i := range rows {
			if i%evalRows == evalRows-1 && n.stopped() {
				break
			}
			n.augment.Row(part.X.Data[i*in:(i+1)*in], n.shape, n.root^augmentStream, batch, i)
		}
		if n.mixed = n.augment.Mix(part.X.Data, len(rows), n.shape, n.root^augmentStream, batch); n.mixed.Share < 1 {
			n.pair(part)
		}
	}
	return part
}

// augmented tells whether a batch is other than its rows.
func (n *network) augmented() bool { return n.augment != nil && n.augment.On(n.shape) }

// pair gathers the targets of those that the rows of a batch are mixed with.
func (n *network) pair(part data.Part) {
	p, cols := &n.partner, part.Values.Cols
	if cap(p.Values.Data) < part.Rows()*cols {
		p.Values.Data, p.Classes = make([]float64, part.Rows()*cols), make([]int, part.Rows())
	}
	p.Values = blas64.General{Rows: part.Rows(), Cols: cols, Stride: cols, Data: p.Values.Data[:part.Rows()*cols]}
	kernel.Gather(p.Values.Data, part.Values.Data, n.mixed.Partner, cols)
	if part.Classes == nil {
		p.Classes = nil
		return
	}
	p.Classes = p.Classes[:part.Rows()]
	for i, other := range n.mixed.Partner {
		p.Classes[i] = part.Classes[other]
	}
}

// augmentStream keeps the chance of augmentation apart from other streams.
const augmentStream = 0xa09e667f3bcc908b

func target(p data.Part) loss.Target { return loss.Target{Classes: p.Classes, Values: p.Values} }

// over is the loss and the number of right answers over a whole part, a
// block of rows at a time. A log-odds is right where its sign is.
func (n *network) over(params []float64, part data.Part) (value, accuracy float64) {
	right, answers, counted := 0, 0, 0.0
	for from := 0; from < part.Rows(); from += evalRows {
		if n.stopped() {
			return broken, 0
		}
		block := part.Cut(from, min(from+evalRows, part.Rows()))
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
		case n.reads() == loss.LogOdds:
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

// argmax is the first of the largest; −1 where there is a NaN.
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
