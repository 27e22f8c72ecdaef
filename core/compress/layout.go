package compress

import "descent/core/knob"

// Layout is the network's, and behind it what the view adds as its knobs
// stand: adapters for each kernel, "0.lora_a" and "0.lora_b", and learned
// steps, "0.step".
func (v *View) Layout() knob.Layout {
	out := v.network[:len(v.network):len(v.network)]
	for _, x := range v.added() {
		for _, seg := range []knob.Segment{x.a, x.b, x.step} {
			if seg.Shape != nil {
				out = append(out, seg)
			}
		}
	}
	return out
}

// Begin fills a segment that the view adds, by the parameters as they are.
func (v *View) Begin(seg knob.Segment, params []float64) {
	for _, x := range v.added() {
		switch seg.Name {
		case x.a.Name:
			v.Lora.begin(x.a, params)
		case x.b.Name:
			clear(x.b.Of(params))
		case x.step.Name:
			beginSteps(x.step.Of(params), x.kernel.Of(params), v.maskOf(x.kernel), x.bits)
		}
	}
}

// Rebegin fills a segment of an adapter again; learned steps stay.
func (v *View) Rebegin(seg knob.Segment, params []float64) {
	if seg.Role == knob.Adapter {
		v.Begin(seg, params)
	}
}
