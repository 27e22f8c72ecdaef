package frames

import (
	"math"
	"testing"

	"descent/core/curvature"
	"descent/core/data"
	"descent/core/optim"
	"descent/session/live"
	"descent/tui/draw"

	"gonum.org/v1/gonum/blas/blas64"
)

// Curved is a still frame with measurements of the curvature, for an optimizer with a
// limit 2/η of 40.
func Curved(t testing.TB) *live.Frame {
	f := Still(t)
	f.Data = &data.Set{Train: data.Part{X: blas64.General{Rows: 1438}}}
	f.Records = map[live.Probe][]live.Record{}
	put := func(p live.Probe, step int, v any) {
		found := live.Finding{Step: step, Value: v}
		r := live.Record{Finding: found}
		r.At.Branch, r.At.Step = f.Branch, step
		f.Records[p], f.Findings[p] = append(f.Records[p], r), found
	}
	for i := range 25 {
		step, x := 500*i, float64(i)/24
		put(curvature.Sharpness{}, step, curvature.Sharp{
			Rows: 1438, Of: 1438, Loss: 0.03, Gradient: 0.3 * math.Exp(-4*x),
			Hessian: curvature.Eigen{Value: 40*math.Tanh(4*x) + math.Sin(40*x), Residual: 0.01, Products: 12, Done: true},
			Limit:   optim.Stability{Limit: 40, Formula: "2/η", Source: "source"},
		})
		put(curvature.Layers{}, step, layers(x))
	}
	put(curvature.GradientNoise{}, 12000, curvature.Noise{Rows: 1408, Batches: 64, Batch: 22, Square: 0.001, Trace: 0.4})
	return f
}

// layers are those of the still frame, ever wider.
func layers(x float64) (out []curvature.Layer) {
	bell := func(low, high, wide float64) (h curvature.Histogram) {
		h.Low, h.High = low, high
		for i := range h.Counts {
			v := (float64(i) + 0.5 - curvature.Bins/2) / curvature.Bins * 2
			h.Counts[i] = draw.Floor(200 * math.Exp(-v*v/wide/wide))
		}
		return h
	}
	for i, name := range []string{"0", "1", "2", "3", "4"} {
		l := curvature.Layer{Name: name, Kind: "dense", Gradient: 0.03 + float64(i)/100}
		l.Weights, l.Gradients = bell(-0.5-x, 0.5+x, 0.2+0.3*x), bell(-6, -1, 0.4)
		if i%2 == 1 {
			l = curvature.Layer{Name: name, Kind: "relu", Gradient: math.NaN(), Units: 96 - 32*i/1, Activations: bell(0, 3+x, 0.5)}
			l.Units, l.Dead = 64/i, 3*(3-i)/2
			l.Activations.Zeros = 400
		}
		out = append(out, l)
	}
	return out
}
