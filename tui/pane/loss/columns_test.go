package loss

import (
	"strings"
	"testing"

	"descent/tui/draw/ruler"
	"descent/tui/internal/frames"
)

func TestASpikeOfOneStepIsDrawn(t *testing.T) {
	f := frames.Still(t) // its step 7000 is a spike to 5, far above the curve
	view := window{0, f.Step, 60}
	peak := view.columns(f.Curves.Train).high
	if c := view.column(7000); peak[c] != 5 {
		t.Errorf("column %d peaks at %v, want 5", c, peak[c])
	}
	for _, fine := range []bool{false, true} {
		for kind := range ruler.Kinds {
			l := New(frames.Plain())
			l.t.Fine, l.scale = fine, scale{ruler.Kind(kind), true}
			if got := l.View(f, 80, 20, false); !strings.Contains(got, "↑5") && !strings.Contains(got, "5┤                                       ░") {
				t.Errorf("the spike is not marked:\n%s", got)
			}
			l.whole = true
			if got := l.View(f, 80, 20, false); strings.Contains(got, "↑") {
				t.Errorf("the axis does not reach the spike:\n%s", got)
			}
		}
	}
}
