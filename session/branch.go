package session

import (
	"errors"
	"fmt"

	"descent/session/history"
	"descent/session/journal"
)

// branch is one line of time.
type branch struct {
	id      journal.BranchID
	parent  *branch // nil for the first
	from    int     // the parent's step after which it begins
	label   string
	deleted bool
	unnamed bool // begun without a change: it takes the name of the first decision on it
	lost    bool // it does not hold in the log; it only keeps its number
	sealed  bool // the log goes on with what cannot be applied: to go on from the head begins another branch
	entries decisions
	head    int // the furthest step computed
	logged  int // the head as far as the log tells
	curves  *history.Track
	kept    snapshots
}

// begun is a branch that begins after a step of its parent, and holds nothing yet.
func begun(id journal.BranchID, parent *branch, from, inherit int, label string) *branch {
	b := &branch{id: id, parent: parent, from: from, label: label, head: from, logged: from}
	var before *history.Track
	if parent != nil {
		b.entries = parent.entries.first(inherit)
		before = parent.curves
	}
	b.curves = history.NewTrack(before, from)
	return b
}

// position is a moment of a branch: after a step, with so many decisions.
type position struct {
	branch        *branch
	step, applied int
	last          *Decision
}

// undoable is what undo takes back, or redo does again: a way from one
// position to another, or the deletion of a branch.
type undoable struct {
	position
	deleted *branch
}

// find is a branch that is there.
func (s *Session) find(id journal.BranchID) (*branch, error) {
	if id < 0 || int(id) >= len(s.branches) {
		return nil, fmt.Errorf("there is no branch %d", id)
	}
	switch b := s.branches[id]; {
	case b.lost:
		return nil, fmt.Errorf("branch %d of the log does not hold any more", id)
	case !b.deleted:
		return b, nil
	}
	return nil, fmt.Errorf("branch %d was deleted", id)
}

// fork begins a branch at a position and puts the lane on it. The trainer is
// left alone.
func (s *Session) fork(l *lane, p position, label string) {
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

// leave notes how far a branch has come, before the session goes elsewhere.
func (s *Session) leave(l *lane) {
	l.park()
	if b := l.at; b.head > b.logged {
		b.logged = b.head
		s.write(journal.Entry{Branch: b.id, Step: b.head + 1, Actor: "descent", Command: journal.Command{Reach: &journal.Reach{Step: b.head}}})
	}
}

// Fork begins a branch here, with no change yet; the present one stays.
func (s *Session) Fork(label string) {
	s.keep(s.lane)
	p := s.position()
	s.push(undoable{position: position{branch: p.branch, step: p.step, applied: p.applied, last: s.last}})
	unnamed := label == ""
	if unnamed {
		label = fmt.Sprintf("from step %d", p.step)
	}
	s.fork(s.lane, p, label)
	s.at.unnamed = unnamed
	s.keep(s.lane)
	s.note(s.at.id, p.step, "fork")
}

// Label names a branch.
func (s *Session) Label(id journal.BranchID, label string) error {
	b, err := s.find(id)
	if err != nil {
		return err
	}
	b.label = label
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
	case s.lanesOn(b) > 0:
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

// name is what the screen calls a branch.
func (b *branch) name() string {
	return journal.NameOf(b.id, b.label)
}

// note makes something the last decision that has no line of its own in the log.
func (s *Session) note(id journal.BranchID, step int, words string) {
	s.last = &Decision{journal.Entry{Branch: id, Step: step + 1}, words}
}

// push makes room for something to take back; what was taken back is then gone.
func (s *Session) push(u undoable) {
	s.undo = append(s.undo, u)
	s.undo = s.undo[max(0, len(s.undo)-maxUndo):]
	s.redo = nil
}

// parting is the step after which two branches are no longer the same.
func parting(a, b *branch) int {
	step := min(a.head, b.head)
	for a != b { // a branch has a larger number than its parent
		if a.id < b.id {
			a, b = b, a
		}
		step = min(step, a.from)
		a = a.parent
	}
	return step
}
