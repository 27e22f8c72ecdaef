// Package tui is the workbench in the terminal: it renders frames and turns keys
// into requests to the runner.
package tui

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"descent/session/live"
	"descent/tui/config"
	"descent/tui/intent"
	"descent/tui/stage"
	"descent/tui/terminal"
	_ "descent/tui/unasked"

	tea "github.com/charmbracelet/bubbletea"
)

// Ended is the error of a workbench that a signal ended.
type Ended struct{ Signal syscall.Signal }

func (e Ended) Error() string {
	return fmt.Sprintf("ended by signal %d (%s)", int(e.Signal), e.Signal)
}

// ends are the signals that end it gracefully, with the session written to disk; a
// second one ends it immediately.
var ends = []os.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, os.Interrupt}

// Run shows the workbench of a runner or, if it is nil, the gallery, until the user
// quits, or a signal ends it; the error is then Ended. It returns the runner that is
// open at the end, nil for none. The terminal is always restored.
func Run(r *live.Runner, o Options) (*live.Runner, error) {
	if o.Config == nil {
		o.Config = config.Defaults()
	}
	intent.SetKeys(o.Config.Keys)
	t := terminal.ThemeFor(os.Stdout)
	t.Wear(o.Config.Theme)
	t.Fine = o.Config.Style == dots
	window := preferences{config: o.Config, terminal: os.Stdout}
	window.borrow()
	defer window.giveBack()
	m := newApp(t, r, o, os.Stdout)
	options := []tea.ProgramOption{tea.WithAltScreen(), tea.WithoutCatchPanics(), tea.WithoutSignalHandler()}
	if o.Config.Mouse {
		options = append(options, tea.WithMouseCellMotion())
	}
	if terminal.QueriesBackground() {
		answers := make(chan bool, 1)
		m.background = func() tea.Msg { return terminal.QueryBackground(os.Stdout, answers) }
		options = append(options, tea.WithInput(terminal.Input(os.Stdin, answers)))
	}
	p := tea.NewProgram(m, options...)
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, ends...)
	terminal.NotifyContinued(signals)
	first := make(chan syscall.Signal, 1)
	done := make(chan struct{})
	go listen(p, signals, first, done)
	var err error
	func() {
		defer func() {
			if v := recover(); v != nil {
				_ = p.ReleaseTerminal() // the panic is the error to report
				err = fmt.Errorf("the screen failed: %v (this is a bug in descent%s)", v, m.where())
			}
		}()
		_, err = p.Run()
	}()
	if errors.Is(err, syscall.EIO) { // the terminal is gone, and the signal will follow
		err = Ended{syscall.SIGHUP}
	}
	signal.Stop(signals)
	close(done)
	select {
	case s := <-first:
		err = Ended{s}
	default:
	}
	if errors.Is(err, tea.ErrProgramKilled) || errors.Is(err, tea.ErrInterrupted) {
		err = nil
	}
	if r = m.runner(); r != nil {
		if fatal := r.Frame().Fatal; fatal != nil {
			return r, fatal
		}
	}
	return r, err
}

// listen handles signals until done.
func listen(p *tea.Program, signals chan os.Signal, first chan syscall.Signal, done chan struct{}) {
	for {
		var s os.Signal
		select {
		case s = <-signals:
		case <-done:
			return
		}
		number, _ := s.(syscall.Signal)
		if terminal.IsContinued(s) {
			go p.Send(terminal.Continued{})
			continue
		}
		select {
		case first <- number:
			go p.Quit()
		default: // it hangs, or takes too long
			_ = p.ReleaseTerminal()
			os.Exit(128 + int(number))
		}
	}
}

// Actions returns the actions that have names: the global ones, then those of each
// pane.
func Actions() []config.Action {
	var out []config.Action
	add := func(scope string, actions []intent.Action) {
		for _, a := range actions {
			if a.Name != "" {
				out = append(out, config.Action{Name: a.Name, Scope: scope, Keys: a.Keys, Help: a.Help})
			}
		}
	}
	add("", globalActions(func() bool { return false }))
	for _, p := range stage.Panes(nil) {
		add(p.Title(), p.Actions())
	}
	return out
}
