package tui

import (
	"slices"
	"time"

	"descent/session/live"
	"descent/tui/config"
	"descent/tui/dialog"
	"descent/tui/draw"
	"descent/tui/export"
	"descent/tui/intent"
	"descent/tui/race"
	"descent/tui/search"
	"descent/tui/stage"
	"descent/tui/terminal"
	"descent/tui/tour"

	tea "github.com/charmbracelet/bubbletea"
)

// polling is the interval at which frames are fetched while something changes.
const polling = time.Second / 30

// root is the model of the screen: it answers keys and the mouse, and passes intents
// to the runner.
type root struct {
	page
	requests
	preferences

	heard  notice // the last message that panes were told
	polled bool   // a poll is pending

	watched    []live.Probe // what the runner measures for the panes
	travelling int          // seeks in progress

	suspended bool // suspended by ctrl-z

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
		page:     page{t: t, Stage: stage.New(t), frame: f, loaded: loadedNote(f)},
		requests: requests{steering{r, o.Search}, o.Encode, o.Repeat, o.Exports, map[string]float64{}}, stale: true,
	}
	m.ending.Begin(f)
	if f.Tuning != nil {
		m.Show("Tune")
	}
	if loss, function, ok := par(f.Recipe); ok {
		for _, p := range m.Panes() {
			if p, ok := p.(intent.Rated); ok {
				p.SetPar(loss, function)
			}
		}
	}
	m.tour = tour.New(f.Recipe.Name)
	m.global = globalActions(m.Zoomed)
	m.prefer(o.Config)
	return m
}

// Init starts polling if training runs, reads the reference, and finds the last search.
func (m *root) Init() tea.Cmd {
	return tea.Batch(m.poll(), readReference, wait(m.runner.FindSearch(m.search), ""))
}

// now returns the frame on the screen.
func (m *root) now() *live.Frame { return m.frame }

// poll schedules the next frame, if anything changes.
func (m *root) poll() tea.Cmd {
	if m.polled || !m.frame.Playing && !m.frame.Probing && !m.frame.Heats.Running() && !m.frame.Tuning.Running() && m.travelling == 0 {
		return nil
	}
	m.polled = true
	every := polling
	if !m.frame.Playing && !m.frame.Probing && m.travelling == 0 {
		every = 3 * polling // a search changes less often
	}
	return tea.Tick(every, func(time.Time) tea.Msg { return pollMsg{} })
}

// Update routes messages: size, frame, then keys to the dialog, the focused pane
// and the global actions.
func (m *root) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, polls := msg.(pollMsg); !polls || m.runner.Frame() != m.frame {
		m.stale = true
	}
	cmd := m.answer(msg)
	m.hear()
	if watch := m.watch(); watch != nil {
		return m, tea.Batch(cmd, watch)
	}
	return m, cmd
}

// due carries out the intent of a dialog that has waited for what it measures.
func (m *root) due() tea.Cmd {
	d, ok := m.dialog.(dialog.Waiter)
	if !ok {
		return nil
	}
	asked := d.Due()
	if asked == nil {
		return nil
	}
	m.uncover()
	return m.intend(asked)
}

// hear passes a new message to the panes that keep messages.
func (m *root) hear() {
	if m.notice.text != "" && m.notice != m.heard {
		for _, p := range m.Panes() {
			if l, ok := p.(intent.Hearer); ok {
				l.Hear(m.frame, m.notice.text, m.notice.tone == failure)
			}
		}
	}
	m.heard = m.notice
}

func (m *root) answer(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
	case pollMsg:
		m.polled = false
		m.take()
		return tea.Batch(m.due(), m.poll(), m.tell(m.frame, time.Now()))
	case doneMsg:
		m.take()
		if choice := apart(msg.err); choice != nil {
			return tea.Batch(m.intend(choice), m.poll())
		}
		m.finished(msg)
		return tea.Batch(m.poll(), m.tell(m.frame, time.Now()))
	case travelledMsg:
		m.travelling--
		return m.answer(msg.doneMsg)
	case terminal.Continued:
		if m.suspended { // ctrl-z has restored the terminal already
			m.suspended = false
			return nil
		}
		return tea.Sequence(terminal.Retake(), m.takeMouse())
	case tea.ResumeMsg:
		return m.takeMouse()
	case terminal.Background:
		m.t.SetBackground(!msg.Light)
	case tea.KeyMsg:
		return each(msg, m.key)
	case tea.MouseMsg:
		if m.tooSmall() || m.hall.On && m.dialog == nil {
			return nil
		}
		if m.dialog != nil && !m.drags(msg) {
			return m.left(over(m.dialog, msg, m.w, m.h))
		}
		asked, hit := m.pointed(&m.Stage, m.frame, msg, body{m.head(), m.w, m.bodyHeight(), m.h})
		if hit {
			m.notice = notice{}
		}
		return m.intend(asked)
	}
	return nil
}

// take reads the latest frame.
func (m *root) take() {
	was := m.frame
	m.frame = m.runner.Frame()
	if searchOver(was, m.frame) {
		m.notice = notice{search.Said(m.frame) + "; h shows the result, from which it is adopted or saved", success}
		if m.Title() == "Tune" && m.dialog == nil && m.ahead == nil {
			m.dialog = search.NewResult(m.t, m.now).Unasked(time.Now())
		}
	}
	m.remember(m.frame)
	m.tour.Look(m.frame)
	m.ending.Follow(was, m.frame)
	if ended, here := raceEnded(was, m.frame); ended {
		m.notice = notice{race.Said(m.frame) + "; R shows the result", success}
		if here && m.dialog == nil && m.ahead == nil {
			m.dialog = race.NewResult(m.t, m.now)
		}
	}
}

func (m *root) finished(msg doneMsg) {
	switch {
	case msg.err != nil:
		m.notice = notice{msg.err.Error(), failure}
	case msg.said != "":
		m.notice = notice{msg.said, success}
	}
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
	if cmd := m.hall.Press(name, time.Now()); cmd != nil {
		return tea.Batch(m.handle(msg, name), cmd)
	}
	return m.handle(msg, name)
}

// handle gives a key to what takes it.
func (m *root) handle(msg tea.KeyMsg, name string) tea.Cmd {
	m.notice, m.loaded = notice{}, ""
	if name == "?" && m.highlighting(m.ahead) != nil {
		return m.intend(intent.Explain{})
	}
	if m.dialog != nil {
		return m.left(m.dialog.Key(msg))
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
	if asked, ok := m.ending.Take(m.t, m.frame, name); ok {
		return m.intendAll(asked)
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

// left goes on after the dialog that is open has answered.
func (m *root) left(asked tea.Msg, done bool) tea.Cmd {
	if done {
		m.uncover()
	}
	return m.intend(asked)
}

// intend handles an intent: by the runner, or on the screen.
func (m *root) intend(asked tea.Msg) tea.Cmd {
	m.tour.Did(tour.Deed(asked), m.frame)
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
	case intent.Pace:
		return tea.Batch(wait(m.runner.SetPace(i.Pace), "the pace is "+i.Pace.Words()), m.keep(config.PaceKey, i.Pace.String()))
	case intent.LookAhead:
		a, why := ahead(m.Selected(m.frame), m.frame.Step)
		if why != "" {
			m.notice = notice{why, remark}
			return nil
		}
		m.ahead = a
		return wait(m.runner.Play(false), "")
	case intent.RaceMenu:
		switch {
		case m.frame.Racing:
			return wait(m.runner.EndRace(), "")
		case m.frame.Race != nil && !i.Fresh:
			m.dialog = race.NewResult(m.t, m.now)
			return nil
		}
		m.dialog = race.New(m.t, m.now, m.Selected(m.frame))
		if m.frame.Playing {
			return func() tea.Msg { return doneMsg{m.runner.Play(false).Wait(), ""} }
		}
	case intent.Zoom:
		m.Zoom()
	case intent.Focus:
		m.Next(m.frame, i.By)
	case intent.View:
		m.Show(i.Title)
		m.Settle(m.frame)
	case intent.Cancel:
		if m.travelling == 0 {
			m.tour.Hide()
		}
	case intent.Open:
		return func() tea.Msg { return openMsg{name: i.Name} }
	case intent.OpenTrial:
		return func() tea.Msg { return openMsg{trial: &i} }
	case intent.Gallery, intent.Columns:
		next := elsewhere(i, m.frame)
		return tea.Batch(wait(m.runner.Play(false), ""), func() tea.Msg { return next })
	case intent.NextTry:
		if next := m.tour.Next(); next != "" {
			return func() tea.Msg { return openMsg{name: next} }
		}
	case intent.Bring:
		if shown := m.Bring(m.frame, i.Pane, m.w, m.bodyHeight()); i.Then != nil {
			return m.intend(i.Then(shown))
		}
	case intent.Measure:
		m.watched = slices.DeleteFunc(slices.Clone(m.watched), func(p live.Probe) bool { return slices.Contains(i.Probes, p) })
		return wait(m.runner.Watch(m.watched), "measuring again, for the current network")
	case intent.Present:
		m.hall.On = !m.hall.On
	case intent.ExportMenu:
		m.dialog = export.New(m.t, m.frame, m.Focused().Title(), m.exports.Formats)
	case intent.Export:
		return m.export(i, m.portrait(i.What), m.t, m.frame)
	case intent.CurveStyle:
		return m.style(m.t, i.Fine)
	case intent.NextTheme:
		return m.nextTheme(m.t, &m.notice)
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

// intendAll handles several intents, which the runner serves in their order.
func (m *root) intendAll(asked []tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for _, a := range asked {
		cmds = append(cmds, m.intend(a))
	}
	return tea.Batch(cmds...)
}

// open opens the dialog of an intent. Training pauses for those that measure.
func (m *root) open(asked tea.Msg) tea.Cmd {
	pauses, err := m.show(asked, scene{m.t, m.now, m.global, append([]intent.Pane{m.Focused()}, m.Panes()...), m.ahead})
	if err != nil {
		m.notice = notice{err.Error(), failure}
	}
	if pauses {
		return wait(m.runner.Play(false), "")
	}
	return nil
}

// View renders the last frame, or returns the cached view if nothing has changed.
func (m *root) View() string {
	if m.stale {
		m.drawn, m.stale = m.draw(), false
	}
	return m.drawn
}

// watch tells the runner which probes are needed, if these have changed.
func (m *root) watch() tea.Cmd {
	probes := m.needed()
	if slices.Equal(probes, m.watched) {
		return nil
	}
	m.watched = probes
	return wait(m.runner.Watch(probes), "")
}
