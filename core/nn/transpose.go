package nn

import (
	"fmt"

	"descent/core/kernel"
	"descent/core/knob"
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

func (transpose) Kind() string              { return "transpose" }
func (t transpose) Width() (in, out int)    { return t.rows * t.cols, t.rows * t.cols }
func (l transpose) double() passes[float64] { return transposePasses[float64]{l} }
func (l transpose) single() passes[float32] { return transposePasses[float32]{l} }

func (transpose) Params() []Param { return nil }

// transposePasses are the passes of a layer of its kind.
type transposePasses[T kernel.Float] struct{ transpose }

func (t transposePasses[T]) Forward(_ []T, x, y kernel.Matrix[T], _ Pass) {
	for r := range x.Rows {
		turn(rowOf(y, r), rowOf(x, r), t.rows, t.cols)
	}
}

func (t transposePasses[T]) Backward(_, _ []T, _, _, dx, dy kernel.Matrix[T]) {
	if dx.Data == nil {
		return
	}
	for r := range dy.Rows {
		turn(rowOf(dx, r), rowOf(dy, r), t.cols, t.rows)
	}
}

// turn writes the transpose of a matrix of rows×cols.
func turn[T kernel.Float](to, from []T, rows, cols int) {
	for i := range rows {
		for j, v := range from[i*cols : (i+1)*cols] {
			to[j*rows+i] = v
		}
	}
}
