package nn

import (
	"descent/core/kernel"
	"descent/core/knob"
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

func (flatten) Kind() string              { return "flatten" }
func (f flatten) Width() (in, out int)    { return f.width, f.width }
func (l flatten) double() passes[float64] { return flattenPasses[float64]{l} }
func (l flatten) single() passes[float32] { return flattenPasses[float32]{l} }

func (flatten) Params() []Param { return nil }

// flattenPasses are the passes of a layer of its kind.
type flattenPasses[T kernel.Float] struct{ flatten }

func (flattenPasses[T]) Forward(_ []T, x, y kernel.Matrix[T], _ Pass) { kernel.CopyRows(y, x) }

func (flattenPasses[T]) Backward(_, _ []T, _, _, dx, dy kernel.Matrix[T]) {
	if dx.Data != nil {
		kernel.CopyRows(dx, dy)
	}
}

func (flattenPasses[T]) begin(int, Pass) {}

func (flattenPasses[T]) rowsForward(_ []T, x, y kernel.Matrix[T], _ some) { kernel.CopyRows(y, x) }

func (flattenPasses[T]) rowsBackward(_ []T, _, _, dx, dy kernel.Matrix[T], _ some) {
	kernel.CopyRows(dx, dy)
}
