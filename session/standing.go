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
	text := fmt.Sprintf("step %d of %s", s.trainer.StepCount(), s.at.name())
	if s.trainer.StepCount() > 0 {
		text += fmt.Sprintf(", loss %.6g", s.trainer.Last().Loss)
	}
	return text + fmt.Sprintf("; branches: %d, decisions: %d", len(s.branches), decisions)
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
