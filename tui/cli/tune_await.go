package cli

import (
	"context"
	"time"

	"descent/session/study"
	"descent/session/tune"
)

// await waits until a pool has nothing to do any more, or ctx ends, and ends the pool. When
// the time of the study is up, no further trial is begun.
func await(ctx context.Context, s *study.Study, pool *tune.Pool) error {
	var late <-chan time.Time
	if minutes := s.Spec().Minutes; minutes > 0 {
		t := time.NewTimer(time.Duration(minutes * float64(time.Minute)))
		defer t.Stop()
		late = t.C
	}
	for open := true; open; {
		select {
		case <-ctx.Done():
			open = false
		case <-pool.Done():
			open = false
		case <-late:
			yes := true
			if err := pool.Decide(study.Decision{Actor: "descent", Words: "the time is up", Finish: &yes}); err != nil {
				_ = pool.Close()
				return err
			}
		}
	}
	return pool.Close()
}
