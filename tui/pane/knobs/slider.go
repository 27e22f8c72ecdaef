package knobs

import (
	"math"
	"strings"

	"descent/core/knob"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
)

const (
	valueAt     = 18 // the column of the values
	valueWidth  = 12 // cells of a value beside a slider
	leastSlider = 7
	mostSlider  = 14
)

// sliderAt returns the first column of the sliders in rows of w cells, and their
// width; 0 without room.
func sliderAt(w int) (from, width int) {
	from = min(valueAt, w-9) + valueWidth
	if width = min(w-from-1, mostSlider); width < leastSlider {
		return from, 0
	}
	return from, width
}

// pull is a slider that the mouse holds: the value is shown as it moves, and taken
// when the button is released. The zero value is none.
type pull struct {
	path  string
	value knob.Value
}

// grab holds the slider of a knob, if its column is one.
func (p *pull) grab(d live.KnobState, x, w int) bool {
	from, width := sliderAt(w)
	if width == 0 || x < from || x >= from+width || d.Knob.Kind > knob.Integer || d.Inert != "" || math.IsNaN(d.Knob.Position(d.Value)) {
		return false
	}
	p.path = d.Knob.Path
	p.move(d, x, w)
	return true
}

// move moves it to a column.
func (p *pull) move(d live.KnobState, x, w int) {
	if from, width := sliderAt(w); width > 1 {
		p.value = d.Knob.At(float64(x-from)/float64(width-1), d.Value)
	}
}

// release lets go of it, and returns the intent that takes the value.
func (p *pull) release() intent.Set {
	out := intent.Set{Path: p.path, Text: p.value.String()}
	*p = pull{}
	return out
}

// pulled is a knob as it is shown while it is held.
func (p pull) pulled(d live.KnobState) live.KnobState {
	if p.path == d.Knob.Path && p.path != "" {
		d.Value = p.value
	}
	return d
}

// slider shows the position of a number in its range.
func slider(t *draw.Theme, d live.KnobState, w int, bright bool) string {
	p := d.Knob.Position(d.Value)
	if math.IsNaN(p) {
		return ""
	}
	dot := draw.Tick(p, w)
	style := t.Muted
	if bright {
		style = t.Selected
	}
	return t.Muted.Render(strings.Repeat("─", dot)) + style.Render("●") + t.Muted.Render(strings.Repeat("─", w-1-dot))
}
