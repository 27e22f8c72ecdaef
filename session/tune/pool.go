package tune

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"descent/core"
	"descent/session/study"
)

// Engine works on a study, or watches others do so. Readings and decisions are the
// same whoever works.
type Engine interface {
	// Reading is what is known now; it is never modified.
	Reading() *study.Reading
	// Decide takes a decision: it is in force when the call returns.
	Decide(d study.Decision) error
	// Pause holds the engine's own workers, between two steps, or lets them go on.
	Pause(on bool)
	// Paused reports whether they are held, by Pause or by a decision.
	Paused() bool
	// Done is closed when there is nothing to do any more: the study is over, or all
	// workers have failed.
	Done() <-chan struct{}
	// Err is what workers, or the folder, could not do; nil if nothing failed.
	Err() error
	// Close ends the work; what was under way is kept, and can be gone on with.
	Close() error
}

// readingEvery is the least time between two looks into the folder, and lookShare of how
// many parts of the time looking takes at most one.
const (
	readingEvery = 100 * time.Millisecond
	lookShare    = 20
)

// watcher reads a folder a few times a second and tells about it.
type watcher struct {
	of      *study.Study
	changed func(*study.Reading)
	last    *study.Reading

	mu  sync.Mutex
	err error
}

// Reading is what is known now.
func (w *watcher) Reading() *study.Reading { return w.of.Reading() }

// Decide takes a decision.
func (w *watcher) Decide(d study.Decision) error { return w.of.Decide(d) }

// Err is what failed.
func (w *watcher) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

func (w *watcher) failed(err error) {
	if err == nil || errors.Is(err, context.Canceled) {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil || w.err.Error() != err.Error() { // all workers meet the same full disk
		w.err = errors.Join(w.err, err)
	}
}

// look reads what is new, and tells if there is anything.
func (w *watcher) look() {
	w.failed(w.of.Refresh())
	if r := w.of.Reading(); r != w.last {
		w.last = r
		if w.changed != nil {
			w.changed(r)
		}
	}
}

// watch looks until ctx ends.
func (w *watcher) watch(ctx context.Context) {
	for {
		began := time.Now()
		w.look()
		if pause(ctx, max(readingEvery, lookShare*time.Since(began))) != nil {
			return
		}
	}
}

// Pool is workers in this process, on cores of the machine.
type Pool struct {
	watcher
	paused atomic.Bool
	cancel context.CancelFunc
	done   chan struct{}
	all    sync.WaitGroup // of the workers
	rest   sync.WaitGroup // of the reading
	close  sync.Once
	closed error
	less   func() // gives back threads; nil if there were enough
}

// NewPool begins work on a study by so many workers. changed, nil for nobody, is called
// by a goroutine of the pool when something has changed, about ten times a second at
// most.
func NewPool(s *study.Study, files core.Files, workers int, changed func(*study.Reading)) (*Pool, error) {
	return NewTask(s, files, "", workers, changed)
}

// NewTask is NewPool for a task of a scheduler, "" for none: a process that gets the same
// task later takes over what this one has begun, worker by worker.
func NewTask(s *study.Study, files core.Files, task string, workers int, changed func(*study.Reading)) (*Pool, error) {
	ctx, cancel := context.WithCancel(context.Background())
	p := &Pool{watcher: watcher{of: s, changed: changed}, cancel: cancel, done: make(chan struct{})}
	from := &shared{begin: newBeginner(s, files)}
	var hands []*study.Hand
	for i := range workers {
		slot := ""
		if task != "" {
			slot = fmt.Sprintf("%s, worker %d", task, i)
		}
		h, err := s.Register(slot)
		if err != nil {
			cancel()
			for _, h := range hands {
				err = errors.Join(err, h.Close())
			}
			return nil, err
		}
		hands = append(hands, h)
	}
	if now := runtime.GOMAXPROCS(0); workers >= now { // else a screen waits until a worker lets it run
		p.less = Threads(workers + 1 - now)
	}
	for _, h := range hands {
		p.all.Go(func() {
			p.failed(guarded(s.Dir(), func() error {
				return Work(ctx, s, h, files, Options{Paused: p.paused.Load, Watched: true, shared: from})
			}))
			p.failed(h.Close())
		})
	}
	reading, end := context.WithCancel(context.Background())
	p.rest.Go(func() { p.watch(reading) })
	p.rest.Go(func() {
		p.all.Wait()
		end()
		close(p.done)
	})
	return p, nil
}

// guarded does work that may panic: a screen beside it goes on, and is left in order.
func guarded(dir string, work func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			path := filepath.Join(dir, "crash.txt")
			_ = os.WriteFile(path, fmt.Appendf(nil, "%v\n\n%s", v, debug.Stack()), 0o666)
			err = fmt.Errorf("a worker failed: %v (this is a bug in descent; %s says where, and what was found is kept)", v, path)
		}
	}()
	return work()
}

// Pause holds the workers between two steps, or lets them go on.
func (p *Pool) Pause(on bool) { p.paused.Store(on) }

// Paused reports whether they are held.
func (p *Pool) Paused() bool { return p.paused.Load() || p.of.Paused() }

// Done is closed when all workers have ended.
func (p *Pool) Done() <-chan struct{} { return p.done }

// Close ends the work.
func (p *Pool) Close() error {
	p.close.Do(func() {
		p.cancel()
		p.rest.Wait()
		if p.less != nil {
			p.less()
		}
		p.look()
		p.closed = p.Err()
	})
	return p.closed
}

// Watcher shows a study on which others work.
type Watcher struct {
	watcher
	cancel context.CancelFunc
	rest   sync.WaitGroup
	done   chan struct{}
	over   sync.Once
}

// Watch begins to watch a study; changed is as in NewPool.
func Watch(s *study.Study, changed func(*study.Reading)) *Watcher {
	ctx, cancel := context.WithCancel(context.Background())
	w := &Watcher{cancel: cancel, done: make(chan struct{})}
	w.watcher = watcher{of: s, changed: func(r *study.Reading) {
		if r.Over {
			w.over.Do(func() { close(w.done) })
		}
		if changed != nil {
			changed(r)
		}
	}}
	w.rest.Go(func() { w.watch(ctx) })
	return w
}

// Pause does nothing: the workers are others'. A decision holds them.
func (w *Watcher) Pause(bool) {}

// Paused reports whether a decision holds the workers.
func (w *Watcher) Paused() bool { return w.of.Paused() }

// Done is closed when the study is over.
func (w *Watcher) Done() <-chan struct{} { return w.done }

// Close ends watching; the work goes on.
func (w *Watcher) Close() error {
	w.cancel()
	w.rest.Wait()
	return w.Err()
}
