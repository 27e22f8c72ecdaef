package session

import (
	"errors"
	"fmt"

	"descent/core"
	"descent/core/optim"
	"descent/session/history"
	"descent/session/journal"
)

// lane is a trainer on a branch: where training goes on. A session has one,
// and in a race one for each branch that runs.
type lane struct {
	trainer  *core.Trainer
	at       *branch
	line     []*Decision // decisions of the branch, as far as they are known here; see decisions
	lineOf   *branch
	applied  int  // decisions of the branch that hold now
	diverged bool // the next step was tried and was not finite
	rewound  bool // an undo stands here: to go on is to begin a branch
	recent   history.Recent
	plateau  optim.PlateauMemory
	tip      history.Tip // the end of the curves, where the lane stands
	again    bool        // the last step is one that was computed before
}

// park leaves the tips of all lanes with their branches.
func (s *Session) park() {
	s.lane.park()
	for _, l := range s.race {
		l.park()
	}
}

// park leaves the tip with the branch, if that was computed as far as here.
func (l *lane) park() {
	if l.tip.Step == l.at.curves.Drawn {
		l.at.curves.End = l.tip
	}
}

// position is where the lane stands.
func (l *lane) position() position {
	return position{branch: l.at, step: l.trainer.StepCount(), applied: l.applied}
}

// decisions are those of the lane's branch. They are gathered when it comes to
// another branch, so that a step need not look through its ancestors.
func (l *lane) decisions() []*Decision {
	if l.lineOf != l.at || len(l.line) != l.at.entries.count() {
		l.line, l.lineOf = l.at.entries.all(), l.at
	}
	return l.line
}

// decide adds a decision behind all others of the lane's branch.
func (l *lane) decide(d *Decision) {
	line := l.decisions()
	l.at.entries.own = append(l.at.entries.own, d)
	l.line = append(line, d)
	l.applied++
}

// behind tells whether the branch goes on from here: steps or decisions. One that
// is sealed goes on in the log, with what cannot be applied.
func (l *lane) behind() bool {
	return l.at.sealed || l.trainer.StepCount() < l.at.head || l.applied < l.at.entries.count()
}

// advance applies what holds from the next step and computes it.
func (l *lane) advance(s *Session) (core.Report, error) {
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
		return report, d
	}
	return report, nil
}

// observe lets the plateau schedule see an evaluation, and returns the rate it
// asks for; ok is false if it asks for none.
func (l *lane) observe(r core.Report) (lr float64, ok bool) {
	p, now, on := l.trainer.Plateau()
	if !on {
		l.plateau = optim.PlateauMemory{}
		return 0, false
	}
	if !r.Evaluated {
		return 0, false
	}
	loss := r.Loss
	if r.HasVal {
		loss = r.ValLoss
	}
	lr = p.Observe(&l.plateau, loss, now)
	return lr, lr != now
}

// replay computes one step again: as Step, but it evaluates only where it is
// told to or a decision hung on it.
func (l *lane) replay(evaluate bool) core.Report {
	if _, _, on := l.trainer.Plateau(); on {
		report := l.trainer.Step()
		l.observe(report)
		return report
	}
	if evaluate {
		return l.trainer.Step()
	}
	return l.trainer.Advance()
}

// record adds a step to the tip, and to the curves of the branch b if they do
// not hold it yet.
func (l *lane) record(b *branch, r core.Report) (isNew bool) {
	if r.Step != b.curves.Drawn+1 {
		l.tip.Add(r)
		l.mark(nil)
		return false
	}
	b.curves.Draw(&l.tip, r)
	l.mark(b)
	return true
}

// mark notes where a surface stands, and in the trail of the branch b if it is not
// nil.
func (l *lane) mark(b *branch) {
	x, y, ok := l.trainer.Point()
	if !ok {
		return
	}
	l.tip.Point = history.Point{Step: l.tip.Step, X: x, Y: y}
	if b != nil {
		b.curves.Mark(l.tip.Point)
	}
}

// catchUp applies the branch's decisions that hold from a step or before, the
// first limit of them at the most, each checked against the state it was taken in.
func (s *Session) catchUp(l *lane, step, limit int) error {
	for l.applied < limit && l.decisions()[l.applied].Step <= step {
		e := l.line[l.applied]
		if e.Hash != "" && !s.loose && s.mismatch == "" && l.trainer.Hash() != e.Hash {
			s.mismatch = fmt.Sprintf("step %d of branch %d does not come out as it was: the state before %q has another hash than in the log", e.Step-1, l.at.id, e.Words)
		}
		if err := s.apply(l, e.Command, s.onWay); err != nil {
			if errors.Is(err, ErrCancelled) {
				return err
			}
			return fmt.Errorf("the decision before step %d of %s cannot be taken again: %w", e.Step, l.at.name(), err)
		}
		l.applied++
	}
	return nil
}

// apply carries out a decision on the trainer; goOn as in travel.
func (s *Session) apply(l *lane, c journal.Command, goOn func(done, total int) bool) error {
	if c.Act != nil {
		return s.act(l, c.Act, goOn)
	}
	return l.trainer.Set(c.Set.Path, c.Set.Value)
}
