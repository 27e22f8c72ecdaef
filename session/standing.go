package session

import (
	"errors"
	"fmt"
)

// Standing says in a sentence where a session stands.
func (s *Session) Standing() string {
	decisions := 0
	for _, b := range s.branches {
		decisions += len(b.entries.own)
	}
	return fmt.Sprintf("step %d of %s, loss %.6g; branches: %d, decisions: %d", s.trainer.StepCount(), s.at.name(), s.trainer.Last().Loss, len(s.branches), decisions)
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
