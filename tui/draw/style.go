package draw

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// Style is a style of the theme. What it renders is on one line and neutral.
type Style struct {
	style   lipgloss.Style
	on, off string
}

func newStyle(s lipgloss.Style) Style {
	on, off, _ := strings.Cut(s.Render("x"), "x")
	return Style{s, Own(on), Own(off)}
}

// Lipgloss is the style as the libraries know it.
func (l Style) Lipgloss() lipgloss.Style { return l.style }

// Render is a text in this style, on one line.
func (l Style) Render(text string) string {
	if text == "" {
		return ""
	}
	return l.on + neutralLine(text) + l.off
}

// Lines are the lines of a text in this style, each by itself.
func (l Style) Lines(text string) []string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = l.Render(line)
	}
	return lines
}
