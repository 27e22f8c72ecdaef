// Package stage arranges the panes on the screen: views under number keys, each with
// panes in slots, and the focus.
package stage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Stage is the arrangement of the panes: which view is shown, which pane has the
// focus, and which are in front of others.
type Stage struct {
	panes []intent.Pane // by id
	view  int
	focus []id   // the pane with the focus, by view
	front [][]id // panes that were brought to the front, by view, the latest last
	zoom  bool   // the focused pane fills the body
}

// New makes the panes, and shows the first view with the focus on the knobs.
func New(t *draw.Theme) Stage {
	s := Stage{panes: Panes(t), focus: make([]id, len(views)), front: make([][]id, len(views))}
	for i, v := range views {
		s.focus[i] = v.slots[mainSlot][0]
	}
	s.focus[0] = knobsPane
	return s
}

// Panes returns all panes, of whichever view.
func (s *Stage) Panes() []intent.Pane { return s.panes }

// Focused returns the pane with the focus.
func (s *Stage) Focused() intent.Pane { return s.panes[s.focus[s.view]] }

// Zoomed reports whether the focused pane fills the body.
func (s *Stage) Zoomed() bool { return s.zoom }

// Zoom enlarges the focused pane to the whole body, or restores it.
func (s *Stage) Zoom() { s.zoom = !s.zoom }

// Title returns the title of the view that is shown.
func (s *Stage) Title() string { return views[s.view].title }

// Views returns the titles of the views.
func Views() []string {
	out := make([]string, len(views))
	for i, v := range views {
		out[i] = v.title
	}
	return out
}

// Order returns the panes of the view that is shown, in their order of focus.
func (s *Stage) Order(f *live.Frame) []intent.Pane {
	l := s.arrangement(f)
	var out []intent.Pane
	for _, p := range l.order() {
		out = append(out, s.panes[p])
	}
	return out
}

// Show shows the view of a title.
func (s *Stage) Show(title string) {
	if i := slices.IndexFunc(views, func(v view) bool { return v.title == title }); i >= 0 {
		s.view, s.zoom = i, false
	}
}

// Settle moves the focus from a pane that has nothing to show to the first of the view
// that has.
func (s *Stage) Settle(f *live.Frame) {
	l := s.arrangement(f)
	s.focus[s.view] = l.focus
}

// Actions returns an action for each view.
func Actions() []intent.Action {
	out := make([]intent.Action, len(views))
	for i, v := range views {
		out[i] = intent.Action{Name: "view." + strings.ToLower(v.title), Section: intent.Look, Keys: []string{v.key}, Help: "view " + v.title + ": " + v.help, Off: v.needs, Do: intent.Always(intent.View{Title: v.title})}
	}
	return out
}

// arrangement derives the input of the layout from the frame and the focus.
func (s *Stage) arrangement(f *live.Frame) arrangement {
	l := arrangement{rows: map[id]int{}, strip: map[id]bool{}, zoomed: s.zoom}
	for i, panes := range views[s.view].slots {
		for _, p := range panes {
			if !s.panes[p].Shown(f) {
				continue
			}
			l.slots[i] = append(l.slots[i], p)
			if sized, ok := s.panes[p].(intent.Sized); ok {
				l.rows[p] = sized.Rows(f)
			}
			_, l.strip[p] = s.panes[p].(intent.Liner)
		}
	}
	if p := views[s.view].spare; p > 0 && len(l.slots[viewSlot]) == 0 && s.panes[p].Shown(f) {
		l.slots[viewSlot] = []id{p}
	}
	for _, p := range s.front[s.view] {
		for i, panes := range l.slots {
			if at := slices.Index(panes, p); at > 0 {
				l.slots[i] = slices.Concat([]id{p}, panes[:at], panes[at+1:])
			}
		}
	}
	for from := tableSlot; len(l.slots[mainSlot]) == 0 && from < slotCount; from++ {
		l.slots[mainSlot], l.slots[from] = l.slots[from], nil
	}
	l.focus = s.shownFocus(&l)
	return l
}

// shownFocus returns the pane with the focus or, if that has nothing to show, the
// first that has.
func (s *Stage) shownFocus(l *arrangement) id {
	order := l.order()
	if focus := s.focus[s.view]; len(order) == 0 || slices.Contains(order, focus) {
		return focus
	}
	return order[0]
}

// order returns the panes in their order of focus.
func (l *arrangement) order() []id { return slices.Concat(l.slots[:]...) }

// Places returns the rectangles of the panes in a body of w×h cells.
func (s *Stage) Places(f *live.Frame, w, h int) []Place {
	l := s.arrangement(f)
	return layout(w, h, &l)
}

// Pane returns the pane of a place.
func (s *Stage) Pane(p Place) intent.Pane { return s.panes[p.pane] }

// Focus focuses a pane of the view that is shown and puts it in front of those that
// share its slot.
func (s *Stage) Focus(pane intent.Pane) { s.focusOn(id(slices.Index(s.panes, pane))) }

func (s *Stage) focusOn(pane id) {
	s.focus[s.view] = pane
	s.raise(pane)
}

// raise puts a pane in front of those that share its slot.
func (s *Stage) raise(pane id) {
	front := slices.DeleteFunc(s.front[s.view], func(p id) bool { return p == pane })
	s.front[s.view] = append(front, pane)
}

// Next focuses the pane by places further in the order of focus.
func (s *Stage) Next(f *live.Frame, by int) {
	l := s.arrangement(f)
	if order := l.order(); len(order) > 0 {
		s.focusOn(order[draw.Modulo(slices.Index(order, l.focus)+by, len(order))])
	}
}

// Bring makes a pane visible: it comes to the front in its slot or, if the view has
// no place for it, in the view where it is the main pane. It is focused if it is not
// visible otherwise. Bring reports whether the pane was visible before.
func (s *Stage) Bring(f *live.Frame, pane intent.Pane, w, h int) bool {
	p := id(slices.Index(s.panes, pane))
	shown := func() bool {
		return slices.ContainsFunc(s.Places(f, w, h), func(at Place) bool { return at.pane == p })
	}
	if p < 0 || shown() {
		return p >= 0
	}
	stands := func(v view) bool {
		return slices.ContainsFunc(v.slots[:], func(panes []id) bool { return slices.Contains(panes, p) })
	}
	if !stands(views[s.view]) {
		home := slices.IndexFunc(views, func(v view) bool { return slices.Contains(v.slots[mainSlot], p) })
		if home < 0 {
			home = slices.IndexFunc(views, stands)
		}
		s.view, s.zoom = home, false
		s.focusOn(p)
		return false
	}
	for _, panes := range views[s.view].slots {
		if slices.Contains(panes, p) && slices.Contains(panes, s.focus[s.view]) {
			s.focus[s.view] = p // it hides the one with the focus
		}
	}
	if s.raise(p); !shown() {
		s.focus[s.view] = p
	}
	return false
}

// Perform returns what an action asks for, with the pane whose action it is in front.
func (s *Stage) Perform(f *live.Frame, i intent.Perform, w, h int) tea.Msg {
	if i.Pane == nil {
		return i.Action.Do(f)
	}
	if !i.Action.Anywhere {
		s.Bring(f, i.Pane, w, h)
		s.Focus(i.Pane)
		return i.Action.Do(f)
	}
	asked := i.Action.Do(f)
	if _, brings := asked.(intent.Bring); !brings {
		s.Bring(f, i.Pane, w, h)
	}
	return asked
}

// Unknown explains where a key works that has no action here.
func (s *Stage) Unknown(name string) string {
	far := ""
	for i, p := range s.panes {
		for _, a := range p.Actions() {
			if !a.Takes(name) {
				continue
			}
			way := s.way(id(i))
			text := fmt.Sprintf("%s works in the %s pane: press %s", a.Key(), p.Title(), way)
			if way == "tab" { // it is in this view
				return text
			}
			if far == "" {
				far = text
			}
		}
	}
	if far != "" {
		return far
	}
	return fmt.Sprintf("%s has no action here; ? lists the keys", intent.Action{Keys: []string{name}}.Key())
}

// way returns the keys that lead to a pane.
func (s *Stage) way(pane id) string {
	for _, v := range append([]view{views[s.view]}, views...) {
		for _, panes := range v.slots {
			if !slices.Contains(panes, pane) {
				continue
			}
			if v.key == views[s.view].key {
				return "tab"
			}
			return v.key
		}
	}
	return "tab"
}

// Selected returns the knob selected in the panel.
func (s *Stage) Selected(f *live.Frame) live.KnobState {
	for _, p := range s.panes {
		if c, ok := p.(intent.Chooser); ok {
			return c.Chosen(f)
		}
	}
	return f.Panel[0]
}

// Probes returns the probes that the visible panes need.
func (s *Stage) Probes(f *live.Frame, w, h int) []live.Probe {
	var out []live.Probe
	for _, p := range s.Places(f, w, h) {
		if pane, ok := s.panes[p.pane].(intent.Watcher); ok && !p.Strip {
			out = append(out, pane.Probes(f, p.W-2, p.H-2)...)
		}
	}
	return out
}

// Find looks up a key: in the focused pane, the global actions, then the actions of
// other panes that work anywhere.
func (s *Stage) Find(f *live.Frame, name string, global []intent.Action) (intent.Action, bool) {
	focused := s.Focused()
	if taker, ok := focused.(intent.Taker); ok {
		if a, ok := taker.Take(f, name); ok {
			return a, true
		}
	}
	tables := [][]intent.Action{focused.Actions(), global}
	for _, p := range s.panes {
		if p == focused {
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

// Draw renders the panes in a body of w×h cells.
func (s *Stage) Draw(t *draw.Theme, f *live.Frame, w, h int) []string {
	l := s.arrangement(f)
	page := draw.NewPage(w, h)
	for _, p := range layout(w, h, &l) {
		pane := s.panes[p.pane]
		if liner, ok := pane.(intent.Liner); ok && p.Strip {
			page.Put(liner.Line(f, p.W), p.X, p.Y, p.W, p.H)
			continue
		}
		focused := p.pane == l.focus
		block := t.Box(pane.Title(), s.behind(&l, p.pane), pane.Note(f), pane.View(f, p.W-2, p.H-2, focused), p.W, p.H, focused)
		page.Put(block, p.X, p.Y, p.W, p.H)
	}
	return page.Lines()
}

// Presented returns the main pane of the view and the focused one or, if these are
// the same, the next in the order of focus.
func (s *Stage) Presented(f *live.Frame) []intent.Pane {
	order := s.Order(f)
	if len(order) == 0 {
		return []intent.Pane{s.Focused()}
	}
	if focused := s.Focused(); focused != order[0] && slices.Contains(order, focused) {
		return []intent.Pane{order[0], focused}
	}
	return order[:min(len(order), 2)]
}

// Portrait renders the focused pane alone, in w×h cells.
func (s *Stage) Portrait(t *draw.Theme, f *live.Frame, w, h int) string {
	pane := s.Focused()
	return t.Box(pane.Title(), nil, pane.Note(f), pane.View(f, w-2, h-2, false), w, h, false)
}

// behind returns the titles of the other panes in the slot of a pane.
func (s *Stage) behind(l *arrangement, pane id) []string {
	var out []string
	for _, panes := range l.slots {
		if !slices.Contains(panes, pane) {
			continue
		}
		for _, p := range panes {
			if p != pane {
				out = append(out, s.panes[p].Title())
			}
		}
	}
	return out
}

// tab is the part of the line of tabs that belongs to a view.
type tab struct {
	view, at, width int
	text            string
}

// tabs places the names of the views in a line of w cells; shorter names or only their
// keys where there is no room.
func tabs(w int) []tab {
	var out []tab
	for _, name := range []func(v view) string{
		func(v view) string { return v.key + " " + v.title },
		func(v view) string { return v.key + " " + cmp.Or(v.short, v.title) },
		func(v view) string { return v.key },
	} {
		out = nil
		x := 1
		for i, v := range views {
			text := name(v)
			out = append(out, tab{i, x, draw.Width(text), text})
			x += draw.Width(text) + 2
		}
		if x <= w {
			break
		}
	}
	return out
}

// Tabs renders the line of the views, the one that is shown in the colour of the
// focus and between brackets.
func (s *Stage) Tabs(t *draw.Theme, f *live.Frame, w int) string {
	var out strings.Builder
	x := 0
	for _, b := range tabs(w) {
		out.WriteString(strings.Repeat(" ", b.at-x))
		v := views[b.view]
		style := t.Text
		switch {
		case b.view == s.view:
			style = t.Tab
		case v.needs != nil && v.needs(f) != "":
			style = t.Muted
		}
		text := b.text
		if x = b.at + b.width; b.view == s.view && !t.Colored() {
			line := strings.TrimSuffix(out.String(), " ")
			out.Reset()
			out.WriteString(line)
			text, x = "["+text+"]", x+1
		}
		out.WriteString(style.Render(text))
	}
	return draw.FitLine(out.String(), w)
}

// TabAt returns the intent of a click on the line of the views, nil beside them.
func (s *Stage) TabAt(x, w int) tea.Msg {
	for _, b := range tabs(w) {
		if x >= b.at-1 && x <= b.at+b.width {
			return intent.View{Title: views[b.view].title}
		}
	}
	return nil
}
