package recipe

import (
	"sync"

	"descent/core/knob"
	"descent/core/loss"
	"descent/core/optim"
)

// Optimizer names the optimizer, its rate, and what a swap to another one does.
type Optimizer struct {
	Name              string
	LR                float64 // the base learning rate, before the schedule
	SwapState, SwapLR string
}

func newOptimizer() Optimizer { return Optimizer{Name: "sgd", SwapState: "fresh", SwapLR: "keep"} }

// choice are the knobs that come before those of the optimizer itself.
func (o *Optimizer) choice() []knob.Knob {
	return []knob.Knob{
		knob.OneOf(OptimizerName, &o.Name, optimizers(), "optimizer: the rule that turns gradients into updates").Explained(knob.Doc{
			Formula: "θₜ = θₜ₋₁ − ηₜ · u(g₁, …, gₜ)",
			Source:  "S. Ruder, “An overview of gradient descent optimization algorithms”, arXiv 1609.04747, 2016",
			PyTorch: "torch.optim",
			When: "Adam or AdamW to begin with; SGD with momentum where there is time to tune its rate and schedule; gd and L-BFGS on small data and test surfaces." +
				" It can be changed while training; optimizer.swap_state and optimizer.swap_lr say what is carried over.",
			Range: knob.None,
		}),
		knob.Float(OptimizerLR, &o.LR, 0, 1e6, knob.Log, "η: base learning rate, before the schedule").WithScale(knob.Log, 1e-7).Explained(knob.Doc{
			Formula: "θₜ = θₜ₋₁ − ηₜ uₜ, ηₜ = η times the factors of schedule and warm-up",
			Source:  "I. Goodfellow, Y. Bengio, A. Courville, “Deep Learning”, MIT Press, 2016, sections 8.3.1 and 11.4.1",
			PyTorch: "lr of the torch.optim optimizers",
			When:    "The first thing to tune. Too large, and the loss oscillates or diverges; too small, and it crawls. `descent find-lr` tries a range and suggests a value. Larger batches usually allow a larger rate.",
			Range:   "SGD 1e-3 to 1, Adam 1e-4 to 1e-2, Lion 1e-5 to 1e-3; for fine-tuning a tenth of that",
		}),
	}
}

// swap are the knobs of a change of the optimizer while training.
func (o *Optimizer) swap() []knob.Knob {
	return []knob.Knob{
		knob.OneOf("optimizer.swap_state", &o.SwapState, []knob.Option{
			{Name: "fresh", Help: "the new optimizer starts with empty state", Doc: knob.Doc{
				Formula: "m = v = 0, t = 0",
				Source:  knob.None,
				PyTorch: "a new torch.optim optimizer on the same parameters",
				When:    "For a fair comparison: what the new optimizer does if it starts from these weights.",
				Range:   knob.None,
			}},
			{Name: "carry", Help: "buffers of the same meaning (first moment, second moment) are carried over", Doc: knob.Doc{
				Formula: "m, v and t of the old optimizer, where the new one has them",
				Source:  knob.None,
				PyTorch: "load_state_dict of the buffers that both have",
				When:    "Between related optimizers, such as Adam and AdamW: the moments need not build up again.",
				Range:   knob.None,
			}},
		}, "what happens to the optimizer's state (moments, step count) at a swap").Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: knob.None,
			When:    "fresh compares optimizers fairly; carry avoids the jump in the loss that empty moments can cause.",
			Range:   knob.None,
		}),
		knob.OneOf("optimizer.swap_lr", &o.SwapLR, []knob.Option{
			{Name: "keep", Help: "the learning rate stays as it is", Doc: knob.Doc{
				Formula: "η ← η", Source: knob.None, PyTorch: knob.None,
				When:  "Between optimizers whose updates have the same scale, such as Adam and AdamW. From SGD to Adam the same rate is usually far too large.",
				Range: knob.None,
			}},
			{Name: "default", Help: "the new optimizer's default learning rate", Doc: knob.Doc{
				Formula: "η ← default of the new optimizer", Source: knob.None, PyTorch: "the default lr of the torch.optim class",
				When:  "Between optimizers whose updates differ in scale: a usual value to start from.",
				Range: knob.None,
			}},
			{Name: "match", Help: "the rate at which the first new update has the norm of the last old one", Doc: knob.Doc{
				Formula: "η ← η such that ‖Δθ_new‖ = ‖Δθ_old‖, from one trial step on a copy",
				Source:  knob.None, PyTorch: knob.None,
				When:  "To compare the direction of updates, not their size. It leaves the rate as it is for optimizers whose step is not proportional to it, such as L-BFGS.",
				Range: knob.None,
			}},
		}, "what happens to the learning rate at a swap").Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: knob.None,
			When:    "keep between related optimizers, default or match between others: a rate that is right for SGD is often a hundred times too large for Adam.",
			Range:   knob.None,
		}),
	}
}

// Schedule names the learning-rate schedule, and the warm-up before it.
type Schedule struct {
	Name   string
	Warmup int // steps
}

func (s *Schedule) choice() knob.Knob {
	return knob.OneOf(ScheduleName, &s.Name, schedules(), "learning-rate schedule: how the rate changes over the steps").Explained(knob.Doc{
		Formula: "ηₜ = η · s(t, T), t the updates so far (0 at the first), T = train.steps",
		Source:  "I. Goodfellow, Y. Bengio, A. Courville, “Deep Learning”, MIT Press, 2016, section 8.3.1",
		PyTorch: "torch.optim.lr_scheduler, stepped after every update",
		When:    "constant while exploring; cosine or one-cycle for a run of known length; plateau where the length is not known.",
		Range:   knob.None,
	})
}

func (s *Schedule) warmup() knob.Knob {
	return knob.Int("schedule.warmup", &s.Warmup, 0, 1<<40, "linear warm-up: steps over which the rate rises to that of the schedule").WithZero("off").WithScale(knob.Log, 10).Explained(knob.Doc{
		Formula: "ηₜ ← ηₜ · (t + 1)/W for t < W",
		Source:  "P. Goyal et al., “Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour”, arXiv 1706.02677, 2017, section 2.2",
		PyTorch: "torch.optim.lr_scheduler.LinearLR(start_factor=1/W, total_iters=W−1), chained with the schedule",
		When:    "For large batches, large learning rates and transformers, which otherwise diverge in the first steps, and for Adam, whose second moment is noisy at first.",
		Range:   "1 to 10 % of train.steps",
	})
}

// LossChoice names the loss function.
type LossChoice struct{ Name string }

func (l *LossChoice) choice() knob.Knob {
	return knob.OneOf(LossName, &l.Name, losses(), "loss function").Explained(knob.Doc{
		Formula: "L(θ) = 1/n Σ ℓ(f(xᵢ; θ), yᵢ)",
		Source:  "I. Goodfellow, Y. Bengio, A. Courville, “Deep Learning”, MIT Press, 2016, section 6.2",
		PyTorch: "torch.nn, with reduction=\"mean\"",
		When:    "cross-entropy for classes, bce for binary targets, mse for regression; huber or mae where outliers would dominate.",
		Range:   knob.None,
	})
}

var optimizers = sync.OnceValue(func() (out []knob.Option) {
	for _, r := range optim.Catalogue {
		out = append(out, knob.Option{Name: r.Name, Help: r.Help, Doc: r.Doc})
	}
	return out
})

var schedules = sync.OnceValue(func() (out []knob.Option) {
	for _, r := range optim.Schedules {
		out = append(out, knob.Option{Name: r.Name, Help: r.Help, Doc: r.Doc})
	}
	return out
})

var losses = sync.OnceValue(func() (out []knob.Option) {
	for _, r := range loss.Catalogue {
		out = append(out, knob.Option{Name: r.Name, Help: r.Help, Doc: r.Doc})
	}
	return out
})
