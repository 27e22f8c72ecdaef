package tui

import (
	"testing"

	"github.com/muesli/termenv"
)

// BenchmarkFrame draws the workbench whole.
func BenchmarkFrame(b *testing.B) {
	f := still(b)
	m := screen(colored(termenv.TrueColor), f, 120, 36)
	for b.Loop() {
		m.draw()
	}
}
