package tui

// The smallest window that shows the workbench.
const (
	minWidth  = 50
	minHeight = 14
)

// rect is a place on the screen in cells.
type rect struct{ x, y, w, h int }

// place says which pane stands where.
type place struct {
	pane int
	rect
}

// The panes' numbers: their order of focus.
const (
	lossPane = iota
	knobsPane
	networkPane
	paneCount
)

// newPanes are the panes by their numbers.
func newPanes(t *theme) []Pane {
	return []Pane{
		lossPane:    &lossCurve{t: t},
		knobsPane:   &knobs{t: t, path: "optimizer.lr"},
		networkPane: &network{t: t},
	}
}

// layout arranges the panes in a body of w×h cells. rows is how many lines
// the network wants. A pane without room stands in for the loss while it has
// the focus; a zoomed one takes everything.
func layout(w, h, rows, focus int, zoom bool) []place {
	if zoom {
		return []place{{focus, rect{0, 0, w, h}}}
	}
	side := min(max(w/3, 26), 46)
	left := w - side
	out := []place{{knobsPane, rect{left, 0, side, h}}}
	below := min(rows+2, h*2/5)
	if below >= 6 && h-below >= 15 {
		return append(out,
			place{lossPane, rect{0, 0, left, h - below}},
			place{networkPane, rect{0, h - below, left, below}})
	}
	main := lossPane
	if focus == networkPane {
		main = networkPane
	}
	return append(out, place{main, rect{0, 0, left, h}})
}
