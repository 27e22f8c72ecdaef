package kernel

import (
	"runtime"
	"sync/atomic"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// Task is work in parts that do not touch each other. Part does the i-th of n;
// what comes out of all of them together must not depend on n.
type Task interface{ Part(i, n int) }

// Team does tasks on several goroutines, its own and its caller's. A nil team
// is the caller alone. It is not for two callers at once.
type Team struct {
	members []*member // the team's own
	one     product   // of the call under way, so that none allocates
}

// member is a goroutine that waits for work: first awake, since the next task
// of a step comes soon and to wake a thread takes longer than many a task,
// then asleep.
type member struct {
	task         Task
	fault        any           // what the last task panicked with
	posted, done atomic.Uint32 // tasks so far
	asleep       atomic.Bool
	wake         chan struct{}
	_            [64]byte // another member's numbers lie in another cache line
}

// patience is for how many looks a member stays awake: some hundred microseconds.
const patience = 1 << 18

// NewTeam starts the goroutines; Close ends them. With one member there are
// none, and the team is nil.
func NewTeam(members int) *Team {
	if members < 2 {
		return nil
	}
	t := &Team{}
	for i := 1; i < members; i++ {
		m := &member{wake: make(chan struct{}, 1)}
		t.members = append(t.members, m)
		go func() {
			for n := uint32(0); ; n++ {
				m.await(n)
				if m.task == nil {
					return
				}
				m.fault = caught(m.task, i, members)
				m.done.Store(n + 1)
			}
		}()
	}
	return t
}

// await returns once more than n tasks were posted.
func (m *member) await(n uint32) {
	for range patience {
		if m.posted.Load() != n {
			return
		}
	}
	m.asleep.Store(true)
	if m.posted.Load() != n && m.asleep.CompareAndSwap(true, false) {
		return // posted just now, by a caller who saw nobody asleep
	}
	<-m.wake
}

// post hands a task over; nil is the last.
func (m *member) post(task Task) {
	m.task = task
	m.posted.Add(1)
	if m.asleep.CompareAndSwap(true, false) {
		m.wake <- struct{}{}
	}
}

// finished waits until the last task is done.
func (m *member) finished() {
	for looks := 1; m.done.Load() != m.posted.Load(); looks++ {
		if looks%4096 == 0 {
			runtime.Gosched()
		}
	}
}

// Members is the number of goroutines that share a task.
func (t *Team) Members() int {
	if t == nil {
		return 1
	}
	return len(t.members) + 1
}

// Close ends the team's goroutines. Later tasks are done by the caller alone.
func (t *Team) Close() {
	if t == nil {
		return
	}
	for _, m := range t.members {
		m.post(nil)
	}
	t.members = nil
}

// Do does all parts of a task. It panics with what one of them panics with.
func (t *Team) Do(task Task) {
	if t == nil || len(t.members) == 0 {
		task.Part(0, 1)
		return
	}
	for _, m := range t.members {
		m.post(task)
	}
	fault := caught(task, 0, len(t.members)+1)
	for _, m := range t.members {
		m.finished()
		if m.fault != nil {
			fault = m.fault
		}
	}
	if fault != nil {
		panic(fault)
	}
}

// caught does a part and returns what it panicked with, for the caller of Do
// to panic with: a fault must not end the program from here.
func caught(task Task, i, n int) (fault any) {
	defer func() { fault = recover() }()
	task.Part(i, n)
	return nil
}

// Worth is the number of multiply-adds from which handing half of them to
// another processor, which takes some ten microseconds, saves time for sure.
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
	t.Do(&t.one)
}

// Affine is the function of that name.
func (t *Team) Affine(y, x, w blas64.General, bias []float64) {
	if t == nil || y.Rows*y.Cols*x.Cols < Worth {
		Affine(y, x, w, bias)
		return
	}
	t.one = product{a: x, b: w, c: y, bias: bias}
	t.Do(&t.one)
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

func (p *product) Part(i, n int) {
	a, b, c, bias := p.a, p.b, p.c, p.bias
	if c.Cols >= 2*panelCols*n {
		from, to := share(c.Cols, panelCols, i, n)
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

// share is the i-th of n parts of a length, in whole blocks but for the last.
func share(length, block, i, n int) (from, to int) {
	blocks := (length + block - 1) / block
	return min(blocks*i/n*block, length), min(blocks*(i+1)/n*block, length)
}
