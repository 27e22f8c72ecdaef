package format

import (
	"context"
	"errors"

	"descent/core"
	"descent/session"
)

// errReached ends a replay where the session ended, before its other branches.
var errReached = errors.New("reached")

// Steps computes the branch again that a session ended on, up to where it stood, and
// tells the report of each step. The last step is evaluated.
func Steps(ctx context.Context, s Subject, told func(core.Report) error) error {
	return Follow(ctx, s, func(_ *session.Session, r core.Report) error { return told(r) })
}

// Walk is Steps that shows the trainer, to be read only: began as it is at the start,
// about before each step, its decisions taken, and told after it. Evaluations are left out.
func Walk(ctx context.Context, s Subject, began func(*core.Trainer) error, about func(t *core.Trainer, step int) error, told func(*core.Trainer, core.Report) error) error {
	return (&follower{
		began: func(at *session.Session) error {
			at.Spare()
			return began(at.Trainer())
		},
		about: func(at *session.Session, step int) error { return about(at.Trainer(), step) },
		told:  func(at *session.Session, r core.Report) error { return told(at.Trainer(), r) },
		spare: true,
	}).follow(ctx, s)
}

// Follow is Steps that shows the session as it is after each step, to be read only.
func Follow(ctx context.Context, s Subject, told func(*session.Session, core.Report) error) error {
	return (&follower{told: told}).follow(ctx, s)
}

// follower is who looks on; began and about may be nil.
type follower struct {
	began func(*session.Session) error
	about func(at *session.Session, step int) error
	told  func(*session.Session, core.Report) error
	spare bool // of evaluations
}

func (f *follower) follow(ctx context.Context, s Subject) error {
	if s.Record == nil {
		return errors.New("a model alone has no steps; export the log of a session")
	}
	_, err := session.Replay(ctx, s.Record, s.Files, func(at *session.Session, to int, before func(step int) (int, error)) error {
		at.Interrupt(func() bool { return ctx.Err() != nil })
		defer at.Interrupt(nil)
		if f.began != nil {
			if err := f.began(at); err != nil {
				return err
			}
		}
		for step := at.Trainer().StepCount() + 1; step <= to; step++ {
			if _, err := before(step); err != nil {
				return err
			}
			if f.about != nil {
				if err := f.about(at, step); err != nil {
					return err
				}
			}
			report, failed := at.Step()
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if step == to && failed == nil && !f.spare {
				report = at.Trainer().Evaluate()
			}
			if err := f.told(at, report); err != nil {
				return err
			}
			if s.Progress != nil {
				s.Progress(step, to)
			}
			if failed != nil {
				break // it diverged, as the log says
			}
		}
		return errReached
	}, nil)
	if errors.Is(err, errReached) {
		return nil
	}
	return err
}
