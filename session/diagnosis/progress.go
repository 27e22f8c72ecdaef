package diagnosis

import (
	"fmt"
	"math"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/session/history"
)

var overfittingOption = knob.Option{Name: "overfitting", Help: "validation loss rises while training loss still falls", Doc: knob.Doc{
	Formula: "median of the last evaluations > 1.1 · the least median of 5, by over 1 % of the first loss, at least 8 evaluations after it, training loss lower than there",
	Source:  "L. Prechelt, “Early Stopping – But When?”, in: Neural Networks: Tricks of the Trade, Springer, 1998; Goodfellow, Bengio, Courville, “Deep Learning”, section 7.8",
	PyTorch: knob.None,
	When:    "From the step with the least validation loss on, the network only gets better on rows it has seen. Remedy: return to that step (early stopping), and go on from there, if at all, at a tenth of the rate. In another run more rows, augmentation, dropout, weight decay or a smaller network.",
	Range:   knob.None,
}}

const (
	overfits    = 1.1
	evaluations = 8 // after the best one
	span        = 5 // evaluations whose median counts, since each is noisy
)

func overfitting(f *Facts) *Finding {
	val := f.Curves.Val
	for len(val) > 0 && val[0].Last <= f.Since { // judged anew after a decision
		val = val[1:]
	}
	if len(val) < evaluations+2 {
		return nil
	}
	best := 0
	for i, b := range val {
		if b.Count > 0 && !(b.Min >= val[best].Min) {
			best = i
		}
	}
	after := len(val) - 1 - best
	if after < evaluations {
		return nil
	}
	tail, means := max(span, after/4), make([]float64, len(val))
	for i, b := range val {
		means[i] = b.Mean()
	}
	now, least := median(means[len(means)-tail:]), math.Inf(1)
	for i := 0; i+span <= len(means); i++ {
		least = min(least, median(means[i:i+span]))
	}
	then, train := around(f.Curves.Train, val[best].Last), lately(f.Curves.Train)
	if !(now > overfits*least && now-least > 0.01*f.level() && train < then) {
		return nil
	}
	since := val[best].Last
	r := Remedy{Back: true, Step: since, Set: f.rate(0.1)}
	return &Finding{
		Cause: fmt.Sprintf("overfitting since step %s: validation loss has risen from %s to %s, training loss fallen from %s to %s", thousands(since), figure(val[best].Min), figure(now), figure(then), figure(train)),
		Brief: fmt.Sprintf("overfitting since step %s", thousands(since)), Since: since, Remedy: r,
	}
}

// around is the mean loss near a step.
func around(c []history.Bucket, step int) float64 {
	var v []float64
	for i, b := range c {
		if b.First <= step && step <= b.Last {
			for _, b := range c[max(0, i-8):min(len(c), i+9)] {
				v = append(v, b.Mean())
			}
		}
	}
	return median(v)
}

// lately is the loss at the end of a curve.
func lately(c []history.Bucket) float64 {
	var v []float64
	for _, b := range c[max(0, len(c)-16):] {
		v = append(v, b.Mean())
	}
	return median(v)
}

var rateLowOption = knob.Option{Name: "rate-low", Help: "learning rate too low: the weights hardly move, the loss falls slowly", Doc: knob.Doc{
	Formula: "‖Δw‖/‖w‖ < 1e-4 in every layer, 100 steps after a decision, and a loss above half of the first",
	Source:  "A. Karpathy, CS231n: Convolutional Neural Networks for Visual Recognition, Stanford, notes “Neural Networks Part 3”, section “Ratio of weights:updates”",
	PyTorch: knob.None,
	When:    "An update a thousandth as large as the weights is usual. Late in training, or at the end of a schedule, smaller ones are meant. Remedy: ten times the rate.",
	Range:   "‖Δw‖/‖w‖ around 1e-3",
}}

func rateLow(f *Facts) *Finding {
	base, ok := f.num(recipe.OptimizerLR)
	if len(f.Samples) < confirms || f.Samples[0].Kernels == 0 || len(f.Losses) < 100 || !f.stuck(0.5) || ok && f.LR < base/2 {
		return nil
	}
	ratio := median(f.own(func(s Sample) float64 { return s.Most }))
	now := median(last(f.Losses, 64))
	if !(ratio < 1e-4) || f.rate(10) == nil {
		return nil
	}
	return &Finding{
		Cause:  fmt.Sprintf("the learning rate %s is too low: a step moves the weights by %s of their size, and the loss is still %s of %s at first", figure(f.LR), figure(ratio), figure(now), figure(f.Initial)),
		Brief:  fmt.Sprintf("the rate %s is too low: weights move by %s a step", figure(f.LR), figure(ratio)),
		Remedy: Remedy{Set: f.rate(10)},
	}
}

var plateauOption = knob.Option{Name: "loss-plateau", Help: "the loss has stopped falling while it is still high", Doc: knob.Doc{
	Formula: "over the second half of at least 300 steps, and a fifth of the run, since a decision the loss falls by less than 2 %, and it is above 80 % of the first",
	Source:  deepBook + ", section 8.2.3 (plateaus, saddle points and other flat regions); Y. Dauphin et al., NIPS 2014",
	PyTorch: knob.None,
	When:    "The gradient is small, or its direction is: a saddle point, a plain, or a network that answers the same to all rows. Remedy: an optimizer with a rate for each parameter (adam) where there is none; with one, three times the rate.",
	Range:   knob.None,
}}

func plateau(f *Facts) *Finding {
	var v []float64
	first := f.Step
	for _, b := range f.Curves.Train {
		if b.First > f.Since {
			v, first = append(v, b.Mean()), min(first, b.First)
		}
	}
	steps, _ := f.num("train.steps")
	if f.Step-first < max(300, int(steps)/5) || len(v) < 64 || !f.stuck(0.8) || f.Surface && !f.flat() {
		return nil
	}
	half := v[len(v)/2:]
	then, now := median(half[:len(half)/2]), median(half[len(half)/2:])
	if !(now > 0.98*then) {
		return nil
	}
	since := f.Step - (f.Step-first)/2
	r := Remedy{}
	switch {
	case !f.adaptive() && f.Surface:
		r.Set = f.optimizer("adam", 0.05)
	case !f.adaptive():
		r.Set = f.optimizer("adam", 5e-3)
	default:
		r.Set = f.rate(3)
	}
	return &Finding{
		Cause: fmt.Sprintf("the loss has stood at %s since step %s, where it began at %s", figure(now), thousands(since), figure(f.Initial)),
		Brief: fmt.Sprintf("a plateau since step %s: loss %s", thousands(since), figure(now)), Since: since, Remedy: r,
	}
}

// flat reports whether the gradient on a surface has almost vanished.
func (f *Facts) flat() bool { return f.Grad < 1e-2 }
