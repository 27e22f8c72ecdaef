package loss

import (
	"descent/session/live"
	"descent/tui/draw"
)

// Pane shows training and validation loss, with the decisions below.
type Pane struct {
	memo   memo // of smoothed curves
	t      *draw.Theme
	scale  scale
	plain  bool // comparisons and surfaces are drawn as lines too
	whole  bool // the axis reaches to every spike
	smooth int  // index into smoothings
	recent int  // index into windows
	across int  // index into acrosses

	measure int    // index into measures
	score   string // a metric that is drawn instead, "" for none
	focus   focus
	hidden  map[string]bool // curves that are not drawn, by name
	base    baseline
	par     par
}

// New makes the pane, showing the whole run on a logarithmic axis.
func New(t *draw.Theme) *Pane { return &Pane{t: t, hidden: map[string]bool{}} }

// fine reports whether curves are drawn in dots: where fine lines matter they are, else
// as the theme says.
func (l *Pane) fine(f *live.Frame) bool {
	if exact(f) {
		return !l.plain
	}
	return l.t.Fine
}

// exact reports whether fine lines matter: several curves are compared, or the loss is
// that of a surface, without noise.
func exact(f *live.Frame) bool { return len(f.Others) > 0 || f.Recipe.Surface.Name != "" }

// SetPar tells what the preset reaches by itself.
func (l *Pane) SetPar(loss float64, function string) { l.par = par{loss, function} }
