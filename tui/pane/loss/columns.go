package loss

import (
	"math"
	"sort"

	"descent/core"
	"descent/session/history"
	"descent/tui/draw"
	"descent/tui/draw/ruler"
)

// acrosses are the units of the horizontal axis: steps, epochs (which are labels on
// the axis of steps), gradient evaluations (an optimizer with two per step counts two),
// or milliseconds of training.
var acrosses = []string{"steps", "epochs", "gradient evaluations", "ms"}

const (
	inSteps = iota
	inEpochs
	inGradients
)

// at returns the bucket of a step, or the last one before it; ok is false before the
// first.
func at(b []history.Bucket, step int) (history.Bucket, bool) {
	i := sort.Search(len(b), func(i int) bool { return b[i].First > step })
	if i == 0 {
		return history.Bucket{}, false
	}
	return b[i-1], true
}

// over converts a step to the unit of the axis, by interpolation in the curve.
func over(across int, train []history.Bucket) func(step int) int {
	if across <= inEpochs {
		return func(step int) int { return step }
	}
	value := func(b history.Bucket) int {
		if across == inGradients {
			return b.GradientEvaluations
		}
		return b.Millis
	}
	return func(step int) int {
		i := sort.Search(len(train), func(i int) bool { return train[i].Last >= step })
		if i == len(train) {
			if i == 0 {
				return 0
			}
			return value(train[i-1])
		}
		from, at := 0, 0
		if i > 0 {
			from, at = train[i-1].Last, value(train[i-1])
		}
		to := value(train[i])
		return at + draw.Floor(float64(to-at)*float64(step-from)/float64(max(train[i].Last-from, 1)))
	}
}

// moved converts buckets to the unit of the axis.
func moved(b []history.Bucket, over func(int) int) []history.Bucket {
	out := make([]history.Bucket, len(b))
	for i, k := range b {
		k.First, k.Last = over(k.First-1)+1, over(k.Last)
		k.First = min(k.First, k.Last)
		out[i] = k
	}
	return out
}

var smoothings = []float64{0.9, 0.97, 0, 0.6}

// windows are the visible fractions of the run, counted from its end; 0 shows the
// last steps one by one.
var windows = []float64{1, 0.5, 0.1, 0}

// capped clips a curve that diverges, so that the others remain readable.
func capped(values []float64, most float64) {
	for i, v := range values {
		if most > 0 && v > most {
			values[i] = most
		}
	}
}

// single makes curves of reports, one bucket each.
func single(reports []core.Report) history.Curves {
	var train, val, old, accuracy, valAccuracy, gradient, update history.Series
	scores, order := map[string]*history.Series{}, []string(nil)
	for _, r := range reports {
		train.Add(r.Step, r.Loss)
		if r.HasNorms {
			gradient.Add(r.Step, r.GradientNorm)
			update.Add(r.Step, r.RelativeUpdate)
		}
		if !r.Evaluated {
			continue
		}
		if r.HasVal {
			val.Add(r.Step, r.ValLoss)
		}
		if r.HasOld {
			old.Add(r.Step, r.OldLoss)
		}
		if r.HasAccuracy {
			accuracy.Add(r.Step, r.Accuracy)
			if r.HasVal {
				valAccuracy.Add(r.Step, r.ValAccuracy)
			}
		}
		for _, s := range r.Scores {
			if scores[s.Name] == nil {
				scores[s.Name] = &history.Series{}
				order = append(order, s.Name)
			}
			scores[s.Name].Add(r.Step, s.Value)
		}
	}
	out := history.Curves{
		Train: train.Buckets(), Val: val.Buckets(), Old: old.Buckets(), Accuracy: accuracy.Buckets(), ValAccuracy: valAccuracy.Buckets(),
		Gradient: gradient.Buckets(), Update: update.Buckets(),
	}
	for _, name := range order {
		out.Scores = append(out.Scores, history.Scored{Name: name, Buckets: scores[name].Buckets()})
	}
	for i := range out.Train {
		if out.Train[i].Last == reports[min(i, len(reports)-1)].Step {
			out.Train[i].Rate = reports[i].LR
		}
	}
	return out
}

// smoothed returns the exponential moving average of a curve, with bias correction.
// On a logarithmic axis the logarithms are averaged, so that the curve does not lag
// where the loss falls by orders of magnitude.
func smoothed(buckets []history.Bucket, keep float64, scale ruler.Scale) []history.Bucket {
	if keep == 0 {
		return buckets
	}
	out := make([]history.Bucket, len(buckets))
	mean, weight, log := 0.0, 0.0, scale.Kind == ruler.Log
	for i, b := range buckets {
		v, ok := b.Mean(), true
		if log {
			if ok = v > 0 && v <= math.MaxFloat64; ok {
				v = math.Log(v)
			}
		} else if v, ok = scale.To(v); !ok {
			v = 0
		}
		if ok {
			mean = keep*mean + (1-keep)*v
			weight = keep*weight + (1 - keep)
			if v = mean / weight; log {
				v = math.Exp(v)
			}
			b.Sum = v * float64(b.Count)
		}
		out[i] = b
	}
	return out
}

// memo holds smoothed curves: those of other branches stay as they are from frame to
// frame.
type memo map[curve][]history.Bucket

// curve tells one from another: the steps and values at its ends, and how it is
// smoothed.
type curve struct {
	n           int
	first, last history.Bucket
	keep        float64
	scale       ruler.Scale
}

// memorized is the number of curves that a memo holds.
const memorized = 128

// smoothed is smoothed, from the memo if it holds the curve.
func (m memo) smoothed(buckets []history.Bucket, keep float64, scale ruler.Scale) []history.Bucket {
	n := len(buckets)
	if n == 0 || keep == 0 {
		return buckets
	}
	key := curve{n, buckets[0], buckets[n-1], keep, scale}
	out, ok := m[key]
	if !ok {
		if len(m) >= memorized {
			clear(m)
		}
		out = smoothed(buckets, keep, scale)
		m[key] = out
	}
	return out
}

// window is the visible part of the run: the steps after from up to to, over cols
// columns.
type window struct{ from, to, cols int }

// column returns the column of a step, from 0; out of range outside the window.
func (v window) column(step int) int {
	return draw.Floor(float64(step-v.from-1) * float64(v.cols) / float64(max(v.to-v.from, 1)))
}

// column is what falls into a column of the chart.
type column struct{ low, mean, high []float64 }

// columns returns for each column the mean of what falls into it, its minimum and its
// maximum. Columns between two buckets are interpolated linearly.
func (v window) columns(buckets []history.Bucket) column {
	out := column{make([]float64, v.cols), make([]float64, v.cols), make([]float64, v.cols)}
	weight := make([]float64, v.cols)
	for i := range weight {
		out.low[i], out.mean[i], out.high[i] = math.NaN(), math.NaN(), math.NaN()
	}
	last := -1 // column of the last value
	begin := sort.Search(len(buckets), func(i int) bool { return buckets[i].Last > v.from })
	for _, b := range buckets[begin:] {
		if b.First > v.to {
			break
		}
		if b.Count == 0 {
			continue
		}
		first := min(max(v.column(max(b.First, v.from+1)), 0), v.cols-1)
		end := min(max(v.column(b.Last), first), v.cols-1)
		n := float64(b.Count)
		for c := first; c <= end; c++ {
			if weight[c] == 0 {
				out.low[c], out.mean[c], out.high[c] = b.Min, b.Mean(), b.Max
			} else {
				out.mean[c] = (out.mean[c]*weight[c] + b.Mean()*n) / (weight[c] + n)
				out.low[c], out.high[c] = min(out.low[c], b.Min), max(out.high[c], b.Max)
			}
			weight[c] += n
		}
		for c := last + 1; last >= 0 && c < first; c++ {
			at := float64(c-last) / float64(first-last)
			for _, values := range [][]float64{out.low, out.mean, out.high} {
				values[c] = values[last] + (values[first]-values[last])*at
			}
		}
		last = end
	}
	return out
}
