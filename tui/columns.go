package tui

import (
	"os"

	"github.com/charmbracelet/x/term"
)

// Columns returns the width of the terminal in cells, 0 if f is not a terminal.
func Columns(f *os.File) int {
	w, _, err := term.GetSize(f.Fd())
	if err != nil {
		return 0
	}
	return w
}
