package tui

import (
	"io"

	tea "github.com/charmbracelet/bubbletea"
)

// continuedMsg says that the process goes on after it was stopped.
type continuedMsg struct{}

// reentry takes the terminal again: a shell that had it meanwhile has left it
// as it needs it itself.
type reentry struct{}

func (reentry) Run() error          { return nil }
func (reentry) SetStdin(io.Reader)  {}
func (reentry) SetStdout(io.Writer) {}
func (reentry) SetStderr(io.Writer) {}

// retake takes the terminal again after a stop that did not come from here.
func retake() tea.Cmd {
	return tea.Sequence(tea.Exec(reentry{}, nil), tea.EnableMouseCellMotion)
}
