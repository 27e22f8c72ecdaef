package stage

// rect is a rectangle of the screen, in cells.
type rect struct{ X, Y, W, H int }

// Place is a pane and its rectangle. A strip has no border.
type Place struct {
	pane id
	rect
	Strip bool
}

// arrangement is the input of the layout: the panes of a view that have something to
// show.
type arrangement struct {
	slots  [slotCount][]id // the panes in each slot, the one in front first
	rows   map[id]int      // lines that panes request; 0 or absent: as many as there are
	strip  map[id]bool     // panes that can be drawn as a single line
	focus  id
	zoomed bool
}

// in returns the pane in front in a slot; ok is false if it is empty.
func (l *arrangement) in(s slot) (pane id, ok bool) {
	if len(l.slots[s]) == 0 {
		return 0, false
	}
	return l.slots[s][0], true
}

// Widths at which the arrangement changes, and the widest column of knobs.
const (
	wide     = 150 // knobs at full height, table and picture side by side
	mostSide = 46
)

// layout arranges the panes in a body of w×h cells. A pane without room is shown
// below the main one while it has the focus, replacing another or, on the smallest
// screens, the main one itself; a zoomed one fills the body.
func layout(w, h int, l *arrangement) []Place {
	if l.zoomed {
		return []Place{{pane: l.focus, rect: rect{0, 0, w, h}}}
	}
	var out []Place
	at := func(pane id, x, y, w, h int) { out = append(out, Place{pane: pane, rect: rect{x, y, w, h}}) }

	main, _ := l.in(mainSlot)
	side, hasSide := l.in(sideSlot)
	table, hasTable := l.in(tableSlot)
	picture, hasPicture := l.in(viewSlot)
	time, hasTime := l.in(timeSlot)

	left := w
	if hasSide {
		column := min(max(w/3, 26), mostSide)
		left -= column
		right := h // of the side
		if hasPicture && hasTable && w < wide {
			if below := min(h*9/20, column*11/20); below >= 11 && h-below >= 12 {
				right = h - below
				at(picture, left, right, column, below)
				hasPicture = false
			}
		}
		at(side, left, 0, column, right)
	}

	bottom := h // of what stands above the strip
	if hasTime {
		switch below := min(l.rows[time]+2, h/4); {
		case below >= 4 && h-below >= 24:
			bottom -= below
			at(time, 0, bottom, left, below)
		case l.strip[time] && l.focus != time && h >= 14:
			bottom--
			out = append(out, Place{time, rect{0, bottom, left, 1}, true})
		}
	}

	top := bottom // of the main pane
	switch below := under(bottom, l.rows[table]); {
	case hasTable && hasPicture && w >= wide:
		if below = bottom * 2 / 5; below >= 9 && bottom-below >= 12 {
			top -= below
			half := left / 2
			at(table, 0, top, half, below)
			at(picture, half, top, left-half, below)
		}
	case hasTable && below > 0:
		top -= below
		at(table, 0, top, left, below)
	case hasPicture && !hasTable:
		if below = bottom * 11 / 20; below >= 9 && bottom-below >= 9 {
			top -= below
			at(picture, 0, top, left, below)
		}
	}

	if !stands(out, l.focus) && l.focus != main {
		below := top * 11 / 20
		switch i := lowest(out); {
		case below >= 8 && top-below >= 7:
			top -= below
			at(l.focus, 0, top, left, below)
		case i >= 0:
			out[i].pane = l.focus
		default:
			main = l.focus
		}
	}
	at(main, 0, 0, left, top)
	return out
}

// under returns the height of the pane below the main one, 0 if there is no room.
func under(h, rows int) int {
	below := h * 2 / 5
	if rows > 0 {
		below = min(rows+2, below)
	}
	if below < 6 || h-below < 15 {
		return 0
	}
	return below
}

// stands reports whether a pane is among places, with its border.
func stands(places []Place, pane id) bool {
	for _, p := range places {
		if p.pane == pane && !p.Strip {
			return true
		}
	}
	return false
}

// lowest returns the place at the left with a border, -1 if there is none.
func lowest(places []Place) int {
	for i, p := range places {
		if p.X == 0 && !p.Strip {
			return i
		}
	}
	return -1
}
