package optim

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"
)

// adafactor keeps a mean of squares for the rows and for the columns of each
// kernel instead of one for every weight: v ≈ r cᵀ / Σr, β₂ = 1 − t^−decay,
// u = g / √v, shortened to a root mean square of d, times max(ε₂, RMS(p)).
// Shazeer, Stern 2018, algorithms 4 and 5, with the rate given.
type adafactor struct {
	Decay, Clip, Least float64

	layout knob.Layout
	square []float64 // rows then columns of a kernel in its own place; all of any other tensor
}

const adafactorEps = 1e-30 // ε₁

func (a *adafactor) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("optimizer.decay_rate", &a.Decay, 0.1, 1, knob.Linear, "how fast squares are remembered longer: 1 − t^−decay").WithStep(0.05),
		knob.Float("optimizer.clip_threshold", &a.Clip, 0.01, 100, knob.Log, "the largest root mean square of an update").WithScale(knob.Log, 0.01),
		knob.Float("optimizer.least_scale", &a.Least, 0, 1, knob.Log, "the least size that weights are taken to have"),
	}
}

func (a *adafactor) Init(layout knob.Layout) {
	a.layout, a.square = layout, make([]float64, layout.Size()+sides(layout))
}

// sides is room for kernels with fewer weights than rows and columns.
func sides(layout knob.Layout) int {
	n := 0
	for _, seg := range layout {
		rows, cols := matrix(seg)
		n += max(0, rows+cols-rows*cols)
	}
	return n
}

func (a *adafactor) State() []knob.Buffer {
	return []knob.Buffer{{Name: "adafactor/factored square mean", Data: a.square}}
}

func (a *adafactor) Apply(update, params []float64, at At) {
	keep := 1 - kernel.Exp(-a.Decay*kernel.Log(float64(at.Age)))
	from := 0
	for _, seg := range a.layout {
		u, p := seg.Of(update), seg.Of(params)
		rows, cols := matrix(seg)
		if rows == 0 {
			v := a.square[from : from+len(u)]
			for i, g := range u {
				v[i] = float64(keep*v[i]) + float64((1-keep)*(float64(g*g)+adafactorEps))
				u[i] = g / math.Sqrt(v[i])
			}
			from += len(u)
		} else {
			a.factored(u, a.square[from:from+rows], a.square[from+rows:from+rows+cols], keep)
			from += max(rows+cols, rows*cols)
		}
		size := math.Sqrt(float64(len(u)))
		kernel.Scale(u, max(a.Least, norm(p)/size)/max(1, norm(u)/size/a.Clip))
	}
}

func (a *adafactor) factored(u, r, c []float64, keep float64) {
	rows, cols := len(r), len(c)
	total := 0.0
	for i := range r {
		sum := 0.0
		for _, g := range u[i*cols : (i+1)*cols] {
			sum += float64(g*g) + adafactorEps
		}
		r[i] = float64(keep*r[i]) + float64((1-keep)*(sum/float64(cols)))
		total += r[i]
	}
	for j := range c {
		sum := 0.0
		for i := range rows {
			g := u[i*cols+j]
			sum += float64(g*g) + adafactorEps
		}
		c[j] = float64(keep*c[j]) + float64((1-keep)*(sum/float64(rows)))
	}
	mean := total / float64(rows)
	for i := range r {
		for j := range c {
			u[i*cols+j] /= math.Sqrt(r[i] / mean * c[j])
		}
	}
}
