// Package aside does work beside a goroutine that goes on.
package aside

import (
	"sync/atomic"
	"time"

	"descent/core/parallel"
)

// Aside does one job at a time beside its caller, who waits for it later. A job that
// nobody has begun by then is done by the caller. Where the caller was kept waiting for
// much longer than a job takes, since the machine is busy, the next jobs are done at
// once, with exponential backoff. The zero value is ready for use. It is not safe for
// two callers.
type Aside struct {
	now     *job          // nil if there is none
	least   time.Duration // that a job took by the clock, 0 before the first
	alone   int           // jobs left to do at once
	backoff int           // how many the next time
}

// job is one that was begun.
type job struct {
	work  func()
	begun atomic.Bool // by whoever does it
	done  chan struct{}
	took  time.Duration
	fault *parallel.Panic
}

const (
	// late is how many times longer than a job the caller waits before the machine is
	// taken to be busy, and atLeast how long: waking a thread may take some of it.
	late    = 4
	atLeast = 200 * time.Microsecond
	// A caller then does this many jobs at once, four times as many each time.
	leastBackoff = 16
	mostBackoff  = 1 << 12
)

// Begin begins a job. The one before must have been waited for.
func (a *Aside) Begin(work func()) {
	if a.now != nil {
		panic("aside: a job is under way")
	}
	if a.alone > 0 {
		a.alone--
		work()
		return
	}
	now := &job{work: work, done: make(chan struct{})}
	a.now = now
	go now.do()
}

// do does the job unless somebody does it.
func (n *job) do() {
	if !n.begun.CompareAndSwap(false, true) {
		return
	}
	defer close(n.done)
	defer func() { n.fault = parallel.Caught(recover()) }()
	start := time.Now()
	n.work()
	n.took = time.Since(start)
}

// Wait returns once the job is done that Begin began, at once if there is none. It
// panics with a *parallel.Panic if the job did.
func (a *Aside) Wait() {
	now := a.now
	if now == nil {
		return
	}
	a.now = nil
	now.do()
	start := time.Now()
	<-now.done
	if now.fault != nil {
		panic(now.fault)
	}
	switch waited := time.Since(start); {
	case waited > max(late*a.least, atLeast) && a.least > 0:
		a.backoff = min(max(4*a.backoff, leastBackoff), mostBackoff)
		a.alone = a.backoff
	default:
		a.backoff -= (a.backoff + 31) / 32
	}
	if a.least == 0 || now.took < a.least {
		a.least = now.took
	}
}
