package nn

import (
	"errors"
	"fmt"
	"math"

	"descent/core/kernel"
	"descent/core/knob"
)

// embedding turns every integer i of a row into row i of its table of
// vectors: torch.nn.Embedding. The table has the shape [num, dim]. What is no
// integer from 0 to num − 1 becomes a vector of NaN.
type embedding struct{ length, num, dim int }

var embeddingKind = kind{
	name: "embedding", help: "embedding: a trained vector for each integer (category, token) of a row",
	options: []option{
		{name: "num", form: integer, min: 1, help: "number of categories: integers from 0 to num − 1"},
		{name: "dim", form: integer, min: 1, help: "length of a vector"},
	},
	doc: knob.Doc{
		Formula: "y[j] = E[x[j]], E of [num, dim]",
		Source:  "Y. Bengio, R. Ducharme, P. Vincent, C. Jauvin, “A Neural Probabilistic Language Model”, JMLR 3, 2003, section 2",
		PyTorch: "torch.nn.Embedding(num_embeddings, embedding_dim)",
		When:    "As the first layer, for inputs that are categories coded as integers from 0. Cheaper than one-hot inputs where there are many categories.",
		Range:   "dim 4 to 64",
	},
	build: func(at site, e *Entry) (Layer, []int, error) {
		if !at.first || len(at.in) != 1 {
			return nil, nil, errors.New("reads integers, so it must be the first layer, of a flat row")
		}
		l := embedding{length: at.in[0], num: e.integer("num"), dim: e.integer("dim")}
		return l, []int{l.length, l.dim}, nil
	},
}

func (embedding) Kind() string           { return "embedding" }
func (l embedding) Width() (in, out int) { return l.length, l.length * l.dim }

func (l embedding) Params() []Param {
	return []Param{{Name: "weight", Role: Vector, Shape: []int{l.num, l.dim}}}
}

func (l embedding) double() passes[float64] { return embeddingPasses[float64]{l} }
func (l embedding) single() passes[float32] { return embeddingPasses[float32]{l} }

// embeddingPasses are the passes of an embedding.
type embeddingPasses[T kernel.Float] struct{ embedding }

func (l embedding) index(v float64) (i int, ok bool) {
	if !(v >= 0 && v < float64(l.num)) || v != math.Trunc(v) {
		return 0, false
	}
	return int(v), true
}

func (l embeddingPasses[T]) Forward(w []T, x, y kernel.Matrix[T], _ Pass) {
	for r := range x.Rows {
		out := rowOf(y, r)
		for j, v := range rowOf(x, r) {
			vector := out[j*l.dim : (j+1)*l.dim]
			if i, ok := l.index(float64(v)); ok {
				copy(vector, w[i*l.dim:])
			} else {
				fill(vector, T(math.NaN()))
			}
		}
	}
}

// Backward sums dy into the vectors that were used. The numbers that came in
// have no gradient.
func (l embeddingPasses[T]) Backward(_, dw []T, x, _, dx, dy kernel.Matrix[T]) {
	clear(dw)
	for r := range x.Rows {
		dout := rowOf(dy, r)
		for j, v := range rowOf(x, r) {
			if i, ok := l.index(float64(v)); ok {
				dvector := dw[i*l.dim : (i+1)*l.dim]
				for k, d := range dout[j*l.dim : (j+1)*l.dim] {
					dvector[k] += d
				}
			}
		}
	}
	for r := range dx.Rows {
		clear(rowOf(dx, r))
	}
}

// check says which input the table has no vector for.
func (l embedding) check(x kernel.Matrix[float64]) error {
	for r := range x.Rows {
		for _, v := range rowOf(x, r) {
			if _, ok := l.index(v); !ok {
				return fmt.Errorf("layer 0 (embedding) has a vector for each integer from 0 to %d, but the data hold %v", l.num-1, v)
			}
		}
	}
	return nil
}
