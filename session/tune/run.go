package tune

import (
	"errors"
	"fmt"
	"math"

	"descent/core"
	"descent/core/knob"
	"descent/core/optim"
	"descent/core/recipe"
	"descent/session"
	"descent/session/history"
	"descent/session/journal"
)

// run is the training of a trial with one seed: what session.Session does between two
// decisions of the user, without its branches and curves.
type run struct {
	trainer  *core.Trainer
	begins   recipe.Recipe    // what its log begins with
	start    int              // the step of the base from which it starts, 0 without one
	parent   journal.BranchID // the branch of the base
	inherits int              // the decisions on it
	plateau  optim.PlateauMemory
	growth   history.Growth
	losses   [tail]float64 // of the last steps
	entries  []journal.Entry
	told     int  // the step of its last report
	over     bool // it has diverged
}

// tail is the most steps of which the training loss is the mean; see history.Tenth.
const tail = 100

// done is how many steps of the trial it has trained.
func (r *run) done() int { return r.trainer.StepCount() - r.start }

// errBroken is returned by a step that was interrupted, and is as if it had not been.
var errBroken = errors.New("the step was interrupted")

// step trains one step. An evaluation takes place only where something hangs on it.
func (r *run) step() error {
	t := r.trainer
	p, now, watches := t.Plateau()
	var report core.Report
	if watches {
		report = t.Step()
	} else {
		report = t.Advance()
	}
	if t.Broken() {
		return errBroken
	}
	if !t.Finite() {
		r.over = true
		r.growth.Broken = r.done()
		return &session.Diverged{Step: r.done(), Where: t.Blame(), Report: report}
	}
	r.growth.Add(r.done(), report.Loss)
	r.losses[r.done()%tail] = report.Loss
	switch {
	case !watches:
		r.plateau = optim.PlateauMemory{}
	case report.Evaluated:
		value, ok := report.Monitored(p.Monitor)
		if !ok {
			return nil
		}
		if lr := p.Observe(&r.plateau, value, now); lr != now {
			return r.set("plateau", []recipe.Change{{Path: recipe.OptimizerLR, Value: knob.Num(lr)}})
		}
	}
	return nil
}

// set takes a decision: several knobs at one step.
func (r *run) set(actor string, changes []recipe.Change) error {
	t := r.trainer
	for _, c := range changes {
		e := journal.Entry{Step: t.StepCount() + 1, Actor: actor, Hash: t.Hash(), Command: journal.SetKnob(c.Path, c.Value)}
		if err := t.Set(c.Path, c.Value); err != nil {
			return err
		}
		r.entries = append(r.entries, e)
	}
	return nil
}

// end says whether the steps so far have come to nothing: their last tenth is out of
// bounds.
func (r *run) end() error {
	last := r.trainer.Last().Loss
	since, ok := r.growth.Since(0, r.done())
	if !ok || !(last > 0) && !math.IsNaN(last) { // a surface may be unbounded below
		return nil
	}
	r.over = true
	return &session.Diverged{Step: since, Grown: []float64{r.growth.Initial, last}, Report: r.trainer.Last()}
}

// loss is the training loss: the mean over the last tenth of the steps, at most 100.
func (r *run) loss() float64 {
	n := r.done()
	if n == 0 {
		return math.NaN()
	}
	sum, of := 0.0, history.Tenth(n)
	for step := n - of + 1; step <= n; step++ {
		sum += r.losses[step%tail]
	}
	return sum / float64(of)
}

// failure says why a seed came to nothing.
func failure(seed, seeds int, err error) string {
	d := (*session.Diverged)(nil)
	text := err.Error()
	if errors.As(err, &d) {
		text = d.What()
	}
	if seeds > 1 {
		return fmt.Sprintf("seed %d of %d: %s", seed+1, seeds, text)
	}
	return text
}
