package session

import (
	"errors"
	"fmt"

	"descent/core"
	"descent/core/recipe"
	"descent/session/history"
	"descent/session/journal"
)

// words are a decision as the screen says it.
func (s *Session) words(c journal.Command) string {
	switch {
	case c.Set != nil:
		return recipe.Words(c.Set.Path, c.Set.Value)
	case c.Act == nil:
		return ""
	case c.Act.Name == journal.Rewind:
		return fmt.Sprintf("weights of step %d", c.Act.Step)
	case c.Act.Name == journal.Merge:
		return "adapters merged"
	}
	if id := int(c.Act.Branch); len(s.branches) > 1 && id < len(s.branches) {
		return fmt.Sprintf("%s teaches, step %d", s.branches[id].name(), c.Act.Step)
	}
	return fmt.Sprintf("step %d teaches", c.Act.Step)
}

// refuses says why a user cannot decide this here, nil if it can be done.
func (s *Session) refuses(l *lane, a *journal.Act) error {
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

// act carries out a decision that is no knob's; goOn as in travel.
func (s *Session) act(l *lane, a *journal.Act, goOn func(done, total int) bool) error {
	switch a.Name {
	case journal.Merge:
		return l.trainer.Merge()
	case journal.Rewind:
		if now := l.trainer.StepCount(); a.Step < 0 || a.Step > now {
			return fmt.Errorf("the weights can go back to a step from 0 to %d, not to %d", now, a.Step)
		}
		from, err := s.visit(l, l.at, a.Step, goOn)
		if err != nil {
			return err
		}
		return l.trainer.Rewind(from)
	case journal.Teach:
		library := s
		if s.library != nil {
			library = s.library
		}
		if a.Branch < 0 || int(a.Branch) >= len(library.branches) {
			return fmt.Errorf("there is no branch %d", a.Branch)
		}
		if b, now := library.branches[a.Branch], l.trainer.StepCount(); b == l.at && (a.Step < 0 || a.Step > now) {
			return fmt.Errorf("of %s a step from 0 to %d can teach, not %d", b.name(), now, a.Step)
		}
		from, err := library.visit(l, library.branches[a.Branch], a.Step, goOn)
		if err != nil {
			return err
		}
		return l.trainer.SetTeacher(from)
	}
	return fmt.Errorf("there is no act %q", a.Name)
}

// visit is the state after a step of a branch, computed on a copy: the nearest
// snapshot, then replay. The lane stays where it is. goOn as in travel.
func (s *Session) visit(l *lane, b *branch, step int, goOn func(done, total int) bool) (*core.Snapshot, error) {
	p := position{branch: b, step: step, applied: b.entries.upTo(step)}
	from, ok := s.nearest(p)
	if !ok {
		return nil, errors.New("there is no way back to that step")
	}
	for at, k := range s.sources {
		if at.branch == b && at.step <= step && k.applied <= p.applied && at.step >= from.state.Step {
			from = k
		}
	}
	if from.state.Step == step && from.applied == p.applied {
		return from.state, nil
	}
	if s.nested >= maxNested {
		return nil, fmt.Errorf("more than %d acts refer to states behind each other", maxNested)
	}
	s.nested++
	defer func() { s.nested-- }()
	scout := &lane{trainer: l.trainer.Copy(), at: b, applied: from.applied, plateau: from.plateau}
	scout.trainer.Restore(from.state)
	for scout.trainer.StepCount() < step {
		if err := s.catchUp(scout, scout.trainer.StepCount()+1, p.applied); err != nil {
			return nil, err
		}
		scout.replay(false)
		if goOn != nil && !goOn(scout.trainer.StepCount()-from.state.Step, step-from.state.Step) {
			return nil, ErrCancelled
		}
	}
	found := kept{scout.applied, scout.trainer.Snapshot(), scout.plateau, history.Tip{}}
	if s.sourceBytes += found.state.Bytes(); s.sources == nil || s.sourceBytes > sourcesBytes {
		s.sources, s.sourceBytes = map[source]kept{}, found.state.Bytes()
	}
	s.sources[source{b, step}] = found
	return found.state, nil
}

// source is a state that an act was taken from. Those are kept, up to
// sourcesBytes: acts may refer to states behind other acts, again and again.
type source struct {
	branch *branch
	step   int
}

const sourcesBytes = 32 << 20

// maxNested bounds how many states are computed at once, each on a copy, because
// an act on the way to one refers to the next.
const maxNested = 64

// nearest is the latest snapshot at or before a position, of its branch or of
// those it comes from.
func (s *Session) nearest(p position) (kept, bool) {
	for b, step, applied := p.branch, p.step, p.applied; b != nil; b = b.parent {
		if k, ok := b.kept.before(step, applied); ok {
			return k, true
		}
		step, applied = min(step, b.from), min(applied, b.entries.inherit)
	}
	return kept{}, false
}
