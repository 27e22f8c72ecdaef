package loss

import (
	"strings"
	"testing"

	"descent/session/history"
	"descent/tui/draw"
	"descent/tui/internal/frames"
)

// The axis is that of the whole run from the start, and grows beyond it.
func TestTheCurveGrowsIntoTheRun(t *testing.T) {
	f := frames.Still(t)
	for _, c := range []struct {
		steps int
		right string // the last label
	}{
		{49_920, "40,000"}, {12_480, "10,000"}, {100, "10,000"},
	} {
		f.Steps = c.steps
		lines := strings.Split((&Pane{t: frames.Plain()}).View(f, 80, 20, false), "\n")
		if labels := strings.TrimSpace(lines[len(lines)-3]); !strings.HasSuffix(labels, c.right) {
			t.Errorf("a run of %d steps has the labels %q", c.steps, labels)
		}
	}
}

func TestTheBestStepIsMarkedOnTheAxis(t *testing.T) {
	f := frames.Still(t)
	f.Steps = 24_960
	f.Best = history.Best{Step: 6240, Value: 0.1, Validated: true}
	lines := strings.Split((&Pane{t: frames.Plain()}).View(f, 80, 20, false), "\n")
	axis := []rune(lines[len(lines)-4])
	at := -1
	for i, r := range axis {
		if r == '★' {
			at = i
		}
	}
	if want := draw.ChartMargin + (80-draw.ChartMargin-1)/4; at < want-1 || at > want+1 {
		t.Errorf("the sign is in column %d, want %d: %s", at, want, string(axis))
	}
}
