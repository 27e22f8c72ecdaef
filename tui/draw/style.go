package draw

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// Style is a style of the theme. Rendered text is on one line and neutral.
type Style struct {
	style   lipgloss.Style
	on, off string
}

func newStyle(s lipgloss.Style) Style {
	on, off, _ := strings.Cut(s.Render("x"), "x")
	return Style{s, Own(on), Own(off)}
}

// Lipgloss returns the style for the libraries.
func (l Style) Lipgloss() lipgloss.Style { return l.style }

// Render renders a text in this style, on one line.
func (l Style) Render(text string) string {
	if text == "" {
		return ""
	}
	return l.on + neutralLine(text) + l.off
}

// Lines renders each line of a text in this style.
func (l Style) Lines(text string) []string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = l.Render(line)
	}
	return lines
}
