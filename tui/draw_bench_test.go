package tui

import (
	"testing"

	"descent/tui/internal/frames"

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
