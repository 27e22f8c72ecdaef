package loss

import (
	"cmp"
	"slices"

	"descent/core/curvature"
	"descent/core/metric"
	"descent/session"
	"descent/session/history"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/draw/ruler"
)

// measure is what the vertical axis can show: a row each.
type measure struct {
	name, unit, help string
	kind             ruler.Kind // the axis it is drawn on until another is chosen
	// curves returns those of the current branch, the main one last.
	curves func(l *Pane, f *live.Frame, c history.Curves) []line
	// other returns the one of another branch, nil if it has none.
	other func(c history.Curves) []history.Bucket
}

// line is one curve of a measure.
type line struct {
	name    string
	buckets []history.Bucket
	draw.Trace
	smooth bool // and banded: it is noisy
}

var measures = []measure{
	{
		name: "loss", help: "training and validation loss, and that of the previous task",
		curves: func(l *Pane, _ *live.Frame, c history.Curves) []line {
			return []line{{"old", c.Old, l.t.OldLine, false}, {"train_loss", c.Score(metric.TrainLoss), wholeLine(l.t), false}, {"val", c.Val, l.t.ValLine, false}, {"train", c.Train, l.t.TrainLine, true}}
		},
		other: func(c history.Curves) []history.Bucket { return c.Train },
	},
	{
		name: "accuracy", help: "fraction of training and validation rows classified correctly", kind: ruler.Linear,
		curves: func(l *Pane, _ *live.Frame, c history.Curves) []line {
			return []line{{"train", c.Accuracy, l.t.TrainLine, false}, {"val", c.ValAccuracy, l.t.ValLine, false}}
		},
		other: func(c history.Curves) []history.Bucket {
			if len(c.ValAccuracy) > 0 {
				return c.ValAccuracy
			}
			return c.Accuracy
		},
	},
	{
		name: "learning rate", help: "the rate of each update, after schedule and warmup",
		curves: func(l *Pane, _ *live.Frame, c history.Curves) []line {
			return []line{{"rate", rates(c), l.t.TrainLine, false}}
		},
		other: rates,
	},
	{
		name: "‖g‖", help: "norm of the gradient of all parameters, where the loss is evaluated",
		curves: func(l *Pane, _ *live.Frame, c history.Curves) []line {
			return []line{{"‖g‖", c.Gradient, l.t.TrainLine, true}}
		},
		other: func(c history.Curves) []history.Bucket { return c.Gradient },
	},
	{
		name: "‖Δw‖/‖w‖", help: "size of an update relative to the weights, where the loss is evaluated; about 1e-3 is usual",
		curves: func(l *Pane, _ *live.Frame, c history.Curves) []line {
			return []line{{"‖Δw‖/‖w‖", c.Update, l.t.TrainLine, true}}
		},
		other: func(c history.Curves) []history.Bucket { return c.Update },
	},
	{
		name: "λmax", help: "sharpness, the largest eigenvalue of the Hessian, where view 5 has measured it",
		curves: func(l *Pane, f *live.Frame, _ history.Curves) []line {
			return []line{{"λmax", sharpness(f), l.t.TrainLine, false}}
		},
	},
	{
		name: "bytes", unit: "bytes", help: "size of the compressed network, where it was evaluated",
		curves: func(l *Pane, f *live.Frame, _ history.Curves) []line {
			return []line{{"bytes", sizes(f), l.t.TrainLine, false}}
		},
	},
}

// rates are the learning rates of the buckets of the training loss.
func rates(c history.Curves) []history.Bucket {
	return converted(c.Train, func(b history.Bucket) (float64, bool) { return b.Rate, b.Rate > 0 })
}

func converted(of []history.Bucket, value func(history.Bucket) (float64, bool)) (out []history.Bucket) {
	for _, b := range of {
		if v, ok := value(b); ok {
			out = append(out, one(b.First, b.Last, v))
		}
	}
	return out
}

// one is a bucket of one value.
func one(first, last int, v float64) history.Bucket {
	return history.Bucket{First: first, Last: last, Count: 1, Min: v, Max: v, Sum: v}
}

// sharpness is what was measured of the curvature on the way to this step.
func sharpness(f *live.Frame) (out []history.Bucket) {
	for _, found := range f.Past(curvature.Sharpness{}) {
		if v, ok := found.Value.(curvature.Sharp); ok && found.Step > 0 && v.Hessian.Value > 0 {
			out = append(out, one(found.Step, found.Step, v.Hessian.Value))
		}
	}
	return out
}

// sizes are those of the network at the evaluations of the branch.
func sizes(f *live.Frame) (out []history.Bucket) {
	own := slices.DeleteFunc(slices.Clone(f.Visits), func(v session.Visit) bool { return v.Branch != f.Branch || v.Step > f.Step || v.Step < 1 })
	slices.SortFunc(own, func(a, b session.Visit) int { return cmp.Compare(a.Step, b.Step) })
	from := 0
	for _, v := range own {
		if v.Step > from {
			out = append(out, one(from+1, v.Step, float64(v.Bytes)))
			from = v.Step
		}
	}
	if f.Size.Bytes > 0 && f.Step > from {
		out = append(out, one(from+1, f.Step, float64(f.Size.Bytes)))
	}
	return out
}

// wholeLine is the trace of the loss over all training rows.
func wholeLine(t *draw.Theme) draw.Trace {
	line := t.Trace(1)
	line.Sign = '△' // not that of validation
	return line
}
