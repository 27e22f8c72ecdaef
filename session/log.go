package session

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	"descent/core/input"
	"descent/session/journal"
)

// Log returns the log of the decisions, nil if there is none.
func (s *Session) Log() *journal.Log { return s.log }

// LogPath returns the path of the log, "" if there is none.
func (s *Session) LogPath() string {
	if s.log == nil {
		return ""
	}
	return s.log.Path
}

// Created returns when the session was begun, as in the header of its log, "" without one.
// No two sessions on a machine have the same.
func (s *Session) Created() string { return s.created }

// LogError returns why decisions are not being saved, nil if they are.
func (s *Session) LogError() error { return s.logErr }

// Events returns what has happened in the session, the latest last. The slice is never
// modified.
func (s *Session) Events() []Event { return s.events[:len(s.events):len(s.events)] }

// Note adds an event at the current position that is no decision.
func (s *Session) Note(words string) { s.tell(words) }

// told adds the event of an entry of the log.
func (s *Session) told(e journal.Entry) {
	v := Event{Kind: Moved, Branch: e.Branch, Step: e.Step - 1}
	b := s.branches[e.Branch]
	switch {
	case e.Set != nil || e.Act != nil:
		v.Kind, v.Actor, v.Words = Decided, e.Actor, s.words(e.Command)
		v.Index = b.entries.count() - 1
		s.decided++
		v.Number = s.decided
	case e.Fork != nil:
		from := s.branches[e.Fork.Parent]
		v.Words = "branch " + b.name() + " starts at step " + strconv.Itoa(e.Fork.Step) + " of " + from.name()
		v.Step = e.Fork.Step
	case e.Seek != nil && !e.Seek.Undo:
		v.Words, v.Step = "went to step "+strconv.Itoa(e.Seek.Step)+" of "+b.name(), e.Seek.Step
	case e.Seek != nil:
		v.Words, v.Step = "undone: back to step "+strconv.Itoa(e.Seek.Step)+" of "+b.name(), e.Seek.Step
	case e.Label != nil:
		v.Words = "branch " + strconv.Itoa(int(e.Branch)) + " is named " + *e.Label
	case e.Delete != nil && *e.Delete:
		v.Words = "branch " + b.name() + " deleted"
	case e.Delete != nil:
		v.Words = "branch " + b.name() + " restored"
	case e.End != nil && e.End.Diverged:
		v.Words, v.Step = "the session ended at step "+strconv.Itoa(e.End.Step)+", where the next is not finite", e.End.Step
	case e.End != nil:
		v.Words, v.Step = "the session ended at step "+strconv.Itoa(e.End.Step), e.End.Step
	default:
		return
	}
	s.events = append(s.events, v)
}

// strike marks the decisions of a branch from one on as undone, or as not.
func (s *Session) strike(id journal.BranchID, from, upTo int, undone bool) {
	s.events = slices.Clone(s.events) // frames have the old ones
	for i := range s.events {
		if v := &s.events[i]; v.Kind == Decided && v.Branch == id && v.Index >= from && v.Index < upTo {
			v.Undone = undone
		}
	}
}

// write appends to the log. Training continues if it fails; LogError reports it.
func (s *Session) write(e journal.Entry) {
	s.told(e)
	if s.log != nil {
		s.logLines++
		s.logErr = s.log.Append(e)
	}
}

// LogHere returns a log that ends at the present position: that of the session as it is
// on the disk, and its end. What is only pending there cannot be given away.
func (s *Session) LogHere() ([]byte, error) {
	switch {
	case s.race != nil:
		return nil, errors.New("a race is running, in which each branch has a step of its own; R ends it")
	case !s.log.Named():
		return nil, errors.New("this session is not saved, and without a log nobody else can come to its present step")
	}
	s.leave(s.cursor)
	s.moved = true
	s.settle()
	if s.logErr = s.log.Flush(); s.logErr != nil {
		return nil, s.logErr
	}
	out, err := input.Read(s.log.Path, input.MaxLog)
	if err != nil {
		return nil, err
	}
	last := s.end()
	last.End.Diverged = false // whoever goes on from here goes elsewhere
	end, err := json.Marshal(last)
	return append(out, journal.Seal(end)...), err
}

// end is the entry of the end of the session, if it ended now.
func (s *Session) end() journal.Entry {
	step := s.trainer.StepCount()
	return journal.Entry{Branch: s.at.id, Step: step + 1, Actor: "descent", Command: journal.Command{
		End: &journal.End{Step: step, Decisions: s.applied, Hash: s.trainer.Hash(), Loss: journal.Float(s.trainer.Last().Loss), Diverged: s.diverged},
	}}
}

// CheckLog checks, between two writes, that the log still exists.
func (s *Session) CheckLog() {
	if s.log != nil && s.log.Gone() == nil && s.log.Check() != nil {
		s.logErr = s.log.Flush() // which says so
	}
}

// Retry retries pending writes.
func (s *Session) Retry() {
	if s.log != nil && s.logErr != nil {
		s.logErr = s.log.Flush()
	}
}

// SetLogError records why there is no log, for the screen; nil is ignored.
func (s *Session) SetLogError(err error) *Session {
	s.logErr = err
	return s
}

// Finish writes the end of the log and closes it. The log of a session without any
// activity is removed, unless the user asked for it or it has a search.
func (s *Session) Finish() error {
	if s.log == nil {
		return nil
	}
	if s.logLines == 0 && s.at.head == 0 && len(journal.Studies(s.log.Path)) == 0 {
		if ok, err := s.log.Discard(); ok {
			s.log = nil
			return err
		}
	}
	if s.at.head > s.trainer.StepCount() {
		s.leave(s.cursor)
	}
	s.write(s.end())
	err := s.log.Close() // it reports what could not be written
	s.log = nil
	return err
}

// Abandon closes the log without writing its end.
func (s *Session) Abandon() error {
	if s.log == nil {
		return nil
	}
	l := s.log
	s.log = nil
	return errors.Join(s.logErr, l.Close())
}

// Progress returns the progress of the session.
func (s *Session) Progress() journal.Progress {
	out := journal.Progress{Created: s.created, Lines: s.logLines, Branch: s.at.id, Step: s.trainer.StepCount(), Decisions: s.applied, Undo: s.rewound}
	for _, l := range s.race {
		out.Racers = append(out.Racers, journal.Racing{Branch: l.at.id, Step: l.trainer.StepCount()})
	}
	return out
}

// settle logs the current position, before the session continues from it.
func (s *Session) settle() {
	if !s.moved {
		return
	}
	s.moved = false
	step := s.trainer.StepCount()
	s.write(journal.Entry{Branch: s.at.id, Step: step + 1, Actor: "user", Command: journal.Command{Seek: &journal.Seek{Step: step, Decisions: s.applied, Undo: s.rewound}}})
}

// leave logs the head of a branch, before the session goes elsewhere.
func (s *Session) leave(l *cursor) {
	l.park()
	if b := l.at; b.head > b.logged {
		b.logged = b.head
		s.write(journal.Entry{Branch: b.id, Step: b.head + 1, Actor: "descent", Command: journal.Command{Reach: &journal.Reach{Step: b.head}}})
	}
}
