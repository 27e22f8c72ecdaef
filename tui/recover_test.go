package tui

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/presets"
	"descent/tui/internal/check"

	tea "github.com/charmbracelet/bubbletea"
)

// blown is a robot whose training blows up: at a rate of 30, on targets around 200,000
// or such as they should be.
func blown(t *testing.T, w, h int, size float64) *robot {
	t.Helper()
	dir := t.TempDir()
	var csv strings.Builder
	csv.WriteString("a,b,y\n")
	for i := range 60 {
		a, b := math.Sin(float64(i)), math.Cos(float64(3*i))
		fmt.Fprintf(&csv, "%.4f,%.4f,%.4f\n", a, b, size*(1+a/4-b*b/3))
	}
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("d.csv", csv.String())
	r, err := presets.Load(write("p.toml", "[data]\nfile = \"d.csv\"\nvalidation = 0.2\n[model]\nlayers = [2, 16, 1]\nactivation = \"relu\"\n[loss]\nname = \"mse\"\n[optimizer]\nname = \"sgd\"\nlr = 0.05\n[train]\nbatch = 16\nsteps = 200\n"))
	if err != nil {
		t.Fatal(err)
	}
	return robotOn(t, r, w, h)
}

func (b *robot) runsOut() {
	b.Helper()
	for range 400 {
		b.press(".")
		if b.runner.Frame().Stopped != "" {
			return
		}
	}
	b.Fatal("it never blows up")
}

// flat is a screen's text without line ends and borders.
func flat(view string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("\n", " ", "│", " ").Replace(view)), " ")
}

func TestTwoKeysRecoverFromABlowUp(t *testing.T) {
	for _, size := range [][2]int{{120, 36}, {80, 24}} {
		b := blown(t, size[0], size[1], 1)
		b.press("w")
		if !strings.Contains(flat(b.m.View()), "there is nothing to recover from") {
			t.Errorf("before anything has happened:\n%s", b.m.View())
		}
		b.train(20)
		if err := b.runner.Set("optimizer.lr", knob.Num(40)).Wait(); err != nil {
			t.Fatal(err)
		}
		b.send(pollMsg{})
		b.runsOut()
		view := flat(b.m.View())
		for _, want := range []string{"is not finite, from", "the last good step is 20: w goes there, and optimizer.lr of", "is stable from there"} {
			if !strings.Contains(view, want) {
				t.Errorf("at %v the screen does not say %q:\n%s", size, want, b.m.View())
			}
		}
		b.misses("is stable from the…")
		check.Exact(t, "the blow-up", b.m.View(), size[0], size[1])
		b.press("w")
		if f := b.runner.Frame(); f.Step != 20 || !strings.Contains(flat(b.m.View()), "this is step 20, the last good one; w sets optimizer.lr to") {
			t.Fatalf("w leads to step %d:\n%s", f.Step, b.m.View())
		}
		before := b.value("optimizer.lr")
		b.press("w")
		b.sees("decided at 20: lr")
		if after := b.value("optimizer.lr"); after == "40" || after == before && before != "0.05" {
			t.Errorf("the rate is %s, before %s", after, before)
		}
		for range 60 {
			b.press(".")
			if f := b.runner.Frame(); f.Stopped != "" || !(f.Last.Loss < 10) {
				t.Fatalf("at step %d again: %s, loss %v", f.Step, f.Stopped, f.Last.Loss)
			}
		}
	}
}

func TestABlowUpOnUnscaledDataSaysSoFirst(t *testing.T) {
	for _, size := range [][2]int{{120, 36}, {80, 24}, {50, 14}} {
		b := blown(t, size[0], size[1], 200000)
		b.runsOut()
		view := flat(b.m.View())
		scale, good := strings.Index(view, "the targets are around"), strings.Index(view, "the last good step is")
		if scale < 0 || good < scale || !strings.Contains(view, "not standardized: restart with --set data.standardize_target=true") {
			t.Errorf("at %v:\n%s", size, b.m.View())
		}
		check.Exact(t, "the blow-up", b.m.View(), size[0], size[1])
	}
}

func TestALongMessageIsShownWhole(t *testing.T) {
	long := strings.Repeat("word after word of a message that goes on and on ", 6) + "to its END"
	for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 55}} {
		b := newRobot(t, "seed", size[0], size[1])
		b.m.notice, b.m.stale = notice{long, failure}, true
		check.Exact(t, "a long message", b.m.View(), size[0], size[1])
		if view := flat(b.m.View()); !strings.Contains(view, long) {
			t.Errorf("at %v:\n%s", size, b.m.View())
		}
		b.sees("space play")
		b.send(tea.MouseMsg{X: 3, Y: 3, Action: tea.MouseActionPress, Button: tea.MouseButtonLeft})
		b.press(".")
		b.misses("END")
	}
}

func TestASurfaceThatBlowsUpIsRecoveredFrom(t *testing.T) {
	r := recipe.New()
	r.Name, r.Surface.Name, r.Surface.X, r.Surface.Y = "steep", "rosenbrock", -1.2, 1
	for path, v := range map[string]knob.Value{"optimizer.name": knob.Word("gd"), "optimizer.lr": knob.Num(1)} {
		if err := r.Set(path, v); err != nil {
			t.Fatal(err)
		}
	}
	b := robotOn(t, r, 120, 36)
	b.runsOut()
	b.press("w", "w")
	b.train(100)
	if f := b.runner.Frame(); f.Stopped != "" || !(f.Last.Loss < 24) {
		t.Errorf("at step %d: %q, loss %v", f.Step, f.Stopped, f.Last.Loss)
	}
}

func TestUndoPointsToTheLastGoodStep(t *testing.T) {
	b := blown(t, 120, 36, 200_000)
	b.runsOut()
	b.press("u")
	if !strings.Contains(flat(b.m.View()), "there is no decision to undo; w returns to the last good step") {
		t.Errorf("it does not:\n%s", b.m.View())
	}
}
