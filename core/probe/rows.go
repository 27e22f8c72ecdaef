package probe

import (
	"context"

	"descent/core"
	"descent/core/data"

	"gonum.org/v1/gonum/blas/blas64"
)

// most is how many rows a probe looks at.
const most = 512

// held are the rows that probes judge by: the validation rows, or where there
// are none those trained on; the first of them if they are many.
func held(t *core.Trainer) data.Part {
	d := t.Data()
	part := d.Val
	if part.Rows() == 0 {
		part = d.Train
	}
	return cut(part, 0, min(part.Rows(), most))
}

// Judges is how many rows probes judge by, of how many there are; validation
// tells that they are not among those trained on.
func Judges(t *core.Trainer) (rows, of int, validation bool) {
	d := t.Data()
	of, validation = d.Val.Rows(), true
	if of == 0 {
		of, validation = d.Train.Rows(), false
	}
	return held(t).Rows(), of, validation
}

// cut are the rows from to before.
func cut(p data.Part, from, to int) data.Part {
	block := func(m blas64.General) blas64.General {
		m.Rows, m.Data = to-from, m.Data[from*m.Stride:to*m.Stride]
		return m
	}
	out := data.Part{X: block(p.X), Values: block(p.Values)}
	if p.Classes != nil {
		out.Classes = p.Classes[from:to]
	}
	return out
}

// blockRows is how many rows go through the network at a time.
const blockRows = 128

// eachBlock calls f with blocks of rows and what the network makes of them,
// until ctx ends.
func eachBlock(ctx context.Context, t *core.Trainer, p data.Part, f func(first int, p data.Part, out blas64.General)) {
	for from := 0; from < p.Rows() && ctx.Err() == nil; from += blockRows {
		block := cut(p, from, min(from+blockRows, p.Rows()))
		f(from, block, t.Outputs(block.X))
	}
}

func row(m blas64.General, r int) []float64 { return m.Data[r*m.Stride : r*m.Stride+m.Cols] }

// argmax is the first of the largest.
func argmax(v []float64) int {
	best := 0
	for i, x := range v {
		if x > v[best] {
			best = i
		}
	}
	return best
}
