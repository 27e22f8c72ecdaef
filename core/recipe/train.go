package recipe

import "descent/core/knob"

// Train says how batches become steps, and how long a run is.
type Train struct {
	Batch, Steps, EvalEvery int
	Accumulate              int    // batches in a step
	AccumulateBy            string // what their mean is over
	Shuffle                 bool
	Noise, NoiseDecay       float64
	Metrics                 []string // names of those measured at evaluations
	Precision               string   // of passes, weights and moments
}

// The choices of train.precision.
const (
	Float64 = "float64"
	Float32 = "float32"
	Mixed   = "mixed"
)

// Single tells whether passes run in float32.
func (t *Train) Single() bool { return t.Precision == Float32 || t.Precision == Mixed }

// The choices of train.accumulate_by.
const (
	byBatches = "batches"
	ByRows    = "rows"
)

func newTrain() Train {
	return Train{Batch: 32, Steps: 1000, Shuffle: true, Accumulate: 1, AccumulateBy: byBatches, Precision: Float64}
}

// knobs are all of them; those of clipping and of averaged weights stand between.
func (t *Train) knobs(between ...knob.Knob) []knob.Knob {
	return append(append([]knob.Knob{
		knob.Int("train.batch", &t.Batch, 0, 1<<30, "batch size: rows in a batch").WithZero("all rows").WithScale(knob.Log, 1).Explained(knob.Doc{
			Formula: "gₜ = 1/|B| Σ ∇ℓᵢ(θ) over the rows i of the batch B",
			Source:  "I. Goodfellow, Y. Bengio, A. Courville, “Deep Learning”, MIT Press, 2016, section 8.1.3",
			PyTorch: "torch.utils.data.DataLoader(batch_size)",
			When:    "Small batches give noisy gradients that often generalise better and cost less a step; large ones give smooth gradients, allow a larger learning rate and use the processor better.",
			Range:   "16 to 512, usually a power of two",
		}),
		knob.Int("train.accumulate", &t.Accumulate, 1, 1<<20, "gradient accumulation steps: batches whose mean gradient makes one update").WithScale(knob.Log, 1).Explained(knob.Doc{
			Formula: "gₜ = 1/k Σ g(Bⱼ) over k batches",
			Source:  "M. Ott et al., “Scaling Neural Machine Translation”, WMT 2018",
			PyTorch: "(loss / k).backward() k times, then optimizer.step()",
			When:    "For the effect of a batch k times as large without its memory. One step then takes k batches.",
			Range:   "1 to 32",
		}),
		knob.OneOf("train.accumulate_by", &t.AccumulateBy, []knob.Option{
			{Name: byBatches, Help: "mean of the batches' means: a short last batch counts as much as the others", Doc: knob.Doc{
				Formula: "g = 1/k Σⱼ g(Bⱼ)", Source: knob.None, PyTorch: "(loss / k).backward() for each batch",
				When: "What a plain PyTorch loop computes.", Range: knob.None,
			}},
			{Name: ByRows, Help: "mean over all rows, by class weight: the same as one large batch", Doc: knob.Doc{
				Formula: "g = Σⱼ wⱼ g(Bⱼ) / Σⱼ wⱼ, wⱼ the rows (or class weights) of batch j", Source: knob.None,
				PyTorch: "a loss with reduction=\"sum\", divided by the number of rows of the step",
				When:    "Where batches have different sizes, as the last of an epoch, and the result should equal one large batch.", Range: knob.None,
			}},
		}, "what the accumulated gradient is the mean of").Explained(knob.Doc{
			Formula: "batches: 1/k Σⱼ g(Bⱼ); rows: Σⱼ wⱼ g(Bⱼ) / Σⱼ wⱼ",
			Source:  knob.None,
			PyTorch: knob.None,
			When:    "It matters only with train.accumulate above 1 and batches of different size or class weight.",
			Range:   knob.None,
		}),
		knob.OneOf("train.precision", &t.Precision, []knob.Option{
			{Name: Float64, Help: "all numbers in float64, 53 bits: results that tests and papers can be held to", Doc: knob.Doc{
				Formula: knob.None, Source: "IEEE 754-2019, binary64", PyTorch: "torch.set_default_dtype(torch.float64)",
				When: "The default, and right for small networks: it costs little there, and rounding never explains what is seen.", Range: knob.None,
			}},
			{Name: Float32, Help: "passes, weights and the optimizer's state in float32, 24 bits, as PyTorch by default", Doc: knob.Doc{
				Formula: "θ, m, v ← round₃₂(θ, m, v) after each update; passes in float32", Source: "IEEE 754-2019, binary32", PyTorch: "PyTorch's default, torch.set_default_dtype(torch.float32)",
				When: "For wide networks and convolutions, where it is nearly twice as fast and results differ in the seventh digit.", Range: knob.None,
			}},
			{Name: Mixed, Help: "passes in float32 under weights kept in float64", Doc: knob.Doc{
				Formula: "g = ∇L(round₃₂(θ)) in float32; θ and the optimizer's state in float64",
				Source:  "P. Micikevicius et al., “Mixed Precision Training”, ICLR 2018, section 3.1 (there float16 under float32)",
				PyTorch: "torch.float64 parameters, copied to torch.float32 for each pass",
				When:    "For small learning rates: an update below the last bit of a float32 weight is lost in float32 and kept here.", Range: knob.None,
			}},
		}, "floating-point format of passes, and of weights and moments").Explained(knob.Doc{
			Formula: "float64 has 53 bits (1.1e-16), float32 24 (6e-8) and exponents from 1e-38 to 3e38",
			Source:  "IEEE 754-2019; P. Micikevicius et al., “Mixed Precision Training”, ICLR 2018",
			PyTorch: "torch.set_default_dtype(d)",
			When:    "float32 for speed in wide networks, float64 for exactness. Loss scaling is not needed in either: gradients of float16 underflow below 6e-8, those of float32 below 1e-45. Losses, metrics, running statistics of batch norms and measurements of curvature are computed in float64 from what the passes give.",
			Range:   knob.None,
		}),
		knob.Bool("train.shuffle", &t.Shuffle, "shuffle the rows anew each epoch").Explained(knob.Doc{
			Formula: "a random permutation for each epoch, from the seed",
			Source:  "L. Bottou, “Stochastic Gradient Descent Tricks”, Neural Networks: Tricks of the Trade, 2012, section 4",
			PyTorch: "torch.utils.data.DataLoader(shuffle=True)",
			When:    "Nearly always: rows sorted by class would make batches of a single class. Off for data whose order matters.",
			Range:   knob.None,
		}),
		knob.Float("train.noise", &t.Noise, 0, 1e6, knob.Log, "gradient noise: standard deviation of normal noise added before clipping").WithZero("off").WithScale(knob.Log, 1e-4).Explained(knob.Doc{
			Formula: "gₜ ← gₜ + N(0, σₜ²), σₜ² = η/(1 + t)^γ with η = train.noise², t the updates so far",
			Source:  "A. Neelakantan et al., “Adding Gradient Noise Improves Learning for Very Deep Networks”, arXiv 1511.06807, 2015, equation 1",
			PyTorch: knob.None,
			When:    "To help very deep networks out of poor regions early in training, and to see what noise does to an optimizer.",
			Range:   "0.01 to 1",
		}),
		knob.Float("train.noise_decay", &t.NoiseDecay, 0, 10, knob.Linear, "γ: decay exponent of the gradient noise's variance").WithZero("constant").WithStep(0.05).Explained(knob.Doc{
			Formula: "σₜ² = η/(1 + t)^γ",
			Source:  "A. Neelakantan et al., “Adding Gradient Noise Improves Learning for Very Deep Networks”, arXiv 1511.06807, 2015, equation 1",
			PyTorch: knob.None,
			When:    "With train.noise: at 0 the noise is constant, larger values let it decay faster.",
			Range:   "0 or 0.55 (the paper's)",
		}),
	}, between...),
		knob.Int("train.steps", &t.Steps, 1, 1<<40, "length of a run in steps; schedules are sized by it").WithScale(knob.Log, 100).Explained(knob.Doc{
			Formula: "T",
			Source:  knob.None,
			PyTorch: "len(loader) · epochs",
			When:    "`descent run` ends there, and schedules such as cosine reach their end there. In the workbench training can go on past it.",
			Range:   "1,000 to 100,000",
		}),
		knob.Int("train.eval_every", &t.EvalEvery, 0, 1<<40, "steps between evaluations").WithZero("an epoch").WithScale(knob.Log, 1).Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: "how often a training loop runs model.eval() over the validation set",
			When:    "Less often for large validation sets, since an evaluation takes time; the schedule plateau decides at evaluations.",
			Range:   "10 to 1,000, or each epoch",
		}),
		knob.Words(TrainMetrics, &t.Metrics, "metrics to measure at evaluations beside loss and accuracy").Explained(knob.Doc{
			Formula: "[\"f1\", \"auc\"]: val_f1 and val_auc on the validation rows, old_f1 and old_auc on those of a previous task; f1 and auc on the training rows where none are held out",
			Source:  "scikit-learn: sklearn.metrics, whose definitions they follow",
			PyTorch: "torchmetrics.MetricCollection",
			When:    "To judge a model by what matters: f1, auc or balanced_accuracy for classes of unequal size, mae or r2 for numbers, in units of the data; train_loss for a training curve that compares with that of validation. Rows count alike, whatever their weights in the loss. They are drawn, logged, ranked by and searched for; `descent list metrics` names them.",
			Range:   "one to four names",
		}))
}

// TestSurface is what of a test surface can be turned while training.
type TestSurface struct{ Kappa, Noise float64 }

func (s *TestSurface) knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("surface.kappa", &s.Kappa, 1, 1e9, knob.Log, "κ: condition number of the ravine").WithScale(knob.Log, 1).Explained(knob.Doc{
			Formula: "f(x, y) = ½(x² + κ y²); κ = λmax/λmin of its Hessian",
			Source:  "G. Goh, “Why Momentum Really Works”, Distill, 2017",
			PyTorch: knob.None,
			When:    "To see that gradient descent takes a number of steps proportional to κ, with momentum to √κ.",
			Range:   "1 to 1,000",
		}),
		knob.Float("surface.noise", &s.Noise, 0, 1e6, knob.Log, "standard deviation of the noise on each partial derivative").WithZero("off").WithScale(knob.Log, 1e-3).Explained(knob.Doc{
			Formula: "g = ∇f(x, y) + N(0, σ² I)",
			Source:  knob.None,
			PyTorch: knob.None,
			When:    "To see what the noise of batches does to an optimizer, on a surface that can be drawn.",
			Range:   "0.01 to 1",
		}),
	}
}
