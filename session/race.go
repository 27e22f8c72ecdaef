package session

import (
	"errors"
	"math"
	"slices"

	"descent/core"
	"descent/core/knob"
	"descent/core/recipe"
	"descent/session/journal"
)

// Race begins a branch from here for each value of a knob, all with the same
// weights and the same batches to come, and lets them train in lock-step until
// EndRace. The session looks at the first of them.
func (s *Session) Race(path string, values []knob.Value) error {
	if s.race != nil {
		return errors.New("a race is on already; end it first")
	}
	if len(values) < 2 {
		return errors.New("a race takes at least two values")
	}
	for _, v := range values {
		if _, err := s.trainer.Settings().With(path, v); err != nil {
			return err
		}
		if path == "loss.name" {
			if err := s.trainer.Fits(v.Word()); err != nil {
				return err
			}
		}
	}
	s.keep(s.lane)
	here := s.position()
	before := here
	before.last = s.last
	lanes := []*lane{s.lane}
	for range values[1:] {
		lanes = append(lanes, &lane{trainer: s.twin(), at: s.at, applied: s.applied, plateau: s.plateau, recent: slices.Clone(s.recent), tip: s.tip})
	}
	now, err := s.trainer.Settings().Find(path)
	if err != nil {
		return err
	}
	for i, l := range lanes {
		s.fork(l, here, recipe.Words(path, values[i]))
		s.keep(l)
		if values[i].Equal(now.Value) {
			continue
		}
		if err := s.do(l, "race", journal.Turn(path, values[i])); err != nil {
			return err
		}
	}
	s.race = lanes
	s.push(undoable{position: before})
	s.note(s.at.id, here.step, "race over "+path)
	return nil
}

// twin is a trainer in the present state for another branch.
func (s *Session) twin() *core.Trainer {
	t := s.trainer.Copy()
	t.Interrupt(s.stops)
	return t
}

// Racing tells whether a race is on.
func (s *Session) Racing() bool { return s.race != nil }

// EndRace leaves the others where they are and goes on with the branch that is
// looked at.
func (s *Session) EndRace() {
	for _, l := range s.race {
		if l != s.lane {
			s.leave(l)
		}
	}
	s.race = nil
}

// stepAll trains each branch of a race one step. One that is no longer finite
// stands still; the error is that of the last.
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
		if l.trainer.StepCount() > last { // the step of the others was broken off
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
		if l == s.lane {
			report = r
		}
	}
	if running > 0 {
		err = nil
	}
	return report, err
}
