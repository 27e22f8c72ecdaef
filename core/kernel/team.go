package kernel

import (
	"runtime"
	"sync/atomic"
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
	kept    [2]Task   // products of either precision, so that none allocates

	task    Task
	fault   atomic.Pointer[any] // what a part panicked with
	closed  atomic.Bool
	serial  int // multiply-adds left to do alone, after members were late
	backoff int // how many the next time that they are

	_     [64]byte // what all read lies in cache lines of its own
	state atomic.Uint64
	_     [64]byte
	done  atomic.Int32 // parts of the task
	_     [64]byte
}

// member is a goroutine that waits for work: it spins for a while, since the next task
// of a step comes soon and waking a thread takes longer than many tasks, then sleeps.
type member struct {
	asleep atomic.Bool
	wake   chan struct{}
	_      [64]byte
}

// The state of a team is one word, so that a part is taken atomically with the number
// of its task: the number of the task, its number of parts, and how many are taken.
const (
	partBits = 16
	partMask = 1<<partBits - 1
)

// take takes the next part of the current task.
func (t *Team) take() (i, n int, ok bool) {
	for {
		s := t.state.Load()
		i, n = int(s&partMask), int(s>>partBits&partMask)
		if i == n {
			return 0, 0, false
		}
		if t.state.CompareAndSwap(s, s+1) {
			return i, n, true
		}
	}
}

// left reports whether a part is left to take.
func (t *Team) left() bool {
	s := t.state.Load()
	return s&partMask != s>>partBits&partMask
}

const (
	// memberSpins is how often a member polls before it sleeps: some hundred
	// microseconds.
	memberSpins = 1 << 18
	// callerSpins is how often a caller polls at least before it takes the members to be
	// late: some ten microseconds.
	callerSpins = 1 << 14
	// A caller then does this many multiply-adds alone, four times as many each time:
	// from some milliseconds to about a second.
	leastBackoff = 1 << 26
	mostBackoff  = 1 << 33
)

// NewTeam starts the goroutines; Close ends them. With one member there are
// none, and the team is nil.
func NewTeam(members int) *Team {
	if members < 2 {
		return nil
	}
	t := &Team{}
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

// await returns true once there is work, and false once the team is closed.
func (t *Team) await(m *member) bool {
	for {
		for range memberSpins {
			if t.left() {
				return true
			}
			if t.closed.Load() {
				return false
			}
		}
		m.asleep.Store(true)
		if (t.left() || t.closed.Load()) && m.asleep.CompareAndSwap(true, false) {
			continue // posted by a caller who saw nobody asleep
		}
		<-m.wake
	}
}

func (t *Team) rouse() {
	for _, m := range t.members {
		if m.asleep.CompareAndSwap(true, false) {
			m.wake <- struct{}{}
		}
	}
}

// work does parts until none is left.
func (t *Team) work(who int) {
	for i, n, ok := t.take(); ok; i, n, ok = t.take() {
		t.part(i, n, who)
		t.done.Add(1)
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

func (t *Team) blame(fault any) { t.fault.Store(&fault) }

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
	t.rouse()
	t.members = nil
}

// Do runs a task of about work multiply-adds, divided into about parts parts for each
// member, and returns when it is done. It panics with what a part panics with. Where
// members are late because the machine is busy, the caller does the next tasks alone,
// with exponential backoff. It takes them to be late if it waits longer for the last
// parts than a part takes.
func (t *Team) Do(task Task, parts, work int) {
	if t == nil || len(t.members) == 0 {
		task.Part(0, 1, 0)
		return
	}
	if t.serial > 0 {
		t.serial -= max(work, Worth)
		task.Part(0, 1, 0)
		return
	}
	n := min(parts*t.Members(), partMask)
	t.task = task
	t.done.Store(0)
	t.fault.Store(nil)
	t.state.Store((t.state.Load()>>(2*partBits)+1)<<(2*partBits) | uint64(n)<<partBits)
	t.rouse()
	t.work(0)
	if t.finished(n) > max(callerSpins, work/n) {
		t.backoff = min(max(4*t.backoff, leastBackoff), mostBackoff)
		t.serial = t.backoff
	} else {
		t.backoff -= t.backoff / 32
	}
	if fault := t.fault.Load(); fault != nil {
		panic(*fault)
	}
}

// finished waits until all parts are done and returns how often it polled.
func (t *Team) finished(n int) (polls int) {
	for ; t.done.Load() != int32(n); polls++ {
		if polls%4096 == 4095 {
			runtime.Gosched()
		}
	}
	return polls
}

// Worth is the number of multiply-adds from which a task is divided: handing half of
// them to another processor takes some ten microseconds.
const Worth = 1 << 21
