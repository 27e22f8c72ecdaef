package tune

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"path/filepath"

	"descent/core"
	"descent/core/input"
	"descent/core/search"
	"descent/session"
	"descent/session/journal"
	"descent/session/study"
)

// ErrNoLog is the error of Log for a trial of a population, which cannot be made again
// by itself.
var ErrNoLog = errors.New("it went on from another trial; only the logs of the best and of pinned trials are kept")

// Log returns the log of a trial, of its first seed: the one that was kept in the folder,
// or else one that is made by training the trial again to the step that it reached.
// `descent replay` verifies it, and it opens in the workbench. told is called with the
// steps done and in total; nil for nobody.
func Log(ctx context.Context, s Source, t *study.Trial, files core.Files, told func(done, total int)) ([]byte, error) {
	if log := keptLog(s, t); log != nil {
		return log, nil
	}
	if s.Spec().Population > 0 {
		return nil, ErrNoLog
	}
	return logTo(ctx, s, t.Point, reached(t, s.Spec().Seeds), files, told)
}

// keptLog is the log of a trial in the folder, nil if there is none that is whole.
func keptLog(s Source, t *study.Trial) []byte {
	b, err := input.Read(filepath.Join(s.Dir(), study.LogFile(t.Number)), input.MaxLog)
	if err != nil || t.Hash == "" {
		return nil
	}
	rec, err := journal.Parse("log", bytes.NewReader(b))
	if err != nil || rec.Torn || len(rec.Entries) == 0 {
		return nil
	}
	if end := rec.Entries[len(rec.Entries)-1].End; end == nil || end.Hash != t.Hash {
		return nil
	}
	return b
}

// reached is the step to which a trial of so many seeds was trained with its first one.
func reached(t *study.Trial, seeds int) int {
	if t.Step == 0 {
		return 0
	}
	switch t.State {
	case search.Complete, search.Waiting, search.Failed:
		return t.Claim.Steps
	case search.Pruned:
		if seeds <= 1 { // it may have ended between two reports
			return t.Step
		}
	}
	n := 0
	for _, r := range t.Reports {
		if r.Seed == 0 {
			n = max(n, r.Step)
		}
	}
	return n
}

// logTo trains a point to a step, or to the one at which it diverges, and returns the
// log.
func logTo(ctx context.Context, s Source, p search.Point, steps int, files core.Files, told func(done, total int)) ([]byte, error) {
	from := newBeginner(s, files)
	train := func(steps int) (*run, error) {
		r, err := from.run(ctx, p, from.seedOf(study.Job{}, 0))
		if err != nil {
			return nil, err
		}
		r.trainer.Interrupt(func() bool { return ctx.Err() != nil })
		for r.done() < steps && !r.over {
			if err := r.step(); ctx.Err() != nil {
				return nil, ctx.Err()
			} else if err != nil && !r.over {
				return nil, err
			}
			if told != nil {
				told(r.done(), steps)
			}
		}
		return r, nil
	}
	r, err := train(steps)
	if err != nil {
		return nil, err
	}
	if r.over { // the log ends before the step that is not finite
		if r, err = train(r.done() - 1); err != nil {
			return nil, err
		}
		return r.log(ctx, s, files, true)
	}
	return r.log(ctx, s, files, false)
}

// log is the log of the run as it stands; diverged says that the next step is not
// finite.
func (r *run) log(ctx context.Context, s Source, files core.Files, diverged bool) ([]byte, error) {
	var out bytes.Buffer
	write := func(v any) error {
		b, err := json.Marshal(v)
		if err == nil {
			out.Write(journal.Seal(b))
		}
		return err
	}
	branch := journal.BranchID(0)
	if base := s.Base(); base != nil {
		rec, err := journal.Parse(s.Spec().Base.Log, bytes.NewReader(base))
		if err != nil {
			return nil, err
		}
		branch = journal.BranchID(len(rec.Read(nil, r.trainer.Data() == nil).Branches))
		out.Write(base)
		if err := write(journal.Entry{Branch: branch, Step: r.start + 1, Actor: "tune", Command: journal.Command{
			Fork: &journal.Fork{Parent: r.parent, Step: r.start, Inherit: r.inherits, Label: "trial"},
		}}); err != nil {
			return nil, err
		}
	} else {
		var inputs *journal.Inputs
		if r.begins.Pretrain.Recipe != nil || r.begins.Teacher.Recipe != nil || len(r.begins.Files()) > 0 {
			var err error
			if _, inputs, err = session.OpenWhile(ctx, r.begins, files); err != nil { // they have hashes
				return nil, err
			}
		}
		if err := write(journal.NewHeader(r.begins, inputs)); err != nil {
			return nil, err
		}
	}
	for _, e := range r.entries {
		e.Branch = branch
		if err := write(e); err != nil {
			return nil, err
		}
	}
	t := r.trainer
	err := write(journal.Entry{Branch: branch, Step: t.StepCount() + 1, Actor: "descent", Command: journal.Command{End: &journal.End{
		Step: t.StepCount(), Decisions: r.inherits + len(r.entries), Hash: t.Hash(), Loss: journal.Float(t.Last().Loss), Diverged: diverged,
	}}})
	return out.Bytes(), err
}
