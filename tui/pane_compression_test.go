package tui

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"descent/core"
	"descent/core/probe"
	"descent/core/whatif"
	"descent/presets"
	"descent/session"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	"github.com/charmbracelet/x/exp/golden"
	"github.com/muesli/termenv"
)

func TestGoldenViewsOfTheCompression(t *testing.T) {
	for _, size := range [][2]int{{38, 13}, {52, 19}, {80, 22}} {
		for view := range deskViews {
			for _, right := range []bool{false, true} {
				t.Run(fmt.Sprintf("%d-%v-%dx%d", view, right, size[0], size[1]), func(t *testing.T) {
					c, f := &compression{desk{t: frames.Plain(), right: right}, view}, frames.Still(t)
					f.Branches = []session.Line{{Label: "main"}, {ID: 1, Label: "prune 0.7"}}
					golden.RequireEqual(t, []byte(c.View(f, size[0], size[1], true)))
				})
			}
		}
	}
}

func TestEveryViewOfTheCompressionFillsItsPlace(t *testing.T) {
	for _, th := range []*draw.Theme{frames.Plain(), frames.Colored(termenv.TrueColor)} {
		for _, f := range frames.OddCompressed(t) {
			for w := 1; w <= 150; w += 1 + w/9 {
				for h := 1; h <= 60; h += 1 + h/5 {
					for view := range deskViews {
						for _, right := range []bool{false, true} {
							check.Exact(t, "compression", (&compression{desk{t: th, right: right}, view}).View(f, w, h, true), w, h)
						}
					}
				}
			}
		}
	}
}

func TestTheNetworkSaysWhatIsLost(t *testing.T) {
	n := &network{t: frames.Plain()}
	for w, want := range map[int]string{
		46: "1.4 points lost", 60: "1.4 points lost",
		78: "30.0 % mul-adds   1.4 points below dense", 90: "accuracy 1.4 points below dense", 118: "of the multiply-adds   accuracy 1.4 points below dense",
	} {
		if got := n.total(frames.Still(t), w); !strings.Contains(got, "8,988 B of 26.3 kB") || !strings.Contains(got, want) {
			t.Errorf("at %d cells: %q", w, got)
		}
	}
	f := frames.Still(t)
	f.Visits = append(f.Visits, session.Visit{Bytes: 26280, Dense: 26280, Kept: 1, Loss: 0.05, Accuracy: 0.99, HasAccuracy: true})
	if got := n.total(f, 90); !strings.Contains(got, "1.8 points below") {
		t.Errorf("it was better dense, and it says %q", got)
	}
	f.Size = core.Size{Params: 6570, Kept: 6570, Bytes: 26280, Dense: 26280, Work: 6464, DenseWork: 6464}
	if got := n.total(f, 90); !strings.Contains(got, "6,570 params") || !strings.Contains(got, "26.3 kB in float32") || strings.Contains(got, "below") {
		t.Errorf("dense it reads %q", got)
	}
}

func TestTheDeskComesForwardTurnsAndMeasures(t *testing.T) {
	b := newRobot(t, "digits", 120, 36)
	b.train(3)
	b.press("M")
	b.settle()
	b.sees("Compression", "sizes tried", "measured again")
	if b.m.frame.Findings[probe.Lost{}].Value == nil {
		t.Error("what compression costs was not measured again")
	}
	b.press("v", "C")
	b.settle()
	b.sees("Compression", "validation loss")
	b.press("L")
	b.sees("validation accuracy")
	b.press("C")
	b.settle()
	b.sees("points lost", "layers alone", "8–2 bits", "4 dense")
	b.press("M")
	b.settle()
	b.sees("points lost", "at step 3")
	b.press("C")
	b.settle()
	b.sees("under quantize among the knobs", "quant.bits and")
	b.press("v", "M")
	b.settle()
	b.sees("Compression", "whole numbers", "under quantize among the knobs")
	b.press("v")
	b.sees("Data │ Comp")

	small := newRobot(t, "digits", 80, 24)
	small.press("M")
	if small.m.focus != small.titled("Compression") {
		t.Error("what is measured again is not looked at")
	}
	small.press("tab", "tab")
	small.press("C")
	if small.m.focus != small.titled("Compression") {
		t.Error("without room beside the others the desk is not looked at")
	}
	small.press("C")
	small.settle()
	small.sees("layers alone")

	surface := newRobot(t, "ravine", 120, 36)
	for _, k := range []string{"C", "B", "M", "L"} {
		surface.press(k)
		surface.sees("a surface has no weights to compress")
	}
}

func TestFittingToABudgetTouchesNothingBeforeEnterAndIsTakenBackAtOnce(t *testing.T) {
	b := newRobot(t, "digits", 120, 36)
	b.train(40)
	type stand struct {
		step, bytes int
		undo        bool
		knobs       []string
	}
	stands := func() stand {
		f := b.runner.Frame()
		return stand{f.Step, f.Size.Bytes, f.CanUndo, []string{b.value("prune.sparsity"), b.value("quant.bits"), b.value("quant.granularity")}}
	}
	before := stands()
	same := func(what string) {
		t.Helper()
		if got := stands(); fmt.Sprint(got) != fmt.Sprint(before) {
			t.Errorf("%s it stands at %+v, not %+v", what, got, before)
		}
	}
	b.press("B")
	b.sees("fit to a size", "dense it takes 26.3 kB")
	b.press("x", "enter")
	b.sees("is no size")
	b.press("backspace", "backspace", "backspace", "backspace", "3", "k", "B", "enter")
	b.sees("Fit to 3,000 B", "the run is not touched")
	b.settle()
	b.sees("against dense", "dense", "▸")
	same("with proposals on the screen")
	b.press("esc")
	b.misses("Fit to")
	same("after esc")

	b.press("B", "backspace", "backspace", "backspace", "3", "k", "B", "enter")
	b.settle()
	b.press("down")
	found, _ := b.m.frame.Findings[whatif.FitTo{Bytes: 3000, Steps: whatif.RecoverySteps, File: true}].Value.(whatif.Fitting)
	if len(found.Proposals) < 2 {
		t.Fatalf("%d proposals", len(found.Proposals))
	}
	chosen := found.Proposals[1]
	b.press("enter")
	if f := b.runner.Frame(); f.Size.Bytes != chosen.Bytes || chosen.File > 3000 || f.Step != 40 {
		t.Errorf("step %d, %d bytes, proposed were %+v", f.Step, f.Size.Bytes, chosen)
	}
	b.sees("decided at 40: ", "quantize")
	b.press("u")
	same("taken back")
	if got := b.runner.Frame(); got.CanUndo {
		t.Error("one undo takes back only a part")
	}

	b.press("B", "backspace", "backspace", "backspace", "9", "enter")
	b.settle()
	b.sees("nothing fits: the least that was found takes")
	b.press("enter")
	b.sees("there is nothing to take yet")
	b.press("esc")
}

// Training that rests for the search goes on afterwards.
func TestASearchGivesTrainingBack(t *testing.T) {
	b := newRobot(t, "moons", 120, 36)
	b.press("space", "B", "enter")
	if b.runner.Frame().Playing {
		t.Error("it trains while the copies are tried")
	}
	b.settle()
	b.press("esc")
	if !b.runner.Frame().Playing {
		t.Error("esc leaves it paused")
	}
	b.press("B", "enter")
	b.settle()
	b.press("enter")
	f := b.runner.Frame()
	if !f.Playing || f.Size.Bytes*5 > f.Size.Dense {
		t.Errorf("after enter: playing %v, %d of %d bytes", f.Playing, f.Size.Bytes, f.Size.Dense)
	}
}

// What each preset's network bears and what fits is found on copies: the run
// comes out as if nobody had looked.
func TestTheDeskNeverTouchesTheRun(t *testing.T) {
	for _, name := range []string{"digits", "concrete", "modular"} {
		r, err := presets.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		tr, _, err := session.Open(r, presets.Files{})
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			tr.Step()
		}
		hash := tr.Hash()
		for _, p := range []live.Probe{probe.Lost{}, probe.Sensitivity{}, whatif.FitTo{Bytes: tr.Size().Dense / 4, Steps: 2}} {
			if found := p.Measure(t.Context(), tr); found == nil {
				t.Errorf("%s: %T found nothing", name, p)
			}
			if tr.Hash() != hash {
				t.Fatalf("%s: %T touched the run", name, p)
			}
		}
	}
}

func TestTheAxisOfSizesNamesRoundOnes(t *testing.T) {
	axis, labels := sizeAxis(math.Log(900), math.Log(60_000), math.Log(52_000), 60)
	if got := strings.Fields(labels); !slices.Equal(got, []string{"1", "kB", "2", "kB", "5", "kB", "10", "kB", "20", "kB", "50", "kB"}) {
		t.Errorf("labels %q under %q", labels, axis)
	}
	for cols := range 80 {
		if a, l := sizeAxis(math.Log(1), math.Log(1e12), math.Log(1e11), cols); len([]rune(a)) != cols || len([]rune(l)) != cols {
			t.Errorf("%d cells: %q, %q", cols, a, l)
		}
	}
	for cols := range 40 {
		if a, l := sizeAxis(math.Log(0.8*26_280), math.Log(1.15*26_280), math.Log(26_280), cols); len([]rune(a)) != cols || len([]rune(l)) != cols || cols > 8 && !strings.Contains(l, "26.3 kB") {
			t.Errorf("no round size on %d cells: %q, %q", cols, a, l)
		}
	}
}

func TestWhereOnlyTheStepTellsRowsApartTheTableShowsIt(t *testing.T) {
	heads := func(w int, rows ...session.Visit) string {
		var out []string
		for _, c := range columnsFor(rows, w) {
			out = append(out, c.head)
		}
		return strings.Join(out, " ")
	}
	dense := session.Visit{Bytes: 26_280, Dense: 26_280, Kept: 1, Loss: 0.2, HasAccuracy: true, BestStep: 9000}
	best, cut := dense, dense
	best.BestStep, cut.Kept, cut.Bytes = 4000, 0.3, 9000
	for _, c := range []struct {
		w    int
		rows []session.Visit
		want string
	}{
		{37, []session.Visit{dense, best}, "size loss acc step"},
		{37, []session.Visit{dense, cut}, "size loss acc kept"},
		{76, []session.Visit{dense, best}, "size loss acc kept bits of dense step"},
	} {
		if got := heads(c.w, c.rows...); got != c.want {
			t.Errorf("in %d cells %q, want %q", c.w, got, c.want)
		}
	}
}

func TestTheTableOfSizesKeepsTheBestBesideThePresent(t *testing.T) {
	for h := 9; h <= 13; h++ {
		c := newCompression(frames.Plain())
		if got := c.View(frames.Still(t), 38, h, false); !strings.Contains(got, "\n●") || !strings.Contains(got, "\n◆") {
			t.Errorf("%d lines:\n%s", h, got)
		}
	}
}
