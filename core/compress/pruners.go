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
	doc        knob.Doc
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
	{"magnitude", "magnitude pruning: weights of smallest absolute value are set to zero", magnitude, knob.Doc{
		Formula: "m = 1[|w| > τ], τ such that round(s·n) of the n weights in scope are zero",
		Source:  "S. Han, J. Pool, J. Tran, W. J. Dally, “Learning both Weights and Connections for Efficient Neural Networks”, NIPS 2015, section 3",
		PyTorch: "torch.nn.utils.prune.l1_unstructured; with scope global torch.nn.utils.prune.global_unstructured(pruning_method=torch.nn.utils.prune.L1Unstructured)",
		When:    "The method to start with: hard to beat when the network is fine-tuned after pruning. Near the sparsity at which accuracy breaks down, scores that use gradients can do better.",
		Range:   "sparsity 0.5 to 0.9, with fine-tuning",
	}},
	{"random", "random pruning: weights are chosen uniformly at random, as a baseline", random, knob.Doc{
		Formula: "m = 1[u > τ], u ~ U(0, 1) for each weight",
		Source:  "T. Gale, E. Elsen, S. Hooker, “The State of Sparsity in Deep Neural Networks”, arXiv 1902.09574, 2019",
		PyTorch: "torch.nn.utils.prune.random_unstructured",
		When:    "As a baseline only: a method that is no better than this has found nothing about which weights matter.",
		Range:   "sparsity up to about 0.5",
	}},
	{byTaylor, "Taylor pruning: weights of least |w·∂L/∂w| over the next batches", scored, knob.Doc{
		Formula: "score(w) = 1/8 Σ_b |w · ∂L_b/∂w| over the next 8 batches b",
		Source:  "P. Molchanov, A. Mallya, S. Tyree, I. Frosio, J. Kautz, “Importance Estimation for Neural Network Pruning”, CVPR 2019 (there squared, and summed over groups of weights)",
		PyTorch: knob.None,
		When:    "Where the weights of layers differ in size, so that magnitudes do not compare; at high sparsity with little fine-tuning. Near a minimum gradients are small and scores noisy.",
		Range:   "sparsity 0.5 to 0.95",
	}},
	{byMovement, "movement pruning: weights that training moves towards zero", scored, knob.Doc{
		Formula: "score(w) = −Σ_t w_t · ∂L/∂w_t over the steps since the method was chosen",
		Source:  "V. Sanh, T. Wolf, A. M. Rush, “Movement Pruning: Adaptive Sparsity by Fine-Tuning”, NeurIPS 2020, section 4",
		PyTorch: knob.None,
		When:    "When fine-tuning a pretrained network: magnitudes reflect the old task, movements the new one. Scores build up while training; if there are none yet, they are taken from the next 8 batches.",
		Range:   "sparsity 0.8 to 0.97, with prune.when = gradual",
	}},
	{"structured", "structured pruning: output neurons or channels of smallest L2 norm", structured, knob.Doc{
		Formula: "row o of W is zero where ‖W[o]‖₂ is among the round(s·rows) smallest of its layer",
		Source:  "H. Li, A. Kadav, I. Durdanovic, H. Samet, H. P. Graf, “Pruning Filters for Efficient ConvNets”, ICLR 2017, section 3 (there the L1 norm)",
		PyTorch: "torch.nn.utils.prune.ln_structured(n=2, dim=0)",
		When:    "For a network that is smaller and faster on any hardware: rows of zeros can be removed, single zeros cannot. Costs more accuracy than pruning single weights at the same sparsity. The last layer is kept.",
		Range:   "sparsity 0.2 to 0.5",
	}},
	{"n:m", "N:M sparsity: of every M weights along the input the N largest are kept", nm, knob.Doc{
		Formula: "in each group of m consecutive weights of a row, the m − n of smallest |w| are zero",
		Source:  "A. Mishra et al., “Accelerating Sparse Deep Neural Networks”, arXiv 2104.08378, 2021 (2:4); A. Zhou et al., “Learning N:M Fine-grained Structured Sparse Neural Networks From Scratch”, ICLR 2021",
		PyTorch: "torch.sparse.to_sparse_semi_structured, torch.ao.pruning.WeightNormSparsifier(sparse_block_shape=(1, m), zeros_per_block=m − n)",
		When:    "For hardware with sparse tensor cores, which run 2:4 at up to twice the speed. Costs little accuracy after fine-tuning; prune.sparsity only switches it on.",
		Range:   "2:4; 1:4 or 2:8 for higher sparsity",
	}},
}

// magnitude cuts the round(sparsity · n) weights of smallest |w|, n being those
// in scope. Han et al. 2015; as torch's L1Unstructured.
func magnitude(mask, params []float64, layout knob.Layout, s selection) {
	s.cut(mask, layout, func(i int) float64 { return math.Abs(params[i]) })
}

// random prunes as many, by numbers that depend on the seed and the place alone.
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

// CutKernel zeroes the round(sparsity · n) weights of smallest |w| of a single
// kernel, as magnitude pruning does in a layer.
func CutKernel(w []float64, sparsity float64) {
	all := make([]int, len(w))
	for i := range all {
		all[i] = i
	}
	cut(w, all, sparsity, func(i int) float64 { return math.Abs(w[i]) })
}
