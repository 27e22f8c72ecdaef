package loss

import (
	"math"
	"sort"

	"descent/core"
	"descent/session/history"
	"descent/tui/draw"
)

// acrosses are the units of the horizontal axis: steps, gradient evaluations (an
// optimizer with two per step counts two), or milliseconds of training.
var acrosses = []string{"steps", "gradient evaluations", "ms"}

// over converts a step to the unit of the axis, by interpolation in the curve.
func over(across int, train []history.Bucket) func(step int) int {
	if across == 0 {
		return func(step int) int { return step }
	}
	value := func(b history.Bucket) int {
		if across == 1 {
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
	var train, val, old history.Series
	for _, r := range reports {
		train.Add(r.Step, r.Loss)
		if r.Evaluated && r.HasVal {
			val.Add(r.Step, r.ValLoss)
		}
		if r.Evaluated && r.HasOld {
			old.Add(r.Step, r.OldLoss)
		}
	}
	return history.Curves{Train: train.Buckets(), Val: val.Buckets(), Old: old.Buckets()}
}

// smoothed returns the exponential moving average of a curve, with bias correction.
// On a logarithmic axis the logarithms are averaged, so that the curve does not lag
// where the loss falls by orders of magnitude.
func smoothed(buckets []history.Bucket, keep float64, log bool) []history.Bucket {
	if keep == 0 {
		return buckets
	}
	out := make([]history.Bucket, len(buckets))
	mean, weight := 0.0, 0.0
	for i, b := range buckets {
		if v, ok := draw.Scaled(b.Mean(), log); ok {
			mean = keep*mean + (1-keep)*v
			weight = keep*weight + (1 - keep)
			v = mean / weight
			if log {
				v = math.Pow(10, v)
			}
			b.Sum = v * float64(b.Count)
		}
		out[i] = b
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

// columns returns a value for each column: the maximum of what falls into it, or
// the mean. Columns between two buckets are interpolated linearly.
func (v window) columns(buckets []history.Bucket, largest bool) []float64 {
	out := make([]float64, v.cols)
	weight := make([]float64, v.cols)
	for i := range out {
		out[i] = math.NaN()
	}
	last := -1 // column of the last value
	for _, b := range buckets {
		if b.Count == 0 || b.Last <= v.from || b.First > v.to {
			continue
		}
		first := min(max(v.column(max(b.First, v.from+1)), 0), v.cols-1)
		end := min(max(v.column(b.Last), first), v.cols-1)
		for c := first; c <= end; c++ {
			n := float64(b.Count)
			switch {
			case weight[c] == 0 && largest:
				out[c] = b.Max
			case weight[c] == 0:
				out[c] = b.Mean()
			case largest:
				out[c] = max(out[c], b.Max)
			default:
				out[c] = (out[c]*weight[c] + b.Mean()*n) / (weight[c] + n)
			}
			weight[c] += n
		}
		for c := last + 1; last >= 0 && c < first; c++ {
			out[c] = out[last] + (out[first]-out[last])*float64(c-last)/float64(first-last)
		}
		last = end
	}
	return out
}
