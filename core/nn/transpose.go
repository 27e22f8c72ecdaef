package nn

import (
	"fmt"

	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

// transpose swaps the two axes of a row: what is [length, features] becomes
// [features, length].
type transpose struct{ rows, cols int }

var transposeKind = kind{
	name: "transpose", help: "transpose: a row of [length, features] becomes [features, length]",
	doc: knob.Doc{
		Formula: "y[j, i] = x[i, j]",
		Source:  knob.None,
		PyTorch: "x.transpose(1, 2) in forward()",
		When:    "Between an embedding or a gru, whose rows are [length, features], and a conv1d or a pooling, which take [channels, length]; and back.",
		Range:   knob.None,
	},
	build: func(at site, _ *Entry) (Layer, []int, error) {
		if len(at.in) != 2 {
			return nil, nil, fmt.Errorf("takes rows of two axes, not %s", ShapeText(at.in))
		}
		return transpose{at.in[0], at.in[1]}, []int{at.in[1], at.in[0]}, nil
	},
}

func (transpose) Kind() string           { return "transpose" }
func (t transpose) Width() (in, out int) { return t.rows * t.cols, t.rows * t.cols }
func (transpose) Params() []Param        { return nil }

func (t transpose) Forward(_ []float64, x, y blas64.General, _ Pass) {
	for r := range x.Rows {
		turn(rowOf(y, r), rowOf(x, r), t.rows, t.cols)
	}
}

func (t transpose) Backward(_, _ []float64, _, _, dx, dy blas64.General) {
	if dx.Data == nil {
		return
	}
	for r := range dy.Rows {
		turn(rowOf(dx, r), rowOf(dy, r), t.cols, t.rows)
	}
}

// turn writes the transpose of a matrix of rows×cols.
func turn(to, from []float64, rows, cols int) {
	for i := range rows {
		for j, v := range from[i*cols : (i+1)*cols] {
			to[j*rows+i] = v
		}
	}
}
