package tui

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"descent/tui/draw"
	"descent/tui/intent"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"
	"descent/tui/stage"
	"descent/tui/terminal"

	"github.com/muesli/termenv"
)

// Where the encoding is not UTF-8 no byte above ASCII leaves, whatever is drawn.
func TestNothingButASCIILeavesWhereThereIsNoUTF8(t *testing.T) {
	plain := func(what, view string, w, h int) {
		t.Helper()
		for i := range len(view) {
			if view[i] > 0x7e || view[i] < 0x20 && view[i] != '\n' && view[i] != 0x1b {
				t.Fatalf("%s at %d×%d: byte %#x in %q", what, w, h, view[i], view[max(0, i-40):min(len(view), i+10)])
			}
		}
		check.Exact(t, what, view, w, h)
	}
	for _, profile := range []termenv.Profile{termenv.Ascii, termenv.ANSI, termenv.ANSI256, termenv.TrueColor} {
		for _, f := range frames.Odd(t) {
			for _, size := range [][2]int{{20, 5}, {50, 14}, {80, 24}, {120, 36}, {200, 55}} {
				m := screen(frames.Colored(profile).InASCII(), f, size[0], size[1])
				m.everywhere(func() { plain("screen", m.View(), m.w, m.h) })
				for _, asked := range []any{intent.Help{}, intent.ActMenu{}, intent.RaceMenu{}, intent.Palette{}, intent.ExportMenu{}, intent.Explain{}, intent.Present{}, intent.Save{}, intent.Pick{Path: "optimizer.name"}, intent.Type{Path: "optimizer.lr", Text: "0.1"}, intent.AskStep{}} {
					m := screen(frames.Colored(profile).InASCII(), f, size[0], size[1])
					m.intend(asked)
					plain(fmt.Sprintf("%T", asked), m.View(), m.w, m.h)
				}
			}
		}
	}
}

func TestAWholeSessionInASCII(t *testing.T) {
	if check.Race {
		t.Skip("one goroutine draws: there is nothing to race")
	}
	for _, preset := range []string{"digits", "moons", "ravine", "concrete"} {
		b := newRobot(t, preset, 120, 36)
		th := frames.Colored(termenv.TrueColor).InASCII()
		b.m.t, b.m.Stage = th, stage.New(th)
		for _, k := range slices.Concat(
			[]string{".", ".", "p", "i", "b", ".", "c", "c"}, often("v"), often("C"),
			[]string{"e", "f", "u", "F", "esc", "a", "esc", "?", "esc", "o", "esc"}, often("tab"), []string{"Z", "é"},
		) {
			b.press(k)
			b.settle()
			if view := b.m.View(); strings.IndexFunc(view, func(r rune) bool { return r > 0x7e }) >= 0 {
				t.Fatalf("%s after %s:\n%s", preset, k, view)
			}
			check.Exact(t, k, b.m.View(), 120, 36)
		}
		b.send(terminal.Background{Light: true}) // the ground changes the colours, not the encoding
		if view := b.m.View(); strings.IndexFunc(view, func(r rune) bool { return r > 0x7e }) >= 0 {
			t.Fatal(view)
		}
	}
}

// Without colours the pane with the focus is told by its border, and each curve by
// what it is drawn with.
func TestWithoutColoursFocusAndCurvesAreToldApart(t *testing.T) {
	for _, th := range []*draw.Theme{frames.Plain(), frames.Plain().InASCII()} {
		f := frames.Still(t)
		m := screen(th, f, 120, 36)
		m.everywhere(func() {
			var marked []string
			for _, found := range regexp.MustCompile(`\[(\d )?(\w+)\]`).FindAllStringSubmatch(m.View(), -1) {
				marked = append(marked, found[2])
			}
			if !slices.Equal(marked, []string{m.Title(), m.Focused().Title()}) {
				t.Errorf("in %s with the focus on %s marked are %v", m.Title(), m.Focused().Title(), marked)
			}
		})
	}
	lines := frames.Plain().Lines
	for i, l := range lines {
		if slices.ContainsFunc(lines[:i], func(o draw.Trace) bool { return o.Sign == l.Sign }) || l.Sign == frames.Plain().TrainLine.Sign {
			t.Errorf("the sign %c twice", l.Sign)
		}
	}
	view := screen(frames.Plain(), frames.Still(t), 120, 36).View()
	for _, want := range []string{"─ train", "○ val", "○○○"} {
		if !strings.Contains(view, want) {
			t.Errorf("the screen does not show %q", want)
		}
	}
}

// A terminal of 16 colours is given these and no others, and no two curves the same.
func TestATerminalOf16ColoursIsGivenNoOthers(t *testing.T) {
	for _, dark := range []bool{true, false} {
		th := draw.NewTheme(termenv.ANSI, dark)
		for _, f := range frames.Odd(t) {
			m := screen(th, f, 120, 36)
			m.everywhere(func() {
				if view := m.View(); strings.Contains(view, "38;5;") || strings.Contains(view, "38;2;") || strings.Contains(view, "48;") {
					t.Fatalf("dark %v: %q", dark, view)
				}
			})
		}
		all := append([]draw.Trace{th.TrainLine}, th.Lines...)
		for i, l := range append(all, th.ValLine) {
			if l.Color > 15 || slices.ContainsFunc(all[:min(i, len(all))], func(o draw.Trace) bool { return o.Color == l.Color && i < len(all) }) {
				t.Errorf("dark %v: colour %d", dark, l.Color)
			}
		}
	}
}
