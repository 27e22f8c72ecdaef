package nn

import (
	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

// flatten forgets the shape of a row: torch.nn.Flatten. Rows lie flat already,
// so that the numbers stay where they are.
type flatten struct{ width int }

var flattenKind = kind{
	name: "flatten", help: "flatten: an image becomes a plain vector, as dense layers need it",
	doc: knob.Doc{
		Formula: "y = x with the shape [channels · height · width]",
		Source:  knob.None,
		PyTorch: "torch.nn.Flatten()",
		When:    "Between the last convolution or pooling and the first dense layer.",
		Range:   knob.None,
	},
	build: func(at site, _ *Entry) (Layer, []int, error) {
		n := size(at.in)
		return flatten{n}, []int{n}, nil
	},
}

func (flatten) Kind() string           { return "flatten" }
func (f flatten) Width() (in, out int) { return f.width, f.width }
func (flatten) Params() []Param        { return nil }

func (flatten) Forward(_ []float64, x, y blas64.General, _ Pass) {
	for r := range x.Rows {
		copy(rowOf(y, r), rowOf(x, r))
	}
}

func (flatten) Backward(_, _ []float64, _, _, dx, dy blas64.General) {
	if dx.Data == nil {
		return
	}
	for r := range dy.Rows {
		copy(rowOf(dx, r), rowOf(dy, r))
	}
}
