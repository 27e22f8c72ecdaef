package session

import (
	"errors"

	"descent/session/journal"
)

// Log is where decisions are written, nil for nowhere.
func (s *Session) Log() *journal.Log { return s.log }

// LogPath is the path of the log, "" where there is none.
func (s *Session) LogPath() string {
	if s.log == nil {
		return ""
	}
	return s.log.Path
}

// LogError says why nothing is being saved, nil if all is.
func (s *Session) LogError() error { return s.logErr }

// write appends to the log. Training goes on when it fails; the screen says so.
func (s *Session) write(e journal.Entry) {
	if s.log != nil {
		s.logLines++
		s.logErr = s.log.Append(e)
	}
}

// Look notices that the log is gone, between two writes.
func (s *Session) Look() {
	if s.log != nil && s.log.Gone() == nil && s.log.Check() != nil {
		s.logErr = s.log.Flush() // which says so
	}
}

// Retry tries again to write what waits.
func (s *Session) Retry() {
	if s.log != nil && s.logErr != nil {
		s.logErr = s.log.Flush()
	}
}

// Unsaved notes why there is no log, for the screen; nil changes nothing.
func (s *Session) Unsaved(err error) *Session {
	s.logErr = err
	return s
}

// Finish writes the end of the log and closes it. Of a session in which nothing was
// done nothing is kept, unless somebody asked for the log.
func (s *Session) Finish() error {
	if s.log == nil {
		return nil
	}
	if s.logLines == 0 && s.at.head == 0 {
		if ok, err := s.log.Discard(); ok {
			s.log = nil
			return err
		}
	}
	step := s.trainer.StepCount()
	if s.at.head > step {
		s.leave(s.cursor)
	}
	s.write(journal.Entry{Branch: s.at.id, Step: step + 1, Actor: "descent", Command: journal.Command{
		End: &journal.End{Step: step, Decisions: s.applied, Hash: s.trainer.Hash(), Loss: journal.Float(s.trainer.Last().Loss), Diverged: s.diverged},
	}})
	err := s.log.Close() // it says what still could not be written
	s.log = nil
	return err
}

// Abandon closes the log and writes nothing into it.
func (s *Session) Abandon() error {
	if s.log == nil {
		return nil
	}
	l := s.log
	s.log = nil
	return errors.Join(s.logErr, l.Close())
}

// Reached is how far the session has come.
func (s *Session) Reached() journal.Reached {
	out := journal.Reached{Created: s.created, Lines: s.logLines, Branch: s.at.id, Step: s.trainer.StepCount(), Decisions: s.applied, Undo: s.rewound}
	for _, l := range s.race {
		out.Racers = append(out.Racers, journal.Racing{Branch: l.at.id, Step: l.trainer.StepCount()})
	}
	return out
}

// settle tells the log where the session stands, before it goes on from there.
func (s *Session) settle() {
	if !s.moved {
		return
	}
	s.moved = false
	step := s.trainer.StepCount()
	s.write(journal.Entry{Branch: s.at.id, Step: step + 1, Actor: "user", Command: journal.Command{Seek: &journal.Seek{Step: step, Decisions: s.applied, Undo: s.rewound}}})
}

// leave notes how far a branch has come, before the session goes elsewhere.
func (s *Session) leave(l *cursor) {
	l.park()
	if b := l.at; b.head > b.logged {
		b.logged = b.head
		s.write(journal.Entry{Branch: b.id, Step: b.head + 1, Actor: "descent", Command: journal.Command{Reach: &journal.Reach{Step: b.head}}})
	}
}
