package headless

import (
	"context"

	"descent/core"
	"descent/session"
	"descent/session/journal"
)

// Replay replays a log like session.Replay, and writes the metrics of its last
// branch.
func Replay(ctx context.Context, rec *journal.Record, files core.Files, o Options) (out session.Outcome, err error) {
	o.Inputs = append([]string{rec.Name}, o.Inputs...)
	if err := o.checkOutputs(rec.Header.Recipe); err != nil {
		return out, session.UsageError{Err: err}
	}
	return session.Replay(ctx, rec, files, func(s *session.Session, to int, before func(step int) (int, error)) error {
		return loop(ctx, s, to, before, o)
	}, o.Progress)
}
