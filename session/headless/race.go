package headless

import (
	"context"
	"errors"
	"slices"
	"sync"

	"descent/core"
	"descent/core/kernel"
	"descent/session"
)

// Race trains each entrant once per seed and returns the racers, best first. The
// results do not depend on the number of processors. told is called after each run.
func Race(ctx context.Context, files core.Files, c Contest, told func(done, total int)) ([]Racer, error) {
	if err := c.check(); err != nil {
		return nil, session.UsageError{Err: err}
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	total := len(c.Entrants) * c.Seeds
	results := make([]result, total)
	errs := make([]error, total)
	var mu sync.Mutex
	done := 0
	jobs := make(chan int)
	var wg sync.WaitGroup
	for range min(kernel.Threads(), total) {
		wg.Go(func() {
			for i := range jobs {
				own := c.Entrants[i%len(c.Entrants)]
				own.Recipe.Seed += uint64(i / len(c.Entrants))
				r, err := contend(ctx, files, c, own, func(t *core.Trainer) {
					if c.Begin != nil {
						mu.Lock()
						defer mu.Unlock()
						c.Begin(own, t)
					}
				})
				if errs[i] = err; err != nil {
					stop() // the other runs are no longer needed
				}
				results[i] = r
				mu.Lock()
				done++
				if told != nil {
					told(done, total)
				}
				mu.Unlock()
			}
		})
	}
	for i := range total {
		jobs <- i
	}
	close(jobs)
	wg.Wait()
	var failed error
	for _, err := range errs {
		if failed == nil || errors.Is(failed, context.Canceled) && err != nil { // the errors of cancelled runs are less informative
			failed = err
		}
	}
	if failed != nil {
		return nil, failed
	}
	var out []Racer
	for v, e := range c.Entrants {
		var own []result
		for k := range c.Seeds {
			own = append(own, results[k*len(c.Entrants)+v])
		}
		r := judge(e.Name(c), own, results)
		if len(c.Over) > 1 {
			r.Values = e.valued(c)
		}
		out = append(out, r)
	}
	slices.SortStableFunc(out, c.compare)
	return out, nil
}
