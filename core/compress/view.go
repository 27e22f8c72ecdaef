// Package compress is what stands between the parameters that are stored and
// the weights that a network runs under: adapters, masks and quantizers as a
// view, effective = quantize(mask ⊙ (W + s·B·A)), that can be switched off again.
package compress

import (
	"slices"
	"strings"

	"descent/core/knob"
	"descent/core/nn"
)

// View is the compression as its knobs stand. The stored parameters are those
// of the network and, behind them, those that the view adds: see Layout. It
// changes none of them, but where pruning regrows.
type View struct {
	Prune Prune
	Quant Quant
	Lora  Lora

	network   knob.Layout
	size      int       // parameters of the network
	mask      []float64 // 1 keeps, 0 prunes; nil while nothing is pruned
	masked    []float64 // the mask's memory, kept while it is off
	movement  []float64 // −Σ w g, while that is what is cut by
	dense     []float64 // before rounding; made when it is needed, as the next
	effective []float64
	spare     []float64

	plan    []added
	planned shape

	inputs inputs
}

// NewView holds the defaults, all off, for a network of that layout.
func NewView(network knob.Layout) *View {
	n := network.Size()
	v := &View{Prune: newPrune(), Quant: newQuant(), Lora: newLora(), network: network, size: n}
	v.inputs.quant = &v.Quant
	return v
}

// room is one of the view's own vectors. A view that is off needs none of them.
func (v *View) room(of *[]float64) []float64 {
	if *of == nil {
		*of = make([]float64, v.size)
	}
	return *of
}

// Knobs are those of the pruning and of the quantizer, bound to the view.
func (v *View) Knobs() []knob.Knob { return append(v.Prune.Knobs(), v.Quant.Knobs()...) }

// added is what the view keeps for one kernel: parameters, where a segment
// without a shape is not there, and how it was rounded last.
type added struct {
	kernel, a, b, step knob.Segment

	bits  int    // of quant.bits or quant.layers
	grids []grid // one for each scale; none where bits is 0
}

// added lists them for every kernel, in the order in which they lie behind the
// network's parameters.
func (v *View) added() []added {
	now := shape{v.Lora.Rank, v.Quant.Bits, v.Quant.learned(), v.Quant.Granularity, v.Quant.Layers}
	if v.plan != nil && now.equal(v.planned) {
		return v.plan
	}
	v.plan, v.planned = nil, now
	at := v.size
	place := func(seg knob.Segment) knob.Segment {
		seg.Offset = at
		at += seg.Size()
		return seg
	}
	for _, k := range v.network {
		if k.Role != knob.Kernel {
			continue
		}
		x := added{kernel: k, bits: v.Quant.LayerBits(k.Layer)}
		out := k.Shape[0]
		if x.bits > 0 {
			x.grids = make([]grid, v.Quant.groups(out))
		}
		if in := k.Size() / out; v.Lora.on() {
			r := min(v.Lora.Rank, in, out)
			x.a = place(knob.Segment{Name: stem(k) + adapterA, Layer: k.Layer, Role: knob.Adapter, Shape: []int{r, in}})
			x.b = place(knob.Segment{Name: stem(k) + adapterB, Layer: k.Layer, Role: knob.Adapter, Shape: []int{out, r}})
		}
		if v.Quant.learned() && x.bits > 1 {
			x.step = place(knob.Segment{Name: stem(k) + ".step", Layer: k.Layer, Role: knob.Step, Shape: []int{v.Quant.groups(out)}})
		}
		v.plan = append(v.plan, x)
	}
	return v.plan
}

// stem is what the names of the parameters beside a kernel begin with: its layer, or
// its own name in a layer of several.
func stem(kernel knob.Segment) string { return strings.TrimSuffix(kernel.Name, ".weight") }

// shape is what the view's own parameters depend on.
type shape struct {
	rank, bits  int
	learned     bool
	granularity string
	layers      []string
}

func (s shape) equal(o shape) bool {
	return s.rank == o.rank && s.bits == o.bits && s.learned == o.learned && s.granularity == o.granularity && slices.Equal(s.layers, o.layers)
}

// Inert says why turning a knob would do nothing now, "" if it does something.
func (v *View) Inert(path string) string {
	switch {
	case path == "prune.regrow" && v.Lora.on():
		return "with adapters the weights themselves do not move, and none can grow from 0"
	case path == "finetune.lora_alpha" && v.Lora.Rank == 0:
		return "there are no adapters; set finetune.lora_rank"
	}
	if why := v.Prune.inert(path); why != "" {
		return why
	}
	return v.Quant.inert(path)
}

// Seed is what chance is derived from.
func (v *View) Seed(prune, adapters uint64) { v.Prune.seed, v.Lora.seed = prune, adapters }

// Mask has a 1 for each weight kept and a 0 for each pruned; nil while nothing is pruned.
func (v *View) Mask() []float64 { return v.mask }

// On tells whether the effective weights differ from the stored ones.
func (v *View) On() bool { return v.mask != nil || v.Quant.on() || v.Lora.on() }

// Effective are the weights that the network is evaluated and saved under: the
// network's part of params itself while the view is off, else the view's own
// buffer, overwritten by the next call.
func (v *View) Effective(params []float64) []float64 { return v.see(params, v.Quant.on()) }

// Training are those that the network trains under: not rounded where
// quantization comes after training.
func (v *View) Training(params []float64) []float64 { return v.see(params, v.Quant.aware()) }

// Unrounded are those that Effective rounds.
func (v *View) Unrounded(params []float64) []float64 { return v.see(params, false) }

// Dense are those without masks and rounding, for comparison.
func (v *View) Dense(params []float64) []float64 {
	if !v.Lora.on() {
		return params[:v.size:v.size]
	}
	out := v.room(&v.effective)
	copy(out, v.Adapted(params))
	return out
}

func (v *View) see(params []float64, rounded bool) []float64 {
	if v.mask == nil && !rounded && !v.Lora.on() {
		return params[:v.size:v.size]
	}
	copy(v.room(&v.effective), params)
	v.adapt(v.effective, params)
	v.ApplyMask(v.effective)
	if rounded {
		copy(v.room(&v.dense), v.effective)
		for _, x := range v.added() {
			v.Quant.round(x.grids, x.bits, x.kernel.Of(v.effective), v.maskOf(x.kernel), stepsOf(x, params))
		}
	}
	return v.effective
}

// adapt adds the products of the adapters to weights.
func (v *View) adapt(w, params []float64) {
	if !v.Lora.on() {
		return
	}
	for _, x := range v.added() {
		v.Lora.add(matrix(x.kernel, w), matrix(x.a, params), matrix(x.b, params))
	}
}

// Adapted are the weights with the adapters, before masks and rounding: the
// network's part of params itself without any, else valid until the next call
// of the view.
func (v *View) Adapted(params []float64) []float64 {
	if !v.Lora.on() {
		return params[:v.size:v.size]
	}
	copy(v.room(&v.dense), params)
	v.adapt(v.dense, params)
	return v.dense
}

// Straight turns the gradient of the weights that Training gave for params into
// that of the weights before rounding: straight through (Bengio, Léonard,
// Courville 2013), where it does not clip. grad is of the size of params; its
// network part holds the gradient of the weights.
func (v *View) Straight(params, grad []float64) {
	if !v.Quant.aware() {
		return
	}
	v.room(&v.dense)
	for _, x := range v.added() {
		v.Quant.backward(x.grids, x.bits, x.kernel.Of(v.dense), x.kernel.Of(grad), stepsOf(x, params), stepsOf(x, grad))
	}
}

// Apart turns the gradient of the weights with the adapters, the network part
// of grad, into that of the adapters besides, where there are any.
func (v *View) Apart(params, grad []float64) {
	if !v.Lora.on() {
		return
	}
	for _, x := range v.added() {
		dw := x.kernel.Of(grad)
		if v.mask != nil {
			v.spare = append(v.spare[:0], dw...)
			for i, m := range x.kernel.Of(v.mask) {
				v.spare[i] *= m
			}
			dw = v.spare
		}
		v.Lora.backward(matrixOf(x.kernel, dw), matrix(x.a, params), matrix(x.b, params), matrix(x.a, grad), matrix(x.b, grad))
	}
}

// stepsOf are the learned steps of a kernel; nil without any.
func stepsOf(x added, params []float64) []float64 {
	if x.step.Shape == nil {
		return nil
	}
	return x.step.Of(params)
}

// ApplyMask zeroes what belongs to pruned weights.
func (v *View) ApplyMask(values []float64) {
	for i, m := range v.mask {
		values[i] *= m
	}
}

// State is what cannot be computed again from the knobs and the parameters: the
// mask, what is gathered to choose the next one, and the ranges of inputs.
func (v *View) State() []knob.Buffer {
	var out []knob.Buffer
	if v.mask != nil {
		out = append(out, knob.Buffer{Name: maskState, Data: v.mask})
	}
	if v.movement != nil {
		out = append(out, knob.Buffer{Name: movementState, Data: v.movement})
	}
	if v.Quant.Activations > 0 && v.inputs.ranges != nil {
		out = append(out, knob.Buffer{Name: rangesState, Data: v.inputs.ranges})
	}
	return out
}

// Moved is the part of the state that passes move.
func (v *View) Moved() []knob.Buffer {
	return slices.DeleteFunc(v.State(), func(b knob.Buffer) bool { return b.Name == maskState })
}

// RestoreMoved takes what Moved gave.
func (v *View) RestoreMoved(saved []knob.Buffer) {
	v.restore(saved)
}

// The buffers of the state.
const (
	maskState     = "prune/mask"
	movementState = "prune/movement"
	rangesState   = "quant/ranges"
)

// Restore takes the state from a snapshot's buffers, or none if they hold none.
// A buffer of another length than its own is none.
func (v *View) Restore(state []knob.Buffer) {
	v.mask = nil
	v.restore(state)
}

func (v *View) restore(state []knob.Buffer) {
	v.movement, v.inputs.ranges = nil, nil
	for _, b := range state {
		switch n := len(b.Data); {
		case b.Name == maskState && n == v.size:
			v.mask = v.room(&v.masked)
			copy(v.mask, b.Data)
		case b.Name == movementState && n == v.size:
			v.movement = append([]float64(nil), b.Data...)
		case b.Name == rangesState && n == 2*len(v.added()):
			v.inputs.ranges = append([]float64(nil), b.Data...)
		}
	}
}

// maskOf is the mask of a kernel, nil while nothing is pruned.
func (v *View) maskOf(kernel knob.Segment) []float64 {
	if v.mask == nil {
		return nil
	}
	return kernel.Of(v.mask)
}

// Inputs is what rounds the inputs of layers, nil while quant.activations is off.
func (v *View) Inputs() nn.Rounder {
	if v.Quant.Activations == 0 {
		return nil
	}
	return &v.inputs
}

// Stale tells whether the ranges of inputs have to be calibrated, where was is
// how the knobs stood before: it was off, or ranges were found in another way.
func (v *View) Stale(was *Quant) bool {
	q := &v.Quant
	switch {
	case q.Activations == 0:
		return false
	case was.Activations == 0, was.Observer != q.Observer, was.symmetricInputs() != q.symmetricInputs():
		return true
	case q.Observer == byPercentile:
		return was.Percentile != q.Percentile
	}
	return q.Observer == byError && was.Activations != q.Activations
}

// Calibrate finds the ranges anew: run runs block i of rows, from 0, through
// the network, of which nothing is rounded meanwhile. Ranges that are averages
// count every block alike.
func (v *View) Calibrate(blocks int, run func(i int)) {
	kernels := len(v.added())
	v.inputs.ranges = make([]float64, 2*kernels)
	for i := range blocks {
		v.inputs.block = i + 1
		run(i)
	}
	v.inputs.block = 0
}
