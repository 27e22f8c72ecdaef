package loss

import (
	"math"
	"slices"
	"testing"
	"time"

	"descent/session"
	"descent/session/history"
	"descent/session/live"
	"descent/tui/internal/frames"

	"github.com/muesli/termenv"
)

// crowd is a frame with twenty branches of fifty thousand steps.
func crowd(tb testing.TB) *live.Frame {
	f := frames.Still(tb)
	for i := range 20 {
		var s history.Series
		for step := 1; step <= 50_000; step++ {
			s.Add(step, math.Exp(-float64(step)/float64(5000+500*i))+0.01*float64(i+1)+0.005*math.Sin(float64(step*(i+3))))
		}
		c := history.Curves{Train: s.Buckets()}
		if i == 0 {
			f.Step, f.Steps, f.Curves = 50_000, 50_000, c
			continue
		}
		f.Others = append(f.Others, session.Other{Label: "branch", Hue: i, Curves: c})
	}
	return f
}

// BenchmarkCrowd draws the chart of twenty branches in a large window and reports the
// 99th percentile.
func BenchmarkCrowd(b *testing.B) {
	f := crowd(b)
	l := New(frames.Colored(termenv.TrueColor))
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		l.View(f, 140, 50, true)
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
