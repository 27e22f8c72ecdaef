package optim

import "descent/core/knob"

// decay is weight decay, in either kind: L2 adds wd·w to the gradient, so that
// the method scales it; decoupled decay adds it to the finished update, so
// that every weight shrinks by the same share (Loshchilov, Hutter 2019).
type decay struct {
	Weight    float64
	Decoupled bool
}

// l2 stands before the method and offers the knobs of both kinds.
type l2 struct {
	stateless
	*decay
	only bool // the sentence has no decoupled decay
}

func (d l2) Knobs() []knob.Knob {
	knobs := []knob.Knob{
		knob.Float("optimizer.weight_decay", &d.Weight, 0, 1e3, knob.Log, "how strongly weights are pulled to 0").WithZero("off").WithScale(knob.Log, 1e-5),
	}
	if d.only {
		return knobs
	}
	return append(knobs, knob.Bool("optimizer.decoupled", &d.Decoupled, "weight decay apart from the gradient (as AdamW), instead of L2 in it"))
}

func (d l2) Apply(update, params []float64, _ At) {
	if !d.Decoupled {
		d.add(update, params)
	}
}

// decoupled stands after the method, before the rate.
type decoupled struct {
	stateless
	*decay
}

func (decoupled) Knobs() []knob.Knob { return nil }

func (d decoupled) Apply(update, params []float64, _ At) {
	if d.Decoupled {
		d.add(update, params)
	}
}

func (d *decay) add(update, params []float64) {
	if d.Weight == 0 {
		return
	}
	for i, p := range params {
		update[i] += float64(d.Weight * p)
	}
}
