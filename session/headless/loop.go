package headless

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"

	"descent/session"
	"descent/session/diagnosis"
	"descent/session/disk"
	"descent/session/export/tensorboard"
)

// loop trains to a step and writes the metrics. before is called before each step.
// The last step is evaluated.
func loop(ctx context.Context, s *session.Session, steps int, before func(step int) error, o Options) (err error) {
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
	s.Interrupt(func() bool { return ctx.Err() != nil })
	defer s.Interrupt(nil)
	warned := false
	monitor, look := o.monitor(steps - s.Trainer().StepCount())
	for step := s.Trainer().StepCount() + 1; step <= steps; step++ {
		if err := before(step); err != nil {
			return err
		}
		report, failed := s.Step()
		if step%lookEvery == 0 {
			s.CheckLog()
		}
		if s.LogError() != nil && !warned && o.Warn != nil {
			o.Warn(s.LogError())
			warned = true
		}
		stop := ctx.Err()
		if errors.Is(failed, session.ErrInterrupted) {
			return stop
		}
		if failed == nil && (step == steps || stop != nil && !s.Trainer().LongEvaluation()) {
			report = s.Trainer().Evaluate()
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
			o.Progress(step, steps, report)
		}
		if o.watch != nil {
			o.watch(step, report.Loss)
		}
		if failed != nil {
			return failed
		}
		if monitor != nil && (step%look == 0 || step == steps) {
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
