package core

import (
	"slices"

	"descent/core/compress"
	"descent/core/knob"
	"descent/core/recipe"
)

// swapOptimizer installs the optimizer that next names, by the swap rules as
// they stand: its state is fresh or carried, its rate kept, its own or matched.
func (t *Trainer) swapOptimizer(next recipe.Settings) {
	length := t.updateNorm()
	old, age, ages := t.method().State(), t.age, slices.Clone(t.tensors.ages)
	switch t.parts.Optimizer.SwapLR {
	case "default":
		next = next.Without(recipe.OptimizerLR)
	default:
		next, _ = next.With(recipe.OptimizerLR, knob.Num(t.parts.Optimizer.LR)) // it stands there already
	}
	t.settings = next
	swapState, swapLR := t.parts.Optimizer.SwapState, t.parts.Optimizer.SwapLR
	v, _ := next.Find(recipe.OptimizerName)
	t.parts.Optimizer.Name = v.Value.Word()
	t.parts.FitOptimizer()
	t.parts.Turn(next)

	start := func() {
		t.afresh()
		if swapState == "carry" && carry(t.method().State(), old) {
			t.age = age
			copy(t.tensors.ages, ages)
		}
		t.sync()
	}
	start()
	if swapLR == "match" && length > 0 && !t.parts.Row.OwnLength {
		t.match(length)
		start()
	}
	t.lastUpdate, t.traced = length, false
}

// carry copies buffers of the same meaning and tells whether there were any.
func carry(to, from []knob.Buffer) (carried bool) {
	for _, b := range to {
		for _, o := range from {
			if meaning(b.Name) == meaning(o.Name) {
				copy(b.Data, o.Data)
				carried = true
			}
		}
	}
	return carried
}

// match sets the rate so that the next update is of that length, and leaves it
// where no rate does that. It spends the optimizer's state.
func (t *Trainer) match(length float64) {
	// A step on a copy at rate 1: chains end in "times rate", so the rate of
	// the coming step follows by proportion, and its base from that, since
	// every schedule is a multiple of its base plus what it is at 0.
	copied := append([]float64(nil), t.live()...)
	t.step++
	t.try = 1 // a second look: running statistics stay
	age, ages := t.age, slices.Clone(t.tensors.ages)
	t.age++
	t.tensors.grow()
	at := t.at(t.step-1, t.age)
	at.LR = 1
	t.method().Step(copied, t.eval, at)
	t.step, t.age = t.step-1, age
	copy(t.tensors.ages, ages)
	_, update := t.method().Trace()
	bottom := t.parts.RateAt(0, t.step)
	base := (length/norm(update) - bottom) / (t.parts.RateAt(1, t.step) - bottom)
	if next, err := t.settings.With(recipe.OptimizerLR, knob.Num(base)); err == nil {
		t.settings = next
		t.parts.Turn(next)
	}
}

// relayout makes room for the parameters that the view adds as its knobs stand
// now, or takes it away; was is how those of quantization stood before. What
// stays keeps its values and the optimizer's state by the name of its tensor;
// what is new begins as the view says, with the optimizer's state at zero, and
// so does the state of what has another shape. A learned step begins anew where
// the bits are others.
func (t *Trainer) relayout(was *compress.Quant) {
	want := t.parts.View.Layout()
	kept := slices.DeleteFunc(slices.Clone(t.layout), func(s knob.Segment) bool {
		return s.Role == knob.Step && was.LayerBits(s.Layer) != t.parts.View.Quant.LayerBits(s.Layer)
	})
	if len(kept) == len(t.layout) && slices.EqualFunc(want, t.layout, sameTensor) {
		return
	}
	length := t.updateNorm()
	old, params := t.layout, t.live()
	state := t.method().State()
	t.layout, t.params = want, make([]float64, want.Size())
	copy(t.live(), params[:t.network.Size()])
	for _, seg := range want[len(t.network):] {
		t.parts.View.Begin(seg, t.live())
	}
	carryOver(t.live(), want, params, kept)
	compress.Rescale(t.live(), want, kept)
	trained := kept // whose state of the optimizer stays
	if t.from.Computes() != recipe.OneAge {
		trained = slices.DeleteFunc(slices.Clone(kept), func(s knob.Segment) bool {
			return !slices.ContainsFunc(want, func(w knob.Segment) bool { return sameTensor(s, w) })
		})
	}
	t.tensors.ages = byTensor(want, t.tensors.ages, old, trained)
	var moved []knob.Buffer
	for _, b := range state {
		data := b.Data
		switch weights := averages[meaning(b.Name)]; {
		case b.ByTensor && len(data) == len(old):
			data = byTensor(want, b.Data, old, trained)
		case len(data) == old.Size() && weights:
			data = slices.Clone(t.live())
			carryOver(data, want, b.Data, kept)
			compress.Rescale(data, want, kept)
		case len(data) == old.Size():
			data = make([]float64, want.Size())
			carryOver(data, want, b.Data, trained)
		}
		moved = append(moved, knob.Buffer{Name: b.Name, Data: data, ByTensor: b.ByTensor})
	}
	t.method().Init(want)
	t.method().Restore(moved)
	t.lastUpdate, t.traced = length, false
}

// sameTensor tells whether two layouts have the same tensor.
func sameTensor(a, b knob.Segment) bool { return a.Name == b.Name && slices.Equal(a.Shape, b.Shape) }

// byTensor are numbers for each tensor of a layout: those of the tensors that
// are kept from an old one, 0 for the others.
func byTensor(layout knob.Layout, from []float64, old, kept knob.Layout) []float64 {
	out := make([]float64, len(layout))
	for i, seg := range layout {
		named := func(s knob.Segment) bool { return s.Name == seg.Name }
		if slices.ContainsFunc(kept, named) {
			out[i] = from[slices.IndexFunc(old, named)]
		}
	}
	return out
}

// carryOver copies the tensors that both layouts have; of matrices of other
// shapes, the rows and columns that both have.
func carryOver(to []float64, layout knob.Layout, from []float64, old knob.Layout) {
	for _, seg := range layout {
		i := slices.IndexFunc(old, func(o knob.Segment) bool { return o.Name == seg.Name })
		if i < 0 {
			continue
		}
		src, dst := old[i].Of(from), seg.Of(to)
		if slices.Equal(seg.Shape, old[i].Shape) {
			copy(dst, src)
			continue
		}
		if len(seg.Shape) != 2 {
			continue // other steps for other groups: they begin anew
		}
		for r := range min(seg.Shape[0], old[i].Shape[0]) {
			copy(dst[r*seg.Shape[1]:(r+1)*seg.Shape[1]], src[r*old[i].Shape[1] : (r+1)*old[i].Shape[1]][:min(seg.Shape[1], old[i].Shape[1])])
		}
	}
}
