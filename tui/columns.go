package tui

import (
	"os"

	"github.com/charmbracelet/x/term"
)

// Columns is how many cells a line of the terminal has, 0 where f is none.
func Columns(f *os.File) int {
	w, _, err := term.GetSize(f.Fd())
	if err != nil {
		return 0
	}
	return w
}
