package session

import (
	"fmt"
	"time"

	"descent/core"
	"descent/core/optim"
)

// lane is a trainer on a branch: where training goes on. A session has one,
// and in a race one for each branch that runs.
type lane struct {
	trainer  *core.Trainer
	at       *branch
	applied  int  // decisions of the branch that hold now
	diverged bool // the next step was tried and was not finite
	rewound  bool // an undo stands here: to go on is to begin a branch
	recent   recent
	judged   core.Report // the last evaluation on the way here; its Evaluated is false where none is known
	plateau  optim.PlateauMemory
	spent    time.Duration // in training, for the screen alone
}

// position is where the lane stands.
func (l *lane) position() position {
	return position{branch: l.at, step: l.trainer.StepCount(), applied: l.applied}
}

// behind tells whether the branch goes on from here: steps or decisions. One that
// is sealed goes on in the log, with what does not hold.
func (l *lane) behind() bool {
	return l.at.sealed || l.trainer.StepCount() < l.at.head || l.applied < len(l.at.entries)
}

// advance applies what holds from the next step and computes it.
func (l *lane) advance(s *Session) (core.Report, error) {
	if err := s.catchUp(l, l.trainer.StepCount()+1, len(l.at.entries)); err != nil {
		return core.Report{}, err
	}
	report := l.trainer.Step()
	if !l.trainer.Finite() {
		d := &Diverged{Step: report.Step, Where: l.trainer.Blame(), Report: report}
		if err := s.travel(l, position{branch: l.at, step: report.Step - 1, applied: l.applied}, nil); err != nil {
			return report, err
		}
		l.diverged = true
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

// replay computes one step again: as Step, but it evaluates only where a
// decision hung on it.
func (l *lane) replay() {
	if _, _, on := l.trainer.Plateau(); on {
		l.observe(l.trainer.Step())
		return
	}
	l.trainer.Advance()
}

// catchUp applies the branch's decisions that hold from a step or before, the
// first limit of them at the most, each checked against the state it was taken in.
func (s *Session) catchUp(l *lane, step, limit int) error {
	for l.applied < limit && l.at.entries[l.applied].Step <= step {
		e := l.at.entries[l.applied]
		if e.Hash != "" && !s.loose && s.mismatch == "" && l.trainer.Hash() != e.Hash {
			s.mismatch = fmt.Sprintf("step %d of branch %d does not come out as it was: the state before %q has another hash than in the log", e.Step-1, l.at.id, e.words)
		}
		if err := s.apply(l, e.Command, nil); err != nil {
			return fmt.Errorf("the decision before step %d of %s cannot be taken again: %w", e.Step, l.at.name(), err)
		}
		l.applied++
	}
	return nil
}

// apply carries out a decision on the trainer; goOn as in travel.
func (s *Session) apply(l *lane, c Command, goOn func(done, total int) bool) error {
	if c.Act != nil {
		return s.act(l, c.Act, goOn)
	}
	return l.trainer.Set(c.Set.Path, c.Set.Value)
}
