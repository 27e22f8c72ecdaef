package nn

import (
	"descent/core/kernel"
	"descent/core/knob"
)

// activation is one row of the catalogue: element-wise loops, the derivative
// expressed in the output y or the input x, whichever is cheaper.
type activation struct {
	name, help string
	forward    func(y, x []float64)
	backward   func(dx, dy, x, y []float64)
	doc        knob.Doc

	options []option // as a layer of a stack; forward and backward are by their defaults
	with    func(e *Entry) (forward func(y, x []float64), backward func(dx, dy, x, y []float64))
}

var identityActivation = activation{
	name: "identity", help: "identity: no activation; the layers stay linear",
	forward:  func(y, x []float64) { copy(y, x) },
	backward: func(dx, dy, _, _ []float64) { copy(dx, dy) },
	doc: knob.Doc{
		Formula: "y = x",
		Source:  knob.None,
		PyTorch: "torch.nn.Identity()",
		When:    "For linear models, and to see what an activation adds: a stack of dense layers without one is a single matrix.",
		Range:   "−∞ to ∞",
	},
}

var reluActivation = activation{
	name: "relu", help: "ReLU: max(0, x); cheap and sparse",
	forward:  kernel.ReluAll[float64],
	backward: func(dx, dy, _, y []float64) { kernel.ReluBack(dx, dy, y) },
	doc: knob.Doc{
		Formula: "y = max(0, x); the derivative at 0 is 0",
		Source:  "V. Nair, G. E. Hinton, “Rectified Linear Units Improve Restricted Boltzmann Machines”, ICML 2010",
		PyTorch: "torch.nn.ReLU()",
		When:    "The default for hidden layers, with init he. A unit whose input is negative for all rows gets no gradient (a dead unit); too large a learning rate makes them.",
		Range:   "0 to ∞",
	},
}

var tanhActivation = activation{
	name: "tanh", help: "tanh: smooth, zero-centred, saturates at ±1",
	forward:  kernel.TanhAll[float64],
	backward: func(dx, dy, _, y []float64) { kernel.TanhBack(dx, dy, y) },
	doc: knob.Doc{
		Formula: "y = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)",
		Source:  "Y. LeCun, L. Bottou, G. B. Orr, K.-R. Müller, “Efficient BackProp”, Neural Networks: Tricks of the Trade, 1998, section 4.4 (there scaled to 1.7159 tanh(⅔ x))",
		PyTorch: "torch.nn.Tanh()",
		When:    "For small networks and smooth functions, with init xavier. In deep stacks gradients vanish where it saturates.",
		Range:   "−1 to 1",
	},
}

var sigmoidActivation = activation{
	name: "sigmoid", help: "sigmoid: 1 / (1 + e⁻ˣ); smooth, saturates at 0 and 1",
	forward: kernel.SigmoidAll[float64],
	backward: func(dx, dy, _, y []float64) {
		for i, v := range y {
			dx[i] = dy[i] * v * (1 - v)
		}
	},
	doc: knob.Doc{
		Formula: "y = 1 / (1 + e⁻ˣ)",
		Source:  "D. E. Rumelhart, G. E. Hinton, R. J. Williams, “Learning representations by back-propagating errors”, Nature 323, 1986",
		PyTorch: "torch.nn.Sigmoid()",
		When:    "For probabilities; between layers its derivative is at most ¼, so that gradients vanish in deep networks. The loss bce contains it: no sigmoid before it.",
		Range:   "0 to 1",
	},
}

// elementwise is an activation as a layer of some width.
type elementwise struct {
	activation
	width int
}

func (e elementwise) Kind() string      { return e.name }
func (e elementwise) Width() (int, int) { return e.width, e.width }
func (elementwise) Params() []Param     { return nil }

// gates tells whether it is a relu, whose gradient is let through or not.
func (e elementwise) gates() bool { return e.name == reluActivation.name }

func (e elementwise) double() passes[float64] { return elementwisePasses{e} }

func (e elementwise) single() passes[float32] {
	if e.gates() {
		return reluPasses{e}
	}
	return &singlePasses{elementwise: e}
}

// elementwisePasses are the passes of an activation in float64.
type elementwisePasses struct{ elementwise }

func (e elementwisePasses) Forward(_ []float64, x, y kernel.Matrix[float64], _ Pass) {
	e.forward(y.Data[:y.Rows*y.Cols], x.Data[:x.Rows*x.Cols])
}

func (elementwisePasses) begin(int, Pass) {}

func (e elementwisePasses) rowsForward(w []float64, x, y kernel.Matrix[float64], _ some) {
	e.Forward(w, x, y, Pass{})
}

func (e elementwisePasses) rowsBackward(w []float64, x, y, dx, dy kernel.Matrix[float64], _ some) {
	e.Backward(w, nil, x, y, dx, dy)
}

func (e elementwisePasses) Backward(_, _ []float64, x, y, dx, dy kernel.Matrix[float64]) {
	if dx.Data == nil {
		return
	}
	n := y.Rows * y.Cols
	e.backward(dx.Data[:n], dy.Data[:n], x.Data[:n], y.Data[:n])
}

// reluPasses are those of relu in float32.
type reluPasses struct{ elementwise }

func (reluPasses) begin(int, Pass) {}

func (e reluPasses) Forward(w []float32, x, y kernel.Matrix[float32], _ Pass) {
	e.rowsForward(w, x, y, some{})
}

func (e reluPasses) Backward(w, _ []float32, x, y, dx, dy kernel.Matrix[float32]) {
	if dx.Data != nil {
		e.rowsBackward(w, x, y, dx, dy, some{})
	}
}

func (reluPasses) rowsForward(_ []float32, x, y kernel.Matrix[float32], _ some) {
	n := y.Rows * y.Cols
	kernel.ReluAll(y.Data[:n], x.Data[:n])
}

func (reluPasses) rowsBackward(_ []float32, _, y, dx, dy kernel.Matrix[float32], _ some) {
	n := y.Rows * y.Cols
	kernel.ReluBack(dx.Data[:n], dy.Data[:n], y.Data[:n])
}

// singlePasses are those in float32: an activation is computed in float64 and rounded.
type singlePasses struct {
	elementwise
	x, y, dx, dy [blockOfSingles]float64
}

const blockOfSingles = 256

func (e *singlePasses) Forward(_ []float32, x, y kernel.Matrix[float32], _ Pass) {
	n := y.Rows * y.Cols
	for from := 0; from < n; from += blockOfSingles {
		to := min(from+blockOfSingles, n)
		in, out := e.x[:to-from], e.y[:to-from]
		kernel.Widen(in, x.Data[from:to])
		e.forward(out, in)
		kernel.Narrow(y.Data[from:to], out)
	}
}

func (e *singlePasses) Backward(_, _ []float32, x, y, dx, dy kernel.Matrix[float32]) {
	if dx.Data == nil {
		return
	}
	n := y.Rows * y.Cols
	for from := 0; from < n; from += blockOfSingles {
		to := min(from+blockOfSingles, n)
		k := to - from
		kernel.Widen(e.x[:k], x.Data[from:to])
		kernel.Widen(e.y[:k], y.Data[from:to])
		kernel.Widen(e.dy[:k], dy.Data[from:to])
		e.backward(e.dx[:k], e.dy[:k], e.x[:k], e.y[:k])
		kernel.Narrow(dx.Data[from:to], e.dx[:k])
	}
}
