// Package team shares tasks among goroutines, where that is faster: on an idle machine
// all take part, on a busy one the caller works alone.
package team

import (
	"runtime"
	"sync/atomic"
	"time"
)

// Task is work that can be divided into independent parts. Part does the i-th of n;
// the result of all parts together must not depend on n. who is the member that does
// it, from 0, for scratch memory of its own.
type Task interface{ Part(i, n, who int) }

// Team runs tasks on several goroutines, its own and its caller's. Whoever is free
// takes the next part, the caller too, so that a member that is scheduled late delays
// the task by at most one part. A nil team is the caller alone. It is not safe for two
// callers at once.
type Team struct {
	members []*member // the team's own
	ledger  ledger
	born    time.Time // the beginning of its clock

	task    Task
	fault   atomic.Pointer[any] // what a part panicked with
	closed  atomic.Bool         //
	rest    atomic.Bool         // there is nothing to wait for
	waiting atomic.Bool         // the caller sleeps until the last part is done
	last    chan struct{}       // tells it so
	lost    atomic.Int64        // nanoseconds for which members that polled stood still
	_       [cacheLine]byte     // what all read lies in cache lines of its own
	state   atomic.Uint64       //
	_       [cacheLine - 8]byte //
	done    atomic.Int32        // parts of the task
	_       [cacheLine - 4]byte //
}

// member is a goroutine that waits for work: it polls for a while, since the next task
// of a step comes soon and waking a thread takes longer than many tasks, then sleeps.
type member struct {
	asleep atomic.Bool
	wake   chan struct{}
	_      [cacheLine]byte
}

const cacheLine = 128 // two, which processors fetch together

// The state of a team is one word, so that a part is taken atomically with the number
// of its task: the number of the task, its number of parts, and how many are taken from
// the front and from the back.
const (
	partBits = 12
	partMask = 1<<partBits - 1
	parts    = 2 * partBits // where their number begins
	tasks    = 3 * partBits
)

const (
	// polls are what a member or a caller does between two looks at the clock, of which
	// each lets other goroutines run: some microseconds.
	polls = 1 << 11
	// patience is how long a member polls before it sleeps.
	patience = 500 * time.Microsecond
	// A member that polls and sees the clock leap by as much stood still: others run on
	// its processor.
	leap = 100 * time.Microsecond
	// callerPatience is how long a caller polls at least before it sleeps.
	callerPatience = 50 * time.Microsecond
)

// New starts the goroutines of a team of so many members, of which the caller is one;
// Close ends them. A team of one is nil.
func New(members int) *Team {
	if members < 2 {
		return nil
	}
	t := &Team{ledger: newLedger(), born: time.Now(), last: make(chan struct{}, 1)}
	for who := 1; who < members; who++ {
		m := &member{wake: make(chan struct{}, 1)}
		t.members = append(t.members, m)
		go func() {
			for t.await(m) {
				t.work(who)
			}
		}()
	}
	return t
}

// Members is the number of goroutines that share a task.
func (t *Team) Members() int {
	if t == nil {
		return 1
	}
	return len(t.members) + 1
}

// Close ends the team's goroutines. The caller does later tasks alone.
func (t *Team) Close() {
	if t == nil {
		return
	}
	t.closed.Store(true)
	t.rouse(len(t.members))
	t.members = nil
}

// Do runs a task, divided into so many parts, and returns when it is done. It panics
// with what a part panics with. Tasks of equal shape take about equally long: each is
// done alone or shared as was faster so far. Where members keep the caller waiting,
// it does the next tasks alone, for twice as long each time.
func (t *Team) Do(task Task, n int, shape uint64) {
	if t == nil || len(t.members) == 0 || n < 2 {
		task.Part(0, 1, 0)
		return
	}
	r, start := t.ledger.of(shape), t.now()
	if !t.ledger.shares(r, start) {
		task.Part(0, 1, 0)
		end := t.now()
		t.ledger.wasAlone(r, end, end-start)
		t.rest.Store(t.ledger.resting(end))
		return
	}
	t.rest.Store(false)
	lost := t.lost.Swap(0)
	t.share(task, min(n, partMask), start)
	end := t.now()
	t.ledger.wasShared(r, end, end-start, time.Duration(lost))
	t.rest.Store(t.ledger.resting(end))
	if fault := t.fault.Swap(nil); fault != nil {
		panic(*fault)
	}
}

// now is the time on the team's clock.
func (t *Team) now() time.Duration { return time.Since(t.born) }

// share does a task with all members who are there.
func (t *Team) share(task Task, n int, start time.Duration) {
	t.task = task
	t.done.Store(0)
	t.state.Store((t.state.Load()>>tasks+1)<<tasks | uint64(n)<<parts)
	t.rouse(n - 1)
	t.work(0)
	t.finish(int32(n), start)
}

// rouse wakes so many members, of whom some may be awake.
func (t *Team) rouse(n int) {
	for _, m := range t.members[:min(n, len(t.members))] {
		if m.asleep.CompareAndSwap(true, false) {
			m.wake <- struct{}{}
		}
	}
}

// await returns true once there is work, and false once the team is closed.
func (t *Team) await(m *member) bool {
	for {
		now := t.now()
		for end := now + patience; now < end && !t.rest.Load(); now = t.now() {
			if t.polled() {
				return true
			}
			if t.closed.Load() {
				return false
			}
			if took := t.now() - now; took > leap {
				t.lost.Add(int64(took))
			}
			runtime.Gosched()
		}
		m.asleep.Store(true)
		if (t.left() || t.closed.Load()) && m.asleep.CompareAndSwap(true, false) {
			if t.closed.Load() {
				return false
			}
			return true // posted by a caller who saw nobody asleep
		}
		<-m.wake
		if t.closed.Load() {
			return false
		}
		if t.left() {
			return true
		}
	}
}

// polled looks for a while whether there is work.
func (t *Team) polled() bool {
	for range polls {
		if t.left() {
			return true
		}
	}
	return false
}

// left reports whether a part is left to take.
func (t *Team) left() bool {
	s := t.state.Load()
	return s&partMask+s>>partBits&partMask != s>>parts&partMask
}

// take takes the next part of the current task: the caller from the front, members from
// the back. So each mostly meets what it has in its cache from the task before.
func (t *Team) take(who int) (i, n int, ok bool) {
	for {
		s := t.state.Load()
		front, back, n := int(s&partMask), int(s>>partBits&partMask), int(s>>parts&partMask)
		i, next := front, s+1
		if who > 0 {
			i, next = n-1-back, s+1<<partBits
		}
		if front+back == n {
			return 0, 0, false
		}
		if t.state.CompareAndSwap(s, next) {
			return i, n, true
		}
	}
}

// work does parts until none is left. Whoever does the last wakes the caller.
func (t *Team) work(who int) {
	for i, n, ok := t.take(who); ok; i, n, ok = t.take(who) {
		t.part(i, n, who)
		if t.done.Add(1) == int32(n) && t.waiting.CompareAndSwap(true, false) {
			t.last <- struct{}{}
		}
	}
}

// part records what a part panics with, so that the caller of Do panics with it: a
// panic on a goroutine of the team would end the program.
func (t *Team) part(i, n, who int) {
	defer t.keep()
	t.task.Part(i, n, who)
}

func (t *Team) keep() {
	if fault := recover(); fault != nil {
		t.blame(fault)
	}
}

func (t *Team) blame(fault any) { t.fault.Store(&fault) } // apart, so that keep allocates nothing

// finish waits until all parts are done: it polls for half as long as the task has
// taken, then sleeps, since the member may need this very processor.
func (t *Team) finish(n int32, start time.Duration) {
	now := t.now()
	for end := now + max((now-start)/2, callerPatience); now < end; now = t.now() {
		for range polls {
			if t.done.Load() == n {
				return
			}
		}
		runtime.Gosched()
	}
	for t.done.Load() != n { // a member may be late to tell of the task before
		t.waiting.Store(true)
		if t.done.Load() == n && t.waiting.CompareAndSwap(true, false) {
			return
		}
		<-t.last
	}
}
