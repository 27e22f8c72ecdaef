package core

import (
	"math"
	"reflect"
	"strconv"

	"descent/core/knob"
	"descent/core/objective"
	"descent/core/optim"
)

// Report is what one step measured.
type Report struct {
	Step int     // from 1
	Loss float64 // of the step's batch, before its update, under the effective weights
	LR   float64 // the rate the update used

	GradientEvaluations int // gradients taken so far: what a step costs, whatever the optimizer

	// Of the step's gradient and of its update Δw, all parameters together: ‖g‖ and
	// ‖Δw‖ / ‖w‖ after it. Measured where an evaluation is due, at most every
	// normsEvery-th step; HasNorms is false elsewhere, and where one is not finite.
	HasNorms                     bool
	GradientNorm, RelativeUpdate float64

	// Measured after the update, on evaluated steps only.
	Evaluated bool
	objective.Measures
}

// Equal tells whether two reports say the same, NaN apart.
func (r Report) Equal(o Report) bool { return reflect.DeepEqual(r, o) }

// AppendJSON appends the report as one JSON object. Numbers read back exactly;
// NaN and infinities are strings.
func (r Report) AppendJSON(b []byte) []byte {
	b = append(b, `{"step":`...)
	b = strconv.AppendInt(b, int64(r.Step), 10)
	r.Each(func(name string, v float64) {
		b = append(b, `,"`...)
		b = append(b, name...)
		b = append(b, `":`...)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			b = strconv.AppendQuote(b, strconv.FormatFloat(v, 'g', -1, 64))
			return
		}
		b = strconv.AppendFloat(b, v, 'g', -1, 64)
	})
	return append(b, '}')
}

// Each calls what is given with each metric of the report and its name, in the order
// of Metrics, without the number of the step.
func (r Report) Each(told func(name string, v float64)) {
	told("loss", r.Loss)
	told("lr", r.LR)
	if !r.Evaluated {
		return
	}
	if r.HasVal {
		told("val_loss", r.ValLoss)
	}
	if r.HasAccuracy {
		told("accuracy", r.Accuracy)
		if r.HasVal {
			told("val_accuracy", r.ValAccuracy)
		}
	}
	if r.HasOld {
		told("old_loss", r.OldLoss)
		if r.HasAccuracy {
			told("old_accuracy", r.OldAccuracy)
		}
	}
	for _, score := range r.Scores {
		told(score.Name, score.Value)
	}
}

// Monitored is the value of a metric that early stopping, the best weights or a schedule
// depend on. Without validation rows those of training take the place of theirs. ok is
// false where it was not measured.
func (r Report) Monitored(name string) (value float64, ok bool) {
	switch {
	case !r.Evaluated:
		return 0, false
	case name == optim.MonitorAccuracy, name == optim.MonitorValAccuracy && !r.HasVal:
		return r.Accuracy, r.HasAccuracy
	case name == optim.MonitorValAccuracy:
		return r.ValAccuracy, r.HasAccuracy
	case name == optim.MonitorValLoss && r.HasVal:
		return r.ValLoss, true
	case name == optim.MonitorValLoss, name == optim.MonitorLoss:
		return r.Loss, true
	}
	for _, score := range r.Scores {
		if score.Name == name || !r.HasVal && "val_"+score.Name == name {
			return score.Value, true
		}
	}
	return 0, false
}

// Metrics are the fields of a Report as metrics files and tables name them, in
// the order in which AppendJSON writes them.
func Metrics() []knob.Option { return metrics }

var metrics = []knob.Option{
	{Name: "step", Help: "number of the update, counted from 1", Doc: knob.Doc{
		Formula: "t = 1, 2, …, train.steps",
		Source:  knob.None,
		PyTorch: knob.None,
		When:    "The horizontal axis of every curve. One step is one update of the parameters: with gradient accumulation it takes several batches, with L-BFGS or SAM several gradient evaluations. An epoch is ⌈rows / batch size⌉ steps.",
		Range:   "1 to train.steps",
	}},
	{Name: "loss", Help: "loss on the batch of the step, before its update", Doc: knob.Doc{
		Formula: "L(θₜ₋₁; Bₜ) = 1/|Bₜ| Σ ℓ(f(xᵢ; θₜ₋₁), yᵢ) over the batch Bₜ",
		Source:  "I. Goodfellow, Y. Bengio, A. Courville, “Deep Learning”, MIT Press, 2016, section 8.1.3",
		PyTorch: "loss.item(), before optimizer.step()",
		When:    "Shows whether training makes progress. It is an estimate on one batch and therefore noisy; judge a model by val_loss. It holds what the optimizer minimizes but for the penalties of weight decay, L2-SP and EWC; with a teacher the distillation loss is part of it, and with pruning or quantization it is that of the effective weights.",
		Range:   "cross-entropy of k classes: ln k for a network that guesses (2.303 for 10), towards 0 when it fits; mean squared error: the variance of the targets for one that predicts their mean",
	}},
	{Name: "lr", Help: "learning rate of the step's update, after schedule and warmup", Doc: knob.Doc{
		Formula: "ηₜ = optimizer.lr · s(t − 1), s the factors of schedule and warm-up (one-cycle sets ηₜ itself)",
		Source:  "I. Goodfellow, Y. Bengio, A. Courville, “Deep Learning”, MIT Press, 2016, section 8.3.1",
		PyTorch: "scheduler.get_last_lr()[0]",
		When:    "Compare it with the loss to see what a schedule does. Layers may be given smaller rates by finetune.rate_decay; this one is that of the last layer.",
		Range:   "from 1e-4 to 1e-2 with Adam, from 1e-3 to 1 with SGD",
	}},
	{Name: "val_loss", Help: "loss on the validation rows, after the update", Doc: knob.Doc{
		Formula: "L(θₜ; V) = 1/|V| Σ ℓ(f(xᵢ; θₜ), yᵢ) over the validation rows V, dropout and augmentation off",
		Source:  "I. Goodfellow, Y. Bengio, A. Courville, “Deep Learning”, MIT Press, 2016, section 5.3",
		PyTorch: "the loss under model.eval() and torch.no_grad()",
		When:    "An estimate of the loss on new data; compare models, knobs and stopping points by it. Where it rises while loss falls, the network overfits. It is measured every train.eval_every steps and at the last one, with averaged weights if train.ema is on.",
		Range:   "near loss for a model that generalizes, above it for one that overfits; chosen by it, the best of many runs is optimistic",
	}},
	{Name: "accuracy", Help: "fraction of all training rows classified correctly", Doc: knob.Doc{
		Formula: "1/n Σ [argmax f(xᵢ; θ) = yᵢ] over the training rows; with bce the fraction of outputs of the right sign",
		Source:  "T. Hastie, R. Tibshirani, J. Friedman, “The Elements of Statistical Learning”, 2nd edition, 2009, section 7.2",
		PyTorch: "(output.argmax(1) == target).float().mean()",
		When:    "For targets that are classes. Against val_accuracy it shows how much the network has memorised: 1 here and less there is overfitting.",
		Range:   "1/k for guessing among k balanced classes, 1 at most",
	}},
	{Name: "val_accuracy", Help: "fraction of the validation rows classified correctly", Doc: knob.Doc{
		Formula: "1/|V| Σ [argmax f(xᵢ; θ) = yᵢ] over the validation rows V; with bce the fraction of outputs of the right sign",
		Source:  "T. Hastie, R. Tibshirani, J. Friedman, “The Elements of Statistical Learning”, 2nd edition, 2009, section 7.2",
		PyTorch: "(output.argmax(1) == target).float().mean(), under model.eval()",
		When:    "To compare classifiers whose losses are not comparable. With n rows its standard error is √(p(1 − p)/n): 1.6 percentage points at 90 % of 360 rows. With classes of unequal size, compare it with the frequency of the largest.",
		Range:   "1/k for guessing among k balanced classes, 1 at most",
	}},
	{Name: "old_loss", Help: "loss on the validation rows of the task learnt before", Doc: knob.Doc{
		Formula: "L(θₜ; V′) over the validation rows V′ of the pretraining task",
		Source:  "J. Kirkpatrick et al., “Overcoming catastrophic forgetting in neural networks”, PNAS 114(13), 2017",
		PyTorch: knob.None,
		When:    "In fine-tuning, for a recipe with [pretrain]. Where it rises while val_loss falls, the network forgets; replay, EWC, L2-SP, a smaller learning rate or adapters (LoRA) limit that.",
		Range:   "that of the pretrained network at first, higher with forgetting",
	}},
	{Name: "old_accuracy", Help: "fraction of the old task's validation rows classified correctly", Doc: knob.Doc{
		Formula: "1/|V′| Σ [argmax f(xᵢ; θ) = yᵢ] over the validation rows V′ of the pretraining task",
		Source:  "D. Lopez-Paz, M. Ranzato, “Gradient Episodic Memory for Continual Learning”, NIPS 2017, section 2",
		PyTorch: knob.None,
		When:    "In fine-tuning, for a recipe with [pretrain] and classes. Its fall since the start of fine-tuning is the forgetting.",
		Range:   "that of the pretrained network at first; 0 if an old class is never predicted any more",
	}},
}
