package core

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"descent/core/compress"
	"descent/core/data"
	"descent/core/finetune"
	"descent/core/kernel"
	"descent/core/knob"
	"descent/core/loss"
	"descent/core/nn"
	"descent/core/optim"
	"descent/core/recipe"
)

// Files finds what a recipe names.
type Files interface {
	// Table is the content of a built-in data set and the columns it predicts by
	// default (nil for the last). ok is false if there is none of that name.
	Table(set string) (content []byte, target []string, ok bool)
	// File is the content of a file.
	File(path string) ([]byte, error)
}

// Trainer trains one recipe, one step at a time. Not for two goroutines at once.
type Trainer struct {
	from     recipe.Recipe
	settings recipe.Settings
	parts    *recipe.Parts

	of      subject
	network knob.Layout // of the subject
	layout  knob.Layout // of params: the subject's, and what the view adds

	params []float64
	eval   optim.Eval
	step   int
	age    int          // updates of the current optimizer
	ages   []float64    // of each tensor by it: fewer, where it was frozen or came later
	moves  []bool       // of each tensor: it trains in the next step
	spans  []optim.Span // the tensors that do
	seen   int          // rows trained on
	try    int          // evaluations within the current step
	looks  int          // evaluations of the gradient so far

	open   []float64       // 1 for each parameter that trains; nil where all do
	rates  []float64       // the share of the rate of each; nil where it is whole
	shares finetune.Shares // memory of both

	start  []float64 // the network's weights that training began with; shared by twins
	fisher []float64 // of the old task at these weights; nil until it is asked for
	learnt []float64 // of a lesson: its effective weights at the end
	team   *kernel.Team

	breaker breaker
	stopped func() bool // Broken
	ask     func() bool // whether to break off
	before  before      // the step under way

	noise     rand.PCG // of the gradient
	noiseSeed uint64
	normal    *rand.Rand

	lastUpdate float64 // ‖update‖ of the last step, where the trace is not of it
	traced     bool    // the method's trace is of the last step
	report     Report
}

// New loads the data, builds the model and initialises it. Every error says in
// one sentence what is wrong with the recipe or with a file it names.
func New(r recipe.Recipe, files Files) (*Trainer, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	var of subject
	if r.Surface.Name != "" {
		of = newSurface(r.Surface, mix(r.Seed, "noise"))
	} else {
		n, err := loadNetwork(r, files)
		if err != nil {
			return nil, err
		}
		of = n
	}
	t := assemble(r, r.Settings, of)
	if err := of.fits(t.parts.Loss.Name); err != nil {
		return nil, r.Locate(recipe.LossName, err)
	}
	if err := t.parts.Finetune.Check(t.network); err != nil {
		return nil, r.Locate("finetune.freeze", err)
	}
	if err := t.parts.View.Quant.Check(t.network); err != nil {
		return nil, r.Locate("quant.layers", err)
	}
	if err := t.lone(t.parts); err != nil {
		return nil, r.Locate("train.batch", err)
	}
	if err := of.begin(t.params[:t.network.Size()], r, files); err != nil {
		return nil, err
	}
	t.start = append([]float64(nil), t.params[:t.network.Size()]...)
	if n, ok := of.(*network); ok && n.origin != nil {
		t.start = n.origin // even where a weights file says where to begin
	}
	for _, seg := range t.layout[len(t.network):] {
		t.parts.View.Begin(seg, t.params)
	}
	t.parts.Method.Init(t.layout)
	t.sync()
	t.parts.View.Remask(t.params, 0, t.look)
	t.sync()
	t.calibrate(&compress.Quant{})
	return t, nil
}

// assemble is a trainer whose parameters are still zeros.
func assemble(r recipe.Recipe, s recipe.Settings, of subject) *Trainer {
	t := &Trainer{from: r, settings: s, of: of, network: of.Layout(), noiseSeed: mix(r.Seed, "gradient noise")}
	t.parts = recipe.NewParts(s, t.network)
	t.parts.View.Seed(mix(r.Seed, "prune"), mix(r.Seed, "adapters"))
	t.layout = t.parts.View.Layout()
	t.params = make([]float64, t.layout.Size())
	t.ages = make([]float64, len(t.layout))
	t.normal = rand.New(&t.noise)
	t.stopped, t.ask = t.Broken, t.breaker.stop
	t.eval = func(params, grad []float64) float64 {
		value := t.of.Eval(t.parts.View.Training(params), grad[:t.network.Size()], t.step, t.try)
		if t.Broken() {
			t.try++
			return broken
		}
		if t.try == 0 {
			t.parts.View.Observe(params, grad)
		}
		t.parts.View.Straight(params, grad)
		if t.parts.Penalty.On() {
			t.parts.Penalty.Add(grad, t.parts.View.Adapted(params), t.start, t.fisher)
		}
		t.parts.View.Apart(params, grad)
		t.shake(grad)
		for i, m := range t.open {
			grad[i] *= m
		}
		t.try++
		return value
	}
	return t
}

// look is the gradient of the effective weights on a batch to come; running
// statistics stay.
func (t *Trainer) look(batch int, grad []float64) {
	t.of.Eval(t.parts.View.Training(t.params), grad, t.step+1+batch, 1)
}

// Share lets steps that are large enough run on so many goroutines, which end
// with Close; until then they wait for work. The numbers do not depend on it.
// A trainer that was never told to share has none.
func (t *Trainer) Share(members int) {
	t.Close()
	t.team = kernel.NewTeam(members)
	t.of.join(t.team)
}

// Close ends the goroutines that Share began. The trainer goes on alone.
func (t *Trainer) Close() {
	t.team.Close()
	t.team = nil
	t.of.join(nil)
}

// loadNetwork loads the data and builds the model for it.
func loadNetwork(r recipe.Recipe, files Files) (*network, error) {
	table, err := loadTable(r, files)
	if err != nil {
		return nil, err
	}
	spec, err := r.Model.For(len(table.Inputs))
	if err != nil {
		if words := table.Words(); words != "" {
			err = fmt.Errorf("%w: %s", err, words)
		}
		return nil, r.LocateKey("model", err)
	}
	model, err := nn.New(spec)
	if err != nil {
		return nil, r.LocateKey("model", err)
	}
	lossRow, _ := loss.Find(recipe.NewParts(r.Settings, nil).Loss.Name)
	set, err := data.Prepare(table, r.Data, model.Out(), lossRow.Reads == loss.LogOdds, mix(r.Seed, "split"))
	if err != nil {
		return nil, r.Blame(err)
	}
	if c := table.Targets[0]; set.ByClass && c.Words == nil && c.Classes == nil && lossRow.Reads == loss.Numbers {
		set.Notes = append(set.Notes, fmt.Sprintf("the model has %d outputs, so the whole numbers of column %q are classes, and %s compares each output with 0 or 1; a model of one output would learn the number itself",
			model.Out(), c.Name, lossRow.Name))
	}
	for _, part := range []data.Part{set.Train, set.Val} {
		if err := model.CheckInput(part.X); err != nil {
			return nil, r.Locate("model.stack.0", err)
		}
	}
	return newNetwork(model, spec, set, r.Seed), nil
}

func loadTable(r recipe.Recipe, files Files) (*data.Table, error) {
	if r.Data.File != "" {
		content, err := files.File(r.Data.File)
		if err != nil {
			return nil, r.Locate("data.file", err)
		}
		of := data.Source{Name: r.Data.File, Content: content, LabelsName: r.Data.Labels}
		if of.Labels, err = optional(r, "data.labels", r.Data.Labels, files); err != nil {
			return nil, err
		}
		var held *data.Source
		if r.Data.ValidationFile != "" {
			held = &data.Source{Name: r.Data.ValidationFile, LabelsName: r.Data.ValidationLabels}
			if held.Content, err = optional(r, "data.validation_file", held.Name, files); err != nil {
				return nil, err
			}
			if held.Labels, err = optional(r, "data.validation_labels", held.LabelsName, files); err != nil {
				return nil, err
			}
		}
		spec := r.Data
		spec.Row = r.Model.Input
		t, err := data.ReadWith(of, held, spec)
		return t, r.Blame(err)
	}
	if cells := float64(r.Data.Samples) * float64(r.Data.Inputs+r.Data.Outputs); cells > nn.MaxParams {
		return nil, r.Locate("data.samples", fmt.Errorf("data.samples, inputs and outputs would make %.3g numbers; the most is 2^28", cells))
	}
	if t, ok := data.Generate(r.Data, mix(r.Seed, "data")); ok {
		if len(r.Data.Target) > 0 {
			return nil, r.Locate("data.target", fmt.Errorf("data.target cannot be chosen for the generator %q", r.Data.Set))
		}
		return t, nil
	}
	content, target, ok := files.Table(r.Data.Set)
	if !ok {
		return nil, r.Locate("data.set", fmt.Errorf("there is no data set %q; `descent list data` names them all", r.Data.Set))
	}
	spec := r.Data
	spec.Row = r.Model.Input
	if len(spec.Target) == 0 {
		spec.Target = target
	}
	t, err := data.Read(r.Data.Set, content, nil, spec)
	return t, r.Blame(err)
}

// optional is the content of a file that a key names, nil if it names none.
func optional(r recipe.Recipe, key, path string, files Files) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	content, err := files.File(path)
	if err != nil {
		return nil, r.Locate(key, err)
	}
	if content == nil {
		content = []byte{}
	}
	return content, nil
}

// shake adds noise to the gradient, the same for every look at a step.
// Neelakantan et al., "Adding Gradient Noise Improves Learning for Very Deep
// Networks", 2015, eq. 1.
func (t *Trainer) shake(grad []float64) {
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
	t.parts.View.Seed(mix(t.from.Seed, "prune"), mix(t.from.Seed, "adapters"))
	t.open, t.rates = t.gates()
	t.span()
	t.parts.Gate.Mask = t.open
	if t.parts.Penalty.EWC > 0 && t.fisher == nil {
		t.fisher = t.of.fisher(t.start)
	}
	t.of.follow(t.parts, t.frozen)
}

// Step trains one step and reports on it, with an evaluation where one is due.
func (t *Trainer) Step() Report {
	armed := t.arm(true)
	t.advance()
	if !t.Broken() && t.Due() {
		t.Evaluate()
	}
	if armed {
		t.disarm()
	}
	return t.report
}

// Due tells whether the last step is one to evaluate.
func (t *Trainer) Due() bool { return t.step > 0 && t.step%t.evalEvery() == 0 }

// Advance trains one step without evaluating.
func (t *Trainer) Advance() Report {
	armed := t.arm(false)
	t.advance()
	if armed {
		t.disarm()
	}
	return t.report
}

func (t *Trainer) advance() {
	if t.parts.View.Due(t.step) {
		t.forget(t.parts.View.Progress(t.params, t.rates, t.step, t.look))
		t.sync()
	} else if t.parts.Finetune.Changes(t.step) {
		t.sync()
	}
	t.step++
	t.grow()
	t.try = 0
	at := optim.At{Step: t.step, Age: t.age, LR: t.parts.RateAt(t.parts.Optimizer.LR, t.step-1), Spans: t.spans, Share: t.rates, Stopped: t.stopped, Ask: t.asking()}
	value := t.parts.Method.Step(t.params, t.eval, at)
	t.seen += t.of.batch()
	t.traced = true
	t.looks += t.try
	t.report = Report{Step: t.step, Loss: value, LR: at.LR, Looks: t.looks}
}

// forget lets averages of the weights begin at 0 where weights regrew from it.
func (t *Trainer) forget(grown []int) {
	if len(grown) == 0 {
		return
	}
	for _, b := range t.parts.Method.State() {
		if len(b.Data) != len(t.params) || !averages[meaning(b.Name)] {
			continue
		}
		for _, i := range grown {
			b.Data[i] = 0
		}
	}
}

func (t *Trainer) evalEvery() int {
	if t.parts.Train.EvalEvery > 0 {
		return t.parts.Train.EvalEvery
	}
	return t.of.batches()
}

// Evaluate measures the weights as they stand and completes the report of the
// last step with it.
func (t *Trainer) Evaluate() Report {
	if t.report.Evaluated {
		return t.report
	}
	t.report.Evaluated = true
	t.of.measure(t.Weights(), &t.report)
	return t.report
}

// Present is the last step's report with the network measured as it stands now,
// decisions since then included. It is not part of the run: nothing that hangs
// on evaluations sees it.
func (t *Trainer) Present() Report {
	r := t.report
	r.Evaluated = true
	t.of.measure(t.Weights(), &r)
	return r
}

// Finite tells whether the last step left finite numbers behind.
func (t *Trainer) Finite() bool {
	return !math.IsNaN(t.report.Loss) && !math.IsInf(t.report.Loss, 0) && nn.Finite(t.params)
}

// Blame says, after a step that left NaN or an infinity, where it came from.
func (t *Trainer) Blame() string {
	grad, _ := t.parts.Method.Trace()
	where, finite := t.of.blame(t.parts.View.Effective(t.params), grad)
	// The weights have moved since the pass; they are to blame only if the pass
	// itself was sound.
	if !finite && strings.HasPrefix(where, "the weights") && !math.IsNaN(t.report.Loss) && !math.IsInf(t.report.Loss, 0) {
		where += ", after the update"
	}
	return where
}

// Set turns one live knob. It takes effect with the next step. On an error
// nothing has changed.
func (t *Trainer) Set(path string, v knob.Value) error {
	next, err := t.Allows(t.settings, path, v)
	if err != nil {
		return err
	}
	switch {
	case path == recipe.OptimizerName:
		if v.Word() != t.parts.Optimizer.Name {
			t.swapOptimizer(next)
			return nil
		}
	case path == recipe.LossName:
		t.parts.Loss.Name = v.Word()
		t.parts.FitLoss()
	case path == recipe.ScheduleName:
		t.parts.Schedule.Name = v.Word()
		t.parts.FitSchedule()
	}
	was := t.parts.View.Quant
	t.settings = next
	t.parts.Turn(next)
	t.relayout(&was)
	if t.parts.View.Chooses(path) {
		t.parts.View.Remask(t.params, t.step, t.look)
	}
	t.sync()
	t.calibrate(&was)
	return nil
}

// Allows says why a knob cannot be turned where the settings stand as s, in one
// sentence, or which settings follow. Nothing is turned. Whether later knobs can
// be turned depends on these settings alone: the rate that a swap of the
// optimizer chooses is not among them.
func (t *Trainer) Allows(s recipe.Settings, path string, v knob.Value) (next recipe.Settings, err error) {
	if next, err = s.With(path, v); err != nil {
		return s, err
	}
	if path == recipe.LossName {
		if err := t.of.fits(v.Word()); err != nil {
			return s, err
		}
	}
	if err := t.names(path, next); err != nil {
		return s, err
	}
	if path == "train.batch" || path == recipe.OptimizerName || strings.HasPrefix(path, "finetune.") {
		if err := t.lone(recipe.NewParts(next, t.network)); err != nil {
			return s, err
		}
	}
	return next, nil
}

// calibrate finds the ranges of what goes into layers, where the knobs of
// quantization, which stood as was, ask for it now.
func (t *Trainer) calibrate(was *compress.Quant) {
	if n, ok := t.of.(*network); ok && t.parts.View.Stale(was) {
		n.calibrate(t.parts.View, t.Weights())
	}
}

// names checks a knob that names layers.
func (t *Trainer) names(path string, next recipe.Settings) error {
	items := func() []string { s, _ := next.Find(path); return s.Value.Items() }
	switch path {
	case "finetune.freeze":
		return (&finetune.Scope{Freeze: items()}).Check(t.network)
	case "quant.layers":
		return (&compress.Quant{Layers: items()}).Check(t.network)
	}
	return nil
}

// swapOptimizer installs the optimizer that next names, by the swap rules as
// they stand: its state is fresh or carried, its rate kept, its own or matched.
func (t *Trainer) swapOptimizer(next recipe.Settings) {
	length := t.updateNorm()
	old, age, ages := t.parts.Method.State(), t.age, slices.Clone(t.ages)
	switch t.parts.Optimizer.SwapLR {
	case "default":
		next = next.Without(recipe.OptimizerLR)
	default:
		next, _ = next.With(recipe.OptimizerLR, knob.Num(t.parts.Optimizer.LR)) // it stands there already
	}
	t.settings = next
	swapState, swapLR := t.parts.Optimizer.SwapState, t.parts.Optimizer.SwapLR
	v, _ := next.Find(recipe.OptimizerName)
	t.parts.Optimizer.Name = v.Value.Word()
	t.parts.FitOptimizer()
	t.parts.Turn(next)

	start := func() {
		t.afresh()
		if swapState == "carry" && carry(t.parts.Method.State(), old) {
			t.age = age
			copy(t.ages, ages)
		}
		t.sync()
	}
	start()
	if swapLR == "match" && length > 0 && !t.parts.Row.OwnLength {
		t.match(length)
		start()
	}
	t.lastUpdate, t.traced = length, false
}

// carry copies buffers of the same meaning and tells whether there were any.
func carry(to, from []knob.Buffer) (carried bool) {
	for _, b := range to {
		for _, o := range from {
			if meaning(b.Name) == meaning(o.Name) {
				copy(b.Data, o.Data)
				carried = true
			}
		}
	}
	return carried
}

// match sets the rate so that the next update is of that length, and leaves it
// where no rate does that. It spends the optimizer's state.
func (t *Trainer) match(length float64) {
	// A step on a copy at rate 1: chains end in "times rate", so the rate of
	// the coming step follows by proportion, and its base from that, since
	// every schedule is a multiple of its base plus what it is at 0.
	copied := append([]float64(nil), t.params...)
	t.step++
	t.try = 1 // a second look: running statistics stay
	age, ages := t.age, slices.Clone(t.ages)
	t.grow()
	t.parts.Method.Step(copied, t.eval, optim.At{Step: t.step, Age: t.age, LR: 1, Spans: t.spans, Share: t.rates})
	t.step, t.age = t.step-1, age
	copy(t.ages, ages)
	_, update := t.parts.Method.Trace()
	bottom := t.parts.RateAt(0, t.step)
	base := (length/norm(update) - bottom) / (t.parts.RateAt(1, t.step) - bottom)
	if next, err := t.settings.With(recipe.OptimizerLR, knob.Num(base)); err == nil {
		t.settings = next
		t.parts.Turn(next)
	}
}

func meaning(buffer string) string { return buffer[strings.LastIndexByte(buffer, '/')+1:] }

func (t *Trainer) updateNorm() float64 {
	if !t.traced {
		return t.lastUpdate
	}
	_, update := t.parts.Method.Trace()
	return norm(update)
}

func norm(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x * x)
	}
	return math.Sqrt(sum)
}

// Recipe is what the trainer was made from, with the settings as they stand now.
func (t *Trainer) Recipe() recipe.Recipe {
	r := t.from
	r.Settings = t.settings
	return r
}

// Settings are where the knobs stand.
func (t *Trainer) Settings() recipe.Settings { return t.settings }

// StepCount is the number of steps taken.
func (t *Trainer) StepCount() int { return t.step }

// Epoch is how often the training rows have been gone through.
func (t *Trainer) Epoch() float64 { return float64(t.seen) / float64(t.of.epoch()) }

// Last is the report of the last step.
func (t *Trainer) Last() Report { return t.report }

// Layout names the tensors of the network.
func (t *Trainer) Layout() knob.Layout { return t.network }

// Statistics are what layers keep beside the parameters, such as the running
// mean of a batch norm; live, to be read only.
func (t *Trainer) Statistics() []knob.Buffer {
	if n, ok := t.of.(*network); ok {
		return n.model.State()
	}
	return nil
}

// Tensors names the tensors of Params: the network's, and what stands behind them.
func (t *Trainer) Tensors() knob.Layout { return t.layout }

// Params are the stored parameters, live, to be read only: the network's, and
// behind them adapters and learned steps, where there are such.
func (t *Trainer) Params() []float64 { return t.params }

// Stored are the network's weights with the adapters, before masks and rounding:
// what is saved to go on from. Valid until the next call.
func (t *Trainer) Stored() []float64 { return t.parts.View.Dense(t.params) }

// Weights are the effective weights, averaged where the optimizer keeps an
// average, masked and quantized; valid until the next call.
func (t *Trainer) Weights() []float64 { return t.parts.View.Effective(t.averaged()) }

// averaged are the parameters that are evaluated: the optimizer's average where
// it keeps one.
func (t *Trainer) averaged() []float64 {
	if a, ok := t.parts.Method.(optim.Averager); ok {
		return a.EvalParams(t.params)
	}
	return t.params
}

// Inert says why turning a knob would do nothing now, "" if it does something.
func (t *Trainer) Inert(path string) string {
	switch {
	case path == recipe.OptimizerLR && t.parts.OwnRate:
		return t.parts.Schedule.Name + " has a rate of its own, schedule.max_lr"
	}
	if why := t.parts.View.Inert(path); why != "" {
		return why
	}
	return t.of.inert(path)
}

// Absent tells that a knob means nothing for what is trained: a surface has no
// batches, a network no curvature to choose.
func (t *Trainer) Absent(path string) bool { return t.of.absent(path) }

// Fits says why the named loss cannot be chosen for this data, nil if it can.
func (t *Trainer) Fits(name string) error { return t.of.fits(name) }
