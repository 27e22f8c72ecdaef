package parallel

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEachJobIsDoneOnce(t *testing.T) {
	for _, goroutines := range []int{-1, 0, 1, 2, 3, 9} {
		for _, n := range []int{0, 1, 2, 7, 100} {
			did := make([]int, n)
			Do(goroutines, n, func(i int) { did[i]++ })
			if slices.ContainsFunc(did, func(times int) bool { return times != 1 }) {
				t.Errorf("%d goroutines, %d jobs: %v", goroutines, n, did)
			}
		}
	}
}

// Those that have had the fewest turns come first.
func TestAllJobsComeForwardEvenly(t *testing.T) {
	var order []int
	Turns(1, 3, func(i int) bool {
		order = append(order, i)
		return len(order) < 6 || i == 2 && len(order) < 10
	})
	if want := []int{0, 1, 2, 0, 1, 2, 0, 1, 2, 2}; !slices.Equal(order, want) {
		t.Errorf("the turns are %v", order)
	}
}

func TestTurnsOfAJobFollowEachOther(t *testing.T) {
	const jobs, each = 5, 200
	var busy [jobs]atomic.Bool
	had := make([]int, jobs)
	Turns(3, jobs, func(i int) bool {
		if busy[i].Swap(true) {
			t.Error("two turns of a job at once")
		}
		defer busy[i].Store(false)
		had[i]++
		return had[i] < each
	})
	for i, n := range had {
		if n != each {
			t.Errorf("job %d had %d turns", i, n)
		}
	}
}

// Two goroutines are at work at once: each waits for the other.
func TestJobsRunSideBySide(t *testing.T) {
	var both sync.WaitGroup
	both.Add(2)
	Do(2, 2, func(int) {
		both.Done()
		both.Wait()
	})
}

// panicked returns what f panics with.
func panicked(f func()) (p *Panic) {
	defer func() { p, _ = recover().(*Panic) }()
	f()
	return nil
}

func TestAPanicComesToTheCaller(t *testing.T) {
	boom := func(i int) {
		if i == 3 {
			panic(errors.New("boom"))
		}
	}
	for what, f := range map[string]func(){
		"Do of one":  func() { Do(1, 5, boom) },
		"Do of four": func() { Do(4, 5, boom) },
		"nested":     func() { Do(2, 5, func(i int) { Do(2, i+1, boom) }) },
	} {
		p := panicked(f)
		if p == nil || p.Error() != "boom" || !strings.Contains(string(p.Stack), "parallel_test.go") {
			t.Errorf("%s: %v", what, p)
		}
	}
}
