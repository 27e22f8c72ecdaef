// Package draw renders values in cells of a terminal: safe text, styles, boxes,
// charts, pictures, numbers. It depends neither on the session nor on the model.
package draw

import (
	"fmt"
	"io"

	"github.com/charmbracelet/lipgloss"
	"github.com/guptarohit/asciigraph"
	"github.com/muesli/termenv"
)

// Theme maps meanings to colours. Panes name meanings, never colours; no meaning is
// carried by colour alone.
type Theme struct {
	Title, Text, Muted, Focus, Selected Style
	Train, Val, Old, Good, Bad          Style // Old: of the previous task
	Decision                            Style
	Tab                                 Style // the view that is shown

	TrainLine, ValLine, OldLine, PeakLine Trace
	Lines                                 []Trace // of further branches

	Palette        Palette
	colored        bool // the terminal supports colours
	ascii          bool // and no characters but those of ASCII
	profile        termenv.Profile
	inks           map[ink]string // cached codes of the colours of pictures
	axis, labelled asciigraph.AnsiColor
	branches       []Style // in the colours of Lines
}

// Trace is the style of a curve: its colour and, on a terminal without colours, the
// sign with which it is drawn. Legends show the sign.
type Trace struct {
	Color asciigraph.AnsiColor
	Sign  rune
}

// drawnLine is the sign of a curve that is drawn as a line without colours too.
const drawnLine = '─'

// SetBackground changes the theme in place to one for a dark or a light background.
func (t *Theme) SetBackground(dark bool) {
	ascii := t.ascii
	*t = *NewTheme(t.profile, dark)
	t.ascii = ascii
}

// InASCII makes what is released be of ASCII alone, for terminals of another
// encoding than UTF-8, and is the theme.
func (t *Theme) InASCII() *Theme {
	t.ascii = true
	return t
}

// Colored reports whether the terminal has colours, so that no other sign is
// needed.
func (t *Theme) Colored() bool { return t.colored }

// Branch returns the style of the i-th further branch.
func (t *Theme) Branch(i int) Style { return t.branches[i%len(t.branches)] }

// Trace is that of the i-th further branch.
func (t *Theme) Trace(i int) Trace { return t.Lines[i%len(t.Lines)] }

// Legend is a name behind the sign of the i-th further branch, in its colour.
func (t *Theme) Legend(i int, name string) string {
	return t.Branch(i).Render(string(t.Trace(i).Sign) + " " + name)
}

// Colours that are safe for colour-blind users (after Okabe and Ito), as indices of
// the 256-colour palette, for dark and light backgrounds.
type shade struct{ dark, light string }

// NewTheme makes a theme for a colour profile and a dark or a light background.
func NewTheme(profile termenv.Profile, dark bool) *Theme {
	r := lipgloss.NewRenderer(io.Discard) // which does not query the terminal
	r.SetColorProfile(profile)
	paint := func(color string) lipgloss.Style { return r.NewStyle().Foreground(lipgloss.Color(color)) }
	style := func(s shade) lipgloss.Style {
		if dark {
			return paint(s.dark)
		}
		return paint(s.light)
	}
	// Of a palette of 16 colours the nearest to several of the 256 may be the same.
	few := profile == termenv.ANSI
	pick := func(d, l, few16Dark, few16Light asciigraph.AnsiColor) asciigraph.AnsiColor {
		if few {
			d, l = few16Dark, few16Light
		}
		if dark {
			return d
		}
		return l
	}
	line := func(sign rune, d, l, few16Dark, few16Light asciigraph.AnsiColor) Trace {
		return Trace{pick(d, l, few16Dark, few16Light), sign}
	}
	wear := func(l Trace) Style { return newStyle(paint(fmt.Sprintf("%d", l.Color))) }
	t := &Theme{
		Title:    newStyle(style(shade{"255", "232"}).Bold(true)),
		Text:     newStyle(style(shade{"252", "236"})),
		Muted:    newStyle(style(shade{"245", "243"})),
		Focus:    newStyle(style(shade{"80", "30"})),
		Selected: newStyle(style(shade{"80", "30"}).Bold(true)),
		Good:     newStyle(style(shade{"78", "29"})),
		Bad:      newStyle(style(shade{"210", "124"}).Bold(true)),
		Decision: newStyle(style(shade{"176", "90"})),

		Tab: newStyle(style(shade{"80", "30"}).Bold(true).Reverse(true)),

		colored:   profile != termenv.Ascii,
		profile:   profile,
		inks:      map[ink]string{},
		Palette:   newPalette(dark),
		axis:      pick(240, 250, 8, 7),
		labelled:  pick(245, 243, 7, 8),
		TrainLine: line('●', 75, 26, 12, 4),
		ValLine:   line('○', 214, 166, 11, 3),
		OldLine:   line('◇', 183, 97, 13, 5),
		PeakLine:  line('·', 239, 252, 8, 7),
		Lines: []Trace{
			line('○', 176, 90, 13, 5), line('○', 114, 28, 10, 2), line('○', 209, 130, 9, 1), line('○', 180, 94, 11, 3),
			line('○', 110, 24, 14, 6), line('○', 150, 64, 15, 0), line('○', 139, 96, 2, 8),
		},
	}
	if !t.colored {
		t.TrainLine.Sign = drawnLine
		for i, sign := range []rune("○□△+×◇*") {
			t.Lines[i].Sign = sign
		}
	}
	t.Train, t.Val, t.Old = wear(t.TrainLine), wear(t.ValLine), wear(t.OldLine)
	for _, l := range t.Lines {
		t.branches = append(t.branches, wear(l))
	}
	return t
}

// ink returns the code of the nearest colour that the terminal supports.
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

// Mark renders the sign of a class in its colour.
func (t *Theme) Mark(class int) string {
	sign := string(ClassMark(class))
	if !t.colored {
		return sign
	}
	return Own("\x1b["+t.ink(t.Palette.Class(class), false)+"m") + sign + Own("\x1b[0m")
}
