package card

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"descent/session/history"
	"descent/session/live"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"
)

// ended is a frame at the end of a run, which went as shape says: the validation loss
// at a fraction of it.
func ended(t *testing.T, shape func(at float64) float64) *live.Frame {
	t.Helper()
	f := frames.Still(t)
	f.Playing, f.Step, f.Steps, f.Spent = false, 2000, 2000, 430*time.Millisecond
	f.Last.GradientEvaluations, f.Last.Step, f.Epoch = 2000, 2000, 44.4
	var train, val history.Series
	f.Best = history.Best{}
	for step := 1; step <= f.Step; step++ {
		v := shape(float64(step) / float64(f.Step))
		train.Add(step, v)
		if step%20 != 0 {
			continue
		}
		val.Add(step, v)
		if f.Eval.Step, f.Eval.ValLoss = step, v; f.Best.Step == 0 || v < f.Best.Value {
			f.Best = history.Best{Step: step, Value: v, Validated: true}
		}
	}
	f.Curves = history.Curves{Train: train.Buckets(), Val: val.Buckets()}
	return f
}

func overfitted(at float64) float64 { return 0.1 + (at-0.4)*(at-0.4) }
func falling(at float64) float64    { return math.Exp(-2 * at) }
func flat(at float64) float64       { return 0.2 + math.Exp(-20*at) }

// keys are those of the tips, in their order.
func keys(c *Card) string {
	var out []string
	for _, tip := range c.tips {
		out = append(out, tip.key)
	}
	return strings.Join(out, "")
}

func TestWhatIsWorthTryingFollowsFromTheRun(t *testing.T) {
	surface := ended(t, falling)
	surface.Recipe.Surface.Name, surface.Data, surface.Best.Validated = "ravine", nil, false
	surface.Panel = slices.DeleteFunc(surface.Panel, func(d live.KnobState) bool { return !strings.HasPrefix(d.Knob.Path, "optimizer.") })
	for _, c := range []struct {
		name, want string
		f          *live.Frame
	}{
		{"overfitted", "*D", ended(t, overfitted)},
		{"falling", " ", ended(t, falling)},
		{"flat", "-", ended(t, flat)},
		{"a surface", " rR", surface},
	} {
		got := keys(New(frames.Plain(), c.f))
		if !strings.HasPrefix(got, c.want) || len(got) != tips {
			t.Errorf("%s: the keys are %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTheCardSaysWhyARunStoppedAndWhatIsKept(t *testing.T) {
	f := ended(t, falling)
	f.Ended, f.Kept = "early stopping: no improvement of val_loss in the last 3 evaluations (best 0.2, at step 40)", 40
	c := New(frames.Plain(), f)
	view := c.View(120, 36)
	for _, want := range []string{"Early stopping ends the run at step", "no improvement of val_loss in the last 3", "the weights of step 40, the best evaluation"} {
		if !strings.Contains(view, want) {
			t.Errorf("%q is not said:\n%s", want, view)
		}
	}
	if strings.Contains(view, "still falls") {
		t.Errorf("it is to go on though it stopped:\n%s", view)
	}
}

func TestTheCardTakesItsOwnKeysAndEscAlone(t *testing.T) {
	c := New(frames.Plain(), ended(t, overfitted))
	for key, want := range map[string]bool{"*": true, "D": true, "esc": true, "x": false, "tab": false, " ": false} {
		if _, ok := c.Key(key); ok != want {
			t.Errorf("it takes %q: %v", key, ok)
		}
	}
	for _, tip := range c.tips {
		if asked, _ := c.Key(tip.key); len(asked) == 0 {
			t.Errorf("%q does nothing", tip.key)
		}
	}
}

func TestGoldenCards(t *testing.T) {
	for name, shape := range map[string]func(float64) float64{"overfitted": overfitted, "falling": falling, "flat": flat} {
		for _, size := range [][2]int{{50, 14}, {80, 24}, {120, 36}} {
			t.Run(fmt.Sprintf("%s-%dx%d", name, size[0], size[1]), func(t *testing.T) {
				check.Golden(t, New(frames.Plain(), ended(t, shape)).View(size[0], size[1]))
			})
		}
	}
}

// Nothing that a run can come to breaks the card.
func TestWhateverTheRunCameTo(t *testing.T) {
	for _, v := range check.Extremes {
		for _, w := range []int{50, 80, 200} {
			f := ended(t, func(float64) float64 { return v })
			f.Best.Value = v
			text := New(frames.Plain(), f).View(w, 24)
			lines := strings.Split(text, "\n")
			check.Exact(t, fmt.Sprint(v), text, min(w-4, 76)+2, len(lines))
			f = ended(t, flat)
			f.Curves, f.Best, f.Panel, f.Step = history.Curves{}, history.Best{}, nil, 1
			New(frames.Plain(), f).View(w, 24)
		}
	}
}
