package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/presets"
	"descent/session/diagnosis"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/internal/check"

	"github.com/muesli/termenv"
)

func TestADiagnosisFitsItsLine(t *testing.T) {
	theme := draw.NewTheme(termenv.Ascii, true)
	lower := []recipe.Change{{Path: "optimizer.lr", Value: knob.Num(0.0001)}}
	for _, c := range []struct {
		of              diagnosis.Remedy
		wide, narrow    string
		missing, always string
	}{
		{diagnosis.Remedy{Back: true, Step: 1240, Set: lower}, "validation loss rises from 0.21 to 0.26   w back to step 1,240, lr 0.0001   W why", "w remedy", "another run", "◈ overfitting since step 1,240"},
		{diagnosis.Remedy{Advice: "another run with --set data.standardize=true"}, "another run with --set data.standardize=true   W why", "◈ overfitting", "   w", "◈ overfitting since step 1,240"},
		{diagnosis.Remedy{}, "to 0.26   W why", "◈ overfitting", "   w", "◈ overfitting since step 1,240"},
	} {
		d := &diagnosis.Diagnosis{Finding: diagnosis.Finding{Cause: "overfitting since step 1,240: validation loss rises from 0.21 to 0.26", Brief: "overfitting since step 1,240", Remedy: c.of}, Rule: "overfitting"}
		for w := 1; w < 220; w++ {
			line := diagnosed(theme, d, w)
			check.Exact(t, "the line", theme.Release(line), w, 1)
			text := theme.Release(line)
			for at, want := range map[int]string{200: c.wide, 48: c.narrow, 80: c.always} {
				if w == at && !strings.Contains(text, want) {
					t.Errorf("in %d cells it is %q, without %q", w, text, want)
				}
			}
			if strings.Contains(text, c.missing) {
				t.Errorf("in %d cells it is %q", w, text)
			}
		}
	}
}

// ringing is a robot on a ravine at the limit of stability, once that is diagnosed.
func ringing(t *testing.T, w, h int) *robot {
	t.Helper()
	r, err := presets.Load("ravine")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Set("optimizer.lr", knob.Num(0.02)); err != nil {
		t.Fatal(err)
	}
	b := robotOn(t, r, w, h)
	_ = b.runner.SetPace(live.Pace(time.Second)).Wait()
	_ = b.runner.Play(true).Wait()
	for end := time.Now().Add(20 * time.Second); b.runner.Frame().Diagnosis == nil; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("at step %d nothing is diagnosed", b.runner.Frame().Step)
		}
	}
	_ = b.runner.Play(false).Wait()
	b.send(pollMsg{})
	return b
}

func TestOneKeyTakesTheRemedyAndOneUndoesIt(t *testing.T) {
	for _, size := range [][2]int{{120, 36}, {80, 24}} {
		b := ringing(t, size[0], size[1])
		b.sees("◈", "the rate 0.02 is at the limit of stability", "w lr 0.005")
		check.Exact(t, "a diagnosis", b.m.View(), size[0], size[1])
		b.press("W")
		b.sees("rate-high – diagnosis", "Edge")
		b.press("esc", "w")
		if got := b.value("optimizer.lr"); got != "0.005" {
			t.Fatalf("the rate is %s", got)
		}
		b.sees("decided at", "lr 0.005", "undoes it")
		b.misses("◈ the rate")
		before := b.runner.Frame().Last.Loss
		b.train(100)
		if f := b.runner.Frame(); !(f.Last.Loss < before/100) || f.Diagnosis != nil {
			t.Errorf("the loss was %v and is %v; %+v", before, f.Last.Loss, f.Diagnosis)
		}
		b.press("u")
		if got := b.value("optimizer.lr"); got != "0.02" {
			t.Errorf("undone, the rate is %s", got)
		}
	}
}

func TestNothingIsDiagnosedAtFirst(t *testing.T) {
	b := newRobot(t, "digits", 120, 36)
	b.press("w")
	b.sees("there is nothing to recover from")
	b.press("W")
	b.sees("nothing is diagnosed")
}

func TestASurfaceWithoutAMinimumIsLeft(t *testing.T) {
	r, err := presets.Load("saddle")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Set("train.steps", knob.Num(2000)); err != nil {
		t.Fatal(err)
	}
	b := robotOn(t, r, 120, 36)
	_ = b.runner.SetPace(live.Pace(time.Second)).Wait()
	_ = b.runner.Play(true).Wait()
	for end := time.Now().Add(20 * time.Second); b.runner.Frame().Playing; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("at step %d it still runs", b.runner.Frame().Step)
		}
	}
	b.send(pollMsg{})
	b.sees("the saddle has no minimum: its value has run to")
	if v := b.runner.Frame().Last.Loss; v > -1e100 || v < -1e110 {
		t.Errorf("it stops at %v", v)
	}
}

func TestGoldenDiagnoses(t *testing.T) {
	lower := []recipe.Change{{Path: "optimizer.lr", Value: knob.Num(0.005)}}
	all := []diagnosis.Finding{
		{Cause: "the learning rate 0.05 is too high: the loss has swung between 0.26 and 2.04 for 45 steps, each moving the weights by 5.2 %", Brief: "the rate 0.05 is too high: the loss swings", Remedy: diagnosis.Remedy{Set: lower}},
		{Cause: "overfitting since step 224: validation loss has risen from 0.121 to 0.168, training loss fallen from 0.0247 to 0.0133", Brief: "overfitting since step 224", Remedy: diagnosis.Remedy{Back: true, Step: 224, Set: lower}},
		{Cause: "the inputs are around 810 and not standardized", Brief: "the inputs are not standardized", Remedy: diagnosis.Remedy{Advice: "another run with --set data.standardize=true"}},
		{Cause: "the saddle has no minimum: since step 76 its value has run to -9e+61 and falls without end", Brief: "no minimum: the value falls without end", Remedy: diagnosis.Remedy{Back: true, Step: 75}},
	}
	for _, w := range []int{80, 120, 200} {
		for _, theme := range []*draw.Theme{draw.NewTheme(termenv.Ascii, true), draw.NewTheme(termenv.Ascii, true).InASCII()} {
			kind := map[bool]string{true: "ascii", false: "unicode"}[theme.Release("◈") != "◈"]
			t.Run(fmt.Sprintf("%s-%d", kind, w), func(t *testing.T) {
				var lines []string
				for _, f := range all {
					lines = append(lines, theme.Release(diagnosed(theme, &diagnosis.Diagnosis{Finding: f}, w)))
				}
				check.Golden(t, strings.Join(lines, "\n"))
			})
		}
	}
}
