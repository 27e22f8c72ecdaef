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

	// Fine makes single curves be drawn in dots of braille, as comparisons are.
	Fine bool

	Palette        Palette
	colored        bool // the terminal supports colours
	ascii          bool // and no characters but those of ASCII
	signed         bool // curves are drawn with their signs
	name           string
	onDark         bool            // the background of the terminal
	terminal       termenv.Profile // what the terminal has
	profile        termenv.Profile // what the theme uses of it
	inks           map[ink]string  // cached codes of the colours of pictures
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
func (t *Theme) SetBackground(dark bool) { t.wear(t.name, dark) }

// Wear changes the theme in place to that of a name, as far as the terminal has its
// colours; an unknown name is that of the terminal's background.
func (t *Theme) Wear(name string) { t.wear(name, t.onDark) }

func (t *Theme) wear(name string, dark bool) {
	ascii, fine := t.ascii, t.Fine
	*t = *themed(name, t.terminal, dark)
	t.ascii, t.Fine = ascii, fine
}

// Paper returns the colours of text and background of a picture in this theme.
func (t *Theme) Paper() (ink, paper RGB) {
	p := t.Palette
	return Mix(p.Path, p.Ground, 0.15), p.Ground
}

// Few reports that the terminal has no colours, or only 16, whatever the theme.
func (t *Theme) Few() bool { return t.terminal == termenv.Ascii || t.terminal == termenv.ANSI }

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

// NewTheme makes a theme for a colour profile and a dark or a light background.
func NewTheme(profile termenv.Profile, dark bool) *Theme { return themed("auto", profile, dark) }

// themed makes a theme of a name.
func themed(name string, terminal termenv.Profile, onDark bool) *Theme {
	both, ok := schemes[name]
	if !ok {
		both = schemes["auto"]
	}
	profile := terminal
	switch name {
	case "none":
		profile = termenv.Ascii
	case "16":
		profile = max(profile, termenv.ANSI) // the more colours, the smaller
	}
	if few := schemes["16"]; profile == termenv.ANSI {
		if name == "dark" {
			few.light = few.dark
		} else if name == "light" {
			few.dark = few.light
		}
		both = few
	}
	c := both.light
	if onDark {
		c = both.dark
	}
	r := lipgloss.NewRenderer(io.Discard) // which does not query the terminal
	r.SetColorProfile(profile)
	paint := func(color string) lipgloss.Style {
		return r.NewStyle().Foreground(lipgloss.Color(color))
	}
	line := func(sign rune, color asciigraph.AnsiColor) Trace { return Trace{color, sign} }
	wear := func(l Trace) Style { return newStyle(paint(fmt.Sprintf("%d", l.Color))) }
	t := &Theme{
		Title:     newStyle(paint(c.title).Bold(true)),
		Text:      newStyle(paint(c.text)),
		Muted:     newStyle(paint(c.muted)),
		Focus:     newStyle(paint(c.focus)),
		Selected:  newStyle(paint(c.focus).Bold(true)),
		Good:      newStyle(paint(c.good)),
		Bad:       newStyle(paint(c.bad).Bold(true)),
		Decision:  newStyle(paint(c.decision)),
		Tab:       newStyle(paint(c.focus).Bold(true).Reverse(true)),
		colored:   profile != termenv.Ascii,
		signed:    profile == termenv.Ascii || c.signed,
		name:      name,
		onDark:    onDark,
		terminal:  terminal,
		profile:   profile,
		inks:      map[ink]string{},
		Palette:   c.picture,
		axis:      c.axis,
		labelled:  c.label,
		TrainLine: line('●', c.train),
		ValLine:   line('○', c.val),
		OldLine:   line('◇', c.old),
		PeakLine:  line('·', c.peak),
	}
	for _, color := range c.lines {
		t.Lines = append(t.Lines, line('○', color))
	}
	if t.signed {
		t.TrainLine.Sign = drawnLine
		for i, sign := range []rune("□△+×◆■▲") {
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

// Ink is the colour of a curve in a picture.
func (t *Theme) Ink(l Trace) RGB {
	r, g, b := termenv.ConvertToRGB(termenv.ANSI256Color(l.Color)).RGB255()
	return RGB{r, g, b}
}
