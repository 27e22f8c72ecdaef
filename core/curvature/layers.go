package curvature

import (
	"context"
	"math"
	"slices"

	"descent/core"
	"descent/core/data"
	"descent/core/probe"

	"gonum.org/v1/gonum/blas/blas64"
)

// Layers looks into each layer: how its weights, gradients and activations are
// distributed, the norm of its gradient, and units that do not answer; see
// probe.Units. It finds []Layer, and nothing for a surface.
type Layers struct{}

// Layer is what Layers found of one. Gradients are of the training loss as Sharpness
// takes it.
type Layer struct {
	Name, Kind             string
	Gradient               float64   // ‖g‖; NaN without parameters
	Units, Dead, Saturated int       // of an activation layer
	Weights                Histogram // of all parameters that train or not, before masks and rounding
	Gradients              Histogram // of log₁₀|g|
	Activations            Histogram // of an activation layer's outputs
}

// Bins is how many bins a Histogram has.
const Bins = 24

// Histogram counts values in equal bins from Low to High. Those that are exactly 0 or
// not finite are counted apart.
type Histogram struct {
	Low, High       float64
	Counts          [Bins]int
	Zeros, Infinite int
}

// Total is how many values were counted, zeros and infinities included.
func (h Histogram) Total() int {
	n := h.Zeros + h.Infinite
	for _, c := range h.Counts {
		n += c
	}
	return n
}

// activationRows is how many training rows run through the network.
const activationRows = 256

// Recorded tells that earlier findings are of interest.
func (Layers) Recorded() bool { return true }

// Measure leaves the copy as it is.
func (m Layers) Measure(ctx context.Context, t *core.Trainer) any {
	return m.Follow(ctx, t, func(any) {})
}

// Follow is Measure: it tells nothing before the end.
func (m Layers) Follow(ctx context.Context, t *core.Trainer, _ func(any)) any {
	n, ok := t.Network()
	if !ok {
		return []Layer(nil)
	}
	params := t.Params()
	grad := make([]float64, len(params))
	t.GradientAt(params, grad, rows(t))
	var out []Layer
	for _, part := range n.Parts() {
		l := Layer{Name: part.Name, Kind: part.Kind, Gradient: math.NaN()}
		var w, g []float64
		for _, seg := range t.Tensors() {
			if seg.Layer == part.Name {
				w, g = append(w, seg.Of(params)...), append(g, seg.Of(grad)...)
			}
		}
		if len(w) > 0 {
			l.Gradient = norm(g)
			l.Weights = distribution(w, true)
			for i, v := range g {
				if v != 0 {
					g[i] = math.Log10(math.Abs(v))
				} else {
					g[i] = math.Inf(-1)
				}
			}
			l.Gradients = distribution(g, false)
			l.Gradients.Zeros, l.Gradients.Infinite = l.Gradients.Infinite, 0
		}
		out = append(out, l)
	}
	if ctx.Err() != nil {
		return out
	}
	at := func(name string) *Layer {
		if i := slices.IndexFunc(out, func(l Layer) bool { return l.Name == name }); i >= 0 {
			return &out[i]
		}
		return &Layer{}
	}
	for _, u := range (probe.Units{}).Measure(ctx, t).([]probe.LayerUnits) {
		l := at(u.Layer)
		l.Units, l.Dead, l.Saturated = u.Units, u.Dead, u.Saturated
	}
	train := t.Data().Train
	n.Activations(t.Weights(), some(train).X, func(layer, _ string, _ []int, units blas64.General) {
		at(layer).Activations = distribution(units.Data[:units.Rows*units.Cols], false)
	})
	return out
}

func some(p data.Part) data.Part { return p.Cut(0, min(p.Rows(), activationRows)) }

// distribution counts values between the least and the largest, or within ±the
// largest magnitude.
func distribution(v []float64, symmetric bool) (h Histogram) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, x := range v {
		if x != 0 && !math.IsNaN(x) && !math.IsInf(x, 0) {
			low, high = min(low, x), max(high, x)
		}
	}
	if symmetric {
		high = max(-low, high)
		low = -high
	}
	if low > high {
		low, high = 0, 0
	}
	h.Low, h.High = low, high
	for _, x := range v {
		switch {
		case x == 0:
			h.Zeros++
		case math.IsNaN(x) || math.IsInf(x, 0):
			h.Infinite++
		case high == low:
			h.Counts[Bins/2]++
		default:
			h.Counts[min(int((x-low)/(high-low)*Bins), Bins-1)]++
		}
	}
	return h
}
