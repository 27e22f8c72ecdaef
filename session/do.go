package session

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"descent/core"
	"descent/core/knob"
	"descent/core/recipe"
	"descent/session/journal"
)

// Do takes a decision with effect from the next step. If the session is before the
// end of its branch, this starts a new branch, named after the decision, and the
// later steps are kept on the old one. On an error nothing changes.
func (s *Session) Do(actor string, c journal.Command) error {
	if c.Set == nil && c.Act == nil {
		return errors.New("this command is not a user decision")
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
		l.at.label = words // the branch is named after the final value
	}
	l.decide(d)
	l.at.knobs = settingsOf(l)
	s.write(d.Entry)
	if l != s.cursor {
		return nil
	}
	if !again { // several changes of one knob at one step are one decision
		s.push(undoable{position: before})
	}
	s.last, l.diverged = d, false
	return nil
}

// Set is Do for a change of a knob by the user.
func (s *Session) Set(path string, v knob.Value) error { return s.Do("user", journal.SetKnob(path, v)) }

// fork starts a branch at a position and moves the cursor to it. The trainer is not
// modified.
func (s *Session) fork(l *cursor, p position, label string) {
	s.leave(l)
	b := begun(journal.BranchID(len(s.branches)), p.branch, p.step, p.applied, label)
	b.curves.End, b.knobs = l.tip, settingsOf(l)
	s.branches = append(s.branches, b)
	l.line, l.lineOf = l.decisions()[:p.applied], b
	l.at, l.applied, l.rewound = b, p.applied, false
	s.moved = false
	s.write(journal.Entry{Branch: b.id, Step: p.step + 1, Actor: "user", Command: journal.Command{
		Fork: &journal.Fork{Parent: p.branch.id, Step: p.step, Inherit: p.applied, Label: b.label},
	}})
}

// Fork starts a branch here without a change; the current one is kept.
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
	s.note(s.at.id, p.step, "new branch")
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

// Delete deletes a branch; Undo restores it. Branches that start on it are kept.
func (s *Session) Delete(id journal.BranchID) error {
	b, err := s.find(id)
	switch {
	case err != nil:
		return err
	case b == s.at:
		return errors.New("this is the current branch; go to another one first")
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

// refuses returns why the user cannot take a decision here, nil if it is valid.
func (s *Session) refuses(l *cursor, a *journal.Act) error {
	now := l.trainer.StepCount()
	switch a.Name {
	case journal.Merge:
		return nil // the trainer checks it
	case journal.Rewind, journal.Best:
		if a.Step < 0 || a.Step > now {
			return fmt.Errorf("the weights can be reset to a step from 0 to %d, not to %d", now, a.Step)
		}
		return nil
	case journal.Teach:
		b, err := s.find(a.Branch)
		if err != nil {
			return err
		}
		most := b.head
		if b == l.at { // later steps may end up on another branch
			most = now
		}
		if a.Step < 0 || a.Step > most {
			return fmt.Errorf("the teacher can be a step from 0 to %[2]d of %[1]s, not %[3]d", b.name(), most, a.Step)
		}
		return nil
	}
	return fmt.Errorf("there is no act %q", a.Name)
}

// Racer is a branch of a race: its name, or that of its changes if it is empty, and
// the changes with which it starts.
type Racer struct {
	Label   string
	Changes []recipe.Change
}

// Over returns the racers of a race over the values of a knob.
func Over(path string, values []knob.Value) []Racer {
	out := make([]Racer, len(values))
	for i, v := range values {
		out[i].Changes = []recipe.Change{{Path: path, Value: v}}
	}
	return out
}

// name returns the label of the branch of a racer.
func (r Racer) name() string {
	if r.Label != "" {
		return r.Label
	}
	var words []string
	for _, c := range r.Changes {
		words = append(words, recipe.Words(c.Path, c.Value))
	}
	return strings.Join(words, ", ")
}

// overOf returns the knobs that differ between racers, the first that each changes.
func overOf(racers []Racer) string {
	var paths []string
	for _, r := range racers {
		if len(r.Changes) > 0 && !slices.Contains(paths, r.Changes[0].Path) {
			paths = append(paths, r.Changes[0].Path)
		}
	}
	return strings.Join(paths, ", ")
}

// Race starts a branch from here for each racer, all with the same weights and
// future batches, and trains them in lockstep until EndRace. The first one is the
// current branch. On an error nothing changes.
func (s *Session) Race(racers []Racer) error {
	if s.race != nil {
		return errors.New("a race is running already; end it first")
	}
	if len(racers) < 2 {
		return errors.New("a race needs at least two racers")
	}
	for _, r := range racers {
		if err := s.enters(r); err != nil {
			return err
		}
	}
	s.keep(s.cursor)
	here := s.position()
	before := here
	before.last = s.last
	cursors := []*cursor{s.cursor}
	for range racers[1:] {
		cursors = append(cursors, &cursor{trainer: s.copyOfTrainer(), at: s.at, applied: s.applied, plateau: s.plateau, stopping: s.stopping, recent: slices.Clone(s.recent), tip: s.tip})
	}
	contest := &Contest{From: here.step, Over: overOf(racers)}
	if steps, err := s.trainer.Settings().Find("train.steps"); err == nil {
		contest.Steps = int(steps.Value.Num())
	}
	for i, l := range cursors {
		s.fork(l, here, racers[i].name())
		s.keep(l)
		for _, c := range racers[i].Changes {
			if now, err := l.trainer.Settings().Find(c.Path); err != nil {
				return err
			} else if c.Value.Equal(now.Value) {
				continue
			}
			if err := s.do(l, "race", journal.SetKnob(c.Path, c.Value)); err != nil {
				return err
			}
		}
		entered := Entered{Branch: l.at.id}
		if rate, err := l.trainer.Settings().Find(recipe.OptimizerLR); err == nil {
			entered.Rate = rate.Value.Num()
		}
		contest.Racers = append(contest.Racers, entered)
	}
	s.race, s.contest = cursors, contest
	s.push(undoable{position: before})
	s.note(s.at.id, here.step, "race over "+contest.Over)
	return nil
}

// enters returns why a racer cannot start here, nil if it can.
func (s *Session) enters(r Racer) error {
	settings := s.trainer.Settings()
	for _, c := range r.Changes {
		next, err := settings.With(c.Path, c.Value)
		if err != nil {
			return err
		}
		settings = next
		if c.Path == "loss.name" {
			if err := s.trainer.Fits(c.Value.Word()); err != nil {
				return err
			}
		}
	}
	return nil
}

// RaceOver reports whether a running race has come to its end: every racer has
// trained the steps of a run since the start, or diverged.
func (s *Session) RaceOver() bool {
	for _, l := range s.race {
		if !l.diverged && l.trainer.StepCount() < s.contest.From+s.contest.Steps {
			return false
		}
	}
	return s.race != nil
}

// DismissRace forgets the race that has ended; its branches are kept.
func (s *Session) DismissRace() {
	if s.race == nil {
		s.contest = nil
	}
}

// copyOfTrainer returns a trainer in the current state for another branch.
func (s *Session) copyOfTrainer() *core.Trainer {
	t := s.trainer.Copy()
	t.Interrupt(s.stops)
	return t
}

// EndRace ends the race: the current branch continues, the others remain where they
// are. The contest is kept for comparison.
func (s *Session) EndRace() {
	if s.race == nil {
		return
	}
	ended := *s.contest
	for _, l := range s.race {
		ended.End = max(ended.End, l.trainer.StepCount())
		if l != s.cursor {
			s.leave(l)
		}
	}
	s.withdraw()
	s.race, s.contest = nil, &ended
	s.divide(1)
}
