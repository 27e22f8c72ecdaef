package tui

import (
	"fmt"
	"strings"
	"testing"

	"descent/core/knob"
	"descent/session/live"
	"descent/tui/dialog"
	"descent/tui/draw"
	"descent/tui/intent"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"
	"descent/tui/stage"

	"github.com/muesli/termenv"
)

func screen(t *draw.Theme, f *live.Frame, w, h int) *root {
	m := &root{page: page{t: t, frame: f, w: w, h: h, Stage: stage.New(t)}, stale: true}
	m.global = globalActions(m.Zoomed)
	m.prefer(nil)
	return m
}

// everywhere calls look with each pane in focus, in each view.
func (m *root) everywhere(look func()) {
	for _, title := range stage.Views() {
		m.Show(title)
		for range m.Order(m.frame) {
			m.Next(m.frame, 1)
			m.stale = true
			look()
		}
	}
}

func (b *robot) everywhere(look func()) { b.m.everywhere(look) }

func TestGoldenScreens(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 55}} {
		for _, view := range stage.Views() {
			t.Run(fmt.Sprintf("%s-%dx%d", view, size[0], size[1]), func(t *testing.T) {
				m := screen(frames.Plain(), frames.Still(t), size[0], size[1])
				m.Show(view)
				check.Golden(t, m.View())
			})
		}
	}
}

// album are all views of one size, one below the other.
func (m *root) album(look func()) string {
	var pages []string
	for _, view := range stage.Views() {
		m.Show(view)
		m.stale = true
		if look != nil {
			look()
		}
		pages = append(pages, m.View())
	}
	return strings.Join(pages, "\n\n")
}

func TestGoldenScreensOfOtherKinds(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 55}} {
		w, h := size[0], size[1]
		name := func(what string) string { return fmt.Sprintf("%s-%dx%d", what, w, h) }
		t.Run(name("ascii"), func(t *testing.T) {
			b := newRobot(t, "moons", w, h)
			b.m.t = frames.Plain().InASCII()
			b.m.Stage = stage.New(b.m.t)
			b.train(30)
			b.press("o", "down", "enter")
			b.train(10)
			b.press("u", "p")
			b.train(10)
			check.Golden(t, b.m.album(b.measured))
		})
		t.Run(name("race"), func(t *testing.T) {
			check.Golden(t, screen(frames.Plain(), frames.Raced(t, false), w, h).album(nil))
		})
		t.Run(name("race-over"), func(t *testing.T) {
			check.Golden(t, screen(frames.Plain().InASCII(), frames.Raced(t, true), w, h).album(nil))
		})
		t.Run(name("surface"), func(t *testing.T) {
			b := newRobot(t, "beale", w, h)
			b.train(40)
			b.press("+")
			b.train(20)
			check.Golden(t, b.m.album(b.measured))
		})
	}
}

func TestGoldenPanes(t *testing.T) {
	for _, size := range [][2]int{{40, 10}, {80, 20}, {130, 40}} {
		for _, p := range stage.Panes(frames.Plain()) {
			t.Run(fmt.Sprintf("%s-%dx%d", p.Title(), size[0], size[1]), func(t *testing.T) {
				check.Golden(t, p.View(frames.Still(t), size[0], size[1], true))
			})
		}
	}
}

func TestEveryPaneFillsExactlyItsPlace(t *testing.T) {
	for _, th := range []*draw.Theme{frames.Plain(), frames.Colored(termenv.ANSI256)} {
		for _, f := range frames.Odd(t) {
			for _, p := range stage.Panes(th) {
				for w := 1; w <= 150; w += 1 + w/9 {
					for h := 1; h <= 60; h += 1 + h/5 {
						check.Exact(t, p.Title(), p.View(f, w, h, w%2 == 0), w, h)
					}
				}
			}
		}
	}
}

func TestTheScreenFillsExactlyTheWindow(t *testing.T) {
	if check.Race {
		t.Skip("one goroutine draws: there is nothing to race")
	}
	for _, f := range frames.Odd(t) {
		for _, s := range [][2]int{{1, 1}, {3, 1}, {20, 5}, {49, 13}, {50, 14}, {61, 17}, {80, 24}, {81, 25}, {120, 36}, {200, 55}, {300, 100}} {
			m := screen(frames.Colored(termenv.ANSI256), f, s[0], s[1])
			m.everywhere(func() {
				check.Exact(t, "screen", m.View(), s[0], s[1])
				m.Zoom()
				m.stale = true
				check.Exact(t, "zoomed", m.View(), s[0], s[1])
				m.Zoom()
			})
			m.dialog, m.stale = dialog.NewHelp(m.t, f, m.global, m.Panes()), true
			check.Exact(t, "help", m.View(), s[0], s[1])
			for _, d := range f.Panel {
				if d.Knob.Kind == knob.Choice {
					m.dialog, m.stale = dialog.NewPicker(m.t, d), true
					check.Exact(t, "picker", m.View(), s[0], s[1])
				}
			}
			m.intend(intent.Type{Path: "optimizer.lr", Text: "0.1"})
			m.stale = true
			check.Exact(t, "field", m.View(), s[0], s[1])
		}
	}
}

func TestATooSmallWindowSaysSo(t *testing.T) {
	if got := screen(frames.Plain(), frames.Still(t), 20, 5).View(); !strings.Contains(got, "needs 50×14 cells") {
		t.Errorf("20×5 shows %q", got)
	}
}

func TestNoColorMeansNoEscapeCodes(t *testing.T) {
	if got := screen(frames.Plain(), frames.Still(t), 120, 36).View(); strings.Contains(got, "\x1b") {
		t.Errorf("a screen without colours holds escape codes: %q", got[strings.Index(got, "\x1b"):][:20])
	}
}
