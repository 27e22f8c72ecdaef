package probe

import (
	"context"
	"math"
	"slices"

	"descent/core"
	"descent/core/data"
	"descent/core/kernel"
	"descent/core/loss"

	"gonum.org/v1/gonum/blas/blas64"
)

// Examples are the held rows that the network gets most wrong, from First on,
// Count of them: those with the least probability for their class come first.
// It finds []Example.
type Examples struct {
	First, Count int
	TimesInput   bool // saliency is gradient × input, not the gradient alone
}

// Example is one row. Saliency says for each input how much the score of the
// class that it was given to depends on it: |∂ score / ∂ input|.
// Simonyan, Vedaldi, Zisserman 2014; times the input: Shrikumar et al. 2016.
type Example struct {
	Row          int // of the held rows
	Truth, Guess int
	Share        float64 // of the probability, for the guess
	Input        []float64
	Saliency     []float64
	Of           int // how many rows there are
}

// Measure is asked only where each row has a class.
func (m Examples) Measure(ctx context.Context, t *core.Trainer) any {
	p := Held(t)
	type judged struct {
		row, guess   int
		right, share float64
	}
	all := make([]judged, 0, p.Rows())
	eachBlock(ctx, t, p, func(first int, p data.Part, out blas64.General) {
		loss.Softmax(out)
		for r, truth := range p.Classes {
			probabilities := row(out, r)
			guess := kernel.Argmax(probabilities)
			all = append(all, judged{first + r, guess, probabilities[truth], probabilities[guess]})
		}
	})
	slices.SortStableFunc(all, func(a, b judged) int {
		switch {
		case a.right < b.right || math.IsNaN(a.right) && !math.IsNaN(b.right):
			return -1
		case a.right > b.right:
			return 1
		}
		return 0
	})
	from := min(m.First, len(all))
	shown := all[from:min(from+m.Count, len(all))]
	if len(shown) == 0 {
		return []Example(nil)
	}
	x := blas64.General{Rows: len(shown), Cols: p.X.Cols, Stride: p.X.Cols, Data: make([]float64, len(shown)*p.X.Cols)}
	seed := blas64.General{Rows: len(shown), Cols: p.Values.Cols, Stride: p.Values.Cols, Data: make([]float64, len(shown)*p.Values.Cols)}
	for i, j := range shown {
		copy(row(x, i), row(p.X, j.row))
		row(seed, i)[j.guess] = 1
	}
	dx := x
	dx.Data = make([]float64, len(x.Data))
	n, _ := t.Network()
	n.InputGradient(t.Weights(), dx, x, seed)
	out := make([]Example, len(shown))
	for i, j := range shown {
		out[i] = Example{Row: j.row, Truth: p.Classes[j.row], Guess: j.guess, Share: j.share, Input: row(x, i), Saliency: row(dx, i), Of: len(all)}
		for k, d := range out[i].Saliency {
			if m.TimesInput {
				d *= out[i].Input[k]
			}
			out[i].Saliency[k] = math.Abs(d)
		}
	}
	return out
}
