// Package core trains: a recipe says what, a Trainer does it step by step. It puts
// the parts together (objective, optimizer, view of the weights) and owns no
// arithmetic. It keeps no goroutine but those of Share, which alone read a clock, to see
// whether they are faster, and prints nothing; the same recipe, seed and decisions give
// the same numbers to the last bit.
package core

import (
	"math"
	"math/rand/v2"

	"descent/core/compress"
	"descent/core/kernel"
	"descent/core/knob"
	"descent/core/loss"
	"descent/core/objective"
	"descent/core/optim"
	"descent/core/recipe"
)

// Trainer trains one recipe, one step at a time. Not for two goroutines at once.
type Trainer struct {
	from     recipe.Recipe
	settings recipe.Settings
	parts    *recipe.Parts

	of      objective.Objective
	network knob.Layout // of the objective
	layout  knob.Layout // of params: the objective's, and what the view adds

	params              []float64 // see live
	singles             singles
	eval                optim.Eval
	step                int
	age                 int // updates of the current optimizer
	seen                int // rows trained on
	try                 int // evaluations within the current step
	gradientEvaluations int // evaluations of the gradient so far

	tensors tensors
	groups  groups
	cycled  bool      // the schedule has set the momentum
	open    []float64 // 1 for each parameter that trains; nil where all do
	rates   []float64 // the share of the rate of each; nil where it is whole

	start  []float64 // the network's weights that training began with; shared by copies
	fisher []float64 // of the old task at these weights; nil until it is asked for
	team   *kernel.Team

	breaker breaker
	stopped func() bool // whether it was broken off
	ask     func() bool // whether to break off
	before  before      // the step under way
	given   *Snapshot   // the state before it, where it is known
	later   *Snapshot   // whose state the optimizer has yet to take; nil if it has

	noise     rand.PCG // of the gradient
	noiseSeed uint64
	normal    *rand.Rand

	looking bool   // the step under way is inspected
	passed  func() // called after the first evaluation of a step; nil for not

	lastUpdate float64 // ‖update‖ of the last step, where the trace is not of it
	traced     bool    // the method's trace is of the last step
	report     Report
}

// assemble is a trainer whose parameters are still zeros.
func assemble(r recipe.Recipe, s recipe.Settings, of objective.Objective) *Trainer {
	t := &Trainer{from: r, settings: s, of: of, network: of.Layout(), noiseSeed: kernel.Mix(r.Seed, "gradient noise")}
	t.parts = recipe.NewParts(s, t.network)
	t.parts.View.Seed(kernel.Mix(r.Seed, "prune"), kernel.Mix(r.Seed, "adapters"))
	t.layout = t.parts.View.Layout()
	t.params = make([]float64, t.layout.Size())
	t.tensors.begin(r.Computes() == recipe.OneAge, t.layout)
	t.normal = rand.New(&t.noise)
	t.stopped, t.ask = t.breaker.broken, t.breaker.stop
	t.eval = func(params, grad []float64) float64 {
		value := t.of.Eval(t.parts.View.Training(params), grad[:t.network.Size()], t.step, t.try)
		if t.breaker.broken() {
			t.try++
			return math.NaN()
		}
		if t.try == 0 {
			t.parts.View.Observe(params, grad)
			if t.passed != nil {
				t.passed()
			}
		}
		t.parts.View.Straight(params, grad)
		if t.parts.Penalty.On() {
			t.parts.Penalty.Add(grad, t.parts.View.Adapted(params), t.start, t.fisher)
		}
		t.parts.View.Apart(params, grad)
		t.addNoise(grad)
		for i, m := range t.open {
			grad[i] *= m
		}
		t.try++
		return value
	}
	return t
}

// singles are the parameters in float32, while steps are taken in it.
type singles struct {
	params []float32
	ahead  bool // of params
	eval   func(params, grad []float32) float64
}

// live are the parameters, which whoever asks may change.
func (t *Trainer) live() []float64 {
	if t.singles.ahead {
		t.singles.ahead = false
		kernel.Widen(t.params, t.singles.params)
	}
	return t.params
}

// inSingle is the method and the network of a step that can be taken in float32: where
// nothing stands between parameters, gradient and update. Other steps in precision
// float32 have their update worked out in float64 and rounded.
func (t *Trainer) inSingle(at optim.At) (c *optim.Chain, ok bool) {
	p := t.parts
	if p.Train.Precision != recipe.Float32 || t.open != nil || p.Train.Noise != 0 || p.Penalty.On() || !p.View.Plain() {
		return nil, false
	}
	n, network := t.Network()
	c, chain := t.method().(*optim.Chain)
	return c, network && chain && n.CanSingle() && c.CanSingle(len(t.params), at)
}

// stepSingle takes such a step.
func (t *Trainer) stepSingle(c *optim.Chain, at optim.At) (value float64) {
	s := &t.singles
	if !s.ahead {
		if len(s.params) != len(t.params) {
			s.params = make([]float32, len(t.params))
		}
		kernel.Narrow(s.params, t.params)
		s.ahead = true
	}
	if s.eval == nil {
		s.eval = func(params, grad []float32) float64 {
			n, _ := t.Network()
			value := n.EvalSingle(params, grad, t.step, t.try)
			t.try++
			if t.breaker.broken() {
				return math.NaN()
			}
			return value
		}
	}
	return c.StepSingle(s.params, s.eval, at)
}

// laterGradient is the gradient of the effective weights on a later batch, for
// pruning criteria that need it; running statistics are not updated.
func (t *Trainer) laterGradient(batch int, grad []float64) {
	t.of.Eval(t.parts.View.Training(t.live()), grad, t.step+1+batch, 1)
}

// Share lets steps that are large enough run on so many goroutines, which end
// with Close; until then they wait for work. The numbers do not depend on it.
// A trainer that was never told to share has none.
func (t *Trainer) Share(members int) {
	t.Close()
	t.team = kernel.NewTeam(members)
	t.of.Join(t.team)
}

// Close ends the goroutines that Share began. The trainer goes on by itself.
func (t *Trainer) Close() {
	t.team.Close()
	t.team = nil
	t.of.Join(nil)
}

// addNoise adds noise to the gradient, the same for every evaluation within a step.
// Neelakantan et al., "Adding Gradient Noise Improves Learning for Very Deep
// Networks", 2015, eq. 1.
func (t *Trainer) addNoise(grad []float64) {
	if t.parts.Train.Noise == 0 {
		return
	}
	deviation := t.parts.Train.Noise
	if t.parts.Train.NoiseDecay > 0 {
		deviation *= kernel.Exp(float64(-t.parts.Train.NoiseDecay / 2 * kernel.Log(1+float64(t.step))))
	}
	t.noise.Seed(t.noiseSeed, uint64(t.step))
	for i := range grad {
		grad[i] += float64(deviation * kernel.Normal(t.normal))
	}
}

// sync hands what the knobs say to the parts that follow it.
func (t *Trainer) sync() {
	p := t.parts
	p.View.Seed(kernel.Mix(t.from.Seed, "prune"), kernel.Mix(t.from.Seed, "adapters"))
	t.open, t.rates = t.tensors.follow(&p.Finetune, t.layout, t.network, t.step, t.age, p.View.Lora.Rank > 0, p.View.Mask())
	p.UpdateMask.Mask = t.open
	t.groups.follow(&p.Groups, t.layout)
	if p.Penalty.EWC > 0 && t.fisher == nil {
		t.fisher = t.of.Fisher(t.start)
	}
	t.of.Follow(t.follows(p))
	t.round()
}

// round rounds weights and the optimizer's state to float32 where they are kept in it.
func (t *Trainer) round() {
	if t.parts.Train.Precision != recipe.Float32 {
		return
	}
	kernel.ToSingle(t.live())
	if t.later == nil { // else method rounds
		t.roundState()
	}
}

func (t *Trainer) roundState() {
	if _, ok := t.parts.Method.(optim.InDouble); ok {
		return
	}
	for _, b := range t.parts.Method.State() {
		if len(b.Data) >= len(t.params) && !b.ByTensor { // not counts and products
			kernel.ToSingle(b.Data)
		}
	}
	if m, ok := t.parts.Method.(optim.Rounder); ok {
		m.Rounded()
	}
}

// follows is what the objective is told of the knobs, by parts as the settings ask for.
func (t *Trainer) follows(p *recipe.Parts) objective.Settings {
	s := objective.Settings{
		Batch: p.Train.Batch, Shuffle: p.Train.Shuffle, Accumulate: p.Train.Accumulate, ByRows: p.Train.AccumulateBy == recipe.ByRows,
		Loss: p.LossFn, Distill: p.Distill, Augment: p.Augment, Replay: p.Finetune.Replay, Frozen: t.tensors.frozen, Round: p.View.Inputs(),
		Kappa: p.Surface.Kappa, Deviation: p.Surface.Noise, Metrics: p.Train.Metrics, Single: p.Train.Single(),
	}
	if q, ok := p.LossFn.(loss.Quantile); ok {
		s.Tau = q.Quantile()
	}
	s.Row, _ = loss.Find(p.Loss.Name)
	if p.Row.FullBatch {
		s.FullBatch = p.Optimizer.Name
	}
	return s
}

// calibrate finds the ranges of the inputs of layers, where the knobs of
// quantization, which stood as was, ask for it now.
func (t *Trainer) calibrate(was *compress.Quant) {
	if n, ok := t.Network(); ok && t.parts.View.Stale(was) {
		t.parts.View.Calibrate(n.CalibrationRows(t.Weights()))
	}
}

// at is what the update after so many steps depends on, with the rates and the weight
// decay of parameter groups.
func (t *Trainer) at(step, age int) optim.At {
	base := t.parts.Optimizer.LR
	a := optim.At{Step: step + 1, Age: age, LR: t.parts.RateAt(base, step), Spans: t.tensors.spans}
	if s, ok := t.parts.Rate.(optim.OwnRate); ok { // of which groups have a fraction
		peak := s.Peak()
		t.groups.at(&a, peak, t.rates, func(own float64) float64 { return float64(t.parts.RateAt(base, step) * (own / peak)) })
		return a
	}
	t.groups.at(&a, base, t.rates, func(own float64) float64 { return t.parts.RateAt(own, step) })
	return a
}

// afresh lets the optimizer begin as at the first step.
func (t *Trainer) afresh() {
	t.method().Init(t.layout)
	t.age = 0
	clear(t.tensors.ages)
	t.lastUpdate, t.traced = 0, false
}

func (t *Trainer) evalEvery() int {
	if t.parts.Train.EvalEvery > 0 {
		return t.parts.Train.EvalEvery
	}
	return t.of.Batches()
}

func (t *Trainer) updateNorm() float64 {
	if !t.traced {
		return t.lastUpdate
	}
	_, update := t.method().Trace()
	return norm(update)
}

func norm(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x * x)
	}
	return math.Sqrt(sum)
}

// Recipe is what the trainer was made from, with the present settings.
func (t *Trainer) Recipe() recipe.Recipe {
	r := t.from
	r.Settings = t.settings
	return r
}

// Settings are the present values of the knobs.
func (t *Trainer) Settings() recipe.Settings { return t.settings }

// RunLength is the number of steps of a run, train.steps.
func (t *Trainer) RunLength() int { return t.parts.Train.Steps }

// StepCount is the number of steps taken.
func (t *Trainer) StepCount() int { return t.step }

// Epoch is the number of passes over the training rows.
func (t *Trainer) Epoch() float64 { return float64(t.seen) / float64(t.of.Epoch()) }

// Last is the report of the last step.
func (t *Trainer) Last() Report { return t.report }

// Layout names the tensors of the network.
func (t *Trainer) Layout() knob.Layout { return t.network }

// Statistics are what layers keep beside the parameters, such as the running
// mean of a batch norm; live, to be read only.
func (t *Trainer) Statistics() []knob.Buffer {
	if n, ok := t.Network(); ok {
		return n.Model().State()
	}
	return nil
}

// Network is what is trained, if that is a network: what only a network can do is
// asked of it.
func (t *Trainer) Network() (n *objective.Network, ok bool) {
	n, ok = t.of.(*objective.Network)
	return n, ok
}

// Surface is the test surface that is minimised, if it is one.
func (t *Trainer) Surface() (s *objective.Surface, ok bool) {
	s, ok = t.of.(*objective.Surface)
	return s, ok
}

// Tensors names the tensors of Params: the network's, and what stands behind them.
func (t *Trainer) Tensors() knob.Layout { return t.layout }

// Params are the stored parameters, live, to be read only: the network's, and
// behind them adapters and learned steps, where there are such.
func (t *Trainer) Params() []float64 { return t.live() }

// Stored are the network's weights with the adapters, before masks and rounding:
// what is saved to continue from. Valid until the next call.
func (t *Trainer) Stored() []float64 { return t.parts.View.Dense(t.live()) }

// Weights are the effective weights, averaged where the optimizer keeps an
// average, masked and quantized; valid until the next call.
func (t *Trainer) Weights() []float64 { return t.parts.View.Effective(t.averaged()) }

// method is the optimizer, with the state of the snapshot that was restored last: a copy
// that only looks at weights never needs the vectors of one.
func (t *Trainer) method() optim.Method {
	if s := t.later; s != nil {
		t.later = nil
		t.parts.Method.Init(t.layout)
		t.parts.Method.Restore(s.State)
		if t.parts.Train.Precision == recipe.Float32 {
			t.roundState()
		}
	}
	return t.parts.Method
}

// averaged are the parameters that are evaluated: the optimizer's average where
// it keeps one.
func (t *Trainer) averaged() []float64 {
	if t.later != nil && !t.later.averages() {
		return t.live()
	}
	if a, ok := t.method().(optim.Averager); ok {
		return a.EvalParams(t.live())
	}
	return t.live()
}
