// Package frames holds frames with numbers made up, for the tests of the screen.
package frames

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

	"github.com/muesli/termenv"
)

// Plain draws without colours, as on a terminal that has none.
func Plain() *draw.Theme { return Colored(termenv.Ascii) }

// Colored draws in the colours of a profile, on a dark ground.
func Colored(p termenv.Profile) *draw.Theme { return draw.NewTheme(p, true) }

// Still is a frame with numbers made up, so that a faster kernel changes no
// golden file.
func Still(t testing.TB) *live.Frame {
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
	compressed(f)
	for _, s := range r.Settings.Panel() {
		if strings.HasPrefix(s.Knob.Path, "surface.") {
			continue // not of a network
		}
		f.Panel = append(f.Panel, live.KnobState{Setting: s})
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
