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
	if s.Record == nil {
		return errors.New("a model alone has no steps; export the log of a session")
	}
	_, err := session.Replay(ctx, s.Record, s.Files, func(at *session.Session, to int, before func(step int) error) error {
		at.Interrupt(func() bool { return ctx.Err() != nil })
		defer at.Interrupt(nil)
		for step := at.Trainer().StepCount() + 1; step <= to; step++ {
			if err := before(step); err != nil {
				return err
			}
			report, failed := at.Step()
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if step == to && failed == nil {
				report = at.Trainer().Evaluate()
			}
			if err := told(report); err != nil {
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
