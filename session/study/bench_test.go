package study

import (
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"descent/session/disk"
	"descent/session/journal"
)

// BenchmarkClaims measures how many trials are claimed, and claimed and ended, on a local
// folder, with all that is synced, by workers of one process each with its own view of the
// folder.
func BenchmarkClaims(b *testing.B) {
	for _, workers := range []int{1, 8} {
		name := map[int]string{1: "one worker ", 8: "eight workers "}[workers]
		b.Run(name+"claims only", func(b *testing.B) { benchClaims(b, "none", workers, false) })
		for _, pruner := range []string{"none", "asha"} {
			b.Run(name+pruner, func(b *testing.B) { benchClaims(b, pruner, workers, true) })
		}
	}
}

func benchClaims(b *testing.B, pruner string, workers int, ends bool) {
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
				if !ends {
					continue
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

// BenchmarkLarge measures a worker's and a screen's share of a study of many trials: what a
// trial costs that is claimed and ended, opening, refreshing and reading it.
func BenchmarkLarge(b *testing.B) {
	for _, trials := range []int{1000, 10000} {
		for _, pruner := range []string{"none", "asha"} {
			dir := filepath.Join(b.TempDir(), "s")
			r := preset(b, "spiral")
			s, err := Create(quick{}, dir, specOf(b, r, "random", pruner, 0, "optimizer.lr=1e-5..1"), r, nil)
			if err != nil {
				b.Fatal(err)
			}
			h, err := s.Register("")
			if err != nil {
				b.Fatal(err)
			}
			one := func() {
				c, _, _, err := h.Next()
				if err != nil {
					b.Fatal(err)
				}
				v := []journal.Float{journal.Float((c.Trial * 7919) % 1009)}
				res := Result{Outcome: Done, Steps: c.Steps, Values: v, Reports: []Report{{Step: c.Steps, Values: v}}}
				if c.Steps < s.Spec().Steps {
					res.Outcome = Waiting
				}
				if err := h.End(c, res); err != nil {
					b.Fatal(err)
				}
			}
			for len(s.trials) < trials {
				one()
			}
			name := fmt.Sprintf("%d %s ", trials, pruner)
			b.Run(name+"trial", func(b *testing.B) {
				for b.Loop() {
					one()
				}
			})
			b.Run(name+"refresh", func(b *testing.B) {
				for b.Loop() {
					if err := s.Refresh(); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run(name+"reading", func(b *testing.B) {
				for b.Loop() {
					s.changes++
					s.Reading()
				}
			})
			b.Run(name+"open", func(b *testing.B) {
				for b.Loop() {
					if _, err := Open(quick{}, dir); err != nil {
						b.Fatal(err)
					}
				}
			})
			_ = h.Close()
		}
	}
}
