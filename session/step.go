package session

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"descent/core"
	"descent/core/knob"
	"descent/core/parallel"
	"descent/session/journal"
)

// Step trains one step, with the decisions that take effect at it. If the step is
// not finite, the session returns to the previous step and the error is a
// *Diverged; the report returned is that of the failed step.
func (s *Session) Step() (core.Report, error) {
	_, report, err := s.Train(1, nil)
	return report, err
}

// Train is Step up to n times. It ends early at an error, and where training stops by
// itself; without a race where goesOn, which is asked after each step, says no (nil
// never does), and in a race where the session has to look after all branches, or
// the race is over. It returns the number of steps, of each branch in a race, and what
// the last one returned. See Share for what it does side by side: until it returns, what
// it has trained may not be recorded, so that goesOn may ask the trainer, but not the session.
func (s *Session) Train(n int, goesOn func() bool) (steps int, last core.Report, err error) {
	if s.rewound || s.at.sealed && s.trainer.StepCount() >= s.at.head {
		s.fork(s.cursor, s.position(), "")
		s.keep(s.cursor)
	}
	s.settle()
	if s.race != nil {
		return s.round(n)
	}
	l := s.cursor
	for steps < n && err == nil {
		last, err = s.next(l, n > 1)
		steps++
		if len(s.ahead) == 0 && !errors.Is(err, ErrInterrupted) {
			s.trained(last)
		}
		if _, over := s.Stopped(); over || goesOn != nil && !goesOn() {
			break
		}
	}
	if s.join(l); err == nil {
		last = l.trainer.Last()
	}
	return steps, last, err
}

// next is step, but with ahead an evaluation may be under way when it returns; see join.
func (s *Session) next(l *cursor, ahead bool) (core.Report, error) {
	if !ahead || !s.besides(l) || l.trainer.StepCount()%snapshotEvery == 0 || l.applied < l.at.entries.count() {
		s.join(l)
	}
	if err := s.prepare(l); err != nil {
		return core.Report{}, err
	}
	spares := s.sparing && !l.hangs()
	if !spares && (!ahead || !s.besides(l)) {
		o := l.train()
		return o.report, s.conclude(l, &o)
	}
	o := l.advance(l.trainer.Advance)
	switch due := l.trainer.Due() && !spares; {
	case o.ends():
		s.join(l)
		return o.report, s.conclude(l, &o)
	case due:
		s.join(l)
		s.evaluate(l, &o)
	case len(s.ahead) == 0:
		l.enter(&o)
		return o.report, s.conclude(l, &o)
	}
	s.ahead = append(s.ahead, o)
	return o.report, nil
}

// evaluate begins the evaluation that a step is due, beside those that follow.
func (s *Session) evaluate(l *cursor, o *outcome) {
	if s.twin == nil {
		s.twin = l.trainer.Twin()
	}
	s.twin.Take(l.trainer)
	o.size = l.trainer.Size()
	s.aside.Begin(s.twin.Evaluate)
}

// besides reports whether evaluations at a cursor may run beside the steps that follow:
// no decision depends on them.
func (s *Session) besides(l *cursor) bool { return s.threads > 1 && !l.hangs() && l.trainer.Twins() }

// join waits for the evaluation that runs beside the steps of a cursor, if there is one,
// and records these, of which it is of the first.
func (s *Session) join(l *cursor) {
	if len(s.ahead) == 0 {
		return
	}
	s.aside.Wait()
	l.trainer.Evaluated(s.twin, &s.ahead[0].report)
	for i := range s.ahead {
		o := &s.ahead[i]
		l.enter(o)
		_ = s.conclude(l, o) // it was trained, and no schedule asks for anything
		s.trained(o.report)
	}
	clear(s.ahead)
	s.ahead = s.ahead[:0]
}

func (s *Session) trained(r core.Report) {
	if s.onStep != nil {
		s.onStep(r)
	}
}

// step trains a cursor for one step.
func (s *Session) step(l *cursor) (core.Report, error) { return s.next(l, false) }

// prepare does what comes before the next step of a cursor: it keeps a snapshot where
// one is due, and applies the decisions of the branch for that step.
func (s *Session) prepare(l *cursor) error {
	s.shelf.written(s.needs)
	var state *core.Snapshot
	if s.due(l) {
		state = s.keep(l)
	}
	applied := l.applied
	err := s.catchUp(l, l.trainer.StepCount()+1, l.at.entries.count())
	if state != nil && l.applied == applied {
		l.trainer.TakeBackTo(state)
	}
	return err
}

// conclude does what a step means for the session. A step that is not finite is taken
// back.
func (s *Session) conclude(l *cursor, o *outcome) error {
	switch {
	case o.interrupted:
		return ErrInterrupted
	case o.failed:
		return s.fail(l, o.report)
	}
	if o.visited {
		s.visited(o.visit)
	}
	if o.asks && !s.silent && !l.behind() {
		return s.do(l, "plateau", journal.SetKnob("optimizer.lr", knob.Num(o.rate)))
	}
	return nil
}

// fail goes back to before a step that is not finite.
func (s *Session) fail(l *cursor, report core.Report) error {
	d := &Diverged{Step: report.Step, Where: l.trainer.Blame(), Report: report}
	if err := s.travel(l, position{branch: l.at, step: report.Step - 1, applied: l.applied}, nil); err != nil {
		return err
	}
	l.diverged = true
	l.at.curves.Growth.Broken = report.Step
	s.events = append(s.events, Event{Kind: Noted, Branch: l.at.id, Step: report.Step - 1, Words: d.What()})
	return d
}

// lane is a branch of a race on the way to a step.
type lane struct {
	*cursor
	to       int
	stretch  int       // steps of a turn
	outcomes []outcome // those that concern the session and were not concluded, oldest first
	last     core.Report
	err      error
}

// turn trains some steps, and reports whether there are more before the session has to
// conclude one.
func (a *lane) turn() (more bool) {
	for range a.stretch {
		if a.trainer.StepCount() >= a.to {
			return false
		}
		o := a.train()
		a.last = o.report
		ends := o.ends() || o.asks
		if ends || o.visited {
			a.outcomes = append(a.outcomes, o)
		}
		if ends {
			return false
		}
	}
	return a.trainer.StepCount() < a.to
}

// round trains the branches of a race for up to n steps, side by side, and concludes
// them as if each step had been trained by all before the next. One that is no longer
// finite stops; the error is that of the last.
func (s *Session) round(n int) (steps int, report core.Report, err error) {
	lanes, goroutines := s.lanes(&n)
	for _, a := range lanes {
		a.err = s.prepare(a.cursor)
	}
	running := slices.DeleteFunc(slices.Clone(lanes), func(a *lane) bool { return a.err != nil })
	parallel.Turns(goroutines, len(running), func(i int) bool { return running[i].turn() })
	for a := first(running); a != nil; a = first(running) {
		o := a.outcomes[0]
		a.outcomes = a.outcomes[1:]
		if a.err = s.conclude(a.cursor, &o); a.err == nil && o.asks {
			for a.turn() { // which it has not done yet
				continue
			}
		}
	}
	done := false
	for _, a := range lanes {
		switch {
		case errors.Is(a.err, ErrInterrupted):
			return 0, a.trainer.Last(), a.err
		case a.err == nil:
			done = true
		default:
			err = a.err
		}
		if a.cursor == s.cursor {
			report = a.last
		}
	}
	if done {
		err = nil
	}
	return n, report, err
}

// first returns the lane with the earliest step to be concluded, in the order of the
// branches; nil if there is none.
func first(lanes []*lane) (out *lane) {
	for _, a := range lanes {
		if len(a.outcomes) > 0 && (out == nil || a.outcomes[0].step < out.outcomes[0].step) {
			out = a
		}
	}
	return out
}

// lanes returns the branches of a race that have a step to train, and limits n to the
// steps that need nothing of the session in between.
func (s *Session) lanes(n *int) (lanes []*lane, goroutines int) {
	least := math.MaxInt
	for _, l := range s.race {
		if !l.diverged {
			least = min(least, l.trainer.StepCount())
			lanes = append(lanes, &lane{cursor: l})
		}
	}
	goroutines = s.threads
	apart := s.apart(s.trainer)
	*n = min(*n, apart-least%apart)
	if end := s.contest.From + s.contest.Steps; end > least {
		*n = min(*n, end-least)
	}
	for _, a := range lanes {
		if a.trainer.StepCount() > least { // the step of the others was interrupted
			*n = 1
		}
		if a.behind() { // its next step may belong to another branch
			*n, goroutines = 1, 1
		}
	}
	for _, a := range lanes {
		a.to, a.stretch = least+*n, max(*n/turnsOfARound, 1)
	}
	s.divide(len(lanes))
	return slices.DeleteFunc(lanes, func(a *lane) bool { return a.trainer.StepCount() >= a.to }), goroutines
}

// turnsOfARound is in how many parts a branch is trained in a round, so that three
// branches keep two processors busy.
const turnsOfARound = 8

// Diverged is the error of a step with NaN or infinite values, or of a run whose
// final loss is out of bounds.
type Diverged struct {
	Step   int       // that step, or the one from which the loss was out of bounds
	Where  string    // "the output of layer 2 (dense)"
	Grown  []float64 // if all values are finite: the loss of the first step and of the last
	Report core.Report
	Advice string // what to try, "" if unknown
}

// Error returns what happened and, if known, what to try.
func (d *Diverged) Error() string {
	what := d.What()
	switch {
	case d.Advice != "":
		return what + "; " + d.Advice
	case d.Grown != nil:
		return what
	}
	return what + fmt.Sprintf("; training is at step %d", d.Step-1)
}

// What returns what happened.
func (d *Diverged) What() string {
	if d.Grown != nil {
		return fmt.Sprintf("training has diverged from step %d on: the loss was %.4g at the first step and is %.4g at the last", d.Step, d.Grown[0], d.Grown[1])
	}
	return fmt.Sprintf("step %d is not finite, from %s", d.Step, d.Where)
}

// Stopped returns why training is to stop after the last step; ok is false if it is not.
func (s *Session) Stopped() (stop Stop, ok bool) {
	return s.stopped, !s.silent && s.stopped.Step > 0 && s.stopped.Step == s.trainer.StepCount()
}

// KeepBest ends a run as train.keep says: it decides to take the weights of the best
// evaluation, unless they are those of the last step, or it was decided before. It
// returns the step that they are of, 0 where nothing was decided.
func (s *Session) KeepBest() (step int, err error) {
	p, best, now := s.trainer.Stopping(), s.stopping, s.trainer.StepCount()
	switch {
	case !p.KeepsBest() || !best.Begun || best.Step == now || s.silent:
		return 0, nil
	case s.applied < s.at.entries.count() && now == s.at.head:
		return 0, s.travel(s.cursor, position{branch: s.at, step: now, applied: s.at.entries.count()}, s.goOn)
	case s.behind():
		return 0, nil
	}
	if n := s.applied; n > 0 { // it was taken here already
		if d := s.decisions()[n-1]; d.Step == now+1 && d.Act != nil && d.Act.Name == journal.Best {
			return 0, nil
		}
	}
	last := s.trainer.Last()
	if !last.Evaluated {
		last = s.trainer.Present()
	}
	if value, ok := last.Monitored(p.Monitor); ok && p.Better(value, best.Best, 0) {
		return 0, nil
	}
	err = s.do(s.cursor, "keep", journal.Command{Act: &journal.Act{Name: journal.Best, Step: best.Step}})
	return best.Step, err
}
