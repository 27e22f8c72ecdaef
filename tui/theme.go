package tui

import (
	"strconv"

	"github.com/charmbracelet/lipgloss"
	"github.com/guptarohit/asciigraph"
	"github.com/muesli/termenv"
)

// theme is every colour by its meaning. Panes name meanings, never colours;
// no meaning is carried by colour alone.
type theme struct {
	Title, Text, Muted, Focus, Selected lipgloss.Style
	Train, Val, Old, Good, Bad          lipgloss.Style // Old: of the task learnt before
	Decision                            lipgloss.Style

	colored               bool // the terminal shows colours
	profile               termenv.Profile
	inks                  map[ink]string // codes of the colours of pictures, as they come up
	pictures              palette
	axis, train, val, old asciigraph.AnsiColor
	peak, labelled        asciigraph.AnsiColor
	series                []asciigraph.AnsiColor // of further branches
}

// branch is the style of the i-th further branch.
func (t *theme) branch(i int) lipgloss.Style {
	return t.Text.Foreground(lipgloss.Color(strconv.Itoa(int(t.series[i%len(t.series)]))))
}

// Colours that colour-blind people can tell apart (after Okabe and Ito), as
// numbers of the 256-colour palette, for dark and light backgrounds.
type shade struct{ dark, light string }

func newTheme(r *lipgloss.Renderer) *theme {
	dark := r.HasDarkBackground()
	style := func(s shade) lipgloss.Style {
		return r.NewStyle().Foreground(lipgloss.AdaptiveColor{Dark: s.dark, Light: s.light})
	}
	pick := func(d, l asciigraph.AnsiColor) asciigraph.AnsiColor {
		if dark {
			return d
		}
		return l
	}
	return &theme{
		Title:    style(shade{"255", "232"}).Bold(true),
		Text:     style(shade{"252", "236"}),
		Muted:    style(shade{"245", "243"}),
		Focus:    style(shade{"80", "30"}),
		Selected: style(shade{"80", "30"}).Bold(true),
		Train:    style(shade{"75", "26"}),
		Val:      style(shade{"214", "166"}),
		Old:      style(shade{"183", "97"}),
		Good:     style(shade{"78", "29"}),
		Bad:      style(shade{"210", "124"}).Bold(true),
		Decision: style(shade{"176", "90"}),

		colored:  r.ColorProfile() != termenv.Ascii,
		profile:  r.ColorProfile(),
		inks:     map[ink]string{},
		pictures: newPalette(dark),
		axis:     pick(240, 250),
		labelled: pick(245, 243),
		train:    pick(75, 26),
		val:      pick(214, 166),
		old:      pick(183, 97),
		peak:     pick(239, 252),
		series: []asciigraph.AnsiColor{
			pick(176, 90), pick(114, 28), pick(209, 130), pick(180, 94), pick(110, 24), pick(150, 64), pick(139, 96),
		},
	}
}
