package tune

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"descent/core"
	"descent/core/search"
	"descent/session"
	"descent/session/journal"
	"descent/session/study"
)

// ErrNoLog is the error of Log for a trial of a population, which cannot be made again
// by itself.
var ErrNoLog = errors.New("it went on from another trial; only the logs of the best and of pinned trials are kept")

// Log makes the log of a trial, of its first seed, by training it again to the step that
// it reached: `descent replay` verifies it, and it opens in the workbench. told is called
// with the steps done and in total; nil for nobody.
func Log(ctx context.Context, s Source, t *study.Trial, files core.Files, told func(done, total int)) ([]byte, error) {
	if s.Spec().Population > 0 {
		return nil, ErrNoLog
	}
	return logTo(ctx, s, t.Point, reached(t), files, told)
}

// reached is the step to which a trial was trained with its first seed.
func reached(t *study.Trial) int {
	n := 0
	for _, r := range t.Reports {
		if r.Seed == 0 {
			n = max(n, r.Step)
		}
	}
	return n
}

// logTo trains a point to a step, and returns the log.
func logTo(ctx context.Context, s Source, p search.Point, steps int, files core.Files, told func(done, total int)) ([]byte, error) {
	from := &beginner{of: s, files: files}
	r, err := from.run(ctx, p, from.seedOf(study.Job{}, 0))
	if err != nil {
		return nil, err
	}
	r.trainer.Interrupt(func() bool { return ctx.Err() != nil })
	for r.done() < steps {
		before := r.trainer.Snapshot
		if err := r.step(); ctx.Err() != nil {
			return nil, ctx.Err()
		} else if err != nil {
			_ = before
			break
		}
		if told != nil {
			told(r.done(), steps)
		}
	}
	return r.log(s, files)
}

// log is the log of the run as it stands.
func (r *run) log(s Source, files core.Files) ([]byte, error) {
	if r.over {
		return nil, fmt.Errorf("it diverged after step %d", r.done()-1)
	}
	var out bytes.Buffer
	write := func(v any) error {
		b, err := json.Marshal(v)
		if err == nil {
			out.Write(journal.Seal(b))
		}
		return err
	}
	decisions := len(r.entries)
	if base := s.Base(); base != nil {
		rec, err := journal.Parse("base", bytes.NewReader(base))
		if err != nil {
			return nil, err
		}
		read := rec.Read(nil, r.trainer.Data() == nil)
		decisions += read.At.Decisions
		out.Write(base)
	} else {
		_, inputs, err := session.Open(r.begins, files)
		if err != nil {
			return nil, err
		}
		if err := write(journal.NewHeader(r.begins, inputs)); err != nil {
			return nil, err
		}
	}
	for _, e := range r.entries {
		if err := write(e); err != nil {
			return nil, err
		}
	}
	t := r.trainer
	err := write(journal.Entry{Branch: r.branch, Step: t.StepCount() + 1, Actor: "descent", Command: journal.Command{
		End: &journal.End{Step: t.StepCount(), Decisions: decisions, Hash: t.Hash(), Loss: journal.Float(t.Last().Loss)},
	}})
	return out.Bytes(), err
}
