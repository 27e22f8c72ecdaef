package tui

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"descent/tui/internal/frames"
	"descent/tui/stage"

	"github.com/muesli/termenv"
)

// BenchmarkFrame draws the workbench whole.
func BenchmarkFrame(b *testing.B) {
	f := frames.Still(b)
	m := screen(frames.Colored(termenv.TrueColor), f, 120, 36)
	for b.Loop() {
		m.draw()
	}
}

// BenchmarkViews draws each view of a large window with twenty branches of fifty
// thousand steps, and reports the 99th percentile.
func BenchmarkViews(b *testing.B) {
	f := frames.Crowd(b, 20, 50_000)
	for _, view := range stage.Views() {
		b.Run(view, func(b *testing.B) {
			m := screen(frames.Colored(termenv.TrueColor), f, 200, 55)
			m.Show(view)
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				m.draw()
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}

// BenchmarkPanes draws each pane by itself, as large as a window, with several numbers of
// branches.
func BenchmarkPanes(b *testing.B) {
	for _, branches := range []int{1, 5, 20} {
		f := frames.Crowd(b, branches, 10_000)
		b.Run(fmt.Sprint(branches), func(b *testing.B) {
			seen := map[string]int{}
			for _, p := range stage.Panes(frames.Colored(termenv.TrueColor)) {
				if !p.Shown(f) {
					continue
				}
				title := p.Title()
				if seen[title]++; seen[title] > 1 {
					title += fmt.Sprint(" ", seen[title])
				}
				b.Run(title, func(b *testing.B) {
					for b.Loop() {
						p.View(f, 120, 36, true)
					}
				})
			}
		})
	}
}

// BenchmarkLength draws runs of several lengths: the cost of a frame does not grow with
// the steps behind it.
func BenchmarkLength(b *testing.B) {
	for _, steps := range []int{10_000, 100_000, 10_000_000} {
		f := frames.Crowd(b, 1, steps)
		b.Run(fmt.Sprint(steps), func(b *testing.B) {
			m := screen(frames.Colored(termenv.TrueColor), f, 120, 36)
			for b.Loop() {
				m.draw()
			}
		})
	}
}
