package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"descent/presets"
	"descent/session/live"
	"descent/tui/columns"
	"descent/tui/draw"
	"descent/tui/gallery"
	"descent/tui/intent"
	"descent/tui/terminal"

	tea "github.com/charmbracelet/bubbletea"
)

// app is the outer model: the gallery, or the workbench on one session.
type app struct {
	t        *draw.Theme
	options  Options
	desk     *root            // nil before anything was opened
	gallery  *gallery.Gallery // nil while the workbench is shown
	columns  *columns.View    // the table of columns, before all others; nil for none
	opening  *pendingOpen     // nil while nothing is being opened
	w, h     int
	terminal io.Writer

	suspended bool           // suspended by ctrl-z in the gallery
	closing   sync.WaitGroup // of sessions that were left for others

	background func() tea.Msg // asks the terminal for its background; may be nil
}

type (
	closedMsg struct{ err error }
	// deskMsg is the answer to what a workbench has asked for. Another, opened
	// meanwhile, is not told.
	deskMsg struct {
		desk *root
		msg  tea.Msg
	}
)

// newApp shows the workbench of a runner or, if it is nil, the gallery. terminal is for
// what is no part of the screen; nil in tests.
func newApp(t *draw.Theme, r *live.Runner, o Options, terminal io.Writer) *app {
	a := &app{t: t, options: o, terminal: terminal}
	switch {
	case r != nil:
		a.show(r)
	case o.Draft != nil:
		a.columns = columns.New(t, o.Draft, false)
	default:
		a.gallery = a.entrance()
	}
	return a
}

// entrance makes the gallery.
func (a *app) entrance() *gallery.Gallery {
	return gallery.New(a.t, presets.Title).Completes(a.options.Library.Complete)
}

// show makes the workbench of a runner.
func (a *app) show(r *live.Runner) {
	a.desk = newRoot(a.t, r, a.options)
	a.desk.terminal = a.terminal
}

// Init begins polling, asks for the background and reads what the gallery lists.
func (a *app) Init() tea.Cmd {
	cmds := []tea.Cmd{a.background}
	if a.desk != nil {
		cmds = append(cmds, asked(a.desk, a.desk.Init()))
	}
	if a.gallery != nil {
		cmds = append(cmds, a.stored, a.preview(), readReference)
	}
	return tea.Batch(cmds...)
}

func (a *app) stored() tea.Msg {
	if a.options.Library.Stored == nil {
		return nil
	}
	var m storedMsg
	m.sessions, m.files = a.options.Library.Stored()
	return m
}

// preview reads what the gallery wants to show of the selected preset.
func (a *app) preview() tea.Cmd {
	if a.gallery == nil {
		return nil
	}
	name := a.gallery.Wants()
	if name == "" {
		return nil
	}
	return func() tea.Msg { return previewMsg{name, gallery.Load(name, a.options.Library.Data)} }
}

// Update routes messages: those of the gallery while it is shown, all others to the
// workbench.
func (a *app) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if size, ok := msg.(tea.WindowSizeMsg); ok {
		a.w, a.h = terminal.Size(size.Width, size.Height)
		msg = tea.WindowSizeMsg{Width: a.w, Height: a.h}
	}
	switch msg := msg.(type) {
	case terminal.Background:
		a.t.SetBackground(!msg.Light)
	case openMsg:
		return a, a.open(msg)
	case galleryMsg:
		a.gallery = a.entrance()
		return a, tea.Batch(a.stored, a.preview())
	case storedMsg:
		if a.gallery != nil {
			a.gallery.Add(msg.sessions, msg.files)
			return a, a.preview()
		}
		return a, nil
	case previewMsg:
		if a.gallery != nil {
			a.gallery.Show(msg.name, msg.preview)
			return a, a.preview()
		}
		return a, nil
	case tellMsg:
		return a, a.tell(msg.o)
	case openedMsg:
		return a, a.opened(msg.o)
	case closedMsg:
		if msg.err != nil && a.desk != nil {
			a.desk.notice = notice{msg.err.Error(), failure}
			a.desk.stale = true
		}
		return a, nil
	case terminal.Continued:
		if a.front() != nil {
			return a, a.continued()
		}
	case deskMsg:
		if msg.desk != a.desk {
			return a, nil
		}
		_, cmd := a.desk.Update(msg.msg)
		return a, asked(a.desk, cmd)
	case tea.KeyMsg:
		if a.front() != nil {
			return a, a.key(msg)
		}
	case tea.MouseMsg:
		if a.front() != nil {
			return a, a.point(msg)
		}
	}
	if a.desk == nil {
		if _, resumed := msg.(tea.ResumeMsg); resumed {
			return a, a.takeMouse()
		}
		return a, nil
	}
	_, cmd := a.desk.Update(msg)
	return a, asked(a.desk, cmd)
}

// asked is a command of a workbench, whose answer is for that workbench.
func asked(desk *root, cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg {
		switch msg := cmd().(type) {
		case tea.BatchMsg:
			for i, c := range msg {
				msg[i] = asked(desk, c)
			}
			return msg
		case pollMsg, doneMsg, travelledMsg:
			return deskMsg{desk, msg}
		default:
			return msg
		}
	}
}

// front is what stands before the workbench, nil for nothing.
func (a *app) front() interface {
	Key(k tea.KeyMsg) tea.Msg
	Point(x, y, wheel, w, h int) tea.Msg
	View(w, h int) string
	Opening(text string)
	Notice(text string)
} {
	switch {
	case a.columns != nil:
		return a.columns
	case a.gallery != nil:
		return a.gallery
	}
	return nil
}

// key handles a key in the gallery, or in the table of columns.
func (a *app) key(msg tea.KeyMsg) tea.Cmd {
	switch msg.String() {
	case "ctrl+c":
		return tea.Quit
	case "ctrl+z":
		a.suspended = true
		return tea.Suspend
	}
	return each(msg, func(k tea.KeyMsg) tea.Cmd {
		if a.front() == nil { // an earlier one of several letters has left it
			return nil
		}
		return a.intend(a.front().Key(k))
	})
}

// continued takes the terminal again after a stop in the gallery from outside; ctrl-z
// has restored it already.
func (a *app) continued() tea.Cmd {
	if a.suspended {
		a.suspended = false
		return nil
	}
	return tea.Sequence(terminal.Retake(), a.takeMouse())
}

func (a *app) takeMouse() tea.Cmd {
	if a.options.Config != nil && !a.options.Config.Mouse {
		return nil
	}
	return tea.EnableMouseCellMotion
}

func (a *app) point(msg tea.MouseMsg) tea.Cmd {
	wheel := 0
	switch {
	case msg.Action != tea.MouseActionPress:
		return nil
	case msg.Button == tea.MouseButtonWheelUp:
		wheel = -1
	case msg.Button == tea.MouseButtonWheelDown:
		wheel = 1
	case msg.Button != tea.MouseButtonLeft:
		return nil
	}
	return a.intend(a.front().Point(msg.X, msg.Y, wheel, a.w, a.h))
}

// intend carries out what the gallery asks for.
func (a *app) intend(asked tea.Msg) tea.Cmd {
	switch i := asked.(type) {
	case intent.Open:
		return a.open(openMsg{name: i.Name})
	case columns.Train:
		return a.open(openMsg{draft: i.Draft})
	case columns.Write:
		a.columns.Wrote(a.options.Library.Write(i.Draft))
	case intent.Quit:
		return tea.Quit
	case intent.Cancel:
		switch {
		case a.opening != nil:
			a.opening.cancel()
		case a.desk != nil:
			a.leave()
		case a.columns != nil:
			a.columns, a.gallery = nil, a.entrance()
			return tea.Batch(a.stored, a.preview())
		}
		return nil
	}
	return a.preview()
}

// leave goes back from the gallery to the workbench.
func (a *app) leave() {
	a.gallery, a.columns, a.desk.stale = nil, nil, true
	a.desk.w, a.desk.h = a.w, a.h
}

// tellEvery is the interval at which the gallery shows how far an opening is.
const tellEvery = 100 * time.Millisecond

// open opens a preset, a session or a trial while the gallery says how far it is.
func (a *app) open(of openMsg) tea.Cmd {
	name, begin := of.begin(a.options.Library)
	if a.opening != nil || begin == nil {
		return nil
	}
	if a.front() == nil {
		a.gallery = a.entrance()
	}
	a.front().Opening("opening " + name)
	ctx, cancel := context.WithCancel(context.Background())
	o := &pendingOpen{cancel: cancel, done: make(chan struct{})}
	a.opening = o
	go func() { // no command: one that is asked for as the program ends is never run, and its end waited for
		defer close(o.done)
		o.opened, o.err = begin(ctx, func(text string) { o.told.Store(&text) })
	}()
	return tea.Batch(func() tea.Msg { <-o.done; return openedMsg{o} }, a.tell(o))
}

// tell shows what an opening does, now and later.
func (a *app) tell(o *pendingOpen) tea.Cmd {
	if a.opening != o || a.front() == nil {
		return nil
	}
	if text := o.told.Load(); text != nil {
		a.front().Opening(*text)
	}
	return tea.Tick(tellEvery, func(time.Time) tea.Msg { return tellMsg{o} })
}

// opened shows the workbench of what was opened; the session before it is closed.
func (a *app) opened(o *pendingOpen) tea.Cmd {
	a.opening = nil
	o.cancel()
	if o.err != nil {
		if front := a.front(); front != nil {
			text := o.err.Error()
			if errors.Is(o.err, context.Canceled) {
				text = ""
			}
			front.Notice(text)
			return tea.Batch(a.stored, a.preview())
		}
		return nil
	}
	if o.opened.Draft != nil {
		a.gallery, a.columns = nil, columns.New(a.t, o.opened.Draft, a.desk != nil)
		return nil
	}
	var leave tea.Cmd
	if a.desk != nil {
		before, failed := a.desk, make(chan error, 1)
		a.closing.Go(func() {
			before.writing.Wait()
			failed <- before.runner.Close()
		})
		leave = func() tea.Msg { return closedMsg{<-failed} }
	}
	a.show(o.opened.Runner)
	for _, n := range o.opened.Notes {
		a.desk.notice = notice{n, remark}
	}
	a.leave()
	return tea.Batch(leave, asked(a.desk, tea.Batch(a.desk.Init(), a.desk.watch())))
}

// runner returns that of the session that is open, nil if there is none. What is still
// being opened is cancelled, and closed again; what was left for another is closed, and
// what is being written is written.
func (a *app) runner() *live.Runner {
	a.closing.Wait()
	if o := a.opening; o != nil {
		o.cancel()
		<-o.done
		if o.opened.Runner != nil {
			_ = o.opened.Runner.Close()
		}
	}
	if a.desk == nil {
		return nil
	}
	a.desk.writing.Wait()
	return a.desk.runner
}

// View renders the gallery or the workbench.
func (a *app) View() string {
	switch {
	case a.w == 0 || a.h == 0:
		return ""
	case a.front() != nil:
		return a.front().View(a.w, a.h)
	}
	return a.desk.View()
}

// where names the log of a session for the message of a failure.
func (a *app) where() string {
	if a.desk == nil {
		return ""
	}
	return fmt.Sprintf("; the decisions are kept in %s", a.desk.runner.Frame().LogPath)
}
