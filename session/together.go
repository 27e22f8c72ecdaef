package session

import (
	"errors"
	"strings"

	"descent/core/recipe"
	"descent/session/journal"
)

// SetTogether turns several knobs, each once, in the order given. Undo takes
// them back as one decision. On an error nothing has changed.
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
	s.last = nil // so that the first is not taken for another turn of what was turned before
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

// gather makes one of the last n decisions, before which another stood last.
func (s *Session) gather(n int, before *Decision, words []string) {
	s.undo = s.undo[:len(s.undo)-n+1]
	s.undo[len(s.undo)-1].last = before
	together := *s.last
	if n > 1 && s.at.label == words[0] && s.at.from == s.trainer.StepCount() { // the branch is named after what was decided
		_ = s.Label(s.at.id, strings.Join(words, ", ")) // it is there
	}
	together.Command = journal.Command{} // to turn one of them again is a decision of its own
	together.Words = strings.Join(words, ", ")
	s.last = &together
}
