package loss

import (
	"strings"
	"testing"

	"descent/tui/internal/frames"
)

func TestASpikeOfOneStepIsDrawn(t *testing.T) {
	f := frames.Still(t) // its step 7000 is a spike to 5, far above the curve
	l := &Pane{t: frames.Plain(), linear: true}
	view := window{0, f.Step, 60}
	peak := view.columns(f.Curves.Train, true)
	if c := view.column(7000); peak[c] != 5 {
		t.Errorf("column %d peaks at %v, want 5", c, peak[c])
	}
	if got := l.View(f, 80, 20, false); !strings.Contains(got, "5.000") {
		t.Errorf("the axis does not reach the spike:\n%s", got)
	}
}
