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

	"github.com/muesli/termenv"
)

func screen(t *draw.Theme, f *live.Frame, w, h int) *root {
	m := &root{t: t, frame: f, w: w, h: h, stale: true, stage: newStage(t)}
	m.global = globalActions(m.zoomed)
	return m
}

func TestGoldenScreens(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 55}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			check.Golden(t, screen(frames.Plain(), frames.Still(t), size[0], size[1]).View())
		})
	}
}

func TestGoldenPanes(t *testing.T) {
	for _, size := range [][2]int{{40, 10}, {80, 20}, {130, 40}} {
		for _, p := range screen(frames.Plain(), frames.Still(t), 120, 36).panes {
			t.Run(fmt.Sprintf("%s-%dx%d", p.Title(), size[0], size[1]), func(t *testing.T) {
				check.Golden(t, p.View(frames.Still(t), size[0], size[1], true))
			})
		}
	}
}

func TestEveryPaneFillsExactlyItsPlace(t *testing.T) {
	for _, th := range []*draw.Theme{frames.Plain(), frames.Colored(termenv.ANSI256)} {
		for _, f := range frames.Odd(t) {
			for _, p := range screen(th, f, 120, 36).panes {
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
	if raceDetector {
		t.Skip("one goroutine draws: there is nothing to race")
	}
	for _, f := range frames.Odd(t) {
		for _, zoom := range []bool{false, true} {
			for focus := range panes {
				for _, s := range [][2]int{{1, 1}, {3, 1}, {20, 5}, {49, 13}, {50, 14}, {61, 17}, {80, 24}, {81, 25}, {120, 36}, {200, 55}, {300, 100}} {
					m := screen(frames.Colored(termenv.ANSI256), f, s[0], s[1])
					m.zoom, m.focus = zoom, focus
					check.Exact(t, "screen", m.View(), s[0], s[1])
					m.dialog, m.stale = dialog.NewHelp(m.t, f, m.global, m.panes), true
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
	}
}

func TestATooSmallWindowSaysSo(t *testing.T) {
	if got := screen(frames.Plain(), frames.Still(t), 20, 5).View(); !strings.Contains(got, "needs 50×14 cells") {
		t.Errorf("20×5 shows %q", got)
	}
}

// laid is a house in which every pane has something to show.
func laid(focus int) arrangement {
	l := arrangement{focus: focus}
	l.rows[tableSlot], l.rows[timeSlot] = 8, 3
	for _, p := range panes {
		l.slots, l.shown = append(l.slots, p.slot), append(l.shown, true)
	}
	l.front[panes[focus].slot] = focus
	return l
}

func TestThePanesNeverOverlapAndFillTheBody(t *testing.T) {
	for w := minWidth; w < 220; w += 7 {
		for h := minHeight - 3; h < 70; h += 3 {
			for focus := range panes {
				cells := 0
				for _, p := range layout(w, h, laid(focus)) {
					cells += p.w * p.h
					if p.x < 0 || p.y < 0 || p.x+p.w > w || p.y+p.h > h || p.w < 4 || p.h < 3 {
						t.Fatalf("pane %d at %+v leaves the body of %d×%d", p.pane, p.rect, w, h)
					}
				}
				if cells != w*h {
					t.Fatalf("%d cells of %d×%d are taken", cells, w, h)
				}
			}
		}
	}
}

func TestNoColorMeansNoEscapeCodes(t *testing.T) {
	if got := screen(frames.Plain(), frames.Still(t), 120, 36).View(); strings.Contains(got, "\x1b") {
		t.Errorf("a screen without colours holds escape codes: %q", got[strings.Index(got, "\x1b"):][:20])
	}
}
