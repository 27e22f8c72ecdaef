package session

import (
	"errors"
	"fmt"
	"slices"

	"descent/core"
	"descent/core/knob"
	"descent/core/recipe"
	"descent/session/journal"
)

// Do takes a decision that holds from the next step on. If the session stands
// before the end of its branch, a new branch begins here, named after the
// decision, and the old future stays. On an error nothing has changed.
func (s *Session) Do(actor string, c journal.Command) error {
	if c.Set == nil && c.Act == nil {
		return errors.New("this command is not for a user")
	}
	return s.do(s.cursor, actor, c)
}

func (s *Session) do(l *cursor, actor string, c journal.Command) error {
	if c.Act != nil && s.library == nil {
		if err := s.refuses(l, c.Act); err != nil {
			return err
		}
	}
	before := l.position()
	before.last = s.last
	s.keep(l)
	hash := l.trainer.Hash()
	if err := s.apply(l, c, s.goOn); err != nil {
		return err
	}
	words := s.words(c)
	switch {
	case l.behind() || l.rewound:
		s.fork(l, before, words)
	case l.at.unnamed && len(l.at.entries.own) == 0:
		l.at.unnamed = false
		if err := s.Label(l.at.id, words); err != nil {
			return err
		}
	}
	s.settle()
	d := &Decision{journal.Entry{Branch: l.at.id, Step: before.step + 1, Actor: actor, Hash: hash, Command: c}, words}
	again := l == s.cursor && len(s.undo) > 0 && s.last != nil && s.last.Step == d.Step && s.last.Branch == d.Branch &&
		s.last.Set != nil && c.Set != nil && s.last.Set.Path == c.Set.Path && l.applied == l.at.entries.count()
	if n := len(l.at.entries.own); again && n > 0 && l.at.label == l.at.entries.own[n-1].Words {
		l.at.label = words // the branch is named after what was decided in the end
	}
	l.decide(d)
	s.write(d.Entry)
	if l != s.cursor {
		return nil
	}
	if !again { // turning one knob several times at one step is one decision
		s.push(undoable{position: before})
	}
	s.last, l.diverged = d, false
	return nil
}

// Set is Do for a user who turns a knob.
func (s *Session) Set(path string, v knob.Value) error { return s.Do("user", journal.Turn(path, v)) }

// fork begins a branch at a position and puts the cursor on it. The trainer is
// left alone.
func (s *Session) fork(l *cursor, p position, label string) {
	s.leave(l)
	b := begun(journal.BranchID(len(s.branches)), p.branch, p.step, p.applied, label)
	b.curves.End = l.tip
	s.branches = append(s.branches, b)
	l.line, l.lineOf = l.decisions()[:p.applied], b
	l.at, l.applied, l.rewound = b, p.applied, false
	s.moved = false
	s.write(journal.Entry{Branch: b.id, Step: p.step + 1, Actor: "user", Command: journal.Command{
		Fork: &journal.Fork{Parent: p.branch.id, Step: p.step, Inherit: p.applied, Label: b.label},
	}})
}

// Fork begins a branch here, with no change yet; the present one stays.
func (s *Session) Fork(label string) {
	s.keep(s.cursor)
	p := s.position()
	s.push(undoable{position: position{branch: p.branch, step: p.step, applied: p.applied, last: s.last}})
	unnamed := label == ""
	if unnamed {
		label = fmt.Sprintf("from step %d", p.step)
	}
	s.fork(s.cursor, p, label)
	s.at.unnamed = unnamed
	s.keep(s.cursor)
	s.note(s.at.id, p.step, "fork")
}

// Label names a branch.
func (s *Session) Label(id journal.BranchID, label string) error {
	b, err := s.find(id)
	if err != nil {
		return err
	}
	b.label, b.unnamed = label, false
	s.write(journal.Entry{Branch: id, Step: b.head + 1, Actor: "user", Command: journal.Command{Label: &label}})
	return nil
}

// Delete takes a branch away; undo brings it back. Branches that begin on it stay.
func (s *Session) Delete(id journal.BranchID) error {
	b, err := s.find(id)
	switch {
	case err != nil:
		return err
	case b == s.at:
		return errors.New("this is the branch you are on; go to another one first")
	case s.cursorsOn(b) > 0:
		return errors.New("this branch is in the race; end it first")
	}
	s.push(undoable{deleted: b, position: position{last: s.last}})
	s.setDeleted(b, true)
	s.note(id, s.trainer.StepCount(), "deleted "+b.name())
	return nil
}

func (s *Session) setDeleted(b *branch, deleted bool) {
	b.deleted = deleted
	s.write(journal.Entry{Branch: b.id, Step: b.head + 1, Actor: "user", Command: journal.Command{Delete: &deleted}})
}

// refuses says why a user cannot decide this here, nil if it can be done.
func (s *Session) refuses(l *cursor, a *journal.Act) error {
	now := l.trainer.StepCount()
	switch a.Name {
	case journal.Merge:
		return nil // the trainer knows
	case journal.Rewind:
		if a.Step < 0 || a.Step > now {
			return fmt.Errorf("the weights can go back to a step from 0 to %d, not to %d", now, a.Step)
		}
		return nil
	case journal.Teach:
		b, err := s.find(a.Branch)
		if err != nil {
			return err
		}
		most := b.head
		if b == l.at { // what lies ahead may become another branch's
			most = now
		}
		if a.Step < 0 || a.Step > most {
			return fmt.Errorf("of %s a step from 0 to %d can teach, not %d", b.name(), most, a.Step)
		}
		return nil
	}
	return fmt.Errorf("there is no act %q", a.Name)
}

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
	s.keep(s.cursor)
	here := s.position()
	before := here
	before.last = s.last
	cursors := []*cursor{s.cursor}
	for range values[1:] {
		cursors = append(cursors, &cursor{trainer: s.copyOfTrainer(), at: s.at, applied: s.applied, plateau: s.plateau, recent: slices.Clone(s.recent), tip: s.tip})
	}
	now, err := s.trainer.Settings().Find(path)
	if err != nil {
		return err
	}
	for i, l := range cursors {
		s.fork(l, here, recipe.Words(path, values[i]))
		s.keep(l)
		if values[i].Equal(now.Value) {
			continue
		}
		if err := s.do(l, "race", journal.Turn(path, values[i])); err != nil {
			return err
		}
	}
	s.race = cursors
	s.push(undoable{position: before})
	s.note(s.at.id, here.step, "race over "+path)
	return nil
}

// copy is a trainer in the present state for another branch.
func (s *Session) copyOfTrainer() *core.Trainer {
	t := s.trainer.Copy()
	t.Interrupt(s.stops)
	return t
}

// EndRace leaves the others where they are and goes on with the branch that is
// looked at.
func (s *Session) EndRace() {
	for _, l := range s.race {
		if l != s.cursor {
			s.leave(l)
		}
	}
	s.race = nil
}
