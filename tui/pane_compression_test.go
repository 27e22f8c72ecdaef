package tui

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/core/probe"
	"descent/core/recipe"
	"descent/core/whatif"
	"descent/presets"
	"descent/session"
	"descent/session/journal"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/internal/check"

	"github.com/charmbracelet/x/exp/golden"
	"github.com/muesli/termenv"
)

// desk fills in what the compression shows.
func desk(f *live.Frame) {
	f.Size = core.Size{Params: 6570, Kept: 2045, Bytes: 8988, Dense: 26280, Work: 1939, DenseWork: 6464}
	for i, c := range []struct {
		bytes, bits int
		kept, loss  float64
	}{{26280, 0, 1, 0.0656}, {2214, 4, 0.31, 0.1326}, {3301, 4, 0.5, 0.1511}, {5211, 8, 0.6, 0.0912}, {8988, 0, 0.31, 0.0896}} {
		f.Visits = append(f.Visits, session.Visit{
			Branch: journal.BranchID(i / 4), Bytes: c.bytes, Dense: 26280, Kept: c.kept, Bits: c.bits,
			Step: 1000 * (i + 1), Loss: c.loss * 1.2, Accuracy: 0.97, BestStep: 900 * (i + 1), BestLoss: c.loss, BestCorrect: 0.986 - c.loss/10, HasAccuracy: true,
		})
	}
	f.Branch = 1
	layers := probe.Layers{
		Base: probe.Answers{Loss: 0.0656, Accuracy: 0.986}, HasAccuracy: true, Done: 30, Of: 30,
		Sparsities: []float64{0.5, 0.7, 0.8, 0.9, 0.95}, Bits: []int{8, 6, 4, 3, 2},
	}
	for i, name := range []string{"4", "0", "2"} {
		b := probe.Bears{Layer: name, Kind: "dense"}
		for k := range 5 {
			rise := math.Pow(float64(k), 3-float64(i)) / 30
			b.Cut = append(b.Cut, probe.Answers{Loss: 0.0656 + rise, Accuracy: 0.986 - rise/10})
			b.Rounded = append(b.Rounded, probe.Answers{Loss: 0.0656 + rise*rise/2, Accuracy: 0.986 - rise*rise/20})
		}
		layers.Layers = append(layers.Layers, b)
	}
	f.Findings = map[live.Probe]live.Finding{
		probe.Sensitivity{}: {Step: 12000, Value: layers},
		probe.Lost{}:        {Step: 12450, Value: probe.Comparison{Now: probe.Answers{Loss: 0.1184, Accuracy: 0.972}, Dense: probe.Answers{Loss: 0.0656, Accuracy: 0.986}, HasAccuracy: true}},
		fittingOf(true):     {Step: 12480, Value: fitting(true)},
		fittingOf(false):    {Step: 12480, Value: fitting(false), Partial: true},
	}
}

func fittingOf(finished bool) whatif.FitTo {
	if finished {
		return whatif.FitTo{Bytes: 5256, Steps: 100}
	}
	return whatif.FitTo{Bytes: 4000, Steps: 100}
}

func fitting(finished bool) whatif.Fitting {
	f := whatif.Fitting{HasAccuracy: true, Least: 2052, Done: 650, Of: 1414, Finished: finished}
	f.Dense = whatif.Proposal{Bytes: 26280, File: 26980, AtOnce: probe.Answers{Loss: 0.0656, Accuracy: 0.986}, Answers: probe.Answers{Loss: 0.0656, Accuracy: 0.986}}
	for i := range 11 {
		f.Proposals = append(f.Proposals, whatif.Proposal{
			Sparsity: float64(i*7) / 100, Bits: 8 * (i % 2), Granularity: []string{"tensor", "channel"}[i/2%2], Bytes: 5200 - 131*i, File: 6300 - 131*i,
			AtOnce: probe.Answers{Loss: 0.1, Accuracy: 0.9 - float64(i)/100}, Answers: probe.Answers{Loss: 0.07 + float64(i)/50, Accuracy: 0.99 - float64(i)/200},
			Changes: []recipe.Change{{Path: "quant.bits", Value: knob.Num(8)}},
		})
	}
	return f
}

func TestGoldenViewsOfTheCompression(t *testing.T) {
	for _, size := range [][2]int{{38, 13}, {52, 19}, {80, 22}} {
		for view := range deskViews {
			for _, right := range []bool{false, true} {
				t.Run(fmt.Sprintf("%d-%v-%dx%d", view, right, size[0], size[1]), func(t *testing.T) {
					c, f := &compression{t: plainTheme(), view: view, right: right}, still(t)
					f.Branches = []session.Line{{Label: "main"}, {ID: 1, Label: "prune 0.7"}}
					golden.RequireEqual(t, []byte(c.View(f, size[0], size[1], true)))
				})
			}
		}
	}
}

func fitterOn(th *draw.Theme, f *live.Frame, finished bool) *fitter {
	return &fitter{t: th, frame: func() *live.Frame { return f }, ask: fittingOf(finished)}
}

func TestGoldenSearchForWhatFits(t *testing.T) {
	for _, size := range [][2]int{{50, 14}, {80, 24}, {120, 36}} {
		for _, finished := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v-%dx%d", finished, size[0], size[1]), func(t *testing.T) {
				golden.RequireEqual(t, []byte(fitterOn(plainTheme(), still(t), finished).view(size[0], size[1])))
			})
		}
	}
}

// oddDesks are frames of the compression that are hard to draw.
func oddDesks(t *testing.T) []*live.Frame {
	bare := still(t)
	bare.Visits, bare.Findings = nil, nil
	lone := still(t)
	lone.Visits = lone.Visits[:1]
	wild := still(t)
	for i := range 256 {
		wild.Visits = append(wild.Visits, session.Visit{Bytes: i * i * i, Dense: 1, BestLoss: math.Pow(10, float64(i-128)), HasAccuracy: i%2 == 0, BestStep: 1e9})
	}
	wild.Visits = append(wild.Visits, session.Visit{BestLoss: -3}, session.Visit{Bytes: 1 << 40, BestLoss: math.MaxFloat64})
	many := probe.Layers{Sparsities: []float64{0.5, 0.9}, Bits: []int{2}, HasAccuracy: true}
	for i := range 90 {
		many.Layers = append(many.Layers, probe.Bears{
			Layer: fmt.Sprintf("%d.%d.%d", i, i, i), Kind: "conv2d",
			Cut: []probe.Answers{{Loss: math.NaN()}, {Loss: 1e300}}, Rounded: []probe.Answers{{Loss: math.Inf(1)}},
		})
	}
	wild.Findings[probe.Sensitivity{}] = live.Finding{Value: many, Partial: true}
	wild.Findings[probe.Lost{}] = live.Finding{Value: probe.Comparison{Now: probe.Answers{Loss: math.NaN()}}}
	wild.Size = core.Size{Params: 1 << 28, Kept: 1, Bytes: 1 << 25, Dense: 1 << 30, Work: 1, DenseWork: 1 << 40}
	failed := still(t)
	for p := range failed.Findings {
		failed.Findings[p] = live.Finding{Err: fmt.Errorf("this cannot be shown: %s", strings.Repeat("no ", 40))}
	}
	return []*live.Frame{still(t), bare, lone, wild, failed}
}

func TestEveryViewOfTheCompressionFillsItsPlace(t *testing.T) {
	for _, th := range []*draw.Theme{plainTheme(), colored(termenv.TrueColor)} {
		for _, f := range oddDesks(t) {
			for w := 1; w <= 150; w += 1 + w/9 {
				for h := 1; h <= 60; h += 1 + h/5 {
					for view := range deskViews {
						for _, right := range []bool{false, true} {
							check.Exact(t, "compression", (&compression{t: th, view: view, right: right}).View(f, w, h, true), w, h)
						}
					}
					n := &network{t: th}
					check.Exact(t, "network", n.View(f, w, h, false), w, h)
				}
			}
			for _, finished := range []bool{false, true} {
				for _, s := range [][2]int{{50, 14}, {63, 17}, {80, 24}, {200, 55}} {
					box := fitterOn(th, f, finished).view(s[0], s[1])
					lines := strings.Split(box, "\n")
					if len(lines) > s[1] {
						t.Fatalf("the search is %d lines high on a screen of %d:\n%s", len(lines), s[1], box)
					}
					check.Exact(t, "search", box, min(s[0]-4, 86), len(lines))
				}
			}
		}
	}
}

func TestTheNetworkSaysWhatIsLost(t *testing.T) {
	n := &network{t: plainTheme()}
	for w, want := range map[int]string{
		46: "1.4 points lost", 60: "1.4 points lost",
		78: "30.0 % mul-adds   1.4 points below dense", 90: "accuracy 1.4 points below dense", 118: "of the multiply-adds   accuracy 1.4 points below dense",
	} {
		if got := n.total(still(t), w); !strings.Contains(got, "8,988 B of 26.3 kB") || !strings.Contains(got, want) {
			t.Errorf("at %d cells: %q", w, got)
		}
	}
	f := still(t)
	f.Visits = append(f.Visits, session.Visit{Bytes: 26280, Dense: 26280, Kept: 1, Loss: 0.05, Accuracy: 0.99, HasAccuracy: true})
	if got := n.total(f, 90); !strings.Contains(got, "1.8 points below") {
		t.Errorf("it was better dense, and it says %q", got)
	}
	f.Size = core.Size{Params: 6570, Kept: 6570, Bytes: 26280, Dense: 26280, Work: 6464, DenseWork: 6464}
	if got := n.total(f, 90); !strings.Contains(got, "6,570 params") || !strings.Contains(got, "26.3 kB in float32") || strings.Contains(got, "below") {
		t.Errorf("dense it reads %q", got)
	}
}

func TestEveryWayToLoseReadsWell(t *testing.T) {
	a := func(loss, accuracy float64) probe.Answers { return probe.Answers{Loss: loss, Accuracy: accuracy} }
	for want, got := range map[string]string{
		"1.4 points lost": change(a(1, 0.972), a(1, 0.986), true),
		"0.3 points won":  change(a(1, 0.989), a(1, 0.986), true),
		"no points lost":  change(a(1, 0.986), a(1, 0.986), true),
		"loss +0.5000":    change(a(1.5, 0), a(1, 0), false),
		"loss −0.2500":    change(a(0.75, 0), a(1, 0), false),
		"loss NaN":        change(a(math.NaN(), 0), a(1, 0), false),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
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
	if got := b.m.panes[b.titled("Compression")].(*compression).asked; got != 1 {
		t.Errorf("asked %d times", got)
	}
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
	d := b.m.dialog.(*fitter)
	found, _ := d.found()
	chosen := found.Proposals[1]
	if d.at(found.Proposals) != 1 {
		t.Fatalf("the proposal at %d is chosen", d.at(found.Proposals))
	}
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
		c := &compression{t: plainTheme()}
		if got := c.View(still(t), 38, h, false); !strings.Contains(got, "\n●") || !strings.Contains(got, "\n◆") {
			t.Errorf("%d lines:\n%s", h, got)
		}
	}
}
