package probe

import (
	"context"

	"descent/core"
	"descent/core/kernel"
	"descent/core/loss"
	"descent/core/surface"

	"gonum.org/v1/gonum/blas/blas64"
)

// Plane evaluates a surface, or what a network makes of its two inputs, on a
// grid of W×H points in the middles of as many equal parts of Box; the first
// row is the topmost. It finds a Field.
type Plane struct {
	Box  surface.Box
	W, H int
}

// Field is what Plane found, row by row. A classifier has a Class and the
// Share of the probability that it gives to it; anything else has a Value: the
// height of the surface, the network's first output, or with yes-or-no outputs
// the probability of the first.
type Field struct {
	W, H  int
	Value []float64
	Class []int
	Share []float64
}

// Measure finds the field. It is not asked for networks of other than two inputs.
func (p Plane) Measure(ctx context.Context, t *core.Trainer) any {
	f := Field{W: p.W, H: p.H}
	if s, ok := t.Surface(); ok {
		f.Value = make([]float64, 0, p.W*p.H)
		for i := range p.W * p.H {
			f.Value = append(f.Value, s.Value(p.point(i)))
		}
		return f
	}
	const block = 512
	x := blas64.General{Rows: block, Cols: 2, Stride: 2, Data: make([]float64, 2*block)}
	for from := 0; from < p.W*p.H && ctx.Err() == nil; from += block {
		x.Rows = min(block, p.W*p.H-from)
		for i := range x.Rows {
			x.Data[2*i], x.Data[2*i+1] = p.point(from + i)
		}
		f.read(t, x)
	}
	return f
}

// point is the i-th of the grid.
func (p Plane) point(i int) (x, y float64) {
	b := p.Box
	across, down := (float64(i%p.W)+0.5)/float64(p.W), (float64(i/p.W)+0.5)/float64(p.H)
	return b.Left + float64((b.Right-b.Left)*across), b.Top - float64((b.Top-b.Bottom)*down)
}

// read appends what the network makes of some points.
func (f *Field) read(t *core.Trainer, x blas64.General) {
	out := t.Outputs(x)
	out.Rows = x.Rows
	byClass, logits := reads(t)
	switch {
	case byClass && out.Cols > 1:
		loss.Softmax(out)
		for r := range out.Rows {
			best := 0
			row := out.Data[r*out.Stride : r*out.Stride+out.Cols]
			for c, v := range row {
				if v > row[best] {
					best = c
				}
			}
			f.Class, f.Share = append(f.Class, best), append(f.Share, row[best])
		}
	default:
		for r := range out.Rows {
			v := out.Data[r*out.Stride]
			if logits {
				v = kernel.Sigmoid(v)
			}
			f.Value = append(f.Value, v)
		}
	}
}

// Line evaluates what a network makes of its one input, at N points from From
// to To, ends included. It finds their first outputs, a []float64.
type Line struct {
	From, To float64
	N        int
}

// Measure finds the outputs. It is not asked for networks of several inputs.
func (l Line) Measure(_ context.Context, t *core.Trainer) any {
	x := blas64.General{Rows: l.N, Cols: 1, Stride: 1, Data: make([]float64, l.N)}
	for i := range x.Data {
		x.Data[i] = l.From + float64((l.To-l.From)*float64(i))/float64(max(l.N-1, 1))
	}
	out := t.Outputs(x)
	values := make([]float64, l.N)
	for i := range values {
		values[i] = out.Data[i*out.Stride]
	}
	return values
}
