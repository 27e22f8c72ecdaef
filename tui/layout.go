package tui

import (
	"slices"

	"descent/tui/draw"
)

// The smallest terminal in which the workbench is shown.
const (
	minWidth  = 50
	minHeight = 14
)

// rect is a rectangle of the screen, in cells.
type rect struct{ x, y, w, h int }

// place is a pane and its rectangle.
type place struct {
	pane int
	rect
}

// slot is a part of the screen that shows one of several panes at a time.
type slot int

const (
	mainSlot  slot = iota // above left, the largest
	sideSlot              // above right
	tableSlot             // below left
	timeSlot              // below that
	viewSlot              // below right, or below left on a surface
	slotCount
)

// arrangement is the input of the layout: which panes have something to show, and which
// of them are in front.
type arrangement struct {
	slots   []slot // of the panes in their order of focus
	shown   []bool
	front   [slotCount]int // the pane last focused there
	rows    [slotCount]int // lines it requests
	surface bool
	focus   int
	zoom    bool
}

// pane returns the pane shown in a slot; ok is false if none has anything to show.
func (l arrangement) pane(s slot) (pane int, ok bool) {
	if p := l.front[s]; l.slots[p] == s && l.shown[p] {
		return p, true
	}
	for p := range l.slots {
		if l.slots[p] == s && l.shown[p] {
			return p, true
		}
	}
	return 0, false
}

// behind returns the other panes of the same slot that have something to show.
func (l arrangement) behind(pane int) []int {
	var out []int
	for p := range l.slots {
		if p != pane && l.slots[p] == l.slots[pane] && l.shown[p] {
			out = append(out, p)
		}
	}
	return out
}

// next returns the pane by places further in the order of focus.
func (l arrangement) next(by int) int {
	p := l.focus
	for range l.slots {
		if p = draw.Modulo(p+by, len(l.slots)); l.shown[p] {
			break
		}
	}
	return p
}

// layout arranges the panes in a body of w×h cells. A pane without room is shown
// below the loss while it has the focus, replacing another or, on the smallest
// screens, the loss itself; a zoomed one fills the body.
func layout(w, h int, l arrangement) []place {
	if l.zoom {
		return []place{{l.focus, rect{0, 0, w, h}}}
	}
	table, hasTable := l.pane(tableSlot)
	view, hasView := l.pane(viewSlot)
	side := min(max(w/3, 26), 46)
	if w >= 160 && hasView {
		side = min(w*2/5, 84)
	}
	left := w - side
	var out []place
	at := func(pane, x, y, w, h int) { out = append(out, place{pane, rect{x, y, w, h}}) }

	right := h // of the knobs
	if hasView && !l.surface {
		if below := min(h*12/25, side*11/20); below >= 11 && h-below >= 12 {
			right = h - below
			at(view, left, right, side, below)
		}
	}
	beside, _ := l.pane(sideSlot)
	at(beside, left, 0, side, right)

	time, hasTime := l.pane(timeSlot)
	if below := min(l.rows[timeSlot]+2, h/4); hasTime && below >= 4 && h-below >= 24 {
		h -= below
		at(time, 0, h, left, below)
	}
	top := h // of the loss
	switch {
	case l.surface && hasView:
		if below := h * 11 / 20; below >= 9 && h-below >= 9 {
			top = h - below
			at(view, 0, top, left, below)
		}
	case hasTable:
		if below := min(l.rows[tableSlot]+2, h*2/5); below >= 6 && h-below >= 15 {
			top = h - below
			at(table, 0, top, left, below)
		}
	}
	main, _ := l.pane(mainSlot)
	if !slices.ContainsFunc(out, func(p place) bool { return p.pane == l.focus }) && l.focus != main {
		under := slices.IndexFunc(out, func(p place) bool { return p.x == 0 })
		switch below := top * 11 / 20; {
		case below >= 8 && top-below >= 7:
			top -= below
			at(l.focus, 0, top, left, below)
		case under >= 0:
			out[under].pane = l.focus
		default:
			main = l.focus
		}
	}
	at(main, 0, 0, left, top)
	slices.SortStableFunc(out, func(a, b place) int { return a.y - b.y })
	return out
}
