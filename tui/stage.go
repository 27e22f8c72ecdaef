package tui

import (
	"fmt"
	"slices"
	"strings"

	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
)

// stage is the arrangement of the panes: which has the focus, and which are in
// front of others.
type stage struct {
	panes []intent.Pane
	focus int
	front [slotCount]int // the pane last focused in each slot
	zoom  bool           // the focused pane fills the body
}

func newStage(t *draw.Theme) stage { return stage{panes: newPanes(t), focus: first(sideSlot)} }

// house derives the input of the layout from the frame and the focus.
func (s *stage) house(f *live.Frame) arrangement {
	l := arrangement{slots: make([]slot, 0, len(s.panes)), shown: make([]bool, 0, len(s.panes)), front: s.front, surface: f.Recipe.Surface.Name != "", focus: s.focus, zoom: s.zoom}
	for i, p := range s.panes {
		l.slots = append(l.slots, panes[i].slot)
		l.shown = append(l.shown, p.Shown(f))
		if sized, ok := p.(intent.Sized); ok {
			l.rows[panes[i].slot] = sized.Rows(f)
		}
	}
	return l
}

// places returns the rectangles of the panes in a body of w×h cells.
func (s *stage) places(f *live.Frame, w, h int) []place { return layout(w, h, s.house(f)) }

// focusOn focuses a pane and puts it in front of those that share its slot.
func (s *stage) focusOn(pane int) { s.focus, s.front[panes[pane].slot] = pane, pane }

// next focuses the pane by places further in the order of focus.
func (s *stage) next(f *live.Frame, by int) { s.focusOn(s.house(f).next(by)) }

// bring puts a pane in front within its slot. It is focused if it is not visible
// otherwise, or if the pane that it hides had the focus. bring reports whether the
// pane was visible before.
func (s *stage) bring(f *live.Frame, pane, w, h int) bool {
	shown := func() bool {
		return slices.ContainsFunc(s.places(f, w, h), func(p place) bool { return p.pane == pane })
	}
	if shown() {
		return true
	}
	was := panes[s.focus].slot
	if s.front[panes[pane].slot] = pane; was == panes[pane].slot || !shown() {
		s.focus = pane
	}
	return false
}

// zoomed reports whether the focused pane fills the body.
func (s *stage) zoomed() bool { return s.zoom }

// unknown explains where a key works that has no action here.
func (s *stage) unknown(name string) string {
	for _, p := range s.panes {
		for _, a := range p.Actions() {
			if a.Takes(name) {
				return fmt.Sprintf("%s works in the %s pane: press tab", a.Key(), p.Title())
			}
		}
	}
	return fmt.Sprintf("%s has no action here; ? lists the keys", name)
}

// selected returns the knob selected in the panel.
func (s *stage) selected(f *live.Frame) live.KnobState {
	for _, p := range s.panes {
		if c, ok := p.(intent.Chooser); ok {
			return c.Chosen(f)
		}
	}
	return f.Panel[0]
}

// probes returns the probes that the visible panes need.
func (s *stage) probes(f *live.Frame, w, h int) []live.Probe {
	var out []live.Probe
	for _, p := range s.places(f, w, h) {
		if pane, ok := s.panes[p.pane].(intent.Watcher); ok {
			out = append(out, pane.Probes(f, p.w-2, p.h-2)...)
		}
	}
	return out
}

// find looks up a key: in the focused pane, the global actions, then the actions of
// other panes that work anywhere.
func (s *stage) find(f *live.Frame, name string, global []intent.Action) (intent.Action, bool) {
	if taker, ok := s.panes[s.focus].(intent.Taker); ok {
		if a, ok := taker.Take(f, name); ok {
			return a, true
		}
	}
	tables := [][]intent.Action{s.panes[s.focus].Actions(), global}
	for i, p := range s.panes {
		if i == s.focus {
			continue
		}
		for _, a := range p.Actions() {
			if a.Anywhere {
				tables = append(tables, []intent.Action{a})
			}
		}
	}
	for _, table := range tables {
		for _, a := range table {
			if a.Takes(name) {
				return a, true
			}
		}
	}
	return intent.Action{}, false
}

// draw renders the panes: the left column from top to bottom, the right one beside
// it.
func (s *stage) draw(t *draw.Theme, f *live.Frame, w, h int) string {
	var left, right []string
	house := s.house(f)
	for _, p := range layout(w, h, house) {
		pane := s.panes[p.pane]
		var others []string
		for _, i := range house.behind(p.pane) {
			others = append(others, s.panes[i].Title())
		}
		block := t.Box(pane.Title(), others, pane.Note(f),
			pane.View(f, p.w-2, p.h-2, p.pane == s.focus), p.w, p.h, p.pane == s.focus)
		if p.x > 0 {
			right = append(right, block)
		} else {
			left = append(left, block)
		}
	}
	out := strings.Join(left, "\n")
	if len(right) > 0 {
		out = draw.Beside(out, strings.Join(right, "\n"))
	}
	return out
}
