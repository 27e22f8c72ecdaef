package nn

import (
	"fmt"
	"slices"

	"descent/core/kernel"
	"descent/core/knob"
)

// residual is y = x + F(x) with F a stack of its own that keeps the shape.
// He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition", 2015,
// eq. 1. Its tensors are named below its index: "3.0.weight".
type residual struct{ body *Model }

var residualKind = kind{
	name: "residual", help: "residual block: y = x + F(x), F a stack of layers of its own",
	holds: true,
	doc: knob.Doc{
		Formula: "y = x + F(x), F of the same shape as x",
		Source:  "K. He, X. Zhang, S. Ren, J. Sun, “Deep Residual Learning for Image Recognition”, CVPR 2016, equation 1",
		PyTorch: "y = x + F(x) in forward(); torchvision.models.resnet.BasicBlock",
		When:    "In deep networks: the gradient has a path around each block, so that networks of dozens of layers still train. A block must keep the shape of a row.",
		Range:   "2 layers with weights in a block",
	},
	build: func(at site, e *Entry) (Layer, []int, error) {
		body, err := assemble(e.body, site{name: at.name, in: at.in})
		if err != nil {
			return nil, nil, err
		}
		if out := body.OutShape(); !slices.Equal(out, at.in) {
			return nil, nil, fmt.Errorf("adds what comes in, %s, to what its layers make of it, %s; the shapes must be equal", ShapeText(at.in), ShapeText(out))
		}
		return &residual{body}, at.in, nil
	},
}

func (*residual) Kind() string             { return "residual" }
func (l *residual) Width() (in, out int)   { return l.body.In(), l.body.Out() }
func (l *residual) join(team *kernel.Team) { l.body.Join(team) }
func (l *residual) watch(stop func() bool) { l.body.Watch(stop) }
func (l *residual) inner() *Model          { return l.body }
func (l *residual) State() []knob.Buffer   { return l.body.State() }

func (l *residual) double() passes[float64] { return residualPasses[float64]{&l.body.double} }
func (l *residual) single() passes[float32] { return residualPasses[float32]{&l.body.narrow.engine} }

func (l *residual) Params() []Param {
	var out []Param
	for _, seg := range l.body.layout {
		out = append(out, Param{Name: seg.Name, Role: seg.Role, Shape: seg.Shape})
	}
	return out
}

// residualPasses are the passes of a residual block: those of its body.
type residualPasses[T kernel.Float] struct{ body *engine[T] }

func (l residualPasses[T]) Reserve(rows int) { l.body.reserve(rows) }

func (l residualPasses[T]) Forward(w []T, x, y kernel.Matrix[T], pass Pass) {
	add(y, l.body.forward(w, x, pass), x)
}

func (l residualPasses[T]) Backward(w, dw []T, x, _, dx, dy kernel.Matrix[T]) {
	grad := l.body.outGrad()
	for r := range dy.Rows {
		copy(rowOf(grad, r), rowOf(dy, r))
	}
	l.body.backward(w, dw, dx)
	if dx.Data != nil {
		add(dx, dx, dy)
	}
}
