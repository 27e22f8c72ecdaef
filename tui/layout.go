package tui

import (
	"slices"

	"descent/session/live"
	"descent/tui/draw"

	"github.com/charmbracelet/bubbletea"
)

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
	planePane
	dataPane
	deskPane
	timePane
	paneCount
)

// newPanes are the panes by their numbers.
func newPanes(t *draw.Theme) []Pane {
	return []Pane{
		lossPane:    &lossCurve{t: t},
		knobsPane:   &knobs{t: t, path: "optimizer.lr"},
		networkPane: &network{t: t},
		planePane:   &plane{t: t},
		dataPane:    &examples{t: t},
		deskPane:    &compression{t: t},
		timePane:    &timeline{t: t},
	}
}

// slot is a part of the screen that one of several panes takes at a time.
type slot int

const (
	mainSlot  slot = iota // above left, the largest
	sideSlot              // above right
	tableSlot             // below left
	timeSlot              // below that
	viewSlot              // below right, or below left on a surface
	slotCount
)

var slots = [paneCount]slot{
	lossPane: mainSlot, knobsPane: sideSlot, networkPane: tableSlot,
	planePane: viewSlot, dataPane: viewSlot, deskPane: viewSlot, timePane: timeSlot,
}

// house is what the layout is made from: which panes have something to show,
// and which of them stand in front.
type house struct {
	shown   [paneCount]bool
	front   [slotCount]int // the pane that was last looked at there
	rows    int            // lines that the table wants
	lines   int            // that the timeline wants
	surface bool
	focus   int
	zoom    bool
}

// pane is the one that takes a slot; ok is false if none has anything to show.
func (l house) pane(s slot) (pane int, ok bool) {
	if p := l.front[s]; slots[p] == s && l.shown[p] {
		return p, true
	}
	for p := range paneCount {
		if slots[p] == s && l.shown[p] {
			return p, true
		}
	}
	return 0, false
}

// behind are the panes that share a pane's slot and have something to show.
func (l house) behind(pane int) []int {
	var out []int
	for p := range paneCount {
		if p != pane && slots[p] == slots[pane] && l.shown[p] {
			out = append(out, p)
		}
	}
	return out
}

// next is the pane some places further in the order of focus.
func (l house) next(by int) int {
	p := l.focus
	for range paneCount {
		if p = ((p+by)%paneCount + paneCount) % paneCount; l.shown[p] {
			break
		}
	}
	return p
}

// layout arranges the panes in a body of w×h cells. A pane without room stands
// in for the loss while it has the focus; a zoomed one takes everything.
func layout(w, h int, l house) []place {
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
	at(knobsPane, left, 0, side, right)

	time, hasTime := l.pane(timeSlot)
	if below := min(l.lines+2, h/4); hasTime && below >= 4 && h-below >= 24 {
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
		if below := min(l.rows+2, h*2/5); below >= 6 && h-below >= 15 {
			top = h - below
			at(table, 0, top, left, below)
		}
	}
	main := lossPane
	if !slices.ContainsFunc(out, func(p place) bool { return p.pane == l.focus }) {
		main = l.focus
	}
	at(main, 0, 0, left, top)
	slices.SortStableFunc(out, func(a, b place) int { return a.y - b.y })
	return out
}

// house reads from the frame and the focus what the layout is to be.
func (m *root) house() house {
	l := house{front: m.front, rows: networkRows(m.frame), lines: timelineRows(m.frame), surface: m.frame.Recipe.Surface.Name != "", focus: m.focus, zoom: m.zoom}
	for i, p := range m.panes {
		l.shown[i] = p.Shown(m.frame)
	}
	return l
}

// watch tells the runner which probes the panes on the screen want, if these
// are others than before.
func (m *root) watch() tea.Cmd {
	var probes []live.Probe
	if !m.tooSmall() {
		for _, p := range layout(m.w, m.bodyHeight(), m.house()) {
			if pane, ok := m.panes[p.pane].(watcher); ok {
				probes = append(probes, pane.Probes(m.frame, p.w-2, p.h-2)...)
			}
		}
	}
	if m.ahead != nil {
		probes = append(probes, m.ahead.probe())
	}
	if d, ok := m.dialog.(interface{ probes() []live.Probe }); ok {
		probes = append(probes, d.probes()...)
	}
	if slices.Equal(probes, m.watched) {
		return nil
	}
	m.watched = probes
	return m.wait(m.runner.Watch(probes), "")
}
