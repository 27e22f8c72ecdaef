// Package parallel runs independent jobs side by side: each computes what it would
// compute alone, so that results do not depend on the number of goroutines. None of
// these outlives the call that began it.
package parallel

import (
	"fmt"
	"runtime/debug"
	"sync"
)

// Panic is what a call panics with if a job did, in whichever goroutine.
type Panic struct {
	Value any    // of the job's own panic
	Stack []byte // where that was
}

// Error returns the text of the value.
func (p *Panic) Error() string { return fmt.Sprint(p.Value) }

// Caught returns what recover returned as a Panic, with the stack of the panic; nil for nil.
func Caught(v any) *Panic {
	switch v := v.(type) {
	case nil:
		return nil
	case *Panic:
		return v
	}
	return &Panic{v, debug.Stack()}
}

// Do calls job(i) for each i from 0 below n, on at most so many goroutines, the
// caller's among them, and returns when all have returned.
func Do(goroutines, n int, job func(i int)) {
	Turns(goroutines, n, func(i int) bool { job(i); return false })
}

// Turns calls turn(i) again and again for each i from 0 below n, until it returns false,
// on at most so many goroutines, the caller's among them; it returns when all have
// ended. No two turns of one i run at once. Those that have had the fewest turns
// come first, so that all come forward evenly. It panics with a *Panic if a turn
// panics; the turns under way end before.
func Turns(goroutines, n int, turn func(i int) (goesOn bool)) {
	t := turns{turn: turn, had: make([]int, n), free: n}
	var others sync.WaitGroup
	for range min(goroutines, n) - 1 {
		others.Go(t.work)
	}
	t.work()
	others.Wait()
	if t.fault != nil {
		panic(t.fault)
	}
}

// turns is one call of Turns.
type turns struct {
	turn func(int) bool

	mu    sync.Mutex
	had   []int // turns of each; taken while one is under way or after the last
	free  int   // those that are not taken
	fault *Panic
}

const taken = -1

// work does turns until no job is free: those that are left are in other hands.
func (t *turns) work() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.free > 0 && t.fault == nil {
		at := taken
		for i, had := range t.had {
			if had != taken && (at == taken || had < t.had[at]) {
				at = i
			}
		}
		had := t.had[at]
		t.had[at] = taken
		t.free--
		if t.one(at) {
			t.had[at] = had + 1
			t.free++
		}
	}
}

// one does a turn without the lock.
func (t *turns) one(i int) (goesOn bool) {
	t.mu.Unlock()
	defer t.mu.Lock()
	defer func() {
		if p := Caught(recover()); p != nil {
			goesOn = false
			t.mu.Lock()
			t.fault = p
			t.mu.Unlock()
		}
	}()
	return t.turn(i)
}
