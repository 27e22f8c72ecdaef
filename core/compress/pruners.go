package compress

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"descent/core/knob"
)

// pruner is a catalogue row: what a method makes of the mask.
type pruner struct {
	name, help string
	mask       func(mask, params []float64, layout knob.Layout, s selection)
}

// selection is what a mask is chosen by: the settings, and how sparse it is now.
type selection struct {
	ranking
	sparsity float64
	scope    string
	n, m     int    // of n:m
	seed     uint64 // of the random method
}

// ranking is what is known besides the weights: scores of methods that go by
// gradients, and which weights are cut for good (0), nil for none.
type ranking struct{ scores, kept []float64 }

// The methods that go by gradients.
const (
	byTaylor   = "taylor"
	byMovement = "movement"
)

var pruners = []pruner{
	{"magnitude", "the smallest weights go first", magnitude},
	{"random", "chance decides: what any better method is held against", random},
	{byTaylor, "first the weights that the loss hangs on least, by |w·g| over the next batches", scored},
	{byMovement, "first the weights that training has moved towards 0 since this was chosen", scored},
	{"structured", "whole output neurons or channels, those of the smallest norm first; the last layer is spared", structured},
	{"n:m", "the n largest of every m weights along the input stay, whatever the sparsity", nm},
}

// magnitude cuts the round(sparsity · n) weights of smallest |w|, n being those
// in scope. Han et al. 2015; as torch's L1Unstructured.
func magnitude(mask, params []float64, layout knob.Layout, s selection) {
	s.cut(mask, layout, func(i int) float64 { return math.Abs(params[i]) })
}

// random cuts so many by numbers that hang on the seed and the place alone.
func random(mask, params []float64, layout knob.Layout, s selection) {
	rng := rand.New(rand.NewPCG(s.seed, 0))
	lot := make([]float64, len(params))
	for i := range lot {
		lot[i] = rng.Float64()
	}
	s.cut(mask, layout, func(i int) float64 { return lot[i] })
}

// scored cuts those of the least score.
func scored(mask, _ []float64, layout knob.Layout, s selection) {
	s.cut(mask, layout, func(i int) float64 { return s.scores[i] })
}

// cut cuts those of least score. Of equal scores the lower index goes first.
func (s selection) cut(mask []float64, layout knob.Layout, score func(i int) float64) {
	if s.kept != nil {
		of := score
		score = func(i int) float64 {
			if s.kept[i] == 0 {
				return math.Inf(-1)
			}
			return of(i)
		}
	}
	var scope []int
	for _, seg := range layout {
		if seg.Role != knob.Kernel {
			continue
		}
		if s.scope == "layer" {
			scope = scope[:0]
		}
		for i := range seg.Size() {
			scope = append(scope, seg.Offset+i)
		}
		if s.scope == "layer" {
			cut(mask, scope, s.sparsity, score)
		}
	}
	if s.scope == "global" {
		cut(mask, scope, s.sparsity, score)
	}
}

// cut zeroes the mask at round(sparsity · n) of n places in rising order: those
// of least score, of equal ones the first. NaN counts as −∞.
func cut(mask []float64, scope []int, sparsity float64, score func(i int) float64) {
	n := int(math.RoundToEven(sparsity * float64(len(scope))))
	if n == 0 {
		return
	}
	scores := make([]float64, len(scope))
	for at, i := range scope {
		if scores[at] = score(i); math.IsNaN(scores[at]) {
			scores[at] = math.Inf(-1)
		}
	}
	edge := smallest(slices.Clone(scores), n-1)
	for at, i := range scope {
		if scores[at] < edge {
			mask[i] = 0
			n--
		}
	}
	for at, i := range scope {
		if scores[at] == edge && n > 0 {
			mask[i] = 0
			n--
		}
	}
}

// structured cuts round(sparsity · rows) output rows of every kernel but the
// last, those of the smallest L2 norm. Li et al. 2017; as torch's LnStructured
// with n = 2 and dim = 0.
func structured(mask, params []float64, layout knob.Layout, s selection) {
	last := -1
	for i, seg := range layout {
		if seg.Role == knob.Kernel {
			last = i
		}
	}
	for k, seg := range layout {
		if seg.Role != knob.Kernel || k == last {
			continue
		}
		rows := seg.Shape[0]
		width := seg.Size() / rows
		norms, order := make([]float64, rows), make([]int, rows)
		for r := range rows {
			order[r] = r
			for _, w := range seg.Of(params)[r*width : (r+1)*width] {
				norms[r] += float64(w * w)
			}
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(norms[a], norms[b]) })
		for _, r := range order[:int(math.RoundToEven(s.sparsity*float64(rows)))] {
			clear(seg.Of(mask)[r*width : (r+1)*width])
		}
	}
}

// nm keeps the n largest |w| of every m along the input; of a last, shorter
// group as many. Mishra et al. 2021 (2:4). The sparsity only switches it on.
func nm(mask, params []float64, layout knob.Layout, s selection) {
	for _, seg := range layout {
		if seg.Role != knob.Kernel {
			continue
		}
		width := seg.Size() / seg.Shape[0]
		w, out := seg.Of(params), seg.Of(mask)
		for row := 0; row < len(w); row += width {
			for from := row; from < row+width; from += s.m {
				group := make([]int, 0, s.m)
				for i := from; i < min(from+s.m, row+width); i++ {
					group = append(group, i)
				}
				slices.SortStableFunc(group, func(a, b int) int { return cmp.Compare(math.Abs(w[a]), math.Abs(w[b])) })
				for _, i := range group[:max(len(group)-s.n, 0)] {
					out[i] = 0
				}
			}
		}
	}
}
