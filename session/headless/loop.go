package headless

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"

	"descent/core"
	"descent/session"
	"descent/session/diagnosis"
	"descent/session/disk"
	"descent/session/export/tensorboard"
)

// loop trains to a step and writes the metrics. before is called before each step, or at
// least before those that it returns as next. The last step is evaluated.
func loop(ctx context.Context, s *session.Session, steps int, before func(step int) (next int, err error), o Options) (err error) {
	w := o.Out
	switch o.Metrics {
	case "":
		w = io.Discard
	case "-":
	default:
		f, err := o.disk().Create(o.Metrics, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, disk.Public)
		if err != nil {
			return session.UsageError{Err: disk.CannotWrite(o.Metrics, err)}
		}
		defer func() { err = also(err, disk.CannotWrite(o.Metrics, errors.Join(f.Sync(), f.Close()))) }()
		w = f
	}
	out := bufio.NewWriterSize(w, 1<<16)
	defer func() { err = also(err, disk.CannotWrite("the metrics", out.Flush())) }()
	events := &tensorboard.Live{}
	if o.TensorBoard != "" {
		if events, err = tensorboard.Begin(o.disk(), o.TensorBoard); err != nil {
			return session.UsageError{Err: err}
		}
		defer func() { err = also(err, events.Close()) }()
	}
	var line []byte
	warned := false
	put := func(report core.Report) error {
		if s.LogError() != nil && !warned && o.Warn != nil {
			o.Warn(s.LogError())
			warned = true
		}
		line = append(report.AppendJSON(line[:0]), '\n')
		if _, err := out.Write(line); err != nil {
			return disk.CannotWrite("the metrics", err)
		}
		if o.TensorBoard != "" {
			if err := events.Add(report); err != nil {
				return err
			}
		}
		if o.Progress != nil {
			o.Progress(report.Step, steps, report)
		}
		if o.watch != nil {
			o.watch(report.Step, report.Loss)
		}
		return nil
	}
	s.Interrupt(func() bool { return ctx.Err() != nil })
	defer s.Interrupt(nil)
	var last core.Report // that is not written yet
	var failed error     // to write one
	s.OnStep(func(r core.Report) {
		if last.Step > 0 && failed == nil {
			failed = put(last)
		}
		last = r
	})
	defer s.OnStep(nil)
	goesOn := func() bool { return failed == nil && ctx.Err() == nil }
	t := s.Trainer()
	monitor, look := o.monitor(steps - t.StepCount())
	for t.StepCount() < steps {
		step := t.StepCount() + 1
		next, err := before(step)
		if err != nil {
			return err
		}
		next = min(next, steps+1, after(step, lookEvery))
		if monitor != nil {
			next = min(next, after(step, look))
		}
		_, _, diverged := s.Train(next-step, goesOn)
		if failed != nil {
			return failed
		}
		at, stop := t.StepCount(), ctx.Err()
		if at%lookEvery == 0 {
			s.CheckLog()
		}
		interrupted := errors.Is(diverged, session.ErrInterrupted)
		if diverged == nil && (at == steps || stop != nil && !t.LongEvaluation()) {
			last = t.Evaluate()
		}
		if last.Step > 0 {
			if err := put(last); err != nil {
				return err
			}
			last = core.Report{}
		}
		if interrupted {
			return stop
		}
		if diverged != nil {
			return diverged
		}
		if monitor != nil && (at%look == 0 || at == steps) {
			monitor.Look(s)
		}
		if stop != nil {
			return stop
		}
		if why, ok := s.Stopped(); ok {
			if o.Stopped != nil {
				o.Stopped(why.Why)
			}
			break
		}
	}
	if monitor != nil {
		if d := monitor.Now(); d != nil {
			o.Diagnosis(*d)
		}
	}
	return nil
}

// monitor returns what looks for trouble in a run of some steps, and the number of steps
// between two looks; nil if nobody asks.
func (o *Options) monitor(steps int) (m *diagnosis.Monitor, every int) {
	if o.Diagnosis == nil {
		return nil, 0
	}
	const looks, least = 20, 25
	return diagnosis.NewMonitor().WithoutClock(looks / 4), max(steps/looks, least)
}

// after is the first step behind the next multiple of n, from a step on.
func after(step, n int) int { return (step+n-1)/n*n + 1 }

// lookEvery is the number of steps between checks that the log still exists.
const lookEvery = 1024

// also joins an error with a later one. For an interrupted run only the later
// error, of what could not be written, is reported.
func also(err, later error) error {
	if later != nil && errors.Is(err, context.Canceled) {
		return later
	}
	return errors.Join(err, later)
}
