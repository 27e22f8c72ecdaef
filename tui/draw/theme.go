// Package draw turns values into cells of a terminal: text that is safe to show,
// styles, boxes, charts, pictures, numbers. It draws what it is given, and knows
// neither the session nor what is trained.
package draw

import (
	"fmt"
	"io"
	"strconv"

	"github.com/charmbracelet/lipgloss"
	"github.com/guptarohit/asciigraph"
	"github.com/muesli/termenv"
)

// Theme is every colour by its meaning. Panes name meanings, never colours;
// no meaning is carried by colour alone.
type Theme struct {
	Title, Text, Muted, Focus, Selected Style
	Train, Val, Old, Good, Bad          Style // Old: of the task learnt before
	Decision                            Style

	colored                           bool // the terminal shows colours
	profile                           termenv.Profile
	inks                              map[ink]string // codes of the colours of pictures, as they come up
	Palette                           Palette
	axis, TrainLine, ValLine, OldLine asciigraph.AnsiColor
	PeakLine, labelled                asciigraph.AnsiColor
	Lines                             []asciigraph.AnsiColor // of further branches
	branches                          []Style                // in those colours
}

// SetBackground changes the theme in place to one for a dark or a light ground.
func (t *Theme) SetBackground(dark bool) { *t = *NewTheme(t.profile, dark) }

// Branch is the style of the i-th further branch.
func (t *Theme) Branch(i int) Style { return t.branches[i%len(t.branches)] }

// Colours that colour-blind people can tell apart (after Okabe and Ito), as
// numbers of the 256-colour palette, for dark and light backgrounds.
type shade struct{ dark, light string }

// NewTheme is for a terminal with so many colours, on a dark or a light ground.
func NewTheme(profile termenv.Profile, dark bool) *Theme {
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
	t := &Theme{
		Title:    newStyle(style(shade{"255", "232"}).Bold(true)),
		Text:     newStyle(style(shade{"252", "236"})),
		Muted:    newStyle(style(shade{"245", "243"})),
		Focus:    newStyle(style(shade{"80", "30"})),
		Selected: newStyle(style(shade{"80", "30"}).Bold(true)),
		Train:    newStyle(style(shade{"75", "26"})),
		Val:      newStyle(style(shade{"214", "166"})),
		Old:      newStyle(style(shade{"183", "97"})),
		Good:     newStyle(style(shade{"78", "29"})),
		Bad:      newStyle(style(shade{"210", "124"}).Bold(true)),
		Decision: newStyle(style(shade{"176", "90"})),

		colored:   profile != termenv.Ascii,
		profile:   profile,
		inks:      map[ink]string{},
		Palette:   newPalette(dark),
		axis:      pick(240, 250),
		labelled:  pick(245, 243),
		TrainLine: pick(75, 26),
		ValLine:   pick(214, 166),
		OldLine:   pick(183, 97),
		PeakLine:  pick(239, 252),
		Lines: []asciigraph.AnsiColor{
			pick(176, 90), pick(114, 28), pick(209, 130), pick(180, 94), pick(110, 24), pick(150, 64), pick(139, 96),
		},
	}
	for _, color := range t.Lines {
		t.branches = append(t.branches, newStyle(paint(strconv.Itoa(int(color)))))
	}
	return t
}

// ink is the code of a colour, as well as the terminal can show it.
func (t *Theme) ink(c RGB, background bool) string {
	key := ink{c, background}
	code, ok := t.inks[key]
	if !ok {
		if len(t.inks) > 1<<14 {
			clear(t.inks)
		}
		code = t.profile.Color(fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)).Sequence(background)
		t.inks[key] = code
	}
	return code
}

// Mark is the sign of a class in its colour.
func (t *Theme) Mark(class int) string {
	sign := string(ClassMark(class))
	if !t.colored {
		return sign
	}
	return Own("\x1b["+t.ink(t.Palette.Class(class), false)+"m") + sign + Own("\x1b[0m")
}
