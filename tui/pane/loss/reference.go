package loss

import (
	"math"
	"slices"

	"descent/core/data"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
)

// baseline is the loss of a model that knows nothing of the inputs, kept for a data
// set and a loss function.
type baseline struct {
	of   *data.Set
	loss string
	draw.Reference
	known bool
}

// guessing returns the loss of guessing, where it is known: ln k of k classes for
// cross-entropy, ln 2 for binary cross-entropy, and for losses of numbers that of the
// best constant.
func (b *baseline) guessing(f *live.Frame) (draw.Reference, bool) {
	d, ok := intent.FindKnob(f, "loss.name")
	if !ok || f.Data == nil {
		return draw.Reference{}, false
	}
	if alpha, ok := intent.FindKnob(f, "distill.alpha"); ok && alpha.Value.Num() > 0 {
		return draw.Reference{}, false // the loss is another
	}
	for _, path := range []string{"loss.pos_weight", "loss.class_weight"} {
		if k, ok := intent.FindKnob(f, path); ok && d.Value.Word() == "bce" && (len(k.Value.Items()) > 0 || k.Value.Word() == "balanced") {
			return draw.Reference{}, false // as above
		}
	}
	if name := d.Value.Word(); b.of != f.Data || b.loss != name {
		*b = baseline{of: f.Data, loss: name}
		b.Reference, b.known = guess(f.Data, name)
	}
	return b.Reference, b.known
}

func guess(of *data.Set, loss string) (draw.Reference, bool) {
	values := of.Train.Values
	switch loss {
	case "cross-entropy", "kl":
		if of.ByClass && values.Cols > 1 {
			return draw.Reference{Value: math.Log(float64(values.Cols)), Name: "guessing"}, true
		}
	case "bce":
		return draw.Reference{Value: math.Ln2, Name: "guessing"}, true
	case "mse", "mae":
		sum, column := 0.0, make([]float64, values.Rows)
		for c := range values.Cols {
			for r := range values.Rows {
				column[r] = values.Data[r*values.Stride+c]
			}
			sum += spread(column, loss == "mse")
		}
		if v := sum / float64(values.Cols); v > 0 && !math.IsInf(v, 0) {
			name := "mean of the targets"
			if loss == "mae" {
				name = "median of the targets"
			}
			return draw.Reference{Value: v, Name: name}, true
		}
	}
	return draw.Reference{}, false
}

// spread is the variance of values or, if not squared, their mean distance from the
// median.
func spread(values []float64, squared bool) float64 {
	n := float64(len(values))
	center, out := 0.0, 0.0
	if squared {
		for _, v := range values {
			center += v / n
		}
		for _, v := range values {
			out += float64((v-center)*(v-center)) / n
		}
		return out
	}
	slices.Sort(values)
	if len(values) > 0 {
		center = values[len(values)/2]
	}
	for _, v := range values {
		out += math.Abs(v-center) / n
	}
	return out
}

// bestBranch returns the lowest loss of all branches, where there are several.
func bestBranch(f *live.Frame) (draw.Reference, bool) {
	best, n := math.Inf(1), 0
	for _, b := range f.Branches {
		if !b.Deleted && !math.IsNaN(b.Loss) {
			best, n = min(best, b.Loss), n+1
		}
	}
	return draw.Reference{Value: best, Name: "best branch"}, n > 1
}

// par is what the preset reaches by itself: its lowest validation loss, in a loss
// function; "" for none.
type par struct {
	loss     float64
	function string
}

// reference is the mark of par, as long as the loss is measured as it was.
func (p par) reference(f *live.Frame) (draw.Reference, bool) {
	d, ok := intent.FindKnob(f, "loss.name")
	return draw.Reference{Value: p.loss, Name: "preset's best"}, ok && p.function != "" && d.Value.Word() == p.function
}
