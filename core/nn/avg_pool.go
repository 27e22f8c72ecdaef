package nn

import (
	"descent/core/kernel"
	"descent/core/knob"
)

// avgPool passes the mean of each window on: torch.nn.AvgPool2d and 1d, and
// AdaptiveAvgPool2d and 1d.
type avgPool struct{ pool }

var avgPoolKind = kind{
	name: "avg-pool", help: "average pooling: the mean of each window",
	options: append(poolOptions[:len(poolOptions):len(poolOptions)],
		option{name: countPadding, form: flag, fallback: "true", help: "whether zeros of the padding count in a mean"}),
	doc: knob.Doc{
		Formula: "y = mean of the window",
		Source:  "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, “Gradient-Based Learning Applied to Document Recognition”, Proceedings of the IEEE 86(11), 1998, section II (there with a trainable factor and bias)",
		PyTorch: "torch.nn.AvgPool2d(kernel_size, stride, padding, ceil_mode=False, count_include_pad=True), torch.nn.AvgPool1d of sequences",
		When:    "Where a smooth reduction is wanted. Over the whole image before the last layer it is global-avg-pool.",
		Range:   "size 2",
	},
	build: func(at site, e *Entry) (Layer, []int, error) {
		p, out, err := newPool(at, e)
		return &avgPool{p}, out, err
	},
}

var adaptiveAvgPoolKind = kind{
	name: "adaptive-avg-pool", help: "adaptive average pooling: the mean of as many windows as are wanted",
	options: []option{{name: "size", form: pair, min: 1, help: "height and width that come out, 7 or 7x5"}},
	doc: knob.Doc{
		Formula: "y[i] = mean of x from ⌊i·L/n⌋ to ⌈(i+1)·L/n⌉ − 1, along height and width each",
		Source:  "K. He, X. Zhang, S. Ren, J. Sun, “Spatial Pyramid Pooling in Deep Convolutional Networks for Visual Recognition”, IEEE TPAMI 37(9), 2015, section 2.2 (there the maximum)",
		PyTorch: "torch.nn.AdaptiveAvgPool2d(output_size), torch.nn.AdaptiveAvgPool1d of sequences",
		When:    "Before the dense layers, so that their width does not depend on the size of the images. Size 1 is global-avg-pool, but for the shape.",
		Range:   "size 1 to 7",
	},
	build: func(at site, e *Entry) (Layer, []int, error) {
		p, out, err := newAdaptivePool(at, e)
		return &avgPool{p}, out, err
	},
}

var globalAvgPoolKind = kind{
	name: "global-avg-pool", help: "global average pooling: the mean of each channel",
	doc: knob.Doc{
		Formula: "y[c] = mean of all numbers of channel c",
		Source:  "M. Lin, Q. Chen, S. Yan, “Network In Network”, ICLR 2014, section 3.2",
		PyTorch: "torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten()), AdaptiveAvgPool1d(1) of sequences",
		When:    "In place of flatten before the last dense layer: far fewer weights, and no matter where in the image something is. Of a sequence [channels, length] it is the mean over the length; behind an embedding or a gru put transpose before it.",
		Range:   knob.None,
	},
	build: func(at site, e *Entry) (Layer, []int, error) {
		p, out, err := newGlobalPool(at, e)
		return &avgPool{p}, out, err
	},
}

func (p *avgPool) double() passes[float64] { return avgPasses[float64]{p} }
func (p *avgPool) single() passes[float32] { return avgPasses[float32]{p} }

// avgPasses are the passes of a layer of its kind.
type avgPasses[T kernel.Float] struct{ *avgPool }

func (p avgPasses[T]) begin(int, Pass) {}

func (p avgPasses[T]) Forward(w []T, x, y kernel.Matrix[T], _ Pass) {
	p.rowsForward(w, x, y, some{})
}

func (p avgPasses[T]) rowsForward(_ []T, x, y kernel.Matrix[T], _ some) {
	n := T(p.window[0] * p.window[1])
	for r := range x.Rows {
		in, out := rowOf(x, r), rowOf(y, r)
		for o := range out {
			lines, columns := p.at(o)
			if p.cuts != nil {
				n = T(p.cuts[o].area)
			}
			sum, line := T(0), int(p.corners[o])
			for range lines {
				for _, v := range in[line : line+columns] {
					sum += v
				}
				line += p.width
			}
			out[o] = sum / n
		}
	}
}

func (p avgPasses[T]) Backward(w, _ []T, x, y, dx, dy kernel.Matrix[T]) {
	if dx.Data != nil {
		p.rowsBackward(w, x, y, dx, dy, some{})
	}
}

func (p avgPasses[T]) rowsBackward(_ []T, _, _, dx, dy kernel.Matrix[T], _ some) {
	n := T(p.window[0] * p.window[1])
	for r := range dy.Rows {
		din := rowOf(dx, r)
		clear(din)
		for o, d := range rowOf(dy, r) {
			lines, columns := p.at(o)
			if p.cuts != nil {
				n = T(p.cuts[o].area)
			}
			part, line := d/n, int(p.corners[o])
			for range lines {
				for i := range columns {
					din[line+i] += part
				}
				line += p.width
			}
		}
	}
}
