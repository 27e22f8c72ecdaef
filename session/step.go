package session

import (
	"errors"
	"fmt"
	"math"

	"descent/core"
	"descent/core/knob"
	"descent/session/journal"
)

// Step trains one step, with the decisions that take effect at it. If the step is
// not finite, the session returns to the previous step and the error is a
// *Diverged; the report returned is that of the failed step.
func (s *Session) Step() (core.Report, error) {
	if s.rewound || s.at.sealed && s.trainer.StepCount() >= s.at.head {
		s.fork(s.cursor, s.position(), "")
		s.keep(s.cursor)
	}
	s.settle()
	if s.race != nil {
		return s.stepAll()
	}
	return s.step(s.cursor)
}

func (s *Session) step(l *cursor) (core.Report, error) {
	if l.trainer.StepCount()%snapshotEvery == 0 {
		s.keep(l)
	}
	report, err := l.advance(s)
	if err != nil {
		return report, err
	}
	l.recent.Add(report)
	lr, asks := l.observe(report)
	b := l.at
	for b.from >= report.Step {
		b = b.parent
	}
	if l.record(b, report) {
		s.evaluated(l, b, report)
		l.again = false
	} else {
		l.tip.Clock(l.at.curves, report.Step, report.Step-1, l.tip.Spent)
		l.again = true
	}
	l.at.head = max(l.at.head, report.Step)
	l.watch(report)
	if asks && !s.silent && !l.behind() {
		if err := s.do(l, "plateau", journal.SetKnob("optimizer.lr", knob.Num(lr))); err != nil {
			return report, err
		}
	}
	return report, nil
}

// stepAll trains each branch of a race for one step. One that is no longer finite
// stops; the error is that of the last.
func (s *Session) stepAll() (report core.Report, err error) {
	running, last := 0, math.MaxInt
	for _, l := range s.race {
		if !l.diverged {
			last = min(last, l.trainer.StepCount())
		}
	}
	for _, l := range s.race {
		if l.diverged {
			continue
		}
		if l.trainer.StepCount() > last { // the step of the others was interrupted
			running++
			continue
		}
		r, e := s.step(l)
		switch {
		case errors.Is(e, ErrInterrupted):
			return l.trainer.Last(), e
		case e == nil:
			running++
		default:
			err = e
		}
		if l == s.cursor {
			report = r
		}
	}
	if running > 0 {
		err = nil
	}
	return report, err
}

// advance applies the decisions for the next step and computes it.
func (l *cursor) advance(s *Session) (core.Report, error) {
	if err := s.catchUp(l, l.trainer.StepCount()+1, l.at.entries.count()); err != nil {
		return core.Report{}, err
	}
	report := l.trainer.Step()
	if l.trainer.Broken() {
		return report, ErrInterrupted
	}
	if !l.trainer.Finite() {
		d := &Diverged{Step: report.Step, Where: l.trainer.Blame(), Report: report}
		if err := s.travel(l, position{branch: l.at, step: report.Step - 1, applied: l.applied}, nil); err != nil {
			return report, err
		}
		l.diverged = true
		l.at.curves.Growth.Broken = report.Step
		s.events = append(s.events, Event{Kind: Noted, Branch: l.at.id, Step: report.Step - 1, Words: d.What()})
		return report, d
	}
	return report, nil
}

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
