package probe

import (
	"cmp"
	"context"
	"math"
	"slices"

	"descent/core"
	"descent/core/compress"
	"descent/core/knob"
)

// Sensitivity asks what each layer bears: how the held rows are answered when
// its kernel alone is pruned further, or alone is rounded (of a gru, both), and all others stay as
// they are but for rounding. It finds Layers. Another Asked is the same measurement, made anew.
// Han, Pool, Tran, Dally, "Learning both Weights and Connections", 2015, fig. 6.
type Sensitivity struct{ Asked int }

// Sensitivities are the answers for every layer with a kernel, those that bear least
// first. Cut has one for each of Sparsities, Rounded for each of Bits.
type Sensitivities struct {
	Base        Evaluation // with none of them changed
	HasAccuracy bool
	Sparsities  []float64
	Bits        []int
	Layers      []LayerSensitivity
	Done, Of    int // measurements; with fewer than all, layers are missing
}

// LayerSensitivity is one layer.
type LayerSensitivity struct {
	Layer, Kind  string
	Cut, Rounded []Evaluation
	Worse        float64 // the mean rise of the loss; +Inf where one is not finite
}

var (
	sparsities = []float64{0.5, 0.7, 0.8, 0.9, 0.95}
	fewerBits  = []int{8, 6, 4, 3, 2}
)

// Measure leaves the copy as it is.
func (m Sensitivity) Measure(ctx context.Context, t *core.Trainer) any {
	return m.Follow(ctx, t, func(any) {})
}

// Follow is Measure, and tells of each layer as soon as it is measured.
func (m Sensitivity) Follow(ctx context.Context, t *core.Trainer, tell func(any)) any {
	p := Held(t)
	out := Sensitivities{HasAccuracy: t.HasAccuracy(), Sparsities: sparsities, Bits: fewerBits}
	if own := t.View().Quant.OwnBits(); own > 0 {
		out.Bits = []int{own}
	}
	n, _ := t.Network()
	kernels := n.Layout().Kernels()
	layers := byLayer(kernels)
	out.Of = len(layers) * (len(out.Sparsities) + len(out.Bits))
	base := t.Masked(nil)
	out.Base.Loss, out.Base.Accuracy = n.Evaluate(base, p)
	w := slices.Clone(base)
	kinds := map[string]string{}
	for _, l := range t.Layers() {
		kinds[l.Name] = l.Kind
	}
	for _, of := range layers {
		b := LayerSensitivity{Layer: of[0].Layer, Kind: kinds[of[0].Layer]}
		try := func(change func(knob.Segment)) Evaluation {
			var a Evaluation
			for _, k := range of {
				change(k)
			}
			a.Loss, a.Accuracy = n.Evaluate(w, p)
			for _, k := range of {
				copy(k.Of(w), k.Of(base))
			}
			out.Done++
			return a
		}
		for _, s := range out.Sparsities {
			if ctx.Err() != nil {
				return out
			}
			b.Cut = append(b.Cut, try(func(k knob.Segment) { compress.CutKernel(k.Of(w), s) }))
		}
		for _, bits := range out.Bits {
			if ctx.Err() != nil {
				return out
			}
			b.Rounded = append(b.Rounded, try(func(k knob.Segment) { t.View().Quant.RoundKernel(k, k.Of(w), bits) }))
		}
		b.Worse = worse(out.Base, append(b.Cut[:len(b.Cut):len(b.Cut)], b.Rounded...))
		out.Layers = append(slices.Clone(out.Layers), b)
		slices.SortStableFunc(out.Layers, func(a, b LayerSensitivity) int { return cmp.Compare(b.Worse, a.Worse) })
		tell(out)
	}
	return out
}

// byLayer puts the kernels of a layer together, which lie side by side.
func byLayer(kernels knob.Layout) (out []knob.Layout) {
	for i, k := range kernels {
		if i > 0 && kernels[i-1].Layer == k.Layer {
			out[len(out)-1] = append(out[len(out)-1], k)
		} else {
			out = append(out, knob.Layout{k})
		}
	}
	return out
}

// worse is by how much the loss rises on the mean.
func worse(base Evaluation, all []Evaluation) float64 {
	sum := 0.0
	for _, a := range all {
		if math.IsNaN(a.Loss) || math.IsInf(a.Loss, 0) {
			return math.Inf(1)
		}
		sum += a.Loss - base.Loss
	}
	return sum / float64(len(all))
}
