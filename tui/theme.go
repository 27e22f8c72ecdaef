package tui

import (
	"io"
	"strconv"

	"github.com/charmbracelet/lipgloss"
	"github.com/guptarohit/asciigraph"
	"github.com/muesli/termenv"
)

// theme is every colour by its meaning. Panes name meanings, never colours;
// no meaning is carried by colour alone.
type theme struct {
	Title, Text, Muted, Focus, Selected look
	Train, Val, Old, Good, Bad          look // Old: of the task learnt before
	Decision                            look

	colored               bool // the terminal shows colours
	profile               termenv.Profile
	inks                  map[ink]string // codes of the colours of pictures, as they come up
	pictures              palette
	axis, train, val, old asciigraph.AnsiColor
	peak, labelled        asciigraph.AnsiColor
	series                []asciigraph.AnsiColor // of further branches
	branches              []look                 // in those colours
}

// branch is the style of the i-th further branch.
func (t *theme) branch(i int) look { return t.branches[i%len(t.branches)] }

// Colours that colour-blind people can tell apart (after Okabe and Ito), as
// numbers of the 256-colour palette, for dark and light backgrounds.
type shade struct{ dark, light string }

// newTheme is for a terminal with so many colours, on a dark or a light ground.
func newTheme(profile termenv.Profile, dark bool) *theme {
	r := lipgloss.NewRenderer(io.Discard) // which asks no terminal anything
	r.SetColorProfile(profile)
	paint := func(color string) lipgloss.Style { return r.NewStyle().Foreground(lipgloss.Color(color)) }
	style := func(s shade) lipgloss.Style {
		if dark {
			return paint(s.dark)
		}
		return paint(s.light)
	}
	pick := func(d, l asciigraph.AnsiColor) asciigraph.AnsiColor {
		if dark {
			return d
		}
		return l
	}
	t := &theme{
		Title:    newLook(style(shade{"255", "232"}).Bold(true)),
		Text:     newLook(style(shade{"252", "236"})),
		Muted:    newLook(style(shade{"245", "243"})),
		Focus:    newLook(style(shade{"80", "30"})),
		Selected: newLook(style(shade{"80", "30"}).Bold(true)),
		Train:    newLook(style(shade{"75", "26"})),
		Val:      newLook(style(shade{"214", "166"})),
		Old:      newLook(style(shade{"183", "97"})),
		Good:     newLook(style(shade{"78", "29"})),
		Bad:      newLook(style(shade{"210", "124"}).Bold(true)),
		Decision: newLook(style(shade{"176", "90"})),

		colored:  profile != termenv.Ascii,
		profile:  profile,
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
	for _, color := range t.series {
		t.branches = append(t.branches, newLook(paint(strconv.Itoa(int(color)))))
	}
	return t
}
