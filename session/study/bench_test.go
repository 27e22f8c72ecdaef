package study

import (
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"descent/session/disk"
	"descent/session/journal"
)

// BenchmarkClaims measures how many trials are claimed and ended on a local folder, with
// all that is synced, by eight workers of one process each with its own view of the folder.
func BenchmarkClaims(b *testing.B) {
	for _, pruner := range []string{"none", "asha"} {
		for _, workers := range []int{1, 8} {
			b.Run(map[int]string{1: "one worker ", 8: "eight workers "}[workers]+pruner, func(b *testing.B) { benchClaims(b, pruner, workers) })
		}
	}
}

func benchClaims(b *testing.B, pruner string, workers int) {
	dir := filepath.Join(b.TempDir(), "s")
	r := preset(b, "spiral")
	if _, err := Create(disk.Machine{}, dir, specOf(b, r, "random", pruner, 0, "optimizer.lr=1e-5..1"), r, nil); err != nil {
		b.Fatal(err)
	}
	var left atomic.Int64
	left.Store(int64(b.N))
	var wg sync.WaitGroup
	b.ResetTimer()
	for range workers {
		wg.Go(func() {
			s, err := Open(disk.Machine{}, dir)
			if err != nil {
				b.Error(err)
				return
			}
			h, err := s.Register("")
			if err != nil {
				b.Error(err)
				return
			}
			defer h.Close()
			for left.Add(-1) >= 0 {
				c, _, _, err := h.Next()
				if err != nil {
					b.Error(err)
					return
				}
				res := Result{Outcome: Done, Steps: c.Steps, Values: []journal.Float{journal.Float(c.Trial % 17)}}
				if c.Steps < s.Spec().Steps {
					res.Outcome = Waiting
				}
				res.Reports = []Report{{Step: c.Steps, Values: res.Values}}
				if err := h.End(c, res); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "claims/s")
}
