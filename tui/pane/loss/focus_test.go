package loss

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"descent/session"
	"descent/session/history"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"
)

// press does what keys do.
func press(t *testing.T, l *Pane, f *live.Frame, keys ...string) (asked any) {
	t.Helper()
	for _, key := range keys {
		a, ok := l.Take(f, key)
		for _, one := range l.Actions() {
			if !ok && one.Takes(key) {
				a, ok = one, true
			}
		}
		if ok && a.Why(f) == "" {
			asked = a.Do(f)
		}
	}
	return asked
}

func TestTheCursorReadsAndGoes(t *testing.T) {
	f := frames.Still(t)
	l := New(frames.Plain())
	if got := press(t, l, f, "enter"); got != nil {
		t.Errorf("enter asks for %v without a cursor", got)
	}
	press(t, l, f, "home")
	if got := draw.Bare(l.View(f, 80, 20, true)); !strings.Contains(got, "at 1 ") || !strings.Contains(got, "2.3") {
		t.Errorf("at the first step:\n%s", got)
	}
	press(t, l, f, "up", "up", "right", "right")
	from, to := l.focus.shown(f)
	if from != 0 || to >= f.Step/3 {
		t.Errorf("zoomed in, the steps from %d to %d are shown", from, to)
	}
	step, _ := l.focus.at(f)
	if got, want := press(t, l, f, "enter"), (intent.Go{Branch: f.Branch, Step: step}); got != want || step < 2 {
		t.Errorf("enter asks for %v, want %v", got, want)
	}
	press(t, l, f, "esc", "esc")
	if l.focus != (focus{}) {
		t.Errorf("esc leaves %+v", l.focus)
	}
	if _, ok := l.Take(f, "esc"); ok {
		t.Error("esc is taken with nothing to drop")
	}
	press(t, l, f, "up", "left")
	if got := draw.Bare(l.View(f, 80, 20, true)); !strings.Contains(got, "▲2 adam at 8,999") {
		t.Errorf("the decisions before the cursor are not told:\n%s", got)
	}
}

func TestAClickPutsTheCursorAndTheLegendHides(t *testing.T) {
	f := frames.Still(t)
	l := New(frames.Plain())
	click := intent.Pointing{X: 40, Y: 6, W: 80, H: 20}
	if got := l.Point(f, click); got != nil {
		t.Errorf("the first click asks for %v", got)
	}
	step, ok := l.focus.at(f)
	if _, isGo := l.Point(f, click).(intent.Go); !ok || !isGo {
		t.Errorf("the cursor is at %d, and a second click does not go there", step)
	}
	head, _, _ := strings.Cut(draw.Bare(l.View(f, 80, 20, true)), "\n")
	at := len([]rune(head[:strings.Index(head, "val")]))
	l.Point(f, intent.Pointing{X: at, W: 80, H: 20})
	if !l.hidden["val"] {
		t.Errorf("a click on column %d of %q hides %v", at, head, l.hidden)
	}
	l.Point(f, intent.Pointing{Gesture: intent.Wheel, Wheel: -1, X: 40, Y: 6, W: 80, H: 20})
	if from, to := l.focus.shown(f); to-from >= f.Step {
		t.Error("the wheel does not zoom")
	}
}

// Whatever is pressed and clicked, in frames of every kind and at every size.
func TestEveryChartFillsItsPlace(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	keys := []string{"left", "right", "up", "down", "shift+left", "shift+right", "home", "end", "enter", "esc", "y", "m", "t", "x", "D", "H"}
	all := append(frames.Wild(t), frames.Odd(t)...)
	for i := range 600 {
		f := all[i%len(all)]
		l := New(frames.Plain())
		l.measure, l.t.Fine = rng.IntN(len(measures)), i%2 == 0
		var pressed []string
		for range rng.IntN(8) {
			pressed = append(pressed, keys[rng.IntN(len(keys))])
			press(t, l, f, pressed[len(pressed)-1])
		}
		w, h := 1+rng.IntN(140), 1+rng.IntN(45)
		if i%7 == 0 {
			w, h = 1+rng.IntN(20), 1+rng.IntN(6)
		}
		l.Point(f, intent.Pointing{Gesture: intent.Gesture(rng.IntN(4)), X: rng.IntN(w), Y: rng.IntN(h), W: w, H: h, Wheel: rng.IntN(3) - 1})
		check.Exact(t, fmt.Sprintf("%s after %v at %d×%d", measures[l.measure].name, pressed, w, h), l.View(f, w, h, true), w, h)
	}
}

func TestEveryMeasureIsDrawn(t *testing.T) {
	f := frames.Still(t)
	for i := range f.Curves.Train {
		f.Curves.Train[i].Rate = 0.001
	}
	f.Curves.Accuracy, f.Curves.ValAccuracy, f.Curves.Gradient, f.Curves.Update = f.Curves.Val, f.Curves.Val, f.Curves.Train, f.Curves.Train
	f.Size.Bytes = 1000
	f.Visits = []session.Visit{{Branch: f.Branch, Step: 45, Bytes: 26000}}
	for i, m := range measures {
		l := New(frames.Plain())
		l.measure = i
		got := draw.Bare(l.View(f, 80, 20, true))
		if want := m.name == "λmax"; strings.Contains(got, "not measured yet") != want {
			t.Errorf("%s:\n%s", m.name, got)
		}
	}
}

func TestAMetricIsDrawnThatWasAskedFor(t *testing.T) {
	f := frames.Still(t)
	l := New(frames.Plain())
	l.score = "f1"
	if got := draw.Bare(l.View(f, 80, 20, true)); !strings.Contains(got, "train.metrics names what is") {
		t.Errorf("without a curve it says\n%s", got)
	}
	f.Curves.Scores = []history.Scored{{Name: "train_loss", Buckets: f.Curves.Val}, {Name: "val_f1", Buckets: f.Curves.Val}, {Name: "old_f1", Buckets: f.Curves.Val}, {Name: "val_mae", Buckets: f.Curves.Val}}
	if got := scoreNames(f); !slices.Equal(got, []string{"f1", "mae"}) {
		t.Errorf("there are %v", got)
	}
	got := draw.Bare(l.View(f, 80, 20, true))
	if !strings.Contains(got, "○ val") || !strings.Contains(got, "◇ old") || strings.Contains(got, "not measured") {
		t.Errorf("F1:\n%s", got)
	}
	if note := l.Note(f); !strings.HasPrefix(note, "f1 · linear") {
		t.Errorf("its note is %s", note)
	}
	if choices := l.choose(f).(intent.Choose).Items; len(choices) != len(measures)+2 {
		t.Errorf("%d series to choose from", len(choices))
	}
	l.score = ""
	if got := draw.Bare(l.View(f, 100, 20, true)); !strings.Contains(got, "△ train_loss") {
		t.Errorf("the loss over the training rows is not there:\n%s", got)
	}
	for w := 1; w < 60; w += 7 {
		l.score = []string{"f1", "mae", ""}[w%3]
		check.Exact(t, l.score, l.View(f, w, 12, true), w, 12)
	}
}
