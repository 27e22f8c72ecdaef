package stability

import (
	"descent/core/curvature"
	"descent/session/live"
	"descent/tui/draw"
)

// sheet is what the parts of the pane are drawn on.
type sheet struct {
	t    *draw.Theme
	kind int // index into kinds
	top  int // the first layer shown
}

// last is the latest sharpness, also while it is being measured.
func last(f *live.Frame) (s curvature.Sharp, ok bool) {
	found := f.Findings[curvature.Sharpness{}]
	if found.Partial && found.Earlier != nil {
		found = *found.Earlier
	}
	s, ok = found.Value.(curvature.Sharp)
	return s, ok
}
