package session_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"descent/core"
	"descent/core/knob"
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

// BenchmarkRace trains four branches of digits with other rates, on one processor and on
// all, and reports the steps of all branches a second.
func BenchmarkRace(b *testing.B) {
	for _, processors := range []int{1, runtime.GOMAXPROCS(0)} {
		b.Run(fmt.Sprint(processors), func(b *testing.B) {
			s := long(b, "digits", 10)
			if err := s.Set("train.steps", knob.Num(1e9)); err != nil {
				b.Fatal(err)
			}
			s.Share(processors)
			defer s.Share(1)
			var rates []knob.Value
			for _, v := range []float64{1e-4, 3e-4, 1e-3, 3e-3} {
				rates = append(rates, knob.Num(v))
			}
			if err := s.Race(session.Over("optimizer.lr", rates)); err != nil {
				b.Fatal(err)
			}
			steps := 0
			for b.Loop() {
				n, _, err := s.Train(20, nil) // about a slice of the screen
				if err != nil {
					b.Fatal(err)
				}
				steps += n * len(rates)
			}
			b.ReportMetric(float64(steps)/b.Elapsed().Seconds(), "branch-steps/s")
		})
	}
}

// BenchmarkTrain trains presets with the evaluations that fall due, on one processor and
// on all.
func BenchmarkTrain(b *testing.B) {
	for _, preset := range []string{"spiral", "moons", "digits"} {
		for _, processors := range []int{1, runtime.GOMAXPROCS(0)} {
			b.Run(fmt.Sprint(preset, "/", processors), func(b *testing.B) {
				s := long(b, preset, 10)
				s.Share(processors)
				defer s.Share(1)
				steps := 0
				for b.Loop() {
					n, _, err := s.Train(200, nil) // about a slice of the screen
					if err != nil {
						b.Fatal(err)
					}
					steps += n
				}
				b.ReportMetric(float64(steps)/b.Elapsed().Seconds(), "steps/s")
			})
		}
	}
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
