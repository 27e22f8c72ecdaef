package nn

import (
	"descent/core/kernel"
	"descent/core/knob"
)

// maxPool passes the largest number of each window on, and the gradient back
// to it: torch.nn.MaxPool2d and 1d,
// and AdaptiveMaxPool2d and 1d. Of equal numbers it is the first; NaN wins.
type maxPool struct {
	pool
	from []int32 // where each output comes from within its row
}

var maxPoolKind = kind{
	name: "max-pool", help: "max pooling: the maximum of each window",
	options: poolOptions,
	doc: knob.Doc{
		Formula: "y = max of the window; the gradient goes to the first maximum",
		Source:  "Y.-L. Boureau, J. Ponce, Y. LeCun, “A Theoretical Analysis of Feature Pooling in Visual Recognition”, ICML 2010",
		PyTorch: "torch.nn.MaxPool2d(kernel_size, stride, padding, ceil_mode=False), torch.nn.MaxPool1d of sequences",
		When:    "To halve height and width after convolutions: cheap, and little affected by small shifts. A conv2d of stride 2 does the same with trained weights.",
		Range:   "size 2",
	},
	build: func(at site, e *Entry) (Layer, []int, error) {
		p, out, err := newPool(at, e)
		return &maxPool{pool: p}, out, err
	},
}

var adaptiveMaxPoolKind = kind{
	name: "adaptive-max-pool", help: "adaptive max pooling: the maximum of as many windows as are wanted",
	options: []option{{name: "size", form: pair, min: 1, help: "height and width that come out, 7 or 7x5"}},
	doc: knob.Doc{
		Formula: "y[i] = max of x from ⌊i·L/n⌋ to ⌈(i+1)·L/n⌉ − 1, along height and width each; the gradient goes to the first maximum",
		Source:  "K. He, X. Zhang, S. Ren, J. Sun, “Spatial Pyramid Pooling in Deep Convolutional Networks for Visual Recognition”, IEEE TPAMI 37(9), 2015, section 2.2",
		PyTorch: "torch.nn.AdaptiveMaxPool2d(output_size), torch.nn.AdaptiveMaxPool1d of sequences",
		When:    "Before the dense layers, so that their width does not depend on the size of the images.",
		Range:   "size 1 to 7",
	},
	build: func(at site, e *Entry) (Layer, []int, error) {
		p, out, err := newAdaptivePool(at, e)
		return &maxPool{pool: p}, out, err
	},
}

var globalMaxPoolKind = kind{
	name: "global-max-pool", help: "global max pooling: the maximum of each channel",
	doc: knob.Doc{
		Formula: "y[c] = max of all numbers of channel c; the gradient goes to the first maximum",
		Source:  "M. Oquab, L. Bottou, I. Laptev, J. Sivic, “Is object localization for free?”, CVPR 2015, section 3",
		PyTorch: "torch.nn.Sequential(torch.nn.AdaptiveMaxPool2d(1), torch.nn.Flatten()), AdaptiveMaxPool1d(1) of sequences",
		When:    "In place of flatten, where it matters whether something is in the image and not where. Behind an embedding or a gru, whose rows are [length, features], put transpose before it.",
		Range:   knob.None,
	},
	build: func(at site, e *Entry) (Layer, []int, error) {
		p, out, err := newGlobalPool(at, e)
		return &maxPool{pool: p}, out, err
	},
}

func (p *maxPool) double() passes[float64] { return maxPasses[float64]{p} }
func (p *maxPool) single() passes[float32] { return maxPasses[float32]{p} }

// maxPasses are the passes of a layer of its kind.
type maxPasses[T kernel.Float] struct{ *maxPool }

func (p *maxPool) Reserve(rows int) {
	_, out := p.Width()
	if n := rows * out; n > len(p.from) {
		p.from = make([]int32, n)
	}
}

func (p maxPasses[T]) begin(int, Pass) {}

func (p maxPasses[T]) Forward(w []T, x, y kernel.Matrix[T], _ Pass) {
	p.rowsForward(w, x, y, some{})
}

func (p maxPasses[T]) rowsForward(_ []T, x, y kernel.Matrix[T], at some) {
	halves := p.halves()
	for r := range x.Rows {
		in, out, from := rowOf(x, r), rowOf(y, r), p.from[(at.first+r)*y.Cols:(at.first+r+1)*y.Cols]
		if halves {
			for c := range p.channels {
				first, area, places := c*p.height*p.width, p.height*p.width, p.rows*p.cols
				kernel.Halve(plain(out[c*places:], p.rows, p.cols), from[c*places:(c+1)*places], plain(in[first:first+area], p.height, p.width), first)
			}
			continue
		}
		p.largest(from, in)
		for o, i := range from {
			out[o] = in[i]
		}
	}
}

// largest finds for each window where its largest number is.
func (p maxPasses[T]) largest(from []int32, in []T) {
	for o, corner := range p.corners {
		lines, columns := p.at(o)
		from[o] = p.largestAt(int(corner), lines, columns, in)
	}
}

func (p maxPasses[T]) largestAt(corner, lines, columns int, in []T) int32 {
	best, line := corner, corner
	for range lines {
		for i := line; i < line+columns; i++ {
			if v := in[i]; v > in[best] || v != v {
				best = i
			}
		}
		line += p.width
	}
	return int32(best)
}

func (p maxPasses[T]) Backward(w, _ []T, x, y, dx, dy kernel.Matrix[T]) {
	if dx.Data != nil {
		p.rowsBackward(w, x, y, dx, dy, some{})
	}
}

func (p maxPasses[T]) rowsBackward(_ []T, _, _, dx, dy kernel.Matrix[T], at some) {
	for r := range dy.Rows {
		din, from := rowOf(dx, r), p.from[(at.first+r)*dy.Cols:(at.first+r+1)*dy.Cols]
		clear(din)
		for o, d := range rowOf(dy, r) {
			din[from[o]] += d
		}
	}
}
