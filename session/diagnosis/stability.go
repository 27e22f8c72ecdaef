package diagnosis

import (
	"fmt"
	"math"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/session"
	"descent/session/remedy"
)

const (
	edgePaper = "J. Cohen, S. Kaur, Y. Li, J. Z. Kolter, A. Talwalkar, “Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability”, ICLR 2021"
	deepBook  = "I. Goodfellow, Y. Bengio, A. Courville, “Deep Learning”, MIT Press, 2016"
	goh       = "G. Goh, “Why Momentum Really Works”, Distill, 2017"
)

var nanOption = knob.Option{Name: "nan", Help: "a step is not finite: NaN or an infinity, and the layer where it begins", Doc: knob.Doc{
	Formula: "the loss or a parameter is NaN or ±∞ after a step",
	Source:  deepBook + ", section 4.1 (overflow), section 8.2.4 (cliffs)",
	PyTorch: knob.None,
	When:    "The run goes back to the last finite step and stops. The first tensor or layer that is not finite is named, from the input side on. The usual causes: too high a learning rate, inputs or targets that are not standardized, an initialization that is too large. Remedy: return to the last step whose loss was good, with a rate that lasted there on a copy.",
	Range:   "none is harmless",
}}

// notFinite describes a step that failed.
func notFinite(d *session.Diverged, r *remedy.Remedy) *Finding {
	f := &Finding{Cause: d.What(), Brief: fmt.Sprintf("step %s is not finite", thousands(d.Step)), Since: d.Step}
	if r == nil {
		return f
	}
	f.Remedy = Remedy{Back: true, Step: r.Good}
	if r.Change != nil {
		f.Remedy.Set = []recipe.Change{*r.Change}
	}
	if len(r.Scale) > 0 {
		f.Remedy.Advice = remedy.Scaling(r.Scale)
		f.Cause += "; " + r.Unscaled()
	}
	return f
}

// Unbounded is the name of the rule for surfaces without a minimum.
const Unbounded = "unbounded"

var unboundedOption = knob.Option{Name: Unbounded, Help: "the surface has no minimum: its value falls without bound", Doc: knob.Doc{
	Formula: "a surface without a minimum, f < −1000 (1 + |f(θ₀)|)",
	Source:  "Y. Dauphin et al., “Identifying and attacking the saddle point problem in high-dimensional non-convex optimization”, NIPS 2014",
	PyTorch: knob.None,
	When:    "Not a fault of the optimizer: it goes down, and there is no bottom. Training stops by itself once |f| passes 1e100. Remedy: return to the last step near the saddle point, to compare how others leave it.",
	Range:   knob.None,
}}

// limit is the size of a surface's value at which training on it stops.
const limit = 1e100

// Endless reports whether training follows a surface without a minimum.
func Endless(s *session.Session) bool {
	row, ok := s.Trainer().Surface()
	return ok && len(row.Minima) == 0
}

// Bottomless reports in a sentence that a surface without a minimum has been followed
// so far that there is nothing more to see, "" if it has not.
func Bottomless(s *session.Session) string {
	if !Endless(s) {
		return ""
	}
	row, _ := s.Trainer().Surface()
	v := s.Trainer().Last().Loss
	if !(math.Abs(v) > limit) {
		return ""
	}
	return fmt.Sprintf("the %s has no minimum: its value has run to %s and would fall for ever, so training stops here", row.Name, figure(v))
}

func unbounded(f *Facts) *Finding {
	if !f.Unbounded || len(f.Losses) == 0 || math.IsNaN(f.Initial) {
		return nil
	}
	v := f.Losses[len(f.Losses)-1]
	if !(v < -1000*(1+math.Abs(f.Initial))) {
		return nil
	}
	near := 0 // the last step from which the surface still looks as it is drawn
	for _, b := range f.Curves.Train {
		if b.Count > 0 && b.Min >= -1 {
			near = b.Last
		}
	}
	return &Finding{
		Cause: fmt.Sprintf("the %s has no minimum: since step %s its value has run to %s and falls without end", f.Recipe.Surface.Name, thousands(near), figure(v)),
		Brief: "no minimum: the value falls without end", Since: near,
		Remedy: Remedy{Back: true, Step: max(near-1, 0)},
	}
}

var divergenceOption = knob.Option{Name: "divergence", Help: "the loss grows instead of falling, long before it is NaN", Doc: knob.Doc{
	Formula: "median of the last 16 losses > 5 · max(first loss, 3 · best) and > 1.1 · that of the 16 before",
	Source:  deepBook + ", section 8.3.1 (a rate that is too large increases the loss)",
	PyTorch: knob.None,
	When:    "Each update overshoots by more than the one before. A decision that costs accuracy at once, such as pruning, is none: from there the loss falls again. Remedy: return to the last step with a good loss, at a tenth of the rate.",
	Range:   knob.None,
}}

func divergence(f *Facts) *Finding {
	const n = 16
	if len(f.Losses) < 2*n || f.Unbounded {
		return nil
	}
	now, before := median(last(f.Losses, n)), median(f.Losses[len(f.Losses)-2*n:len(f.Losses)-n])
	level := 5 * max(f.level(), 3*math.Abs(f.Best))
	if !(now > level && now > 1.1*before) {
		return nil
	}
	good, best := f.good()
	return &Finding{
		Cause: fmt.Sprintf("the learning rate %s is too high: the loss has grown from %s at step %s to %s", figure(f.LR), figure(best), thousands(good), figure(now)),
		Brief: fmt.Sprintf("diverging since step %s: the rate %s is too high", thousands(good), figure(f.LR)), Since: good,
		Remedy: Remedy{Back: true, Step: max(good-1, 0), Set: f.rate(0.1)},
	}
}

// good returns the last step whose loss was near the best or the first, and the best.
func (f *Facts) good() (step int, best float64) {
	best = f.Best
	level := max(1.5*math.Abs(f.Best), min(math.Abs(f.Initial), 3*math.Abs(f.Best)))
	for _, b := range f.Curves.Train {
		if b.Count > 0 && b.Max <= level {
			step = b.Last
		}
	}
	return step, best
}

var momentumOption = knob.Option{Name: "momentum-high", Help: "momentum near 1: the loss oscillates, overshooting the minimum", Doc: knob.Doc{
	Formula: "μ ≥ 0.97 and at least 4 swings over half of the range of the last 256 losses; with batches, above twice the best",
	Source:  goh + " (critical damping: μ = (1 − √(ηλ))²)",
	PyTorch: "torch.optim.SGD(momentum)",
	When:    "A velocity with momentum μ lives for 1/(1 − μ) steps: at 0.99 a hundred, so it runs through the minimum and comes back. Remedy: momentum 0.9.",
	Range:   "0.9; 0.95 to 0.99 with small rates and large batches",
}}

func momentum(f *Facts) *Finding {
	mu, ok := f.num("optimizer.momentum")
	if !ok || mu < 0.97 {
		return nil
	}
	n, low, high := f.swings()
	if n < 4 {
		return nil
	}
	return &Finding{
		Cause:  fmt.Sprintf("momentum %s is too high: the loss has swung %d times between %s and %s", figure(mu), n, figure(low), figure(high)),
		Brief:  fmt.Sprintf("momentum %s overshoots: the loss swings", figure(mu)),
		Since:  max(f.Since, f.Step-len(last(f.Losses, swingSteps))),
		Remedy: Remedy{Set: f.to("optimizer.momentum", 0.9)},
	}
}

// swingSteps is how far back swings count.
const swingSteps = 256

// swings counts how often the loss has gone to and fro across half of its recent
// range, and returns that range. Where batches make noise of their own it is
// smoothed, and counts only well above the best.
func (f *Facts) swings() (n int, low, high float64) {
	v := last(f.Losses, swingSteps)
	if len(v) < 24 {
		return 0, 0, 0
	}
	if f.Noisy {
		v = smoothed(v, 8)
	}
	low, high = quantile(v, 0.05), quantile(v, 0.95)
	if f.Noisy && !(high > 2*math.Abs(f.Best) && high > 0.5*math.Abs(f.Initial)) {
		return 0, low, high
	}
	if !(high-low > 0.2*math.Abs(high)) || high-low < 1e-6*math.Abs(f.Initial) {
		return 0, low, high
	}
	return turns(v, (high-low)/2), low, high
}

// smoothed is the running median of n values.
func smoothed(v []float64, n int) []float64 {
	var out []float64
	for i := n; i <= len(v); i += n / 2 {
		out = append(out, median(v[i-n:i]))
	}
	return out
}

var rateHighOption = knob.Option{Name: "rate-high", Help: "learning rate at or above the limit of stability: the loss oscillates", Doc: knob.Doc{
	Formula: "all rows: the loss changes direction at over 60 % of the last 48 steps, over a range of 20 %, and is no lower than before; a surface: 80 % of the steps go back against the one before; batches: ‖Δw‖/‖w‖ > 0.03 in a layer and the median of the last losses is above 1.5 times the best and not falling",
	Source:  edgePaper + "; Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, “Efficient BackProp”, 1998, section 4.6 (η < 2/λmax)",
	PyTorch: knob.None,
	When:    "On a quadratic of curvature λ gradient descent is stable below η = 2/λ; near it every step jumps to the other side of the valley. Remedy: a quarter of the rate, a tenth where batches make noise, or a schedule that lowers it.",
	Range:   "‖Δw‖/‖w‖ around 1e-3",
}}

func rateHigh(f *Facts) *Finding {
	if f.Unbounded || f.rate(0.25) == nil {
		return nil
	}
	switch {
	case f.Surface && !f.Noisy:
		return f.across()
	case !f.Noisy:
		return f.zigzag()
	}
	n := len(f.Losses)
	if n < 40 || len(f.Samples) < confirms {
		return nil
	}
	ratio := median(f.own(func(s Sample) float64 { return s.Most }))
	v := last(f.Losses, 128)
	now, before := median(v[len(v)/2:]), median(v[:len(v)/2])
	best := f.lowest()
	if !(ratio > 0.03 && now > 1.5*best && now > 0.9*before && now > 0.1*f.Initial) {
		return nil
	}
	low, high := quantile(v, 0.05), quantile(v, 0.95)
	return &Finding{
		Cause: fmt.Sprintf("the learning rate %s is too high: the loss has swung between %s and %s for %d steps, each moving the weights by %s", figure(f.LR), figure(low), figure(high), len(v), percent(ratio)),
		Brief: fmt.Sprintf("the rate %s is too high: the loss swings", figure(f.LR)), Since: f.Step - len(v),
		Remedy: Remedy{Set: f.rate(0.1)},
	}
}

// lowest is the least median of stretches of the run so far.
func (f *Facts) lowest() float64 {
	best := f.Initial
	c := f.Curves.Train
	const n = 8
	for i := 0; i+n <= len(c); i += n {
		var v []float64
		for _, b := range c[i : i+n] {
			v = append(v, b.Mean())
		}
		best = min(best, median(v))
	}
	return best
}

// zigzag is the rule where nothing but the rate makes the loss jump.
func (f *Facts) zigzag() *Finding {
	const n = 48
	if len(f.Losses) < n {
		return nil
	}
	v := last(f.Losses, n)
	low, high := quantile(v, 0.05), quantile(v, 0.95)
	first, second := median(v[:n/2]), median(v[n/2:])
	if !(alternating(v) > 0.6 && high-low > 0.2*math.Abs(high) && second > 0.95*first && high-low > 1e-6*math.Abs(f.Initial)) {
		return nil
	}
	return &Finding{
		Cause: fmt.Sprintf("the learning rate %s is at the limit of stability: the loss has swung between %s and %s for %d steps", figure(f.LR), figure(low), figure(high), n),
		Brief: fmt.Sprintf("the rate %s is at the limit of stability", figure(f.LR)), Since: f.Step - n,
		Remedy: Remedy{Set: f.rate(0.25)},
	}
}

// across is the rule on a surface: the point jumps from one side of a valley to the
// other, and the value does not fall.
func (f *Facts) across() *Finding {
	const n = 48
	path := f.Curves.Trajectory
	path = path[max(0, len(path)-n):]
	if len(path) < n || len(f.Losses) < n || path[n-1].Step-path[0].Step != n-1 {
		return nil
	}
	back := 0
	for i := 2; i < n; i++ {
		a, b, c := path[i-2], path[i-1], path[i]
		if (b.X-a.X)*(c.X-b.X)+(b.Y-a.Y)*(c.Y-b.Y) < 0 {
			back++
		}
	}
	v := last(f.Losses, n)
	first, second := median(v[:n/2]), median(v[n/2:])
	if back*10 < (n-2)*8 || !(second > 0.98*first && math.Abs(second) > 1e-6*math.Abs(f.Initial)) {
		return nil
	}
	return &Finding{
		Cause: fmt.Sprintf("the learning rate %s is at the limit of stability: for %d steps the point has jumped from side to side, at a value of %s", figure(f.LR), n, figure(second)),
		Brief: fmt.Sprintf("the rate %s is at the limit of stability", figure(f.LR)), Since: f.Step - n,
		Remedy: Remedy{Set: f.rate(0.25)},
	}
}

var spikesOption = knob.Option{Name: "loss-spikes", Help: "the loss jumps up for a few steps again and again", Doc: knob.Doc{
	Formula: "at least 3 peaks in the last 512 losses, each above 5 times the running median and above the first loss (of classes at least ½ ln k), with no more than a tenth of the steps in them",
	Source:  "R. Pascanu, T. Mikolov, Y. Bengio, “On the difficulty of training Recurrent Neural Networks”, ICML 2013",
	PyTorch: "torch.nn.utils.clip_grad_norm_",
	When:    "A few batches, or a cliff of the loss, give gradients far above the usual. Remedy: clip the gradient at its usual norm (train.clip_norm); where that is on, half the rate.",
	Range:   knob.None,
}}

// spikeWindow is how many losses before a peak say what is usual.
const spikeWindow = 32

func spikes(f *Facts) *Finding {
	v := f.Losses
	if len(v) < 100 || f.Unbounded {
		return nil
	}
	n, inside, high, above, first := 0, 0, 0.0, false, 0
	usual := math.NaN()
	for i := spikeWindow; i < len(v); i++ {
		if i%8 == 0 || math.IsNaN(usual) {
			usual = median(v[i-spikeWindow : i])
		}
		up := v[i] > 5*usual && v[i] > f.level()
		if up {
			inside++
			high = max(high, v[i])
			if !above {
				n++
			}
			if first == 0 {
				first = i
			}
		}
		above = up
	}
	if n < 3 || inside*10 > len(v) {
		return nil
	}
	usual = median(v)
	span := len(v) - first
	r := Remedy{Set: f.rate(0.5)}
	if clip, ok := f.num("train.clip_norm"); ok && clip == 0 {
		if norm := median(f.own(func(s Sample) float64 { return s.Grad })); norm > 0 {
			r.Set = f.to("train.clip_norm", norm)
		}
	}
	return &Finding{
		Cause: fmt.Sprintf("the loss has spiked %d times in %d steps, to %s where %s is usual", n, span, figure(high), figure(usual)),
		Brief: fmt.Sprintf("%d spikes of the loss in %d steps", n, span), Since: f.Step - span,
		Remedy: r,
	}
}
