// Package headless trains, races, replays and checks sessions without a screen.
package headless

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"time"

	"descent/core"
	"descent/core/kernel"
	"descent/core/recipe"
	"descent/session"
	"descent/session/bench"
	"descent/session/export"
	"descent/session/history"
	"descent/session/journal"
	"descent/session/remedy"
)

// Run trains a recipe for a number of steps without a screen. When ctx ends it
// stops after the current step, with all output for it written, and returns the
// context's error. With 0 steps only the weights are written.
func Run(ctx context.Context, r recipe.Recipe, steps int, files core.Files, o Options) (err error) {
	if err := checkDecisions(r, steps, o.At); err != nil {
		return session.UsageError{Err: err}
	}
	if err := o.checkOutputs(r); err != nil {
		return session.UsageError{Err: err}
	}
	t, hashes, err := session.OpenWhile(ctx, r, files)
	if err != nil {
		return err
	}
	if err := fitting(t, o.At); err != nil {
		return session.UsageError{Err: err}
	}
	if o.CompactOut != "" && t.Data() == nil {
		return session.UsageError{Err: errors.New("--compact-out: a test surface has no network to compact")}
	}
	if o.ModelOut != "" && t.Data() == nil {
		return session.UsageError{Err: errors.New("--model-out: a test surface has no network")}
	}
	if o.SplitOut != "" && t.Data() == nil {
		return session.UsageError{Err: errors.New("--split-out: a surface has no rows")}
	}
	if o.Integer != nil && len(o.At) == 0 { // otherwise a later decision may make it possible
		if _, err := t.Integer(); err != nil {
			return session.UsageError{Err: fmt.Errorf("--integer: %w", err)}
		}
	}
	for _, path := range []string{o.WeightsOut, o.CompactOut, o.SplitOut, o.ModelOut} {
		if path == "" || path == "-" {
			continue
		}
		if err := writable(path); err != nil {
			return session.UsageError{Err: err}
		}
	}
	if o.Begin != nil {
		o.Begin(t)
	}
	if o.SplitOut != "" {
		if err := o.writeOut(o.SplitOut, splitCSV(t.Data().Rows)); err != nil {
			return err
		}
	}
	var log *journal.Log
	if o.Log != "" {
		if log, err = journal.CreateOn(o.disk(), o.Log, journal.NewHeader(r, hashes), true); err != nil {
			return session.UsageError{Err: err}
		}
	}
	s := session.New(t, log)
	s.Share(kernel.Threads())
	defer s.Share(1)
	trace := journal.NewProgressFile(o.disk())
	defer func() {
		failed := s.Finish()
		if failed == nil || log.Gone() != nil {
			trace.End()
		}
		err = also(err, failed)
	}()
	at := slices.Clone(o.At)
	slices.SortStableFunc(at, func(a, b Scheduled) int { return a.Step - b.Step })
	decide := func(step int) (next int, err error) {
		for ; len(at) > 0 && at[0].Step == step; at = at[1:] {
			if err := s.Do("--at", at[0].command()); err != nil {
				return 0, fmt.Errorf("%s: %w", at[0], err)
			}
		}
		if len(at) == 0 {
			return math.MaxInt, nil
		}
		return at[0].Step, nil
	}
	var growing history.Growth
	regular := false // there is no file beside a pipe
	if info, failed := os.Stat(o.Log); failed == nil {
		regular = o.Log != "" && info.Mode().IsRegular()
	}
	if regular {
		trace.Write(log, s.Progress()) // replaces what a killed process has left
	}
	traced := time.Now()
	o.watch = func(step int, loss float64) {
		growing.Add(step, loss)
		if regular && time.Since(traced) >= traceEvery {
			reached := s.Progress()
			reached.Step = step // the session may be on the way to further ones
			trace.Write(log, reached)
			traced = time.Now()
		}
	}
	err = loop(ctx, s, steps, decide, o)
	if err == nil {
		var kept int
		if kept, err = s.KeepBest(); kept > 0 && o.Kept != nil {
			o.Kept(kept, t.Present())
		}
	}
	var d *session.Diverged
	var grown error // reported last: the outputs are written nevertheless
	if err == nil && growing.Begun {
		if since, ok := growing.Since(0, t.StepCount()); ok && t.Last().Loss > 0 { // a surface may be unbounded below
			last := t.Last()
			d = &session.Diverged{Step: since, Grown: []float64{growing.Initial, last.Loss}, Report: last}
			grown = d
		}
	}
	if errors.As(err, &d) || grown != nil {
		d.Advice = remedy.For(s, d, remedyPatience).Command()
	}
	if err != nil && !errors.Is(err, context.Canceled) && !errors.As(err, &d) {
		return err
	}
	if o.WeightsOut != "" {
		err = also(err, o.writeOut(o.WeightsOut, t.Encode(t.Weights())))
	}
	if o.ModelOut != "" {
		err = also(err, o.writeModel(ctx, s))
	}
	if o.CompactOut != "" && err == nil {
		small, failed := t.Compact()
		if failed != nil {
			return fmt.Errorf("--compact-out: %w", failed)
		}
		if err := o.writeOut(o.CompactOut, small.File); err != nil {
			return err
		}
		if o.Compact != nil {
			o.Compact(small)
		}
	}
	if o.Test != nil && err == nil && grown == nil && t.Data() != nil {
		if rows := t.Data().Test; rows.Rows() > 0 {
			loss, accuracy := t.Measure(rows)
			if n, _ := t.Network(); !n.HasAccuracy() {
				accuracy = math.NaN()
			}
			o.Test(rows.Rows(), loss, accuracy)
		}
	}
	if o.Then != nil && err == nil {
		return o.Then(ctx, t)
	}
	if o.Integer != nil && err == nil {
		report, failed := bench.Integer(ctx, t)
		if failed != nil {
			return fmt.Errorf("--integer: %w", failed)
		}
		o.Integer(report)
	}
	return also(err, grown)
}

// writeModel writes the model of the last step or of the best evaluation, which is
// computed again.
func (o *Options) writeModel(ctx context.Context, s *session.Session) error {
	t := s.Trainer()
	if best, _ := s.Best(); o.Best && best.Known() && best.Step != t.StepCount() {
		at, err := s.StateAt(best.Step, func(int, int) bool { return ctx.Err() == nil })
		if errors.Is(err, session.ErrCancelled) {
			return context.Cause(ctx)
		}
		if err != nil {
			return err
		}
		t = t.Copy()
		t.Restore(at)
	}
	content, err := export.EncodeModel(t)
	if err != nil {
		return fmt.Errorf("--model-out: %w", err)
	}
	return o.writeOut(o.ModelOut, content)
}

// traceEvery is the interval at which a run writes its progress beside its log.
const traceEvery = time.Second / 30

// remedyPatience is the time that a headless run searches for a remedy.
const remedyPatience = 3 * time.Second
