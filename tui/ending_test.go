package tui

import (
	"os"
	"strings"
	"testing"
	"time"

	"descent/presets"
	"descent/tui/internal/check"

	"descent/core/knob"
)

// runEnded is a robot at the end of a short run.
func runEnded(t *testing.T, preset string, w, h int) *robot {
	t.Helper()
	r, err := presets.Load(preset)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Set("train.steps", knob.Num(300)); err != nil {
		t.Fatal(err)
	}
	b := robotOn(t, r, w, h)
	again(t, b)
	return b
}

// again trains to the end of a run.
func again(t *testing.T, b *robot) {
	t.Helper()
	n := b.runner.Frame().Reached
	_ = b.runner.Play(true).Wait()
	for end := time.Now().Add(20 * time.Second); b.runner.Frame().Reached == n; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it never ends")
		}
	}
	b.send(pollMsg{})
}

func TestTheEndOfARunHasACardThatBlocksNothing(t *testing.T) {
	for _, preset := range []string{"seed", "iris", "rosenbrock"} {
		for _, size := range [][2]int{{50, 14}, {80, 24}, {200, 55}} {
			b := runEnded(t, preset, size[0], size[1])
			b.sees("The run ends at step 300", "space", "esc closes this")
			check.Exact(t, preset, b.m.View(), size[0], size[1])
		}
	}
	b := runEnded(t, "iris", 120, 36)
	b.press("esc")
	b.misses("The run ends")
	b.press("[")
	again(t, b)
	b.sees("The run ends")
	b.press("tab") // what it does elsewhere
	b.misses("The run ends")
	b.press("[")
	again(t, b)
	b.press("space")
	b.misses("The run ends")
	if !b.runner.Frame().Playing {
		t.Error("space does not go on")
	}
}

func TestTheBestStepIsOneKeyAwayAndCanBeSaved(t *testing.T) {
	t.Chdir(t.TempDir())
	b := runEnded(t, "overfit", 120, 36)
	best := b.runner.Frame().Best
	if !best.Known() || best.Step >= 300 {
		t.Fatalf("the best is %+v", best)
	}
	b.press("esc", "s")
	b.sees("Save which weights?", "now", "best")
	b.press("down", "enter")
	b.sees("save")
	b.press("enter")
	b.settle()
	files, _ := os.ReadDir(".")
	var names []string
	for _, f := range files {
		names = append(names, f.Name())
	}
	if text := strings.Join(names, " "); !strings.Contains(text, "overfit-"+knob.Num(float64(best.Step)).String()+".safetensors") {
		t.Errorf("there are the files %s", text)
	}
	if f := b.runner.Frame(); f.Step != 300 {
		t.Errorf("saving goes to step %d", f.Step)
	}
	b.press("*")
	b.settle()
	if f := b.runner.Frame(); f.Step != best.Step || f.Playing {
		t.Errorf("* goes to step %d, not %d", f.Step, best.Step)
	}
	b.press("*")
	b.sees("this is the best step so far")
	b.press("s")
	b.misses("Save which weights?")
}
