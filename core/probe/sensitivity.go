package probe

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"

	"descent/core"
	"descent/core/compress"
	"descent/core/data"
	"descent/core/kernel"
	"descent/core/knob"
	"descent/core/parallel"
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

// Follow is Measure, and tells of each layer as soon as it is measured, by one goroutine
// at a time. Several are measured at once, on copies.
func (m Sensitivity) Follow(ctx context.Context, t *core.Trainer, tell func(any)) any {
	p := Held(t)
	out := Sensitivities{HasAccuracy: t.HasAccuracy(), Sparsities: sparsities, Bits: fewerBits}
	if own := t.View().Quant.OwnBits(); own > 0 {
		out.Bits = []int{own}
	}
	n, _ := t.Network()
	layers := byLayer(n.Layout().Kernels())
	out.Of = len(layers) * (len(out.Sparsities) + len(out.Bits))
	base := t.Masked(nil)
	out.Base.Loss, out.Base.Accuracy = n.Evaluate(base, p)
	kinds := map[string]string{}
	for _, l := range t.Layers() {
		kinds[l.Name] = l.Kind
	}
	found := make([]*LayerSensitivity, len(layers)) // in the order of the layers
	var mu sync.Mutex                               // holds out, found and the trainer
	parallel.Do(kernel.Threads(), len(layers), func(i int) {
		if ctx.Err() != nil {
			return
		}
		mu.Lock()
		on := t.Copy()
		mu.Unlock()
		b := LayerSensitivity{Layer: layers[i][0].Layer, Kind: kinds[layers[i][0].Layer]}
		done := b.measure(ctx, on, base, p, layers[i], &out)
		mu.Lock()
		defer mu.Unlock()
		out.Done += done
		if ctx.Err() != nil {
			return
		}
		b.Worse = worse(out.Base, append(b.Cut[:len(b.Cut):len(b.Cut)], b.Rounded...))
		found[i] = &b
		out.Layers = nil
		for _, l := range found {
			if l != nil {
				out.Layers = append(out.Layers, *l)
			}
		}
		slices.SortStableFunc(out.Layers, func(a, b LayerSensitivity) int { return cmp.Compare(b.Worse, a.Worse) })
		tell(out)
	})
	return out
}

// measure measures a layer by its kernels on a copy of the trainer, whose weights are base
// and are left as they are, and returns how often it did before ctx ended.
func (b *LayerSensitivity) measure(ctx context.Context, t *core.Trainer, base []float64, p data.Part, of knob.Layout, by *Sensitivities) (done int) {
	n, _ := t.Network()
	w := slices.Clone(base)
	try := func(change func(knob.Segment)) (a Evaluation) {
		for _, k := range of {
			change(k)
		}
		a.Loss, a.Accuracy = n.Evaluate(w, p)
		for _, k := range of {
			copy(k.Of(w), k.Of(base))
		}
		done++
		return a
	}
	for _, s := range by.Sparsities {
		if ctx.Err() != nil {
			return done
		}
		b.Cut = append(b.Cut, try(func(k knob.Segment) { compress.CutKernel(k.Of(w), s) }))
	}
	for _, bits := range by.Bits {
		if ctx.Err() != nil {
			return done
		}
		b.Rounded = append(b.Rounded, try(func(k knob.Segment) { t.View().Quant.RoundKernel(k, k.Of(w), bits) }))
	}
	return done
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
