package card

import (
	"math"
	"strings"

	"descent/session/history"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
)

// run is how a run went.
type run struct {
	surface   bool
	validated bool   // it is judged by validation rows
	metric    string // by which it is judged
	now       float64
	fall      float64 // fraction by which the loss fell over the last tenth; negative if it rose, NaN if it is not known
	worse     float64 // fraction by which the loss is above its best
}

// read finds out how a run went.
func read(f *live.Frame) run {
	r := run{surface: f.Recipe.Surface.Name != "", validated: f.Best.Validated, metric: "training loss", now: f.Last.Loss}
	curve := f.Curves.Train
	switch {
	case r.surface:
		r.metric = "value"
	case r.validated:
		r.metric = "validation loss"
		if r.now = f.Best.Value; f.Eval.HasVal {
			r.now = f.Eval.ValLoss
		}
		if len(f.Curves.Val) >= 20 {
			curve = f.Curves.Val
		}
	default:
		r.now = mean(curve, f.Step-f.Step/10, f.Step)
	}
	tenth := max(f.Step/10, 1)
	late, before := mean(curve, f.Step-tenth, f.Step), mean(curve, f.Step-2*tenth, f.Step-tenth)
	r.fall = (before - late) / math.Abs(before)
	if f.Best.Known() {
		r.worse = (r.now - f.Best.Value) / math.Abs(f.Best.Value)
	}
	return r
}

// mean is that of a curve over the steps after from up to to, NaN if there is nothing.
func mean(curve []history.Bucket, from, to int) float64 {
	sum, count := 0.0, 0
	for _, b := range curve {
		if b.Last > from && b.First <= to {
			sum += b.Sum
			count += b.Count
		}
	}
	if count == 0 {
		return math.NaN()
	}
	return sum / float64(count)
}

// overfits reports whether the validation loss has risen from its best while there
// were steps to see it. The bound is well above what one evaluation differs from the
// next.
func (r run) overfits(f *live.Frame) bool {
	return r.validated && r.worse > 0.05 && f.Step-f.Best.Step >= f.Step/20
}

// falls reports whether the loss still falls: by more than 2 % over the last tenth.
func (r run) falls() bool { return r.fall > 0.02 }

// reached tells where the run stands.
func (r run) reached(f *live.Frame) string {
	text := "a " + r.metric + " of " + draw.Significant(r.now)
	if f.Eval.HasAccuracy {
		accuracy, of := f.Eval.Accuracy, "training"
		if f.Eval.HasVal {
			accuracy, of = f.Eval.ValAccuracy, "validation"
		}
		text += " · " + draw.Percent(accuracy) + " of the " + of + " rows right"
	}
	for _, s := range f.Eval.Scores {
		if name, val := strings.CutPrefix(s.Name, "val_"); val == f.Eval.HasVal && name != "accuracy" {
			text += " · " + name + " " + draw.Significant(s.Value)
		}
	}
	return text
}

// number returns the value of a knob; ok is false if the recipe has none or turning it
// would have no effect.
func number(f *live.Frame, path string) (v float64, ok bool) {
	d, ok := intent.FindKnob(f, path)
	return d.Value.Num(), ok && d.Inert == ""
}

// word returns the choice of a knob, "" if there is none.
func word(f *live.Frame, path string) string {
	d, ok := intent.FindKnob(f, path)
	if !ok {
		return ""
	}
	return d.Value.Word()
}
