package session

import (
	"time"

	"descent/core"
	"descent/core/optim"
	"descent/session/history"
)

// cursor is a trainer on a branch: where training goes on. A session has one,
// and in a race one for each branch that runs.
type cursor struct {
	trainer  *core.Trainer
	at       *branch
	line     []*Decision // decisions of the branch, as far as they are known here; see decisions
	lineOf   *branch
	applied  int  // decisions of the branch that hold now
	diverged bool // the next step was tried and was not finite
	rewound  bool // an undo stands here: to go on is to begin a branch
	recent   history.Recent
	plateau  optim.PlateauMemory
	tip      history.Tip // the end of the curves, where the cursor stands
	again    bool        // the last step is one that was computed before
}

// park leaves the tip with the branch, if that was computed as far as here.
func (l *cursor) park() {
	if l.tip.Step == l.at.curves.Drawn {
		l.at.curves.End = l.tip
	}
}

// position is where the cursor stands.
func (l *cursor) position() position {
	return position{branch: l.at, step: l.trainer.StepCount(), applied: l.applied}
}

// decisions are those of the cursor's branch. They are gathered when it comes to
// another branch, so that a step need not look through its ancestors.
func (l *cursor) decisions() []*Decision {
	if l.lineOf != l.at || len(l.line) != l.at.entries.count() {
		l.line, l.lineOf = l.at.entries.all(), l.at
	}
	return l.line
}

// decide adds a decision behind all others of the cursor's branch.
func (l *cursor) decide(d *Decision) {
	line := l.decisions()
	l.at.entries.own = append(l.at.entries.own, d)
	l.line = append(line, d)
	l.applied++
}

// behind tells whether the branch goes on from here: steps or decisions. One that
// is sealed goes on in the log, with what cannot be applied.
func (l *cursor) behind() bool {
	return l.at.sealed || l.trainer.StepCount() < l.at.head || l.applied < l.at.entries.count()
}

// observe lets the plateau schedule see an evaluation, and returns the rate it
// asks for; ok is false if it asks for none.
func (l *cursor) observe(r core.Report) (lr float64, ok bool) {
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
func (l *cursor) replay(evaluate bool) core.Report {
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
func (l *cursor) record(b *branch, r core.Report) (isNew bool) {
	if r.Step != b.curves.Drawn+1 {
		l.tip.Add(r)
		l.mark(nil)
		return false
	}
	b.curves.Draw(&l.tip, r)
	l.mark(b)
	return true
}

// mark notes where a surface stands, and in the trajectory of the branch b if it is not
// nil.
func (l *cursor) mark(b *branch) {
	x, y, ok := l.trainer.Point()
	if !ok {
		return
	}
	l.tip.Point = history.Point{Step: l.tip.Step, X: x, Y: y}
	if b != nil {
		b.curves.Mark(l.tip.Point)
	}
}

func (l *cursor) spend(d time.Duration) {
	if !l.again {
		l.tip.Spent += d
	}
}
