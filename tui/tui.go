// Package tui is the workbench in the terminal: it draws frames and turns keys
// into requests to the runner.
package tui

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"descent/session"
	_ "descent/tui/unasked"

	"github.com/charmbracelet/bubbletea"
)

// Options are what the screen needs besides the runner.
type Options struct {
	Encode session.Encoder // writes the recipe when it is saved
}

// Run shows the workbench until the user leaves. The terminal is restored
// whatever happens.
func Run(r *session.Runner, o Options) error {
	m := newRoot(themeFor(os.Stdout), r, o)
	p := tea.NewProgram(m, tea.WithAltScreen(), tea.WithMouseCellMotion(), tea.WithoutCatchPanics(), tea.WithoutSignalHandler())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGHUP, os.Interrupt)
	defer signal.Stop(signals)
	go func() {
		if _, ok := <-signals; ok {
			p.Quit()
		}
	}()
	var err error
	func() {
		defer func() {
			if v := recover(); v != nil {
				_ = p.ReleaseTerminal() // the panic is what has to be reported
				err = fmt.Errorf("the screen failed: %v (this is a fault of descent; the decisions are kept in %s)", v, r.Frame().LogPath)
			}
		}()
		_, err = p.Run()
	}()
	if errors.Is(err, tea.ErrProgramKilled) || errors.Is(err, tea.ErrInterrupted) {
		err = nil
	}
	if fatal := r.Frame().Fatal; fatal != nil {
		return fatal
	}
	return err
}
