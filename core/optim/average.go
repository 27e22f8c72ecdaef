package optim

import "descent/core/knob"

// Average keeps an average of the weights that a chain leaves. While it is on, the
// average is evaluated in place of the weights. An exponential one starts from the
// weights at the moment it is switched on; from the step Start on it is the equal
// average of the weights after that step and after every Every-th one behind it.
type Average struct {
	Decay        float64
	Start, Every int       // of the equal average; a Start of 0 is none
	mean         []float64 // nil until the first step with the average on
	count        int       // of weights in the equal average, 0 while mean is the exponential one
	size         int       // of the weights
}

// Knobs are train.ema and those of the equal average.
func (a *Average) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Int("train.swa_start", &a.Start, 0, 1<<40, "step from which on the average of the weights is evaluated (SWA)").WithZero("off").WithScale(knob.Log, 100).Explained(knob.Doc{
			Formula: "wₙ = wₙ₋₁ + (θₜ − wₙ₋₁)/n, over t = start, start + every, …",
			Source:  "P. Izmailov, D. Podoprikhin, T. Garipov, D. Vetrov, A. G. Wilson, “Averaging Weights Leads to Wider Optima and Better Generalization”, UAI 2018, algorithm 1",
			PyTorch: "torch.optim.swa_utils.AveragedModel, updated from that step on",
			When: "For the last quarter of a run, with a learning rate that stays up: schedule chain with constant behind. It takes the place of train.ema." +
				" Not with batch norms, whose running statistics PyTorch measures anew (update_bn): use layer-norm or group-norm.",
			Range: "from three quarters of train.steps",
		}),
		knob.Int("train.swa_every", &a.Every, 1, 1<<30, "steps between two weights that the SWA average takes").WithScale(knob.Log, 1).Explained(knob.Doc{
			Formula: "every",
			Source:  "P. Izmailov, D. Podoprikhin, T. Garipov, D. Vetrov, A. G. Wilson, “Averaging Weights Leads to Wider Optima and Better Generalization”, UAI 2018, algorithm 1 (the cycle length c)",
			PyTorch: "torch.optim.swa_utils.AveragedModel.update_parameters, once an epoch or a cycle",
			When:    "An epoch, or the length of a cycle of the schedule, whose ends it then averages.",
			Range:   "an epoch",
		}),
		knob.Float("train.ema", &a.Decay, 0, 0.999999, knob.Complement, "decay rate of an exponential moving average of the weights, which is then evaluated").WithZero("off").Explained(knob.Doc{
			Formula: "eₜ = d eₜ₋₁ + (1 − d) θₜ",
			Source:  averagingPaper + "; with exponential weights as in A. Tarvainen, H. Valpola, “Mean teachers are better role models: Weight-averaged consistency targets improve semi-supervised deep learning results”, NIPS 2017",
			PyTorch: "torch.optim.swa_utils.AveragedModel(multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(decay))",
			When: "It removes the noise of the last steps and makes evaluation smooth without a decaying learning rate. The average lags" +
				" by about 1 / (1 − d) steps: keep that well below the length of the run.",
			Range: "0.99 to 0.9999; 0.999 to begin with",
		}),
	}
}

// Init discards the average.
func (a *Average) Init(layout knob.Layout) { a.mean, a.count, a.size = nil, 0, layout.Size() }

// State returns the average, if there is one.
func (a *Average) State() []knob.Buffer {
	switch {
	case a.mean == nil:
		return nil
	case a.count > 0:
		return []knob.Buffer{{Name: "swa/average", Data: a.mean}, {Name: "swa/count", Data: []float64{float64(a.count)}}}
	}
	return []knob.Buffer{{Name: "ema/average", Data: a.mean}}
}

// Restore copies the average from saved state, or discards it.
func (a *Average) Restore(saved []knob.Buffer) {
	a.mean, a.count = nil, 0
	for _, b := range saved {
		switch {
		case (b.Name == "ema/average" || b.Name == "swa/average") && len(b.Data) == a.size:
			a.mean = append([]float64(nil), b.Data...)
		case b.Name == "swa/count" && len(b.Data) == 1:
			a.count = int(b.Data[0])
		}
	}
}

// Apply averages the weights as the finished update will leave them.
func (a *Average) Apply(update, params []float64, at At) {
	if a.equal(at.Step) {
		a.take(update, params, at.Step)
		return
	}
	if a.count > 0 { // the equal average is over
		a.mean, a.count = nil, 0
	}
	switch {
	case a.Decay == 0:
		a.mean = nil
	case a.mean == nil:
		a.begin(update, params)
	default:
		for i, p := range params {
			a.mean[i] += float64((1 - a.Decay) * (p - update[i] - a.mean[i]))
		}
	}
}

// idle tells also that there is no average to be discarded.
func (a *Average) idle(at At) bool {
	return !a.equal(at.Step) && a.Decay == 0 && a.mean == nil && a.count == 0
}

// equal tells whether the equal average is on at a step.
func (a *Average) equal(step int) bool { return a.Start > 0 && step >= a.Start }

// begin makes the average the weights after the step.
func (a *Average) begin(update, params []float64) {
	a.mean = make([]float64, len(params))
	for i, p := range params {
		a.mean[i] = p - update[i]
	}
}

// take takes the weights after a step into the equal average, where they are due.
func (a *Average) take(update, params []float64, step int) {
	switch {
	case a.count == 0 || a.mean == nil:
		a.begin(update, params)
		a.count = 1
	case (step-a.Start)%max(a.Every, 1) == 0:
		a.count++
		share := 1 / float64(a.count)
		for i, p := range params {
			a.mean[i] += float64(share * (p - update[i] - a.mean[i]))
		}
	}
}

// EvalParams returns the average while it is on, else params.
func (a *Average) EvalParams(params []float64) []float64 {
	if a.mean == nil || a.count > 0 && a.Start == 0 || a.count == 0 && a.Decay == 0 {
		return params
	}
	return a.mean
}
