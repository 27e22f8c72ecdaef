package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"descent/session/live"
	"descent/tui/dialog"
	"descent/tui/draw"
	"descent/tui/intent"
	"descent/tui/stage"

	tea "github.com/charmbracelet/bubbletea"
)

// The smallest terminal in which the workbench is shown, and the smallest height at
// which the views are listed.
const (
	minWidth     = 50
	minHeight    = 14
	tabbedHeight = 18
)

// polling is the interval at which frames are fetched while something changes.
const polling = time.Second / 30

// root is the model of the screen: it owns focus, sizes and dialogs, and passes
// intents to the runner.
type root struct {
	t *draw.Theme
	requests
	stage.Stage
	boxes
	hand

	frame  *live.Frame
	global []intent.Action
	w, h   int
	ahead  *dialog.Ahead // the look-ahead that is open
	notice notice        // the result of the last key, cleared by the next
	loaded string        // the note on the data, cleared by the next key
	polled bool          // a poll is pending

	watched    []live.Probe // what the runner measures for the panes
	travelling int          // seeks in progress

	background func() tea.Msg // asks the terminal for its background; may be nil
	suspended  bool           // suspended by ctrl-z

	drawn string // the cached view
	stale bool
}

type (
	pollMsg      struct{}
	travelledMsg struct{ doneMsg }
)

func newRoot(t *draw.Theme, r *live.Runner, o Options) *root {
	f := r.Frame()
	m := &root{
		t: t, requests: requests{r, o.Encode, map[string]float64{}}, Stage: stage.New(t), frame: f,
		loaded: loadedNote(f), stale: true,
	}
	m.global = globalActions(m.Zoomed)
	return m
}

// Init starts polling if training runs, queries the background of the terminal, and
// reads the reference.
func (m *root) Init() tea.Cmd { return tea.Batch(m.poll(), m.background, readReference) }

// now returns the frame on the screen.
func (m *root) now() *live.Frame { return m.frame }

// poll schedules the next frame, if anything changes.
func (m *root) poll() tea.Cmd {
	if m.polled || !m.frame.Playing && !m.frame.Probing && m.travelling == 0 {
		return nil
	}
	m.polled = true
	return tea.Tick(polling, func(time.Time) tea.Msg { return pollMsg{} })
}

// Update routes messages: size, frame, then keys to the dialog, the focused pane
// and the global actions.
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
		if m.suspended { // ctrl-z has restored the terminal already
			m.suspended = false
			return nil
		}
		return retake()
	case tea.ResumeMsg:
		return tea.EnableMouseCellMotion
	case backgroundMsg:
		m.t.SetBackground(!msg.light)
	case tea.KeyMsg:
		return m.keys(msg)
	case tea.MouseMsg:
		if m.dialog != nil || m.tooSmall() {
			return nil
		}
		asked, hit := m.pointed(&m.Stage, m.frame, msg, body{m.head(), m.w, m.bodyHeight()})
		if hit {
			m.notice = notice{}
		}
		return m.intend(asked)
	}
	return nil
}

// take reads the latest frame.
func (m *root) take() {
	m.frame = m.runner.Frame()
	m.remember(m.frame)
}

func (m *root) finished(msg doneMsg) {
	switch {
	case msg.err != nil:
		m.notice = notice{msg.err.Error(), failure}
	case msg.said != "":
		m.notice = notice{msg.said, success}
	}
}

// keys splits runes that arrive in one message into single keys.
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
	m.notice, m.loaded = notice{}, ""
	if name == "?" && m.highlighting(m.ahead) != nil {
		return m.intend(intent.Explain{})
	}
	if m.dialog != nil {
		asked, done := m.dialog.Key(msg)
		if done {
			m.uncover()
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
		return nil // no field accepts it
	}
	if m.tooSmall() && name != "q" {
		return nil
	}
	a, ok := m.Find(m.frame, name, m.global)
	if !ok {
		m.notice = notice{m.Unknown(name), remark}
		return nil
	}
	if why := a.Why(m.frame); why != "" {
		m.notice = notice{why, remark}
		return nil
	}
	return m.intend(a.Do(m.frame))
}

// intend handles an intent: by the runner, or on the screen.
func (m *root) intend(asked tea.Msg) tea.Cmd {
	if cmd := m.travel(m.frame, asked); cmd != nil { // frames show the progress meanwhile
		m.travelling++
		return tea.Batch(func() tea.Msg { return travelledMsg{cmd().(doneMsg)} }, m.poll())
	}
	cmd, err := m.serve(m.frame, asked)
	if err != nil {
		m.notice = notice{err.Error(), failure}
	}
	if cmd != nil || err != nil {
		return cmd
	}
	switch i := asked.(type) {
	case intent.LookAhead:
		return m.lookAhead()
	case intent.RaceMenu:
		if m.frame.Racing {
			return wait(m.runner.EndRace(), "the race has ended; all racers are kept as branches")
		}
		m.dialog = dialog.RaceMenu(m.t, m.frame, m.Selected(m.frame))
	case intent.Zoom:
		m.Zoom()
	case intent.Focus:
		m.Next(m.frame, i.By)
	case intent.View:
		m.Show(i.Title)
	case intent.Bring:
		if shown := m.Bring(m.frame, i.Pane, m.w, m.bodyHeight()); i.Then != nil {
			return m.intend(i.Then(shown))
		}
	case intent.Measure:
		m.watched = slices.DeleteFunc(slices.Clone(m.watched), func(p live.Probe) bool { return slices.Contains(i.Probes, p) })
		return wait(m.runner.Watch(m.watched), "measuring again, for the current network")
	case intent.Perform:
		if why := i.Action.Why(m.frame); why != "" {
			m.notice = notice{why, remark}
			return nil
		}
		return m.intend(m.Perform(m.frame, i, m.w, m.bodyHeight()))
	case intent.Quit:
		return tea.Quit
	default:
		return m.open(asked)
	}
	return nil
}

// open opens the dialog of an intent. Training pauses for those that measure.
func (m *root) open(asked tea.Msg) tea.Cmd {
	switch i := asked.(type) {
	case intent.AskStep:
		m.dialog = dialog.StepPrompt(m.t, m.frame)
	case intent.Name:
		m.dialog = dialog.NamePrompt(m.t, m.frame, i.Branch)
	case intent.ActMenu:
		m.dialog = dialog.ActMenu(m.t, m.frame)
	case intent.Compact:
		m.dialog = dialog.CompactPrompt(m.t, m.frame)
	case intent.AskRewind:
		m.dialog = dialog.RewindPrompt(m.t, m.frame)
	case intent.Save:
		m.dialog = dialog.SavePrompt(m.t, m.frame)
	case intent.Pick:
		if d, ok := intent.FindKnob(m.frame, i.Path); ok {
			m.dialog = dialog.NewPicker(m.t, d)
		}
	case intent.Type:
		if d, ok := intent.FindKnob(m.frame, i.Path); ok {
			m.dialog = dialog.ValuePrompt(m.t, d, i.Text)
		}
	case intent.Palette:
		if err := m.findAnything(m.t, m.now, m.global, append([]intent.Pane{m.Focused()}, m.Panes()...)); err != nil {
			m.notice = notice{err.Error(), failure}
		}
	case intent.Explain:
		m.explain(m.explained())
	case intent.Read:
		m.explain(i.Subject)
	case intent.Help:
		m.cover(dialog.NewHelp(m.t, m.frame, m.global, m.Panes()))
	case intent.AskBudget:
		m.dialog = dialog.BudgetPrompt(m.t, m.frame)
	case intent.FitTo:
		m.dialog = dialog.NewFitter(m.t, m.now, i)
		return wait(m.runner.Play(false), "")
	case intent.Find:
		m.dialog = dialog.NewFinder(m.t, m.now)
		return wait(m.runner.Play(false), "")
	}
	return nil
}

// explained is what is highlighted, or else what is selected in the pane with the
// focus.
func (m *root) explained() intent.Subject {
	if open := m.highlighting(m.ahead); open != nil {
		return open.Subject()
	}
	return subject(m.Focused(), m.frame)
}

// explain opens the page of a subject.
func (m *root) explain(s intent.Subject) {
	book, err := reference()
	if err != nil {
		m.notice = notice{err.Error(), failure}
		return
	}
	m.cover(dialog.NewExplain(m.t, book, standing(m.now), s))
}

// lookAhead opens the look-ahead for the selected knob.
func (m *root) lookAhead() tea.Cmd {
	d := m.Selected(m.frame)
	if d.Inert != "" {
		m.notice = notice{d.Inert, remark}
		return nil
	}
	a := dialog.NewAhead(d, m.frame.Step)
	if len(a.Values) < 2 {
		m.notice = notice{"there is nothing to compare for " + d.Knob.Path, remark}
		return nil
	}
	m.ahead = a
	return wait(m.runner.Play(false), "")
}

// report collects the input of the lines above the footer.
func (m *root) report() report {
	return report{
		t: m.t, f: m.frame, ahead: m.ahead, notice: m.notice, loaded: m.loaded,
		timeline: m.Focused().Title() == "Timeline",
	}
}

func (m *root) tooSmall() bool { return m.w < minWidth || m.h < minHeight }

// View renders the last frame, or returns the cached view if nothing has changed.
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
		return m.t.Release(draw.Fit(draw.Crop(fmt.Sprintf("needs %d×%d cells", minWidth, minHeight), m.w, ""), m.w, m.h))
	}
	f := m.frame
	if m.ahead != nil {
		ghostly := *f
		ghostly.Others = m.ahead.Ghosts(f)
		ghostly.Ghosts = true
		f = &ghostly
	}
	messages := m.report().lines(m.w)
	lines := []string{status(m.t, f, m.w)}
	if m.head() == 2 {
		lines = append(lines, m.Tabs(m.t, f, m.w))
	}
	body := m.Draw(m.t, f, m.w, m.bodyHeight())
	body = body[:min(len(body), m.h-1-len(lines)-len(messages))] // on the smallest screens a long message covers the last lines
	lines = append(append(lines, body...), messages...)
	screen := strings.Join(append(lines, footer(m.t, m.frame, m.global, m.Focused(), m.w)), "\n")
	if m.dialog != nil {
		screen = draw.Overlay(screen, m.dialog.View(m.w, m.h), m.w, m.h)
	}
	return m.t.Release(draw.Fit(screen, m.w, m.h))
}

// head is the number of lines above the panes: the status and, where there is room,
// the views.
func (m *root) head() int {
	if m.h < tabbedHeight {
		return 1
	}
	return 2
}

// bodyHeight is the number of lines of the panes: all but the head, the messages
// and the footer.
func (m *root) bodyHeight() int {
	return max(m.h-m.head()-1-len(m.report().lines(m.w)), minHeight-3)
}

// watch tells the runner which probes the visible panes need, if these have
// changed.
func (m *root) watch() tea.Cmd {
	var probes []live.Probe
	if !m.tooSmall() {
		probes = m.Probes(m.frame, m.w, m.bodyHeight())
	}
	if m.ahead != nil {
		probes = append(probes, m.ahead.Probe())
	}
	probes = append(probes, m.wanted()...)
	if slices.Equal(probes, m.watched) {
		return nil
	}
	m.watched = probes
	return wait(m.runner.Watch(probes), "")
}
