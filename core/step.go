package core

import (
	"math"
	"strings"

	"descent/core/knob"
	"descent/core/nn"
	"descent/core/objective"
	"descent/core/optim"
	"descent/core/recipe"
)

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
		t.forget(t.parts.View.Progress(t.live(), t.rates, t.step, t.laterGradient))
		t.sync()
	} else if t.parts.Finetune.Changes(t.step) {
		t.sync()
	}
	t.step++
	t.age++
	t.tensors.grow()
	t.try = 0
	t.cycleMomentum()
	at := t.at(t.step-1, t.age)
	at.Stopped, at.Ask, at.Team = t.stopped, t.asking(), t.team
	value := 0.0
	if c, ok := t.inSingle(at); ok && !t.looking {
		value = t.stepSingle(c, at)
	} else {
		value = t.method().Step(t.live(), t.eval, at)
		t.round()
	}
	t.seen += t.of.Batch()
	t.traced = true
	t.gradientEvaluations += t.try
	t.report = Report{Step: t.step, Loss: value, LR: t.parts.RateAt(t.parts.Optimizer.LR, t.step-1), GradientEvaluations: t.gradientEvaluations}
	if t.Due() && (t.step%normsEvery == 0 || t.evalEvery() >= normsEvery) {
		t.measureNorms()
	}
}

// normsEvery is the least number of steps from one measurement of norms to the next:
// where every step is evaluated they would cost more than the step.
const normsEvery = 16

func (t *Trainer) measureNorms() {
	grad, update := t.method().Trace()
	g, u := norm(grad), norm(update)/norm(t.live())
	if all := g + u; !math.IsNaN(all) && !math.IsInf(all, 0) {
		t.report.HasNorms, t.report.GradientNorm, t.report.RelativeUpdate = true, g, u
	}
}

// Inspect trains a step as Advance does, and returns what the optimizer made of the
// gradient; passed is called after the first evaluation, while the network still
// holds it. A step in float32 is looked at in float64, then taken.
func (t *Trainer) Inspect(passed func()) *optim.Inspection {
	var before *Snapshot
	if _, ok := t.inSingle(t.at(t.step, t.age+1)); ok {
		before = t.Snapshot()
	}
	seen := optim.Inspect(t.method())
	t.passed, t.looking = passed, true
	t.Advance()
	if t.passed, t.looking = nil, false; before != nil {
		t.Restore(before)
		t.Advance()
	}
	return seen
}

// forget lets averages of the weights begin at 0 where weights regrew from it.
func (t *Trainer) forget(grown []int) {
	if len(grown) == 0 {
		return
	}
	for _, b := range t.method().State() {
		if len(b.Data) != len(t.live()) || !averages[meaning(b.Name)] {
			continue
		}
		for _, i := range grown {
			b.Data[i] = 0
		}
	}
}

// Evaluate evaluates the present weights and completes the report of the
// last step with it.
func (t *Trainer) Evaluate() Report {
	if t.report.Evaluated {
		return t.report
	}
	t.report.Evaluated = true
	t.of.Measure(t.Weights(), &t.report.Measures)
	return t.report
}

// Present is the last step's report with the network evaluated now,
// decisions since then included. It is not part of the run: nothing that hangs
// on evaluations sees it.
func (t *Trainer) Present() Report {
	r := t.report
	r.Evaluated = true
	r.Measures = objective.Measures{}
	t.of.Measure(t.Weights(), &r.Measures)
	return r
}

// Twin evaluates weights of a trainer on a network of its own, while the trainer goes on.
// The numbers are those of Evaluate. It does for every trainer of the recipe.
type Twin struct {
	of       *objective.Network
	settings recipe.Settings // that the network follows
	weights  []float64
	step     int
	measures objective.Measures
}

// briefly is up to how many multiply-adds an evaluation takes less time than it would to
// hand it over: some ten microseconds.
const briefly = 1 << 17

// Twins tells whether a twin may evaluate in the trainer's place, and whether that is
// worth it: not where the ranges of inputs move with the evaluation, nor where it is so
// long that it may be broken off.
func (t *Trainer) Twins() bool {
	if _, ok := t.Network(); !ok || t.parts.View.Inputs() != nil {
		return false
	}
	work := t.of.Work(true)
	return work > briefly && work < long
}

// Twin returns one.
func (t *Trainer) Twin() *Twin { return &Twin{of: t.of.Copy().(*objective.Network)} }

// Take takes the weights that the trainer would evaluate now.
func (w *Twin) Take(t *Trainer) {
	if w.weights == nil || !w.settings.Equal(t.settings) {
		w.settings = t.settings
		w.of.Follow(t.follows(recipe.NewParts(t.settings, t.network))) // parts of its own have memory of their own
	}
	w.weights = append(w.weights[:0], t.Weights()...)
	w.of.Model().Restore(t.Statistics())
	w.step = t.step
}

// Evaluate evaluates what was taken last.
func (w *Twin) Evaluate() {
	w.measures = objective.Measures{}
	w.of.Measure(w.weights, &w.measures)
}

// Evaluated completes the report of the step after which the twin took its weights, and the
// trainer's if that was the last one.
func (t *Trainer) Evaluated(w *Twin, r *Report) {
	for _, r := range []*Report{r, &t.report} {
		if r.Step == w.step {
			r.Evaluated, r.Measures = true, w.measures
		}
	}
}

// fewWeights are looked through for what is too large for float32 after each step; of
// more the next step tells.
const fewWeights = 1 << 12

// Finite tells whether the last step left finite numbers behind.
func (t *Trainer) Finite() bool {
	if math.IsNaN(t.report.Loss) || math.IsInf(t.report.Loss, 0) {
		return false
	}
	if t.parts.Train.Precision == recipe.Float32 && len(t.params) <= fewWeights && !nn.Finite(t.params) {
		return false // a finite update can leave float32
	}
	if m, ok := t.method().(interface{ Finite() (finite, known bool) }); ok && t.traced {
		if finite, known := m.Finite(); known {
			return finite
		}
	}
	return nn.Finite(t.live())
}

// Blame says, after a step that left NaN or an infinity, where it came from.
func (t *Trainer) Blame() string {
	grad, _ := t.method().Trace()
	where, finite := t.of.Blame(t.parts.View.Effective(t.live()), grad)
	// The weights have moved since the pass; they are to blame only if the pass
	// itself was sound.
	if !finite && strings.HasPrefix(where, "the weights") && !math.IsNaN(t.report.Loss) && !math.IsInf(t.report.Loss, 0) {
		where += ", after the update"
	}
	return where
}

// cycleMomentum sets the momentum of the step to come where the schedule does, and
// gives the optimizer its own back where it does no more.
func (t *Trainer) cycleMomentum() {
	c, ok := t.parts.Rate.(optim.MomentumCycle)
	if !ok && !t.cycled {
		return
	}
	v, on := 0.0, false
	if ok {
		v, on = c.Momentum(t.step-1, t.parts.Train.Steps)
	}
	if !on && !t.cycled {
		return
	}
	for _, k := range t.method().Knobs() {
		if k.Path != "optimizer.momentum" && k.Path != "optimizer.beta1" {
			continue
		}
		own, err := t.settings.Find(k.Path)
		if err != nil {
			continue
		}
		if on {
			own.Value = knob.Num(v)
		}
		_ = k.Set(own.Value) // both are in its range
	}
	t.cycled = on
}
