package tui

import (
	"fmt"
	"slices"
	"testing"

	"descent/core/knob"
	"descent/core/probe"
	"descent/core/whatif"
	"descent/presets"
	"descent/session"
	"descent/session/live"
)

func TestTheDeskComesForwardTurnsAndMeasures(t *testing.T) {
	b := newRobot(t, "digits", 120, 36)
	b.train(3)
	b.press("M")
	b.settle()
	b.sees("Compression", "sizes tried", "measuring again")
	if b.m.frame.Findings[probe.CompressionLoss{}].Value == nil {
		t.Error("what compression costs was not measured again")
	}
	b.press("1", "C")
	b.settle()
	b.sees("Compression", "validation loss")
	b.press("L")
	b.sees("validation accuracy")
	b.press("C")
	b.settle()
	b.sees("points lost", "sensitivity", "4 dense")
	b.press("M")
	b.settle()
	b.sees("points lost", "at step 3")
	b.press("C")
	b.settle()
	b.sees("under quantize among the knobs", "quant.bits and")
	b.press("v", "M")
	b.settle()
	b.sees("Compression", "int8 inference", "under quantize among the knobs")
	b.press("v")
	if on := b.onScreen(); !slices.Contains(on, "Data") || slices.Contains(on, "Compression") {
		t.Errorf("v shows the data, not the compression; the screen shows %v", on)
	}

	small := newRobot(t, "digits", 80, 24)
	small.press("M")
	if small.m.Focused().Title() != "Compression" {
		t.Error("what is measured again is not looked at")
	}
	small.press("1")
	small.toPane("Loss")
	small.press("C")
	if small.m.Focused().Title() != "Compression" {
		t.Error("without room beside the others the desk is not looked at")
	}
	small.press("C")
	small.settle()
	small.sees("sensitivity")

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
		Pane        []string
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
	b.sees("fit to a size", "the dense network takes 26.3 kB")
	b.press("x", "enter")
	b.sees("is no size")
	b.press("backspace", "backspace", "backspace", "backspace", "3", "k", "B", "enter")
	b.sees("Fit to 3,000 B", "the run is not affected")
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
	same("undone")
	if got := b.runner.Frame(); got.CanUndo {
		t.Error("one undo takes back only a part")
	}

	b.press("B", "backspace", "backspace", "backspace", "9", "enter")
	b.settle()
	b.sees("nothing fits: the smallest found takes")
	b.press("enter")
	b.sees("there is no proposal yet")
	b.press("esc")
}

// Training that rests for the search goes on afterwards.
func TestASearchGivesTrainingBack(t *testing.T) {
	r, err := presets.Load("moons")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Set("train.steps", knob.Num(1e9)); err != nil { // the run does not end meanwhile
		t.Fatal(err)
	}
	b := robotOn(t, r, 120, 36)
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
		for _, p := range []live.Probe{probe.CompressionLoss{}, probe.Sensitivity{}, whatif.FitTo{Bytes: tr.Size().Dense / 4, Steps: 2}} {
			if found := p.Measure(t.Context(), tr); found == nil {
				t.Errorf("%s: %T found nothing", name, p)
			}
			if tr.Hash() != hash {
				t.Fatalf("%s: %T touched the run", name, p)
			}
		}
	}
}
