package tune

import (
	"slices"
	"sync"
	"time"

	"descent/core/search"
	"descent/session/study"
)

// logsKept is how many of the best trials keep their logs.
const logsKept = 10

// bestEvery is how long what is known of the best trials holds.
const bestEvery = time.Second

// best knows the values of the best trials, so that those whose logs are worth keeping
// are recognised when they end.
type best struct {
	mu     sync.Mutex
	values []float64 // of the first objective, sorted
	front  [][]float64
	read   time.Time
}

// takes reports whether a trial that has just ended is among the best, or on the front
// of two objectives. read is called where what is known is old.
func (b *best) takes(r study.Result, read func() *study.Reading) bool {
	v := make([]float64, len(r.Values))
	for i, x := range r.Values {
		v[i] = float64(x)
	}
	if r.Outcome != study.Done || len(v) == 0 || unmeasured(v) >= 0 {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if time.Since(b.read) > bestEvery {
		b.read = time.Now()
		b.know(read(), r.Trial)
	}
	if len(v) > 1 {
		if slices.ContainsFunc(b.front, func(other []float64) bool { return search.Dominates(other, v) }) {
			return false
		}
		b.front = append(b.front, v)
		return true
	}
	i, _ := slices.BinarySearch(b.values, v[0])
	b.values = slices.Insert(b.values, i, v[0])
	b.values = b.values[:min(len(b.values), logsKept)]
	return i < logsKept
}

// know reads the values of all trials but one.
func (b *best) know(r *study.Reading, but int) {
	b.values, b.front = nil, nil
	for _, t := range r.Trials {
		if t.Number == but || t.State != search.Complete || t.Violation > 0 || len(t.Values) == 0 {
			continue
		}
		b.values = append(b.values, t.Values[0])
	}
	for _, n := range r.Front {
		if n != but {
			b.front = append(b.front, r.Trials[n].Values)
		}
	}
	slices.Sort(b.values)
	b.values = b.values[:min(len(b.values), logsKept)]
}
