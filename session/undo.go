package session

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"descent/core/recipe"
	"descent/session/journal"
)

// Undo undoes the last decision and the training since. The later steps are kept on
// their branch; continuing from here starts another.
func (s *Session) Undo() error {
	if len(s.undo) == 0 {
		return errors.New("there is no decision to undo")
	}
	s.EndRace()
	u := s.undo[len(s.undo)-1]
	here := s.position()
	here.last = s.last
	if u.deleted != nil {
		s.setDeleted(u.deleted, false)
		s.redo = append(s.redo, undoable{deleted: u.deleted, position: here})
	} else {
		if err := s.travel(s.cursor, u.position, s.goOn); err != nil {
			return err
		}
		if s.at.deleted {
			s.setDeleted(s.at, false)
		}
		if !s.contest.has(s.at) {
			s.contest = nil // the race is undone
		}
		s.strike(here.branch.id, u.applied, math.MaxInt, true)
		s.redo = append(s.redo, undoable{position: here})
		s.rewound = s.behind()
		s.moved = true
		s.settle()
	}
	s.undo = s.undo[:len(s.undo)-1]
	s.last = u.last
	return nil
}

// Redo redoes what was undone last.
func (s *Session) Redo() error {
	if len(s.redo) == 0 {
		return errors.New("there is nothing to redo")
	}
	s.EndRace()
	u := s.redo[len(s.redo)-1]
	rest := s.redo[:len(s.redo)-1]
	here := s.position()
	here.last = s.last
	if u.deleted != nil {
		if s.at == u.deleted {
			return errors.New("the current branch is to be deleted; go to another one first")
		}
		s.setDeleted(u.deleted, true)
		s.push(undoable{deleted: u.deleted, position: here})
	} else {
		if err := s.travel(s.cursor, u.position, s.goOn); err != nil {
			return err
		}
		if s.at.deleted {
			s.setDeleted(s.at, false)
		}
		s.strike(u.branch.id, here.applied, u.applied, false)
		s.push(undoable{position: here})
		s.moved = true
		s.settle()
	}
	s.redo, s.last = rest, u.last
	return nil
}

// CanUndo reports whether there is a decision to undo.
func (s *Session) CanUndo() bool { return len(s.undo) > 0 }

// LastUndoable returns the decision that Undo would undo, nil if there is none.
func (s *Session) LastUndoable() *Decision {
	if len(s.undo) == 0 {
		return nil
	}
	return s.last
}

// Reset restarts at step 0 with the current knobs, on a new branch. It can be
// undone.
func (s *Session) Reset() error {
	s.EndRace()
	before := s.position()
	before.last = s.last
	s.keep(s.cursor)
	want := s.trainer.Settings()
	start := position{branch: s.branches[0]}
	if err := s.travel(s.cursor, start, s.goOn); err != nil {
		return err
	}
	s.fork(s.cursor, start, "again from 0")
	s.keep(s.cursor)
	for _, c := range s.trainer.Settings().Changes(want) {
		if err := s.trainer.Set(c.Path, c.Value); err != nil {
			return err
		}
		d := &Decision{journal.Entry{Branch: s.at.id, Step: 1, Actor: "user", Command: journal.Command{Set: &c}}, recipe.Words(c.Path, c.Value)}
		s.decide(d)
		s.write(d.Entry)
	}
	s.at.knobs = &want
	s.push(undoable{position: before})
	s.note(s.at.id, before.step, "reset")
	return nil
}

// Segment is a part of a run: knobs that are set together, in any order, and the steps
// that are trained with them.
type Segment struct {
	Changes []recipe.Change
	Steps   int
}

// Adopt makes a run that was trained elsewhere a branch: it begins at a position,
// and is trained to its end, where the session then stands, or to the last step that is
// finite. Undo goes back to where the session stood. goOn is as in OnProgress; on an
// error the session stands where it did.
func (s *Session) Adopt(from Position, run []Segment, label string, goOn func(done, total int) bool) error {
	b, err := s.find(from.Branch)
	if err != nil {
		return err
	}
	if from.Step < 0 || from.Step > b.head || !holds(b, from.Step, from.Decisions) {
		return fmt.Errorf("%s has no step %d that a run can begin at", b.name(), from.Step)
	}
	s.EndRace()
	before, rewound := s.position(), s.rewound
	before.last = s.last
	undo, redo := slices.Clone(s.undo), s.redo
	s.keep(s.cursor)
	start := position{branch: b, step: from.Step, applied: from.Decisions}
	if err := s.travel(s.cursor, start, goOn); err != nil {
		return err
	}
	s.fork(s.cursor, start, label)
	s.keep(s.cursor)
	born := s.at
	if err := s.follows(run, goOn); err != nil {
		_ = s.travel(s.cursor, before, nil) // it was there
		s.rewound, s.moved = rewound, true
		s.setDeleted(born, true)
		s.undo, s.redo, s.last = undo, redo, before.last
		return err
	}
	s.undo = undo // what a schedule decides on the way is no decision of its own
	s.push(undoable{position: before})
	s.note(born.id, before.step, label+" adopted")
	return nil
}

// follows trains a run on the current branch.
func (s *Session) follows(run []Segment, goOn func(done, total int) bool) error {
	begin, total := s.trainer.StepCount(), 0
	for _, part := range run {
		total += part.Steps
	}
	goes := func() bool { return goOn == nil || goOn(s.trainer.StepCount()-begin, total) }
	defer s.Interrupt(s.stop)
	s.stop = func() bool { return !goes() }
	for _, part := range run {
		if err := s.turn(part.Changes); err != nil {
			return err
		}
		for end := s.trainer.StepCount() + part.Steps; s.trainer.StepCount() < end; {
			_, err := s.step(s.cursor)
			var d *Diverged
			switch {
			case errors.As(err, &d):
				return nil
			case errors.Is(err, ErrInterrupted), err == nil && !goes():
				return ErrCancelled
			case err != nil:
				return err
			}
		}
	}
	return nil
}

// turn decides changes on the current branch, choices first, since they bring the
// knobs that follow.
func (s *Session) turn(changes []recipe.Change) error {
	want := s.trainer.Settings()
	for _, names := range []bool{true, false} {
		for _, c := range changes {
			if strings.HasSuffix(c.Path, ".name") != names {
				continue
			}
			next, err := want.With(c.Path, c.Value)
			if err != nil {
				return err
			}
			want = next
		}
	}
	return s.decideAll(s.trainer.Settings().Changes(want))
}

// decideAll appends changes to the current branch before its next step, and makes them.
func (s *Session) decideAll(changes []recipe.Change) error {
	for _, c := range changes {
		e := journal.Entry{Branch: s.at.id, Step: s.trainer.StepCount() + 1, Actor: "user", Hash: s.trainer.Hash(), Command: journal.SetKnob(c.Path, c.Value)}
		if err := s.apply(s.cursor, e.Command, s.goOn); err != nil {
			return err
		}
		d := &Decision{e, s.words(e.Command)}
		s.decide(d)
		s.write(d.Entry)
	}
	s.at.knobs = settingsOf(s.cursor)
	return nil
}

// SetTogether sets several knobs in the order given. Undo treats them as one
// decision. On an error nothing changes.
func (s *Session) SetTogether(changes []recipe.Change) error {
	if len(changes) == 0 {
		return nil
	}
	settings := s.trainer.Settings()
	for _, c := range changes {
		next, err := settings.With(c.Path, c.Value)
		if err != nil {
			return err
		}
		settings = next
	}
	last := s.last
	s.last = nil // so that the first is not merged with an earlier change of the same knob
	var words []string
	for i, c := range changes {
		if err := s.Set(c.Path, c.Value); err != nil {
			if i == 0 {
				s.last = last
				return err
			}
			s.gather(i, last, words)
			return errors.Join(err, s.Undo())
		}
		words = append(words, recipe.Words(c.Path, c.Value))
	}
	s.gather(len(changes), last, words)
	return nil
}

// gather merges the last n decisions into one; before is the decision before them.
func (s *Session) gather(n int, before *Decision, words []string) {
	s.undo = s.undo[:len(s.undo)-n+1]
	s.undo[len(s.undo)-1].last = before
	together := *s.last
	if n > 1 && s.at.label == words[0] && s.at.from == s.trainer.StepCount() { // the branch is named after the decision
		_ = s.Label(s.at.id, strings.Join(words, ", ")) // it exists
	}
	together.Command = journal.Command{} // changing one of them again is a separate decision
	together.Words = strings.Join(words, ", ")
	s.last = &together
}

// recall makes the decisions of the current branch undoable.
func (s *Session) recall() {
	s.undo, s.redo, s.last = nil, nil, nil
	for i, e := range s.decisions()[:s.applied] {
		if n := len(s.undo); n > 0 && s.last.Step == e.Step && s.last.Set != nil && e.Set != nil && s.last.Set.Path == e.Set.Path {
			s.last = e
			continue
		}
		s.undo = append(s.undo, undoable{position: position{branch: s.at, step: e.Step - 1, applied: i, last: s.last}})
		s.last = e
	}
	s.undo = s.undo[max(0, len(s.undo)-maxUndo):]
}
