package session

import (
	"fmt"
	"math"
	"runtime"
	"slices"

	"descent/core"
	"descent/session/journal"
)

// travel moves a cursor to a position: the nearest snapshot of the branch or of an
// ancestor, then replay. goOn is called periodically with the steps done and in
// total; if it returns false, the error is ErrCancelled. On an error the cursor is
// restored.
func (s *Session) travel(l *cursor, p position, goOn func(done, total int) bool) error {
	from, ok := s.nearest(p)
	if l.trainer.StepCount() <= p.step && l.at == p.branch && (!ok || l.trainer.StepCount() >= from.state.Step) && l.applied <= p.applied {
		from = kept{applied: l.applied, plateau: l.plateau, stopping: l.stopping, tip: l.tip} // it is closer than any snapshot
	} else if from, ok = s.reach(p); !ok {
		return errUnreachable
	}
	l.park()
	defer func(outer func(done, total int) bool) { s.onWay = outer }(s.onWay)
	s.onWay = goOn
	before, back := *l, s.here(l)
	undone := func(err error) error {
		*l = before
		l.trainer.Restore(back)
		return err
	}
	s.shelf.written(s.needs)
	if l.at != p.branch {
		s.leave(l)
	}
	known := slices.Clone(l.recent.UpTo(min(p.step, parting(l.at, p.branch))))
	l.at, l.diverged, l.rewound, l.recent = p.branch, false, false, nil
	if from.state == nil {
		l.recent = slices.Clone(known)
	} else {
		l.trainer.Restore(from.state)
		if from.state = nil; s.shelf.uses() {
			runtime.GC() // of the vectors of a large network
		}
		l.applied, l.plateau, l.stopping = from.applied, from.plateau, from.stopping
	}
	l.tip = from.tip
	along := ownersTo(p, l.tip.Step)
	evaluate, whole := l.tip.PrepareReplay(p.branch.curves, p.step)
	start := l.trainer.StepCount()
	defer s.Interrupt(s.stop)
	s.stop = nil
	if goOn != nil {
		s.stop = func() bool { return !goOn(l.trainer.StepCount()-start, p.step-start) }
	}
	for l.trainer.StepCount() < p.step {
		step := l.trainer.StepCount() + 1
		if err := s.catchUp(l, step, p.applied); err != nil {
			return undone(err)
		}
		b := along.of(step)
		report := l.replay(step >= evaluate || step > b.curves.Drawn)
		if l.trainer.Broken() {
			return undone(ErrCancelled)
		}
		if l.record(b, report) {
			if v, ok := l.visit(b, report, l.size(report)); ok {
				s.visited(v)
			}
		}
		if step >= evaluate {
			l.recent.Add(report)
		}
		if step >= whole && s.due(l) {
			s.keep(l)
		} else if step >= whole && step == p.step-stepsBack && s.shelf.uses() && s.shelf.ready(1) {
			s.shelf.written(s.needs)
			runtime.GC() // of what has been restored and written
			s.keep(l)
		}
		if goOn != nil && !goOn(step-start, p.step-start) {
			return undone(ErrCancelled)
		}
	}
	l.tip.Clock(p.branch.curves, p.step, from.tip.Step, from.tip.Spent)
	if best, ok := p.branch.curves.BestTo(p.step); ok && p.step > start {
		l.tip.Best = best // replaying does not evaluate
	} else if p.step == start {
		l.tip.Best = from.tip.Best // that of the end may be of after a change of the loss
	}
	if err := s.catchUp(l, math.MaxInt, p.applied); err != nil {
		return undone(err)
	}
	if n := len(known); n > 0 && known[n-1].Step == p.step {
		l.recent = known
	}
	return nil
}

// stepsBack is how many steps before a position a snapshot of a large network is taken on
// the way there: whoever goes back a step is likely to go back another.
const stepsBack = 4

// here returns the state of a cursor, of a large network one that is kept.
func (s *Session) here(l *cursor) *core.Snapshot {
	step := l.trainer.StepCount()
	if !s.shelf.uses() || l.tip.Step != step { // a step that failed is not kept
		return l.trainer.Snapshot()
	}
	s.keep(l)
	if i, there := l.at.kept.place(step, l.applied); there && !l.at.kept.list[i-1].away() {
		return l.at.kept.list[i-1].state
	}
	return l.trainer.Snapshot()
}

// Seek goes to the state after a step of a branch, with the decisions up to
// it. goOn may be nil; see travel.
func (s *Session) Seek(id journal.BranchID, step int, goOn func(done, total int) bool) error {
	b, err := s.find(id)
	if err != nil {
		return err
	}
	if step < 0 || step > b.head {
		return fmt.Errorf("%s has steps 0 to %d, not %d", b.name(), b.head, step)
	}
	p := position{branch: b, step: step, applied: b.entries.upTo(step)}
	if step == b.head {
		p.applied = b.entries.count()
	}
	return s.goTo(p, goOn)
}

// goTo goes to a position. In a race, going to a racing branch makes it the current
// one at its own position; going elsewhere ends the race.
func (s *Session) goTo(p position, goOn func(done, total int) bool) error {
	for _, l := range s.race {
		if l.at == p.branch {
			s.cursor = l
			s.moved = true
			return nil
		}
	}
	s.EndRace()
	if err := s.travel(s.cursor, p, goOn); err != nil {
		return err
	}
	s.moved = true
	return nil
}

// owners lists the branches on the path to a position, oldest first, each with its
// last step on it.
type owners []owner

type owner struct {
	branch *branch
	upTo   int
}

func ownersTo(p position, begin int) owners {
	var out owners
	upTo := p.step
	for b := p.branch; b != nil && upTo > begin; b = b.parent {
		out = append(out, owner{b, upTo})
		upTo = min(upTo, b.from)
	}
	slices.Reverse(out)
	return out
}

// of returns the branch that owns a step; steps must not decrease between calls.
func (o *owners) of(step int) *branch {
	for (*o)[0].upTo < step {
		*o = (*o)[1:]
	}
	return (*o)[0].branch
}
