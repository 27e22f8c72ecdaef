package objective

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"descent/core/augment"
	"descent/core/data"
	"descent/core/kernel"
	"descent/core/knob"
	"descent/core/loss"
	"descent/core/metric"
	"descent/core/nn"

	"gonum.org/v1/gonum/blas/blas64"
)

// Network is a model on the batches of a data set.
type Network struct {
	criterion criterion
	sampler   sampler
	model     *nn.Model
	spec      nn.Spec // of the model
	seed      uint64  // of the recipe
	dropout   uint64  // seed of it

	full  string // the optimizer that takes all rows, if it does
	count int    // batches in a step
	byRow bool   // which count by their rows

	given    *Teacher // that of the recipe
	replaced bool     // another was set while training

	sum    []float64 // of the gradients of a step of several batches
	block  []float64 // of the rows that Gradient takes at a time
	rows   int       // of the last step
	counts float64   // what the last batch counts among others
	scores scores    // the metrics that are asked for
	tau    float64   // the quantile that the loss estimates
	macs   int       // multiply-adds of a row, there and back
	stop   func() bool
}

// NewNetwork is a model of a spec on a data set, with randomness from the seed.
func NewNetwork(m *nn.Model, spec nn.Spec, set *data.Set, seed uint64) *Network {
	n := &Network{
		model: m, spec: spec, seed: seed, dropout: kernel.Mix(seed, "dropout"), sampler: newSampler(set, seed),
		criterion: criterion{model: m, task: loss.Task{Outputs: m.Out(), Classes: set.ByClass, Binary: set.Binary, Simplex: set.Simplex}},
	}
	if first := m.Layers()[0]; first.Kind() == "embedding" {
		n.sampler.shape = augment.Shape{Categorical: true}
	}
	m.Reserve(min(evalRows, max(set.Train.Rows(), set.Val.Rows())))
	return n
}

// Copy is a model of its own on the same data, with the same teacher and old task.
func (n *Network) Copy() Objective {
	m, err := nn.New(n.spec)
	if err != nil {
		panic("objective: the model cannot be built again: " + err.Error())
	}
	copied := NewNetwork(m, n.spec, n.sampler.set, n.seed)
	copied.SetGiven(n.given.duplicate())
	copied.sampler.old = n.sampler.old.duplicate()
	return copied
}

// Model is the model; its passes overwrite what the last ones left in it.
func (n *Network) Model() *nn.Model { return n.model }

// Spec is that of the model.
func (n *Network) Spec() nn.Spec { return n.spec }

// Data is what the network learns from, to be read only.
func (n *Network) Data() *data.Set { return n.sampler.set }

// Task is what the loss is told of the targets.
func (n *Network) Task() loss.Task { return n.criterion.task }

// Reads tells how the loss takes the outputs.
func (n *Network) Reads() loss.Reading { return n.criterion.reads() }

// HasAccuracy tells whether answers are right or wrong.
func (n *Network) HasAccuracy() bool { return n.criterion.judges() }

// Layout is the model's.
func (n *Network) Layout() knob.Layout { return n.model.Layout() }

// Begin fills the weights by the initialisation that the spec names.
func (n *Network) Begin(params []float64) {
	nn.Init(params, n.Layout(), n.spec, rand.New(rand.NewPCG(kernel.Mix(n.seed, "init"), 0)))
}

// Learnt is the task of this network, as it stands, for one that goes on from it:
// seed is that of the recipe that does, same whether its task is this one too.
func (n *Network) Learnt(seed uint64, same bool) *OldTask {
	return newOldTask(n.sampler.set, seed, n.Reads(), knob.Copies(n.model.State()), same)
}

// SetOldTask says what was learnt before.
func (n *Network) SetOldTask(o *OldTask) { n.sampler.old = o }

// SetGiven makes a teacher that of the recipe; nil is none.
func (n *Network) SetGiven(t *Teacher) { n.given, n.criterion.teacher = t, t }

// SetTeacher makes a network of the same spec the teacher from now on. It is state
// from then on.
func (n *Network) SetTeacher(weights []float64, state []knob.Buffer) {
	n.criterion.teacher, n.replaced = NewTeacher(n.spec, weights, state), true
	n.criterion.teacher.model.Single(n.model.InSingle())
}

// Teacher is the one that is learnt from, nil without one; replaced tells whether
// it was set while training.
func (n *Network) Teacher() (t *Teacher, replaced bool) { return n.criterion.teacher, n.replaced }

// Follow takes over what the knobs say.
func (n *Network) Follow(s Settings) {
	n.model.Freeze(s.Frozen)
	c, b := &n.criterion, &n.sampler
	c.loss, c.row, c.distill = s.Loss, s.Row, s.Distill
	if l, ok := c.loss.(loss.Balancer); ok {
		l.Balance(n.sampler.ones(), float64(n.sampler.set.Train.Rows()))
	}
	b.size, b.order.Shuffle, b.augment, b.replay = s.Batch, s.Shuffle, s.Augment, s.Replay
	n.full, n.count, n.byRow = s.FullBatch, s.Accumulate, s.ByRows
	n.scores.follow(s.Metrics)
	n.tau = s.Tau
	if n.full != "" {
		b.size, n.count = 0, 1
	}
	if n.count > 1 && n.sum == nil {
		n.sum = make([]float64, n.Layout().Size())
	}
	n.model.Single(s.Single)
	if c.teacher != nil {
		c.teacher.model.Single(s.Single)
	}
	n.model.Round(s.Round)
	n.model.Reserve(b.rows())
}

// calibrateRows is how many rows, the first trained on, give the ranges of what
// goes into layers before training moves them.
const calibrateRows = 512

// CalibrationRows are the rows that give the ranges of the inputs of layers, in
// blocks: run passes one of them through the network under the weights w.
func (n *Network) CalibrationRows(w []float64) (blocks int, run func(block int)) {
	train := n.sampler.set.Train
	rows := min(train.Rows(), calibrateRows)
	return (rows + evalRows - 1) / evalRows, func(i int) {
		n.model.Forward(w, train.Cut(i*evalRows, min((i+1)*evalRows, rows)).X, nn.Pass{})
	}
}

// Join lets a team share the work of passes.
func (n *Network) Join(team *kernel.Team) { n.model.Join(team) }

// batchWork is what a batch takes whatever its rows, in multiply-adds.
const batchWork = 1 << 14

// Work counts the multiply-adds of kernels.
func (n *Network) Work(evaluation bool) int {
	if n.macs == 0 {
		n.macs = 3 * n.model.Work()
	}
	if evaluation {
		rows := n.sampler.set.Val.Rows() + n.sampler.set.Train.Rows()
		if n.sampler.old != nil {
			rows += n.sampler.old.set.Held().Rows()
		}
		return n.macs / 3 * rows
	}
	return (n.macs*n.sampler.rows() + batchWork) * n.count
}

// Watch lets passes, augmentation and evaluations ask whether to give up.
func (n *Network) Watch(stop func() bool) {
	n.stop, n.sampler.stop = stop, stop
	n.model.Watch(stop)
}

func (n *Network) stopped() bool { return n.stop != nil && n.stop() }

// Fits says why the named loss cannot be chosen for these targets.
func (n *Network) Fits(name string) error { return loss.Check(name, n.criterion.task) }

// Batch is the number of rows of the last step.
func (n *Network) Batch() int { return n.rows }

// Epoch is the number of training rows.
func (n *Network) Epoch() int { return n.sampler.set.Train.Rows() }

// Batches is how many steps go through them.
func (n *Network) Batches() int { return (n.batchesOfAnEpoch() + n.count - 1) / n.count }

func (n *Network) batchesOfAnEpoch() int { return n.sampler.order.Batches(n.sampler.size) }

// Measure evaluates weights on all rows: those held out, those trained on where
// answers are right or wrong, and those of the old task.
func (n *Network) Measure(w []float64, m *Measures) {
	set, old := n.sampler.set, n.sampler.old
	m.HasVal, m.HasAccuracy, m.HasOld = set.Val.Rows() > 0, n.HasAccuracy(), old != nil && !old.same
	if m.HasVal {
		m.ValLoss, m.ValAccuracy = n.judge(w, set, set.Val, "val_", m)
	}
	switch {
	case !m.HasVal && n.scores.any():
		n.scores.loss, m.Accuracy = n.judge(w, set, set.Train, "", m)
	case m.HasAccuracy || n.scores.trainLoss:
		n.scores.loss, m.Accuracy = n.Evaluate(w, set.Train)
	}
	if n.scores.trainLoss {
		m.Scores = append([]metric.Score{{Name: metric.TrainLoss, Value: n.scores.loss}}, m.Scores...)
	}
	if m.HasOld {
		m.OldLoss, m.OldAccuracy = n.judge(w, old.set, old.set.Held(), "old_", m)
	}
}

// judge is Evaluate of rows of a set, with the metrics that are asked for.
func (n *Network) judge(w []float64, set *data.Set, part data.Part, of string, m *Measures) (value, accuracy float64) {
	if len(n.scores.rows) == 0 {
		return n.Evaluate(w, part)
	}
	value, accuracy = n.criterion.over(w, part, n.stopped, n.scores.collect(part.Rows()))
	if n.stopped() {
		return value, accuracy
	}
	task := n.metricTask(set)
	m.Scores = append(m.Scores, n.scores.of(task, target(part), of, m.HasAccuracy)...)
	return value, accuracy
}

// metricTask is what metrics are told of the outputs on a set.
func (n *Network) metricTask(set *data.Set) metric.Task {
	task := metric.Task{Reads: n.Reads(), Mean: set.TargetMean, Deviation: set.TargetDeviation, Tau: n.tau}
	if c, ok := n.criterion.loss.(loss.Ignorer); ok {
		task.Ignores = c.Ignores
	}
	return task
}

// FitsMetric says in one sentence why a metric cannot be measured of these targets
// under the named loss, nil if it can.
func (n *Network) FitsMetric(name, lossName string) error {
	if err := metric.Known([]string{name}); err != nil {
		return err
	}
	of, _ := metric.Find(name)
	row, _ := loss.Find(lossName)
	task := n.criterion.task
	reads := row.Reading(task)
	several := reads == loss.LogOdds && !task.Classes && task.Outputs > 1
	return of.Fits(reads == loss.Numbers, !several)
}

// Evaluate is the loss under weights, and the share of right answers, over rows.
func (n *Network) Evaluate(w []float64, part data.Part) (value, accuracy float64) {
	return n.criterion.over(w, part, n.stopped, nil)
}

// Fisher is that of the old task, nil without one.
func (n *Network) Fisher(weights []float64) (fisher []float64) {
	if n.sampler.old == nil {
		return nil
	}
	n.model.Exactly(func() { fisher = n.sampler.old.fisher(n.model, weights) })
	return fisher
}

// Blame names a tensor or a layer, or the layer of the largest outputs.
func (n *Network) Blame(w, grad []float64) (where string, finite bool) {
	if where := n.model.NonFinite(w, grad); where != "" {
		return where, false
	}
	i, top := n.model.LargestOutput()
	return fmt.Sprintf("the loss: the outputs of layer %d (%s) reach %.3g", i, n.model.Layers()[i].Kind(), top), true
}

// Parts are the layers, those of a residual block before the block itself.
func (n *Network) Parts() []Part {
	var out []Part
	for _, p := range n.model.Places() {
		in, width := p.Layer.Width()
		out = append(out, Part{p.Name, p.Layer.Kind(), in, width, p.In, p.Out, p.Shared()})
	}
	return out
}

// State is what layers keep, and a teacher that was set while training.
func (n *Network) State() []knob.Buffer {
	state := n.model.State()
	if n.replaced {
		state = append(state, n.criterion.teacher.state()...)
	}
	return state
}

// Restore brings back what State told, or the recipe's teacher where it told of none.
func (n *Network) Restore(saved []knob.Buffer) {
	n.model.Restore(saved)
	weights, state, found := savedTeacher(saved)
	n.replaced = found
	switch now := n.criterion.teacher; {
	case !found:
		n.criterion.teacher = n.given
	case now == nil || now == n.given || !now.is(weights):
		n.criterion.teacher = NewTeacher(n.spec, weights, state)
	}
}

// Eval runs the batch of a step. Of several, which follow each other in the
// order of the rows, it returns the mean loss and gradient: of the batches, or of
// their rows.
func (n *Network) Eval(params, grad []float64, step, try int) float64 {
	n.rows = 0
	if n.count == 1 {
		return n.run(params, grad, step, try)
	}
	value, total := 0.0, 0.0
	clear(n.sum)
	for i := range n.count {
		if n.stopped() {
			return math.NaN()
		}
		v := n.run(params, grad, n.first(step)+i, try)
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

// first is the number, from 1, of the first batch of a step.
func (n *Network) first(step int) int { return (step-1)*n.count + 1 }

// EvalSingle is Eval of parameters and gradients in float32, while passes run in it and
// a step is one batch.
func (n *Network) EvalSingle(params, grad []float32, step, try int) float64 {
	n.rows = 0
	return n.batch(n.first(step), try, func(x blas64.General, pass nn.Pass) blas64.General {
		return n.model.ForwardSingle(params, x, pass)
	}, func() { n.model.BackwardSingle(grad) })
}

// CanSingle tells whether EvalSingle can be asked for.
func (n *Network) CanSingle() bool { return n.model.InSingle() && n.count == 1 }

// run is one batch, by its number from 1.
func (n *Network) run(params, grad []float64, number, try int) float64 {
	return n.batch(number, try, func(x blas64.General, pass nn.Pass) blas64.General {
		return n.model.Forward(params, x, pass)
	}, func() { n.model.Backward(params, grad) })
}

// batch is one batch, by its number from 1, there and back.
func (n *Network) batch(number, try int, forward func(x blas64.General, pass nn.Pass) blas64.General, backward func()) float64 {
	b := n.sampler.take(number)
	n.rows += b.part.Rows()
	if n.byRow {
		n.counts = n.criterion.weight(&b)
	}
	out := forward(b.part.X, nn.Pass{Train: true, Step: number, Try: try, Seed: n.dropout})
	value := n.criterion.eval(out, &b)
	backward()
	return value
}

// Preview shows the rows of a step's batch from first on, at most so many; of
// several batches it is the first. They are valid until the next call and the next
// step, which come out as they would have without.
func (n *Network) Preview(step, first, most int) Batch {
	b := n.sampler.preview(n.first(step), first, most)
	b.Step = step
	return b
}

// PreviewLast is Preview of the last of a step's batches: the one that the network
// still holds when the step has been evaluated.
func (n *Network) PreviewLast(step, first, most int) Batch {
	b := n.sampler.preview(n.first(step)+n.count-1, first, most)
	b.Step = step
	return b
}

// Outputs runs rows×inputs through the network under weights. The outputs,
// rows×outputs, are valid until the next pass.
func (n *Network) Outputs(w []float64, x blas64.General) blas64.General {
	return n.model.Forward(w, x, nn.Pass{})
}

// InputGradient runs x like Outputs, and overwrites dx, of x's shape, with the
// gradient with respect to x of Σ seed ⊙ outputs, seed being rows×outputs.
func (n *Network) InputGradient(w []float64, dx, x, seed blas64.General) {
	n.Outputs(w, x)
	out := n.model.OutGrad()
	for r := range out.Rows {
		copy(out.Data[r*out.Stride:r*out.Stride+out.Cols], seed.Data[r*seed.Stride:r*seed.Stride+seed.Cols])
	}
	n.model.BackwardInput(w, make([]float64, len(w)), dx)
}

// Activations runs x like Outputs and calls f with what each activation layer
// makes of it, rows×units, input side first.
func (n *Network) Activations(w []float64, x blas64.General, f func(layer, kind string, shape []int, units blas64.General)) {
	n.Outputs(w, x)
	n.model.Activations(f)
}

// RowLoss is the loss of outputs by the targets of their rows alone: without a
// teacher, and without other rows mixed in.
func (n *Network) RowLoss(out blas64.General, part data.Part) float64 {
	return n.criterion.loss.Eval(blas64.General{}, out, target(part))
}

// LoneRow names the batch norm that would be given a batch of a single row by a
// step of so many rows (0 for all) where trains says that it measures its batches;
// rest tells that it is the last batch of an epoch. "" is none.
func (n *Network) LoneRow(size int, trains func(layer string) bool) (layer string, rest bool) {
	all := n.Epoch()
	least := size
	switch left := all % max(size, 1); {
	case size == 0 || size >= all:
		least = all
	case left > 0:
		least, rest = left, true
	}
	if least > 1 {
		return "", false
	}
	layers := n.model.LoneRows()
	if i := slices.IndexFunc(layers, trains); i >= 0 {
		return layers[i], rest
	}
	return "", false
}
