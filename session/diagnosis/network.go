package diagnosis

import (
	"fmt"
	"math"

	"descent/core/knob"
)

var batchNormOption = knob.Option{Name: "batch-norm-batch", Help: "batch normalization over a batch of one to four rows", Doc: knob.Doc{
	Formula: "a batch-norm layer and train.batch ≤ 4",
	Source:  "Y. Wu, K. He, “Group Normalization”, ECCV 2018, figure 1; S. Ioffe, C. Szegedy, “Batch Normalization”, ICML 2015",
	PyTorch: "torch.nn.BatchNorm1d, which refuses a batch of one row while training",
	When:    "The mean and variance of so few rows are mostly noise, and validation uses other ones: the running averages. Remedy: 32 rows in a batch; where memory forbids them, layer normalization.",
	Range:   "16 rows and more",
}}

func batchNorm(f *Facts) *Finding {
	batch, ok := f.num("train.batch")
	if !ok || batch < 1 || batch > 4 || f.FullBatch && f.Data != nil && f.Data.Train.Rows() <= 4 {
		return nil
	}
	for _, l := range f.Layers {
		if l.Kind == "batch-norm" {
			rows := "1 row"
			if batch > 1 {
				rows = fmt.Sprintf("%d rows", int(batch))
			}
			return &Finding{
				Cause:  fmt.Sprintf("the batch norm of layer %s takes mean and variance from %s: that is mostly noise", l.Name, rows),
				Brief:  "batch norm over " + rows,
				Remedy: Remedy{Set: f.to("train.batch", 32)}, lasts: true,
			}
		}
	}
	return nil
}

var decayOption = knob.Option{Name: "decay-high", Help: "weight decay shrinks the weights faster than the loss can build them", Doc: knob.Doc{
	Formula: "λ > 0, ‖w‖ below 0.3 of the first, not growing again, and a loss no lower than 0.7 of the first",
	Source:  "I. Loshchilov, F. Hutter, “Decoupled Weight Decay Regularization”, ICLR 2019; A. Krogh, J. Hertz, “A Simple Weight Decay Can Improve Generalization”, NIPS 1991",
	PyTorch: "the argument weight_decay of torch.optim.AdamW",
	When:    "Weights go to 0 and the network answers the same to every row. Remedy: return to before they shrank, with a hundredth of the weight decay.",
	Range:   "0 to 0.1; grokking on small tables takes more",
}}

func decay(f *Facts) *Finding {
	lambda, ok := f.num("optimizer.weight_decay")
	if !ok || lambda == 0 || len(f.Before) == 0 || len(f.Samples) == 0 || len(f.Losses) < 16 {
		return nil
	}
	first, now := f.Before[0].Weight, f.Samples[len(f.Samples)-1].Weight
	if !(now < 0.3*first && now <= 1.01*f.Samples[0].Weight && median(last(f.Losses, 16)) > 0.7*f.Initial) {
		return nil
	}
	at := 0 // the last look at which they were there
	for _, b := range f.Before {
		if b.Weight > 0.7*first {
			at = b.Step
		}
	}
	if at == f.Before[0].Step { // most went before the second look
		at = 0
	}
	return &Finding{
		Cause:  fmt.Sprintf("weight decay %s is too strong: the norm of the weights has shrunk from %s to %s, and the loss with it does not fall", figure(lambda), figure(first), figure(now)),
		Brief:  fmt.Sprintf("weight decay %s shrinks the weights to 0", figure(lambda)),
		Since:  at,
		Remedy: Remedy{Back: true, Step: at, Set: f.times("optimizer.weight_decay", 0.01)},
	}
}

var deadOption = knob.Option{Name: "dead-units", Help: "many units of a layer are 0 for every row and get no gradient", Doc: knob.Doc{
	Formula: "over 50 % of the units of a relu layer are 0 for each of 256 rows, and the loss is above a tenth of the first",
	Source:  "X. Glorot, A. Bordes, Y. Bengio, “Deep Sparse Rectifier Neural Networks”, AISTATS 2011; L. Lu et al., “Dying ReLU and Initialization”, 2019",
	PyTorch: knob.None,
	When:    "No gradient flows through a unit that is 0 everywhere, so it does not come back. Remedy: return to before they died, at a tenth of the rate. Where they are dead from the start: another run with model.init = he, leaky_relu, or standardized inputs.",
	Range:   "up to a quarter is usual",
}}

func dead(f *Facts) *Finding {
	layer, kind, n, of, part := f.worst(func(i int) int { return f.Units[i].Dead })
	if part <= 0.5 || !f.stuck(0.1) {
		return nil
	}
	r, since := f.before(func(s Sample) float64 { return s.Dead }, 0.25)
	if !r.Back {
		r.Advice = "start another run with model.init = he or model.activation = leaky_relu"
	}
	return &Finding{
		Cause: fmt.Sprintf("%d of the %d %s units of layer %s have been dead %s: they are 0 for every row and get no gradient", n, of, kind, layer, from(since)),
		Brief: fmt.Sprintf("%d of %d units of layer %s are dead", n, of, layer), Since: since,
		Remedy: r,
	}
}

var saturatedOption = knob.Option{Name: "saturated-units", Help: "many tanh or sigmoid units are at an end of their range: slope 0", Doc: knob.Doc{
	Formula: "over 50 % of the units of a layer lie within 1 % of an end for 95 of 100 rows, and the loss is above a third of the first",
	Source:  "X. Glorot, Y. Bengio, “Understanding the difficulty of training deep feedforward neural networks”, AISTATS 2010, section 3",
	PyTorch: knob.None,
	When:    "The gradient is multiplied by a slope that is almost 0. Remedy: return to before they saturated, at a tenth of the rate; where they are so from the start, standardized inputs or smaller initial weights in another run.",
	Range:   "a few are usual late in training",
}}

func saturated(f *Facts) *Finding {
	layer, kind, n, of, part := f.worst(func(i int) int { return f.Units[i].Saturated })
	if part <= 0.5 || !f.stuck(0.33) {
		return nil
	}
	r, since := f.before(func(s Sample) float64 { return s.Saturated }, 0.25)
	if !r.Back {
		r.Advice = "start another run with data.standardize = true or smaller initial weights"
	}
	return &Finding{
		Cause: fmt.Sprintf("%d of the %d %s units of layer %s have been saturated %s: their slope is 0 and stops the gradient", n, of, kind, layer, from(since)),
		Brief: fmt.Sprintf("%d of %d units of layer %s are saturated", n, of, layer), Since: since,
		Remedy: r,
	}
}

// worst returns the layer with the largest share of units of some kind.
func (f *Facts) worst(count func(i int) int) (layer, kind string, n, of int, part float64) {
	for i, u := range f.Units {
		if p := float64(count(i)) / float64(max(u.Units, 1)); p > part && u.Units > 1 {
			layer, n, of, part = u.Layer, count(i), u.Units, p
		}
	}
	for _, l := range f.Layers {
		if l.Name == layer {
			kind = l.Kind
		}
	}
	return layer, kind, n, of, part
}

// stuck reports whether the loss is still above a share of the first.
func (f *Facts) stuck(part float64) bool {
	return len(f.Losses) >= 8 && median(last(f.Losses, 32)) > part*math.Abs(f.Initial)
}

// before returns the remedy of what has grown beyond a share since some step: to
// return to before it, at a tenth of the rate. If it was so from the start there is
// nothing to return to.
func (f *Facts) before(field func(Sample) float64, fine float64) (r Remedy, since int) {
	for i := len(f.Before) - 1; i >= 0; i-- {
		if field(f.Before[i]) < fine {
			since = f.Before[i].Step
			return Remedy{Back: true, Step: since, Set: f.rate(0.1)}, since
		}
	}
	if len(f.Before) > 0 && f.Before[0].Step > 1 { // they died before the first look
		return Remedy{Back: true, Set: f.rate(0.1)}, 0
	}
	return r, 0
}

var vanishingOption = knob.Option{Name: "vanishing-gradient", Help: "the gradient vanishes on its way down: the first layers hardly learn", Doc: knob.Doc{
	Formula: "at least 4 kernels, gradient per weight of the first below 1e-3 of the last, and a loss above two thirds of the first",
	Source:  "Y. Bengio, P. Simard, P. Frasconi, “Learning long-term dependencies with gradient descent is difficult”, IEEE Transactions on Neural Networks 5(2), 1994; Glorot, Bengio, AISTATS 2010",
	PyTorch: knob.None,
	When:    "Each layer multiplies the gradient by its slopes, and sigmoid's are at most ¼. Remedy: an optimizer that scales each parameter by its own gradients (adam); in another run relu, residual blocks, normalization, or model.init = xavier.",
	Range:   "within a factor of 10 from layer to layer",
}}

func vanishing(f *Facts) *Finding {
	if len(f.Samples) < confirms || f.Samples[0].Kernels < 4 || len(f.Losses) < 100 || !f.stuck(0.66) {
		return nil
	}
	part := median(f.own(func(s Sample) float64 { return s.First / s.Deep }))
	if !(part < 1e-3) {
		return nil
	}
	r := Remedy{Advice: "start another run with relu, normalization layers or model.init = xavier"}
	if !f.adaptive() {
		r.Set = f.optimizer("adam", 1e-3)
	}
	return &Finding{
		Cause:  fmt.Sprintf("the gradient vanishes: in the first of %d kernels it is %s of that in the last", f.Samples[0].Kernels, figure(part)),
		Brief:  fmt.Sprintf("the gradient vanishes: %s of it reaches layer 0", figure(part)),
		Remedy: r,
	}
}

var clippingOption = knob.Option{Name: "always-clipped", Help: "gradient clipping is active at every step and sets its length", Doc: knob.Doc{
	Formula: "‖g‖ > 3 · train.clip_norm at each of the last 16 looks",
	Source:  "R. Pascanu, T. Mikolov, Y. Bengio, “On the difficulty of training Recurrent Neural Networks”, ICML 2013, section 3.2 (the threshold is taken from the usual norm)",
	PyTorch: "torch.nn.utils.clip_grad_norm_",
	When:    "Clipping is for outliers. Where it always acts, every update has the same length, and the gradient's size no longer slows training near a minimum. Remedy: clip at twice the usual norm.",
	Range:   "a few percent of the steps are clipped",
}}

func clipping(f *Facts) *Finding {
	limit, ok := f.num("train.clip_norm")
	if !ok || limit == 0 || len(f.Samples) < 16 {
		return nil
	}
	norms := last(f.own(func(s Sample) float64 { return s.Grad }), 16)
	if !(quantile(norms, 0) > 3*limit) || !f.stuck(0.05) {
		return nil
	}
	usual := median(norms)
	return &Finding{
		Cause: fmt.Sprintf("every step is clipped: ‖g‖ is %s, train.clip_norm %s, so the steps are %s times shorter than the rate says", figure(usual), figure(limit), figure(usual/limit)),
		Brief: fmt.Sprintf("every step is clipped: ‖g‖ is %s", figure(usual)), Since: f.Samples[max(0, len(f.Samples)-16)].Step,
		Remedy: Remedy{Set: f.to("train.clip_norm", 2*usual)},
	}
}

var clippedOption = knob.Option{Name: "quant-range", Help: "the range of the quantization grid cuts off many weights", Doc: knob.Doc{
	Formula: "quant.observer = percentile and over 2 % of a kernel's weights outside the range",
	Source:  "H. Wu, P. Judd, X. Zhang, M. Isaev, P. Micikevicius, “Integer Quantization for Deep Learning Inference: Principles and Empirical Evaluation”, 2020, section 5.2",
	PyTorch: "torch.ao.quantization.observer.HistogramObserver",
	When:    "A few outliers may be cut off for a finer grid; large weights matter most, and many of them gone costs more than the grid gains. Remedy: the range of least squared error (quant.observer = mse).",
	Range:   "quant.percentile from 0.99 to 0.9999",
}}

func rangeClipped(f *Facts) *Finding {
	if f.word("quant.observer") != "percentile" || f.Clipped < 0.02 {
		return nil
	}
	p, _ := f.num("quant.percentile")
	return &Finding{
		Cause:  fmt.Sprintf("quant.percentile %s cuts off %s of the weights of layer %s, and large weights count most", figure(p), percent(f.Clipped), f.ClippedIn),
		Brief:  percent(f.Clipped) + " of the weights are out of the grid's range",
		Remedy: Remedy{Set: f.words("quant.observer", "mse")}, lasts: true,
	}
}

var teacherOption = knob.Option{Name: "weak-teacher", Help: "the student is more accurate than its teacher", Doc: knob.Doc{
	Formula: "accuracy of the student > that of the teacher + 1 %, on the same rows, with distill.alpha > 0",
	Source:  "J. H. Cho, B. Hariharan, “On the Efficacy of Knowledge Distillation”, ICCV 2019; G. Hinton, O. Vinyals, J. Dean, “Distilling the Knowledge in a Neural Network”, 2015",
	PyTorch: knob.None,
	When:    "Its mistakes are then distilled as well. Remedy: distill.alpha = 0, so that the labels alone count; or a better teacher (A, teach).",
	Range:   knob.None,
}}

func teacherWorse(f *Facts) *Finding {
	alpha, ok := f.num("distill.alpha")
	if !ok || alpha == 0 || f.Teacher == nil || !f.Last.Evaluated || !f.Last.HasAccuracy {
		return nil
	}
	now := f.heldAccuracy()
	if !(now > f.Teacher.Accuracy+0.01) {
		return nil
	}
	return &Finding{
		Cause:  fmt.Sprintf("the teacher is worse than the student: %s right, the student %s", percent(f.Teacher.Accuracy), percent(now)),
		Brief:  fmt.Sprintf("the teacher (%s) is worse than the student", percent(f.Teacher.Accuracy)),
		Remedy: Remedy{Set: f.to("distill.alpha", 0)},
	}
}
