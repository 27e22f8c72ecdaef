package tui

import (
	"io"

	tea "github.com/charmbracelet/bubbletea"
)

// continuedMsg reports that the process was continued after a stop.
type continuedMsg struct{}

// reentry sets the terminal up again, since the shell has changed its mode
// meanwhile.
type reentry struct{}

func (reentry) Run() error          { return nil }
func (reentry) SetStdin(io.Reader)  {}
func (reentry) SetStdout(io.Writer) {}
func (reentry) SetStderr(io.Writer) {}

// retake sets the terminal up again after a stop by a signal from outside.
func retake() tea.Cmd {
	return tea.Sequence(tea.Exec(reentry{}, nil), tea.EnableMouseCellMotion)
}
