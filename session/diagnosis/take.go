package diagnosis

import (
	"errors"

	"descent/session"
)

// Take carries out a remedy: it goes back if the remedy says so, and decides. goOn is
// as in Session.Seek; nil does not ask.
func Take(s *session.Session, r Remedy, goOn func(done, total int) bool) error {
	if !r.Can() {
		return errors.New("there is nothing to do about it in this run")
	}
	if r.Back && s.Trainer().StepCount() != r.Step {
		s.EndRace()
		if goOn == nil {
			goOn = func(int, int) bool { return true }
		}
		if err := s.Seek(s.Position().Branch, r.Step, goOn); err != nil {
			return err
		}
	}
	return s.SetTogether(r.Set)
}
