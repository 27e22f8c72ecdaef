package optim

import (
	"math"

	"descent/core/knob"
)

// rmsprop divides by the root of a running mean of squared gradients:
// v ← α v + (1 − α) g², u = g / (√v + ε). Centred, v − ḡ² stands for v, never
// below 0. With momentum, b ← μ b + u is the update.
// Hinton's lecture 6e, 2012; Graves 2013 (centred); as torch.optim.RMSprop.
type rmsprop struct {
	Alpha, Eps, Mu     float64
	Centered           bool
	square, mean, ball []float64
}

func (r *rmsprop) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("optimizer.alpha", &r.Alpha, 0, 1, knob.Complement, "how long squared gradients are remembered"),
		epsKnob(&r.Eps),
		knob.Float("optimizer.momentum", &r.Mu, 0, 1, knob.Complement, "how much of the last update carries on").WithZero("off"),
		knob.Bool("optimizer.centered", &r.Centered, "divide by the deviation of the gradient instead of its size"),
	}
}

func (r *rmsprop) Init(layout knob.Layout) {
	n := layout.Size()
	r.square, r.mean, r.ball = make([]float64, n), make([]float64, n), make([]float64, n)
}

func (r *rmsprop) State() []knob.Buffer {
	return []knob.Buffer{
		{Name: "rmsprop/square mean", Data: r.square},
		{Name: "rmsprop/mean", Data: r.mean},
		{Name: "rmsprop/momentum", Data: r.ball},
	}
}

func (r *rmsprop) Apply(update, _ []float64, at At) {
	for _, s := range at.spans(len(update), 0) {
		r.apply(s.Of(update), s.Of(r.square), s.Of(r.mean), s.Of(r.ball))
	}
}

func (r *rmsprop) apply(update, square, mean, ball []float64) {
	for i, g := range update {
		square[i] = float64(r.Alpha*square[i]) + float64((1-r.Alpha)*float64(g*g))
		v := square[i]
		if r.Centered {
			mean[i] = float64(r.Alpha*mean[i]) + float64((1-r.Alpha)*g)
			v = max(v-float64(mean[i]*mean[i]), 0)
		}
		update[i] = g / (math.Sqrt(v) + r.Eps)
	}
	if r.Mu == 0 {
		return
	}
	for i, u := range update {
		ball[i] = float64(r.Mu*ball[i]) + u
		update[i] = ball[i]
	}
}
