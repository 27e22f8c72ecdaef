package tui

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/core/objective"
	"descent/core/recipe"
	"descent/session"
	"descent/session/history"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
	"descent/tui/internal/check"

	"github.com/charmbracelet/x/exp/golden"
	"github.com/muesli/termenv"
)

// plainTheme draws without colours, as on a terminal that has none.
func plainTheme() *draw.Theme { return colored(termenv.Ascii) }

func colored(p termenv.Profile) *draw.Theme { return draw.NewTheme(p, true) }

// still is a frame with numbers made up, so that a faster kernel changes no
// golden file.
func still(t testing.TB) *live.Frame {
	t.Helper()
	r := recipe.New()
	r.Name, r.Title, r.Summary = "digits", "Handwritten digits", "Ten classes.\nWatch the curve."
	r.Model.Layers, r.Model.Activation = []int{64, 64, 32, 10}, "relu"
	for _, c := range []struct {
		path string
		v    knob.Value
	}{
		{"loss.name", knob.Word("cross-entropy")},
		{"optimizer.name", knob.Word("adam")},
		{"prune.sparsity", knob.Num(0.7)},
	} {
		if err := r.Set(c.path, c.v); err != nil {
			t.Fatal(err)
		}
	}
	f := &live.Frame{
		Recipe: r, Playing: true, Step: 12480, Epoch: 277.3, PerSecond: 41250,
		Last:     core.Report{Step: 12480, Loss: 0.0312, LR: 0.001},
		Eval:     core.Report{Step: 12450, Evaluated: true, Measures: objective.Measures{HasVal: true, HasAccuracy: true, ValLoss: 0.1184, Accuracy: 1, ValAccuracy: 0.972}},
		Decision: "prune 0.7", DecidedAt: 12000, CanUndo: true,
		Marks: []session.Mark{{Step: 4000, Text: "momentum"}, {Step: 9000, Text: "adam"}, {Step: 12001, Text: "prune 0.7"}},
	}
	desk(f)
	for _, s := range r.Settings.Panel() {
		if strings.HasPrefix(s.Knob.Path, "surface.") {
			continue // not of a network
		}
		f.Panel = append(f.Panel, live.Dial{Setting: s})
	}
	var train, val history.Series
	for step := 1; step <= f.Step; step++ {
		v := 2.3*math.Exp(-float64(step)/3000) + 0.02 + 0.01*math.Sin(float64(step)/7)
		if step == 7000 {
			v = 5
		}
		train.Add(step, v)
		if step%45 == 0 {
			val.Add(step, v+0.1)
		}
	}
	f.Curves = history.Curves{Train: train.Buckets(), Val: val.Buckets()}
	for i, l := range []core.LayerReport{
		{Kind: "dense", In: 64, Out: 64, Params: 4160, Weight: 8.12, Grad: 0.031, Ratio: 1.2e-3, Kept: 0.28, Bits: 4},
		{Kind: "relu", In: 64, Out: 64, Kept: 1},
		{Kind: "dense", In: 64, Out: 32, Params: 2080, Weight: 5.9, Grad: 0.027, Ratio: 1.4e-3, Kept: 0.31},
		{Kind: "relu", In: 32, Out: 32, Kept: 1},
		{Kind: "dense", In: 32, Out: 10, Params: 330, Weight: 4.41, Grad: 0.044, Ratio: math.NaN(), Kept: 1},
	} {
		l.Name = fmt.Sprint(i)
		if l.Params > 0 {
			l.Histogram = []int{1, 2, 4, 8, 16, 32, 60, 0, 0, 61, 33, 15, 9, 4, 1, 1}
		}
		f.Layers = append(f.Layers, l)
	}
	return f
}

// odd frames: nothing trained, diverged, extreme numbers.
func oddFrames(t testing.TB) []*live.Frame {
	fresh := still(t)
	fresh.Step, fresh.Curves, fresh.Marks, fresh.Decision, fresh.CanUndo, fresh.Playing = 0, history.Curves{}, nil, "", false, false
	wild := still(t)
	wild.Last.Loss, wild.Stopped = math.NaN(), "step 13 is not finite"
	wild.Curves = history.Curves{Train: []history.Bucket{
		{First: 1, Last: 1, Count: 1, Min: 1e300, Max: 1e300, Sum: 1e300},
		{First: 2, Last: 2},
		{First: 3, Last: 12480, Count: 1, Min: -1, Max: 0, Sum: -1},
	}}
	wild.LogError = "no space left on device"
	first := still(t)
	first.Step, first.Marks = 1, nil
	first.Curves = history.Curves{Train: []history.Bucket{{First: 1, Last: 1, Count: 1, Min: 2.3, Max: 2.3, Sum: 2.3}}}
	return []*live.Frame{still(t), fresh, wild, first}
}

func screen(t *draw.Theme, f *live.Frame, w, h int) *root {
	m := &root{t: t, frame: f, w: w, h: h, stale: true, focus: first(sideSlot), on: map[string]float64{}, before: map[string]string{}}
	m.panes = newPanes(t)
	m.global = globalActions()
	return m
}

func TestGoldenScreens(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 55}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			golden.RequireEqual(t, []byte(screen(plainTheme(), still(t), size[0], size[1]).View()))
		})
	}
}

func TestGoldenPanes(t *testing.T) {
	for _, size := range [][2]int{{40, 10}, {80, 20}, {130, 40}} {
		for _, p := range screen(plainTheme(), still(t), 120, 36).panes {
			t.Run(fmt.Sprintf("%s-%dx%d", p.Title(), size[0], size[1]), func(t *testing.T) {
				golden.RequireEqual(t, []byte(p.View(still(t), size[0], size[1], true)))
			})
		}
	}
}

func TestEveryPaneFillsExactlyItsPlace(t *testing.T) {
	for _, th := range []*draw.Theme{plainTheme(), colored(termenv.ANSI256)} {
		for _, f := range oddFrames(t) {
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
	for _, f := range oddFrames(t) {
		for _, zoom := range []bool{false, true} {
			for focus := range panes {
				for _, s := range [][2]int{{1, 1}, {3, 1}, {20, 5}, {49, 13}, {50, 14}, {61, 17}, {80, 24}, {81, 25}, {120, 36}, {200, 55}, {300, 100}} {
					m := screen(colored(termenv.ANSI256), f, s[0], s[1])
					m.zoom, m.focus = zoom, focus
					check.Exact(t, "screen", m.View(), s[0], s[1])
					m.dialog, m.stale = newHelp(m.t, f, m.global, m.panes), true
					check.Exact(t, "help", m.View(), s[0], s[1])
					for _, d := range f.Panel {
						if d.Knob.Kind == knob.Choice {
							m.dialog, m.stale = newPicker(m.t, d, "", "o"), true
							check.Exact(t, "picker", m.View(), s[0], s[1])
						}
					}
					m.typeValue(intent.Type{Path: "optimizer.lr", Text: "0.1"})
					m.stale = true
					check.Exact(t, "field", m.View(), s[0], s[1])
				}
			}
		}
	}
}

func TestATooSmallWindowSaysSo(t *testing.T) {
	if got := screen(plainTheme(), still(t), 20, 5).View(); !strings.Contains(got, "needs 50×14 cells") {
		t.Errorf("20×5 shows %q", got)
	}
}

// laid is a house in which every pane has something to show.
func laid(focus int) house {
	l := house{focus: focus}
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
	if got := screen(plainTheme(), still(t), 120, 36).View(); strings.Contains(got, "\x1b") {
		t.Errorf("a screen without colours holds escape codes: %q", got[strings.Index(got, "\x1b"):][:20])
	}
}

func TestASpikeOfOneStepIsDrawn(t *testing.T) {
	f := still(t) // its step 7000 is a spike to 5, far above the curve
	l := &lossCurve{t: plainTheme(), linear: true}
	view := window{0, f.Step, 60}
	peak := view.columns(f.Curves.Train, true)
	if c := view.column(7000); peak[c] != 5 {
		t.Errorf("column %d peaks at %v, want 5", c, peak[c])
	}
	if got := l.View(f, 80, 20, false); !strings.Contains(got, "5.000") {
		t.Errorf("the axis does not reach the spike:\n%s", got)
	}
}
