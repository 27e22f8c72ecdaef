package loss

import (
	"descent/session/live"
	"descent/tui/draw"
)

// Pane shows training and validation loss, with the decisions below.
type Pane struct {
	t      *draw.Theme
	scale  scale
	plain  bool // comparisons are drawn as lines too
	whole  bool // the axis reaches to every spike
	smooth int  // index into smoothings
	recent int  // index into windows
	across int  // index into acrosses

	measure int // index into measures
	focus   focus
	hidden  map[string]bool // curves that are not drawn, by name
	base    baseline
}

// New makes the pane, showing the whole run on a logarithmic axis.
func New(t *draw.Theme) *Pane { return &Pane{t: t, hidden: map[string]bool{}} }

// fine reports whether curves are drawn in dots: where several are compared they are,
// else as the theme says.
func (l *Pane) fine(f *live.Frame) bool {
	if len(f.Others) > 0 {
		return !l.plain
	}
	return l.t.Fine
}
