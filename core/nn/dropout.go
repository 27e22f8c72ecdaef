package nn

import (
	"math"
	"math/rand/v2"

	"descent/core/kernel"
	"descent/core/knob"
)

// dropout sets each number to 0 with probability p and multiplies the others by
// 1/(1 − p), in training; in evaluation it passes everything on. The mask is
// derived from the seed, the layer's name and the step, so that every try of a
// step sees the same.
// Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, "Dropout: A Simple
// Way to Prevent Neural Networks from Overfitting", 2014; scaled in training,
// as torch.nn.Dropout.
type dropout struct {
	width  int
	p      float64
	stream uint64
	source rand.PCG
	mask   []float64 // of the last pass
	active bool      // the last pass was of training
}

var dropoutKind = kind{
	name: "dropout", help: "dropout: in training, each input is set to zero with probability p",
	options: []option{{name: "p", form: number, max: 1, fallback: "0.5", help: "probability of a zero"}},
	doc: knob.Doc{
		Formula: "y = m ⊙ x / (1 − p), m ~ Bernoulli(1 − p) in training; y = x in evaluation",
		Source:  "N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov, “Dropout: A Simple Way to Prevent Neural Networks from Overfitting”, JMLR 15, 2014, section 4 (there scaled in evaluation instead)",
		PyTorch: "torch.nn.Dropout(p)",
		When:    "Against overfitting, after dense layers. Training gets slower and noisier; seldom useful together with batch-norm, and not where the network underfits.",
		Range:   "p from 0.1 to 0.5",
	},
	build: func(at site, e *Entry) (Layer, []int, error) {
		return &dropout{width: size(at.in), p: e.number("p"), stream: hash(at.name)}, at.in, nil
	},
}

// hash is 64-bit FNV-1a.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

func (*dropout) Kind() string           { return "dropout" }
func (d *dropout) Width() (in, out int) { return d.width, d.width }
func (*dropout) Params() []Param        { return nil }

func (d *dropout) double() passes[float64] { return &dropoutPasses[float64]{dropout: d} }
func (d *dropout) single() passes[float32] { return &dropoutPasses[float32]{dropout: d} }

// dropoutPasses are the passes of a dropout.
type dropoutPasses[T kernel.Float] struct {
	*dropout
	factors []T // the mask in their precision
}

func (d *dropout) Reserve(rows int) {
	if n := rows * d.width; n > len(d.mask) {
		d.mask = make([]float64, n)
	}
}

func (d *dropoutPasses[T]) Forward(w []T, x, y kernel.Matrix[T], pass Pass) {
	d.begin(x.Rows, pass)
	d.rowsForward(w, x, y, some{})
}

// begin draws the mask of a step.
func (d *dropoutPasses[T]) begin(rows int, pass Pass) {
	d.active = pass.Train && d.p > 0
	if !d.active {
		return
	}
	d.draw(rows, pass)
	mask := d.mask[:rows*d.width]
	switch factors := any(&d.factors).(type) {
	case *[]float64:
		*factors = mask
	case *[]float32:
		kernel.Narrow(grow(factors, len(mask)), mask)
	}
}

// draw makes the mask of a step; an element is kept where 53 random bits are
// at least p·2^53.
func (d *dropout) draw(rows int, pass Pass) {
	d.source.Seed(pass.Seed^d.stream, uint64(pass.Step))
	least, kept := uint64(d.p*(1<<53)), 0.0
	if d.p < 1 {
		kept = 1 / (1 - d.p)
	}
	bits := math.Float64bits(kept)
	mask := d.mask[:rows*d.width]
	for i := range mask { // without a branch, which no processor foresees
		least := int64(least) - 1 - int64(d.source.Uint64()>>11)
		mask[i] = math.Float64frombits(bits & uint64(least>>63))
	}
}

// apply multiplies by the mask, so that NaN stays NaN.
func (d *dropoutPasses[T]) apply(to, from kernel.Matrix[T], first int) {
	if !d.active {
		kernel.CopyRows(to, from)
		return
	}
	for r := range from.Rows {
		kernel.Multiply(rowOf(to, r), rowOf(from, r), d.factors[(first+r)*d.width:(first+r+1)*d.width])
	}
}

func (d *dropoutPasses[T]) rowsForward(_ []T, x, y kernel.Matrix[T], at some) {
	d.apply(y, x, at.first)
}

func (d *dropoutPasses[T]) rowsBackward(_ []T, _, _, dx, dy kernel.Matrix[T], at some) {
	d.apply(dx, dy, at.first)
}

func (d *dropoutPasses[T]) Backward(_, _ []T, _, _, dx, dy kernel.Matrix[T]) {
	if dx.Data != nil {
		d.apply(dx, dy, 0)
	}
}

// Kept is what a dropout let through in the last pass of training, of so many rows: 0,
// or 1/(1 − p). nil of other layers, and where p is 0.
func Kept(l Layer, rows int) []float64 {
	d, ok := l.(*dropout)
	if !ok || d.p == 0 {
		return nil
	}
	return d.mask[:rows*d.width]
}
