package session

import (
	"errors"
	"fmt"

	"descent/core"
	"descent/core/optim"
	"descent/core/recipe"
	"descent/session/history"
	"descent/session/journal"
)

// act performs a decision that is not a knob; goOn is as in travel.
func (s *Session) act(l *cursor, a *journal.Act, goOn func(done, total int) bool) error {
	switch a.Name {
	case journal.Merge:
		return l.trainer.Merge()
	case journal.Rewind, journal.Best:
		if now := l.trainer.StepCount(); a.Step < 0 || a.Step > now {
			return fmt.Errorf("the weights can be reset to a step from 0 to %d, not to %d", now, a.Step)
		}
		from, err := s.visit(l, l.at, a.Step, goOn)
		if err != nil {
			return err
		}
		if a.Name == journal.Best {
			return l.trainer.Best(from)
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
			return fmt.Errorf("the teacher can be a step from 0 to %[2]d of %[1]s, not %[3]d", b.name(), now, a.Step)
		}
		from, err := library.visit(l, library.branches[a.Branch], a.Step, goOn)
		if err != nil {
			return err
		}
		return l.trainer.SetTeacher(from)
	}
	return fmt.Errorf("there is no act %q", a.Name)
}

// visit returns the state after a step of a branch, computed on a copy: the nearest
// snapshot, then replay. The cursor does not move. goOn is as in travel.
func (s *Session) visit(l *cursor, b *branch, step int, goOn func(done, total int) bool) (*core.Snapshot, error) {
	p := position{branch: b, step: step, applied: b.entries.upTo(step)}
	from, ok := s.nearest(p)
	if !ok {
		return nil, errUnreachable
	}
	if k := l.best; k.state != nil && k.state.Step == step && k.applied == p.applied && b.descends(l.bestOf, step) {
		from = k
	}
	for at, k := range s.sources {
		if at.branch == b && at.step <= step && k.applied <= p.applied && at.step >= from.state.Step {
			from = k
		}
	}
	if from.away() {
		if from, ok = s.reach(p); !ok {
			return nil, errUnreachable
		}
	}
	if from.state.Step == step && from.applied == p.applied {
		return from.state, nil
	}
	if s.nested >= maxNested {
		return nil, fmt.Errorf("more than %d acts refer to each other's states in a chain", maxNested)
	}
	s.nested++
	defer func() { s.nested-- }()
	copied := &cursor{trainer: l.trainer.Copy(), at: b, applied: from.applied, plateau: from.plateau, stopping: from.stopping}
	copied.trainer.Restore(from.state)
	for copied.trainer.StepCount() < step {
		if err := s.catchUp(copied, copied.trainer.StepCount()+1, p.applied); err != nil {
			return nil, err
		}
		copied.replay(false)
		if goOn != nil && !goOn(copied.trainer.StepCount()-from.state.Step, step-from.state.Step) {
			return nil, ErrCancelled
		}
	}
	found := kept{applied: copied.applied, state: copied.trainer.Snapshot(), plateau: copied.plateau, stopping: copied.stopping}
	if s.sourceBytes += found.state.Bytes(); s.sources == nil || s.sourceBytes > sourcesBytes {
		s.sources, s.sourceBytes = map[source]kept{}, found.state.Bytes()
	}
	s.sources[source{b, step}] = found
	return found.state, nil
}

var errUnreachable = errors.New("that step cannot be reached")

// sourcesBytes bounds the memory of sources.
const sourcesBytes = 32 << 20

// maxNested bounds the recursion of states, each computed on a copy, where an act
// during the replay of one refers to another.
const maxNested = 64

// catchUp applies the branch's decisions that take effect at or before a step, at
// most the first limit of them, and verifies the state hash of each.
func (s *Session) catchUp(l *cursor, step, limit int) error {
	for l.applied < limit && l.decisions()[l.applied].Step <= step {
		e := l.line[l.applied]
		if e.Hash != "" && !s.loose && s.mismatch == "" && l.trainer.Hash() != e.Hash {
			s.mismatch = fmt.Sprintf("step %d of branch %d is not reproduced: the hash of the state before %q differs from the log", e.Step-1, l.at.id, e.Words)
		}
		if err := s.apply(l, e.Command, s.onWay); err != nil {
			if errors.Is(err, ErrCancelled) {
				return err
			}
			return fmt.Errorf("the decision before step %d of %s cannot be replayed: %w", e.Step, l.at.name(), err)
		}
		l.applied++
	}
	return nil
}

// apply performs a decision on the trainer; goOn is as in travel.
func (s *Session) apply(l *cursor, c journal.Command, goOn func(done, total int) bool) error {
	if c.Act != nil {
		return s.act(l, c.Act, goOn)
	}
	if err := l.trainer.Set(c.Set.Path, c.Set.Value); err != nil {
		return err
	}
	switch c.Set.Path {
	case recipe.LossName:
		l.tip.Best = history.Best{} // losses of different functions cannot be compared
		l.stopping = optim.StoppingMemory{}
	case "train.monitor":
		l.stopping = optim.StoppingMemory{}
	}
	return nil
}

// ErrCancelled is returned if a seek is cancelled.
var ErrCancelled = errors.New("cancelled; the session is unchanged")
