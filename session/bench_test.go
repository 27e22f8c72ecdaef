package session_test

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"descent/core"
	"descent/presets"
	"descent/session"
)

func long(b *testing.B, preset string, steps int) *session.Session {
	b.Helper()
	r, err := presets.Load(preset)
	if err != nil {
		b.Fatal(err)
	}
	t, err := core.New(r, presets.Files{})
	if err != nil {
		b.Fatal(err)
	}
	s := session.New(t, nil)
	for range steps {
		if _, err := s.Step(); err != nil {
			b.Fatal(err)
		}
	}
	return s
}

// BenchmarkSeek goes to random steps of a run of a million and reports how long
// the slowest of a hundred takes, and the gap between snapshots.
func BenchmarkSeek(b *testing.B) {
	s := long(b, "spiral", 1_000_000)
	rng := rand.New(rand.NewPCG(1, 1))
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		if err := s.Seek(0, rng.IntN(1_000_001), nil); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(s.LongestGap()), "gap-steps")
}

// BenchmarkMemory trains ten million steps and reports what the process holds.
func BenchmarkMemory(b *testing.B) {
	for b.Loop() {
		s := long(b, "ravine", 10_000_000)
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.Sys)/1e6, "MB")
		b.ReportMetric(float64(s.LongestGap()), "gap-steps")
	}
}

// BenchmarkLong trains a surface for a long time and reports how many steps a
// second are done at first and in the end.
func BenchmarkLong(b *testing.B) {
	for b.Loop() {
		s := long(b, "ravine", 0)
		million := func() float64 {
			start := time.Now()
			for range 1_000_000 {
				if _, err := s.Step(); err != nil {
					b.Fatal(err)
				}
			}
			return 1 / time.Since(start).Seconds()
		}
		first, last := million(), 0.0
		for range 32 {
			last = million()
		}
		b.ReportMetric(first, "first-M/s")
		b.ReportMetric(last, "last-M/s")
		b.ReportMetric(float64(s.LongestGap()), "gap-steps")
	}
}
