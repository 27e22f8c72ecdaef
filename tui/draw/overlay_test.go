package draw

import (
	"fmt"
	"strings"
	"testing"

	"descent/tui/internal/check"
)

func TestADialogCoversExactlyItsCells(t *testing.T) {
	for shift := range 4 {
		line := strings.Repeat("x", shift) + strings.Repeat("世", 30) + strings.Repeat("x", 20-shift)
		screen := strings.TrimSuffix(strings.Repeat(line+"\n", 9), "\n")
		for w := 1; w < 70; w++ {
			block := strings.TrimSuffix(strings.Repeat(strings.Repeat("#", w)+"\n", 3), "\n")
			got := Overlay(screen, block, 80, 9)
			check.Exact(t, fmt.Sprintf("a block of %d cells", w), got, 80, 9)
			if !strings.Contains(got, strings.Repeat("#", w)) {
				t.Errorf("of %d cells not all show", w)
			}
		}
	}
}
