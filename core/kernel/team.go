package kernel

import (
	"runtime"
	"sync/atomic"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
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
	one     product   // of the call under way, so that none allocates

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

// Gemm is blas64.Gemm, C = alpha op(A) op(B) + beta C.
func (t *Team) Gemm(tA, tB blas.Transpose, alpha float64, a, b blas64.General, beta float64, c blas64.General) {
	k := a.Cols
	if tA != blas.NoTrans {
		k = a.Rows
	}
	if t == nil || c.Rows*c.Cols*k < Worth {
		blas64.Gemm(tA, tB, alpha, a, b, beta, c)
		return
	}
	t.one = product{tA: tA, tB: tB, alpha: alpha, a: a, b: b, beta: beta, c: c}
	t.product(c.Rows * c.Cols * k)
}

// Affine is the function Affine, divided among the members.
func (t *Team) Affine(y, x, w blas64.General, bias []float64) {
	if t == nil || y.Rows*y.Cols*x.Cols < Worth {
		Affine(y, x, w, bias)
		return
	}
	t.one = product{a: x, b: w, c: y, bias: bias}
	t.product(y.Rows * y.Cols * x.Cols)
}

// product runs t.one, in more parts than members where there are columns enough: each
// part packs the rows anew.
func (t *Team) product(work int) {
	parts := t.one.c.Cols / (2 * panelCols * t.Members())
	t.Do(&t.one, min(max(parts, 1), 4), work)
}

// product is a matrix product as a task; with a bias it is Affine. The parts
// are columns of C while these are many, else rows: the chains of the elements
// are the same whoever runs them.
type product struct {
	tA, tB      blas.Transpose
	alpha, beta float64
	a, b, c     blas64.General
	bias        []float64
}

func (p *product) Part(i, n, _ int) {
	a, b, c, bias := p.a, p.b, p.c, p.bias
	if c.Cols >= 2*panelCols*n {
		from, to := share(c.Cols, panelCols, i, n)
		if from == to {
			return
		}
		c.Data, c.Cols = c.Data[from:], to-from
		if p.tB == blas.NoTrans && bias == nil {
			b.Data, b.Cols = b.Data[from:], to-from
		} else {
			b.Data, b.Rows = b.Data[from*b.Stride:], to-from
		}
		if bias != nil {
			bias = bias[from:to]
		}
	} else {
		from, to := share(c.Rows, 4, i, n)
		if from == to {
			return
		}
		c.Data, c.Rows = c.Data[from*c.Stride:], to-from
		if p.tA == blas.NoTrans || bias != nil {
			a.Data, a.Rows = a.Data[from*a.Stride:], to-from
		} else {
			a.Data, a.Cols = a.Data[from:], to-from
		}
	}
	if bias != nil {
		Affine(c, a, b, bias)
		return
	}
	blas64.Gemm(p.tA, p.tB, p.alpha, a, b, p.beta, c)
}

// share is the i-th of n parts of a length, in complete blocks but for the last.
func share(length, block, i, n int) (from, to int) {
	blocks := (length + block - 1) / block
	return min(blocks*i/n*block, length), min(blocks*(i+1)/n*block, length)
}
