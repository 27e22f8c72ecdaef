package compress

import "descent/core/knob"

// Prune says how much of the kernels is cut, what goes first, and when.
type Prune struct {
	Sparsity            float64
	Method, Scope       string
	N, M                int // of n:m
	When                string
	Begin, Steps, Every int
	Regrow              float64

	seed uint64 // of the random method
}

func newPrune() Prune {
	return Prune{Method: "magnitude", Scope: "global", N: 2, M: 4, When: "at once", Steps: 1000, Every: 100}
}

var scopes = []knob.Option{
	{Name: "global", Help: "scores are compared across all layers", Doc: knob.Doc{
		Formula: "one threshold τ for all kernels",
		Source:  "D. Blalock, J. J. Gonzalez Ortiz, J. Frankle, J. Guttag, “What is the State of Neural Network Pruning?”, MLSys 2020",
		PyTorch: "torch.nn.utils.prune.global_unstructured",
		When:    "Usually better at the same sparsity, since layers with many superfluous weights lose more. At extreme sparsity it can remove all weights of a layer (layer collapse).",
		Range:   knob.None,
	}},
	{Name: "layer", Help: "the same sparsity in every layer", Doc: knob.Doc{
		Formula: "a threshold τ_l for each kernel, the same sparsity s in all",
		Source:  "D. Blalock, J. J. Gonzalez Ortiz, J. Frankle, J. Guttag, “What is the State of Neural Network Pruning?”, MLSys 2020",
		PyTorch: "torch.nn.utils.prune.l1_unstructured of each module",
		When:    "Where global pruning would remove all weights of a layer, or each layer has the same budget. Small first and last layers suffer most.",
		Range:   knob.None,
	}},
}

var whens = []knob.Option{
	{Name: "at once", Help: "one-shot: as soon as a pruning setting changes", Doc: knob.Doc{
		Formula: "s_t = s",
		Source:  "S. Han, J. Pool, J. Tran, W. J. Dally, “Learning both Weights and Connections for Efficient Neural Networks”, NIPS 2015",
		PyTorch: "torch.nn.utils.prune",
		When:    "For a trained network, and to see what a sparsity costs before fine-tuning.",
		Range:   knob.None,
	}},
	{Name: "gradual", Help: "gradual: sparsity rises to its target along a cubic schedule", Doc: knob.Doc{
		Formula: "s_t = s (1 − (1 − (t − t₀)/n)³) for t from t₀ to t₀ + n",
		Source:  "M. Zhu, S. Gupta, “To prune, or not to prune: exploring the efficacy of pruning for model compression”, arXiv 1710.01878, 2017, equation 1 (there n Δt for n)",
		PyTorch: "torch.ao.pruning.CubicSL",
		When:    "During training, for high sparsity: the network adapts between the updates of the mask, which remove many weights first and few at the end.",
		Range:   knob.None,
	}},
}

// Knobs are the [prune] table, bound to p.
func (p *Prune) Knobs() []knob.Knob {
	methods := make([]knob.Option, len(pruners))
	for i, r := range pruners {
		methods[i] = knob.Option{Name: r.name, Help: r.help, Doc: r.doc}
	}
	return []knob.Knob{
		knob.Float("prune.sparsity", &p.Sparsity, 0, 1, knob.Linear, "sparsity: fraction of weights set to zero").WithZero("off").WithStep(0.05).Explained(knob.Doc{
			Formula: "s = #{w = 0} / n, of the n weights of all kernels; biases and norms are kept",
			Source:  "S. Han, J. Pool, J. Tran, W. J. Dally, “Learning both Weights and Connections for Efficient Neural Networks”, NIPS 2015",
			PyTorch: "torch.nn.utils.prune.l1_unstructured(amount)",
			When:    "To make a network smaller, or to find out how many of its weights it needs. Raise it while training and watch the validation accuracy; back at 0 all weights return as they were.",
			Range:   "0.5 to 0.9",
		}),
		knob.OneOf("prune.method", &p.Method, methods, "pruning method: how the weights to remove are chosen").Explained(knob.Doc{
			Formula: "w ← m ⊙ w, m = 0 for the weights of least score",
			Source:  "D. Blalock, J. J. Gonzalez Ortiz, J. Frankle, J. Guttag, “What is the State of Neural Network Pruning?”, MLSys 2020",
			PyTorch: "torch.nn.utils.prune.BasePruningMethod and its subclasses",
			When:    "Start with magnitude. Choose structured for a network that runs faster on any hardware, n:m for sparse tensor cores, movement when fine-tuning.",
			Range:   "magnitude",
		}),
		knob.OneOf("prune.scope", &p.Scope, scopes, "scope: whether scores are compared globally or within each layer").Explained(knob.Doc{
			Formula: knob.None,
			Source:  "D. Blalock, J. J. Gonzalez Ortiz, J. Frankle, J. Guttag, “What is the State of Neural Network Pruning?”, MLSys 2020",
			PyTorch: "torch.nn.utils.prune.global_unstructured, or torch.nn.utils.prune.l1_unstructured of each module",
			When:    "global, unless it removes all weights of a layer.",
			Range:   "global",
		}),
		knob.Int("prune.n", &p.N, 1, 64, "N of N:M sparsity: weights kept in each group").Explained(knob.Doc{
			Formula: "sparsity = 1 − n/m",
			Source:  "A. Mishra et al., “Accelerating Sparse Deep Neural Networks”, arXiv 2104.08378, 2021",
			PyTorch: "torch.ao.pruning.WeightNormSparsifier(zeros_per_block=m − n)",
			When:    "With prune.method = n:m. Sparse tensor cores take 2 of 4.",
			Range:   "1 to 4",
		}),
		knob.Int("prune.m", &p.M, 2, 64, "M of N:M sparsity: size of a group of consecutive weights").Explained(knob.Doc{
			Formula: "sparsity = 1 − n/m",
			Source:  "A. Mishra et al., “Accelerating Sparse Deep Neural Networks”, arXiv 2104.08378, 2021",
			PyTorch: "torch.ao.pruning.WeightNormSparsifier(sparse_block_shape=(1, m))",
			When:    "With prune.method = n:m. Larger groups leave more freedom at the same sparsity.",
			Range:   "4 to 16",
		}),
		knob.OneOf("prune.when", &p.When, whens, "pruning schedule: one-shot or gradual").Explained(knob.Doc{
			Formula: "s_t = s, or s (1 − (1 − (t − t₀)/n)³)",
			Source:  "M. Zhu, S. Gupta, “To prune, or not to prune: exploring the efficacy of pruning for model compression”, arXiv 1710.01878, 2017, equation 1",
			PyTorch: "torch.ao.pruning.CubicSL",
			When:    "gradual while a network trains, at once for a trained network.",
			Range:   knob.None,
		}),
		knob.Int("prune.begin", &p.Begin, 0, 1<<40, "first step of the gradual schedule and of regrowth").WithScale(knob.Log, 100).Explained(knob.Doc{
			Formula: "t₀ in s_t = s (1 − (1 − (t − t₀)/n)³)",
			Source:  "M. Zhu, S. Gupta, “To prune, or not to prune: exploring the efficacy of pruning for model compression”, arXiv 1710.01878, 2017, equation 1",
			PyTorch: "torch.ao.pruning.CubicSL(init_t)",
			When:    "Late enough that the weights that matter have grown.",
			Range:   "10 % to 30 % of train.steps",
		}),
		knob.Int("prune.steps", &p.Steps, 1, 1<<40, "length in steps of the gradual schedule and of regrowth").WithScale(knob.Log, 100).Explained(knob.Doc{
			Formula: "n in s_t = s (1 − (1 − (t − t₀)/n)³); in regrowth the T_end of the cosine",
			Source:  "M. Zhu, S. Gupta, “To prune, or not to prune: exploring the efficacy of pruning for model compression”, arXiv 1710.01878, 2017, equation 1",
			PyTorch: "torch.ao.pruning.CubicSL(total_t), there counted in updates of the mask",
			When:    "Such that the last quarter of training is left to recover under the final mask.",
			Range:   "half of train.steps",
		}),
		knob.Int("prune.every", &p.Every, 1, 1<<40, "steps between two updates of the mask, in a gradual schedule and in regrowth").WithScale(knob.Log, 10).Explained(knob.Doc{
			Formula: "Δt: the mask changes at t₀, t₀ + Δt, t₀ + 2Δt, ...",
			Source:  "M. Zhu, S. Gupta, “To prune, or not to prune: exploring the efficacy of pruning for model compression”, arXiv 1710.01878, 2017, equation 1; U. Evci et al., “Rigging the Lottery: Making All Tickets Winners”, ICML 2020, algorithm 1 (ΔT)",
			PyTorch: "torch.ao.pruning.CubicSL(delta_t)",
			When:    "Long enough that the loss recovers between two updates.",
			Range:   "100 to 1000",
		}),
		knob.Float("prune.regrow", &p.Regrow, 0, 1, knob.Linear, "RigL: fraction of weights replaced by those of largest gradient, decayed by a cosine").WithZero("off").WithStep(0.05).Explained(knob.Doc{
			Formula: "f_t = α/2 (1 + cos(π (t − t₀)/n)): in each kernel the f_t · kept weights of smallest |w| are dropped, as many of largest |∂L/∂w| grow from 0",
			Source:  "U. Evci, T. Gale, J. Menick, P. S. Castro, E. Elsen, “Rigging the Lottery: Making All Tickets Winners”, ICML 2020, algorithm 1",
			PyTorch: knob.None,
			When:    "For sparse training from the start: the mask changes while the network trains, so that early mistakes are corrected. Not with structured and n:m, whose patterns it would break.",
			Range:   "0.1 to 0.3",
		}),
	}
}

// inert says why turning a knob would do nothing now, "" if it does something.
func (p *Prune) inert(path string) string {
	own := p.Method == "structured" || p.Method == "n:m" // an order of its own
	switch {
	case p.Method == "n:m" && p.N >= p.M && path == "prune.sparsity":
		return "n:m keeps every weight where n is not below m"
	case own && path == "prune.scope":
		return p.Method + " compares within each layer"
	case own && path == "prune.regrow":
		return p.Method + " prunes by a pattern, in which single weights cannot grow"
	case p.When != "gradual" && !(p.Regrow > 0 && !own) && (path == "prune.begin" || path == "prune.steps" || path == "prune.every"):
		return "only gradual pruning and regrowth use it"
	case p.Method != "n:m" && (path == "prune.n" || path == "prune.m"):
		return "only n:m uses it"
	}
	return ""
}

// due tells whether the mask is to be chosen anew after so many steps.
func (p *Prune) due(step int) bool {
	return (p.cuts(step) || p.regrows(step)) && p.Sparsity > 0
}

// cuts tells whether a gradual cut falls after that step.
func (p *Prune) cuts(step int) bool {
	return p.When == "gradual" && step >= p.Begin && step <= p.Begin+p.Steps &&
		((step-p.Begin)%p.Every == 0 || step == p.Begin+p.Steps)
}

// regrows tells whether a regrowth falls after that step: only between cuts of
// the same method, and not for whole neurons or n:m.
func (p *Prune) regrows(step int) bool {
	return p.Regrow > 0 && p.Method != "structured" && p.Method != "n:m" &&
		step > p.Begin && step < p.Begin+p.Steps && (step-p.Begin)%p.Every == 0
}

// at is the sparsity after so many steps: s_t = s (1 − (1 − t/n)³), from the
// beginning on. Zhu, Gupta, "To prune, or not to prune", 2017, eq. 1.
func (p *Prune) at(step int) float64 {
	if p.When != "gradual" {
		return p.Sparsity
	}
	t := min(max(float64(step-p.Begin)/float64(p.Steps), 0), 1)
	left := 1 - t
	return p.Sparsity * (1 - float64(left*float64(left*left)))
}

// mask writes 1 for each weight kept and 0 for each cut. Biases are kept.
func (p *Prune) mask(mask, params []float64, layout knob.Layout, sparsity float64, by ranking) {
	for i := range mask {
		mask[i] = 1
	}
	for _, r := range pruners {
		if r.name == p.Method {
			r.mask(mask, params, layout, selection{by, sparsity, p.Scope, p.N, p.M, p.seed})
		}
	}
}
