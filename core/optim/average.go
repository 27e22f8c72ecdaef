package optim

import "descent/core/knob"

// Average keeps an exponential moving average of the weights that a chain leaves.
// While it is on, the average is evaluated in place of the weights. It starts from
// the weights at the moment it is switched on.
type Average struct {
	Decay float64
	mean  []float64 // nil until the first step with the average on
	size  int       // of the weights
}

// Knobs are train.ema.
func (a *Average) Knobs() []knob.Knob {
	return []knob.Knob{
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
func (a *Average) Init(layout knob.Layout) { a.mean, a.size = nil, layout.Size() }

// State returns the average, if there is one.
func (a *Average) State() []knob.Buffer {
	if a.mean == nil {
		return nil
	}
	return []knob.Buffer{{Name: "ema/average", Data: a.mean}}
}

// Restore copies the average from saved state, or discards it.
func (a *Average) Restore(saved []knob.Buffer) {
	a.mean = nil
	for _, b := range saved {
		if b.Name == "ema/average" && len(b.Data) == a.size {
			a.mean = append([]float64(nil), b.Data...)
		}
	}
}

// Apply averages the weights as the finished update will leave them.
func (a *Average) Apply(update, params []float64, _ At) {
	switch {
	case a.Decay == 0:
		a.mean = nil
	case a.mean == nil:
		a.mean = make([]float64, len(params))
		for i, p := range params {
			a.mean[i] = p - update[i]
		}
	default:
		for i, p := range params {
			a.mean[i] += float64((1 - a.Decay) * (p - update[i] - a.mean[i]))
		}
	}
}

// EvalParams returns the average while it is on, else params.
func (a *Average) EvalParams(params []float64) []float64 {
	if a.Decay == 0 || a.mean == nil {
		return params
	}
	return a.mean
}
