// Package tune trains the trials of a study: a claim becomes a recipe and a trainer,
// and ends as a result. Workers take claims from the study's folder until there is
// nothing to do; a pool of them runs in process.
package tune

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"descent/core"
	"descent/session/study"
)

// Study is what a worker asks of the study that it works on. study.Study is one.
type Study interface {
	Source
	Paused() bool
	Pinned(trial int) bool
	Refresh() error
	Reading() *study.Reading
}

// Hand is what a worker asks of its hold on a study. study.Hand is one.
type Hand interface {
	Next() (c study.Claim, wait, over bool, err error)
	Report(c study.Claim, r study.Report) (stop study.Outcome, why string, err error)
	Keep(c study.Claim, state []byte) error
	Kept(c study.Claim) ([]byte, error)
	End(c study.Claim, r study.Result) error
	Release(c study.Claim) error
	Stopped(c study.Claim) bool
	KeepLog(trial int, log []byte) error
}

// Options are what can be set of a worker. The zero value is one that works alone on a
// folder that others write too.
type Options struct {
	Paused  func() bool // a switch of its own, beside that of the study; nil for none
	Watched bool        // somebody else refreshes the study
	shared  *shared     // what workers of one process share; nil for a worker alone
}

// shared is what the workers of one process share.
type shared struct {
	begin   *beginner
	waiting waiting
	best    best
}

// How often a worker does what.
const (
	breath    = time.Millisecond      // lets others run
	lookEvery = 25 * time.Millisecond // reads whether to pause or to stop
	readEvery = time.Second           // reads the folder, while it trains
	keepEvery = 10 * time.Second      // publishes the state of its job
	leastWait = 5 * time.Millisecond  // before it asks again for something to do
	mostWait  = time.Second
	holding   = 20 * time.Millisecond // between two looks while it is paused
)

// Work takes claims and trains them until there is nothing to do anymore, or ctx ends:
// then the job under way is published as it stands, released, and the error is that of
// ctx. Another error says what could not be written.
func Work(ctx context.Context, s Study, h Hand, files core.Files, o Options) error {
	if o.shared == nil {
		o.shared = &shared{begin: newBeginner(s, files)}
	}
	w := &worker{study: s, hand: h, Options: o}
	wait := leastWait
	for {
		if err := w.hold(ctx); err != nil {
			return err
		}
		c, idle, over, err := h.Next()
		switch {
		case err != nil:
			return err
		case over:
			return nil
		case !idle:
			wait = leastWait
			if err := w.do(ctx, c); err != nil {
				return err
			}
			continue
		}
		if err := pause(ctx, wait); err != nil {
			return err
		}
		if wait = min(2*wait, mostWait); o.Watched {
			wait = min(wait, 100*time.Millisecond)
			continue
		}
		if err := s.Refresh(); err != nil {
			return err
		}
	}
}

// pause waits, unless ctx ends first.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// worker trains one job at a time.
type worker struct {
	Options
	study Study
	hand  Hand

	steps, every       int // since the last breath, and between two
	last, looked, read time.Time
	kept               time.Time
}

// paused reports whether nothing is to be trained now.
func (w *worker) paused() bool {
	return w.Paused != nil && w.Paused() || w.study.Paused()
}

// hold returns when the study is not paused.
func (w *worker) hold(ctx context.Context) error {
	for ctx.Err() == nil && w.paused() {
		if err := pause(ctx, holding); err != nil {
			return err
		}
		if err := w.refresh(); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// refresh reads the folder now and then, unless somebody else does.
func (w *worker) refresh() error {
	if w.Watched || time.Since(w.read) < readEvery {
		return nil
	}
	w.read = time.Now()
	return w.study.Refresh()
}

// do trains a claim and publishes the result.
func (w *worker) do(ctx context.Context, c study.Claim) error {
	j := &job{Claim: c, spec: w.study.Spec(), from: w.shared.begin}
	if j.Point == nil { // it goes on as before
		j.Point = w.study.Reading().Trials[c.Trial].Point
	}
	if !c.Fresh {
		j.told = func(r study.Report) (study.Outcome, string, error) { return w.hand.Report(c, r) }
	}
	now := time.Now()
	w.steps, w.every, w.last, w.looked, w.kept = 0, 1, now, now, now
	j.breathe = func() error { return w.breathe(ctx, j) }
	result, err := w.train(ctx, j)
	if ctx.Err() != nil {
		return errors.Join(ctx.Err(), w.leave(j))
	}
	if err != nil {
		return errors.Join(err, w.hand.Release(c))
	}
	if result.Outcome == study.Waiting {
		if err := w.keep(j); err != nil {
			return errors.Join(err, w.hand.Release(c))
		}
	}
	if err := w.hand.End(c, result); err != nil {
		return err
	}
	if result.Outcome == study.Waiting {
		w.shared.waiting.put(c.Job, j.runs)
	}
	return w.keepLog(ctx, j, result)
}

// keepLog keeps the log of a trial that has ended, if it is one of the best or pinned.
func (w *worker) keepLog(ctx context.Context, j *job, r study.Result) error {
	switch {
	case j.Fresh || r.Outcome == study.Waiting || len(j.runs) == 0 || r.Hash == "":
		return nil
	case !w.shared.best.takes(r, w.study.Reading) && !w.study.Pinned(j.Trial):
		return nil
	}
	log, err := j.runs[0].log(ctx, w.study, w.shared.begin.plain, false)
	if err != nil {
		return ctx.Err() // it can be made again by Log
	}
	return w.hand.KeepLog(j.Trial, log)
}

// train goes on with a job where it stands.
func (w *worker) train(ctx context.Context, j *job) (study.Result, error) {
	if err := w.resume(ctx, j); err != nil {
		if ctx.Err() != nil {
			return study.Result{}, ctx.Err()
		}
		return j.result(study.Failed, err.Error()), nil
	}
	return j.train(ctx)
}

// resume gives a job the runs that it continues from.
func (w *worker) resume(ctx context.Context, j *job) error {
	if j.Parent == nil && j.Rung > 0 && !j.Fresh && j.Attempt == 0 {
		if runs := w.shared.waiting.take(study.Job{Trial: j.Trial, Rung: j.Rung - 1}); runs != nil {
			j.runs = runs
			return nil
		}
	}
	kept, err := w.hand.Kept(j.Claim)
	if err == nil && kept != nil {
		err = j.take(ctx, kept)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			return w.again(j)
		}
	}
	if j.Parent != nil && j.Parent.Rung >= 0 { // else it begins anew
		if err == nil {
			err = errors.New("there is no state of it")
		}
		return fmt.Errorf("it cannot continue from %s: %w", *j.Parent, err)
	}
	// A state that is lost costs time alone.
	j.runs, j.reports, j.values, j.metrics = nil, nil, nil, nil
	return nil
}

// again publishes what earlier attempts have reported already.
func (w *worker) again(j *job) error {
	for _, r := range j.reports {
		if _, _, err := w.hand.Report(j.Claim, r); err != nil {
			return err
		}
	}
	return nil
}

// breathe is called after every step: it lets others run, holds while the study is
// paused, and publishes the state now and then.
func (w *worker) breathe(ctx context.Context, j *job) error {
	if w.steps++; w.steps < w.every {
		return nil
	}
	now := time.Now()
	switch took := now.Sub(w.last); {
	case took < breath/2:
		w.every *= 2
	case took > 2*breath && w.every > 1:
		w.every = max(int(int64(w.every)*int64(breath)/int64(took)), 1)
	}
	w.steps = 0
	runtime.Gosched()
	w.last = time.Now()
	if err := ctx.Err(); err != nil {
		return err
	}
	if w.last.Sub(w.looked) < lookEvery {
		return nil
	}
	if err := w.refresh(); err != nil {
		return err
	}
	if err := w.hold(ctx); err != nil {
		return err
	}
	w.last = time.Now()
	w.looked = w.last
	if w.hand.Stopped(j.Claim) {
		return stopped{study.Stopped, "stopped by hand"}
	}
	if w.last.Sub(w.kept) >= keepEvery {
		_ = w.keep(j) // it only saves time
		w.kept = time.Now()
	}
	return nil
}

// keep publishes the state of a job.
func (w *worker) keep(j *job) error {
	state, err := j.state()
	if err != nil {
		return err
	}
	return w.hand.Keep(j.Claim, state)
}

// leave publishes a job as it stands and gives it back.
func (w *worker) leave(j *job) error {
	var err error
	if len(j.runs) > 0 {
		err = w.keep(j)
	}
	return errors.Join(err, w.hand.Release(j.Claim))
}
