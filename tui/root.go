package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"descent/core/knob"
	"descent/session/live"
	"descent/tui/dialog"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// polling is how often the screen asks for a frame while something moves.
const polling = time.Second / 30

// root is the whole screen: it owns focus, sizes and dialogs, and carries
// intents to the runner.
type root struct {
	t      *draw.Theme
	runner *live.Runner
	o      Options

	frame  *live.Frame
	panes  []intent.Pane
	global []intent.Action
	w, h   int
	focus  int
	front  [slotCount]int // the pane last looked at in each slot
	zoom   bool
	dialog dialog.Dialog
	ahead  *dialog.Ahead // a change that is looked at before it is made
	opener string        // the key being handled
	notice string        // the last problem or success, gone at the next key
	bad    bool          // the notice is a problem
	loaded string        // what there is to say of the data, gone at the next key
	polled bool          // a poll is on its way

	watched    []live.Probe // what the runner measures for the panes
	travelling int          // ways through time that are not at their end

	on     map[string]float64 // the last value other than 0 of what toggles
	before map[string]string  // the choice before the present one

	ground    func() tea.Msg // asks the terminal for its background; nil for not
	suspended bool           // ctrl-z has given the terminal back

	drawn string // the last view, while nothing has changed
	stale bool
}

type (
	pollMsg struct{}
	doneMsg struct {
		err  error
		said string // on success
	}
	travelledMsg struct{ doneMsg }
)

func newRoot(t *draw.Theme, r *live.Runner, o Options) *root {
	m := &root{t: t, runner: r, o: o, frame: r.Frame(), on: map[string]float64{}, before: map[string]string{}, stale: true, focus: first(sideSlot)}
	m.panes = newPanes(t)
	m.loaded = loadedNote(m.frame)
	m.global = globalActions()
	return m
}

// Init starts to poll if training runs already, and asks the terminal what it
// may be asked.
func (m *root) Init() tea.Cmd { return tea.Batch(m.poll(), m.ground) }

// now is the frame that is on the screen.
func (m *root) now() *live.Frame { return m.frame }

// poll asks for the next frame in a while, if something moves.
func (m *root) poll() tea.Cmd {
	if m.polled || !m.frame.Playing && !m.frame.Probing && m.travelling == 0 {
		return nil
	}
	m.polled = true
	return tea.Tick(polling, func(time.Time) tea.Msg { return pollMsg{} })
}

// Update routes: size, frame, then keys to the dialog, the focused pane, and
// the rest of the screen.
func (m *root) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	m.stale = true
	cmd := m.answer(msg)
	if watch := m.watch(); watch != nil {
		return m, tea.Batch(cmd, watch)
	}
	return m, cmd
}

func (m *root) answer(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
	case pollMsg:
		m.polled = false
		m.take()
		return m.poll()
	case doneMsg:
		m.take()
		m.finished(msg)
		return m.poll()
	case travelledMsg:
		m.travelling--
		return m.answer(msg.doneMsg)
	case continuedMsg:
		return m.continued()
	case tea.ResumeMsg:
		return tea.EnableMouseCellMotion
	case groundMsg:
		m.t.SetBackground(!msg.light)
	case tea.KeyMsg:
		return m.keys(msg)
	case tea.MouseMsg:
		return m.mouse(msg)
	}
	return nil
}

// mouse finds the pane under the pointer: a click looks at it, and pane and
// wheel do what the pane makes of them.
func (m *root) mouse(msg tea.MouseMsg) tea.Cmd {
	wheel := msg.Button == tea.MouseButtonWheelUp || msg.Button == tea.MouseButtonWheelDown
	if m.dialog != nil || m.tooSmall() || msg.Action != tea.MouseActionPress || !wheel && msg.Button != tea.MouseButtonLeft {
		return nil
	}
	for _, p := range layout(m.w, m.bodyHeight(), m.house()) {
		x, y := msg.X-p.x, msg.Y-1-p.y
		if x < 0 || y < 0 || x >= p.w || y >= p.h {
			continue
		}
		m.notice = ""
		if !wheel {
			m.focus, m.front[panes[p.pane].slot] = p.pane, p.pane
		}
		pane, ok := m.panes[p.pane].(intent.Pointer)
		if !ok || x == 0 || y == 0 || x == p.w-1 || y == p.h-1 {
			return nil
		}
		by := 0
		switch msg.Button {
		case tea.MouseButtonWheelUp:
			by = -1
		case tea.MouseButtonWheelDown:
			by = 1
		}
		return m.intend(pane.Point(m.frame, x-1, y-1, p.w-2, p.h-2, by))
	}
	return nil
}

// take reads the latest frame.
func (m *root) take() {
	old := m.frame
	m.frame = m.runner.Frame()
	for _, d := range old.Panel {
		if now, ok := intent.Dial(m.frame, d.Knob.Path); ok && d.Knob.Kind == knob.Choice && !now.Value.Equal(d.Value) {
			m.before[d.Knob.Path] = d.Value.Word()
		}
	}
	for _, d := range m.frame.Panel {
		if d.Value.Num() != 0 {
			m.on[d.Knob.Path] = d.Value.Num()
		}
	}
}

func (m *root) finished(msg doneMsg) {
	switch {
	case msg.err != nil:
		m.notice, m.bad = msg.err.Error(), true
	case msg.said != "":
		m.notice, m.bad = msg.said, false
	}
}

// keys splits what the terminal handed over in one piece into single keys.
func (m *root) keys(msg tea.KeyMsg) tea.Cmd {
	if msg.Type != tea.KeyRunes || len(msg.Runes) <= 1 || msg.Paste {
		return m.key(msg)
	}
	var cmds []tea.Cmd
	for _, r := range msg.Runes {
		cmds = append(cmds, m.key(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}, Alt: msg.Alt}))
	}
	return tea.Batch(cmds...)
}

func (m *root) key(msg tea.KeyMsg) tea.Cmd {
	name := msg.String()
	if name == "ctrl+c" {
		return tea.Quit
	}
	if name == "ctrl+z" {
		m.suspended = true
		return tea.Suspend
	}
	m.notice, m.loaded, m.opener = "", "", name
	if m.dialog != nil {
		asked, done := m.dialog.Key(msg)
		if done {
			m.dialog = nil
		}
		return m.intend(asked)
	}
	if m.ahead != nil {
		asked, done := m.ahead.Key(msg)
		if done {
			m.ahead = nil
		}
		return m.intend(asked)
	}
	if msg.Paste {
		return nil // text for nobody
	}
	if m.tooSmall() && name != "q" {
		return nil
	}
	a, ok := m.find(name)
	if !ok {
		return nil
	}
	if why := a.Why(m.frame); why != "" {
		m.notice, m.bad = why, true
		return nil
	}
	return m.intend(a.Do(m.frame))
}

// find looks a key up: focused pane, then global, then what works anywhere.
func (m *root) find(name string) (intent.Action, bool) {
	tables := [][]intent.Action{m.panes[m.focus].Actions(), m.global}
	for i, p := range m.panes {
		if i == m.focus {
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

func (m *root) tooSmall() bool { return m.w < minWidth || m.h < minHeight }

// View draws the last frame; while nothing has changed it is the last view.
func (m *root) View() string {
	if m.stale {
		m.drawn, m.stale = m.draw(), false
	}
	return m.drawn
}

func (m *root) draw() string {
	if m.w == 0 || m.h == 0 {
		return ""
	}
	if m.tooSmall() {
		return draw.Release(draw.Fit(draw.Crop(fmt.Sprintf("needs %d×%d cells", minWidth, minHeight), m.w, ""), m.w, m.h))
	}
	f := m.frame
	if m.ahead != nil {
		ghostly := *f
		ghostly.Others = m.ahead.Ghosts(f)
		ghostly.Ghosts = true
		f = &ghostly
	}
	messages := m.messages(m.w)
	body := strings.Split(m.body(f, m.w, m.bodyHeight()), "\n")
	body = body[:min(len(body), m.h-2-len(messages))] // on the smallest screens a long message covers the end
	screen := strings.Join(append(append([]string{status(m.t, f, m.w)}, append(body, messages...)...), m.hints(m.w)), "\n")
	if m.dialog != nil {
		screen = draw.Overlay(screen, m.dialog.View(m.w, m.h), m.w, m.h)
	}
	return draw.Release(draw.Fit(screen, m.w, m.h))
}

// bodyHeight is how many lines the panes have: all but the status, the messages
// and the keys.
func (m *root) bodyHeight() int { return max(m.h-2-len(m.messages(m.w)), minHeight-3) }

// body draws the panes: the left column from above, the right one beside it.
func (m *root) body(f *live.Frame, w, h int) string {
	var left, right []string
	house := m.house()
	for _, p := range layout(w, h, house) {
		pane := m.panes[p.pane]
		var others []string
		for _, i := range house.behind(p.pane) {
			others = append(others, m.panes[i].Title())
		}
		block := m.t.Box(pane.Title(), others, pane.Note(f),
			pane.View(f, p.w-2, p.h-2, p.pane == m.focus), p.w, p.h, p.pane == m.focus)
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

// house reads from the frame and the focus what the layout is to be.
func (m *root) house() house {
	l := house{front: m.front, surface: m.frame.Recipe.Surface.Name != "", focus: m.focus, zoom: m.zoom}
	for i, p := range m.panes {
		l.slots = append(l.slots, panes[i].slot)
		l.shown = append(l.shown, p.Shown(m.frame))
		if s, ok := p.(intent.Sized); ok {
			l.rows[panes[i].slot] = s.Rows(m.frame)
		}
	}
	return l
}

// watch tells the runner which probes the panes on the screen want, if these
// are others than before.
func (m *root) watch() tea.Cmd {
	var probes []live.Probe
	if !m.tooSmall() {
		for _, p := range layout(m.w, m.bodyHeight(), m.house()) {
			if pane, ok := m.panes[p.pane].(intent.Watcher); ok {
				probes = append(probes, pane.Probes(m.frame, p.w-2, p.h-2)...)
			}
		}
	}
	if m.ahead != nil {
		probes = append(probes, m.ahead.Probe())
	}
	if d, ok := m.dialog.(dialog.Watcher); ok {
		probes = append(probes, d.Probes()...)
	}
	if slices.Equal(probes, m.watched) {
		return nil
	}
	m.watched = probes
	return m.wait(m.runner.Watch(probes), "")
}
