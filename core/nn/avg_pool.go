package nn

import (
	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

// avgPool passes the mean of each window on: torch.nn.AvgPool2d.
type avgPool struct{ pool }

var avgPoolKind = kind{
	name: "avg-pool", help: "average pooling: the mean of each window",
	options: poolOptions,
	doc: knob.Doc{
		Formula: "y = mean of the window",
		Source:  "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, “Gradient-Based Learning Applied to Document Recognition”, Proceedings of the IEEE 86(11), 1998, section II (there with a trainable factor and bias)",
		PyTorch: "torch.nn.AvgPool2d(kernel_size, stride)",
		When:    "Over the whole image before the last layer (global average pooling), or where a smooth reduction is wanted.",
		Range:   "size 2, or the size of the image",
	},
	build: func(at site, e *Entry) (Layer, []int, error) {
		p, out, err := newPool(at, e)
		return &avgPool{p}, out, err
	},
}

func (*avgPool) Kind() string { return "avg-pool" }

func (p *avgPool) Forward(_ []float64, x, y blas64.General, _ Pass) {
	n := float64(p.window[0] * p.window[1])
	for r := range x.Rows {
		in, out := rowOf(x, r), rowOf(y, r)
		for o := range out {
			sum, line := 0.0, int(p.corners[o])
			for range p.window[0] {
				for _, v := range in[line : line+p.window[1]] {
					sum += v
				}
				line += p.width
			}
			out[o] = sum / n
		}
	}
}

func (p *avgPool) Backward(_, _ []float64, _, _, dx, dy blas64.General) {
	if dx.Data == nil {
		return
	}
	n := float64(p.window[0] * p.window[1])
	for r := range dy.Rows {
		din := rowOf(dx, r)
		clear(din)
		for o, d := range rowOf(dy, r) {
			part, line := d/n, int(p.corners[o])
			for range p.window[0] {
				for i := range p.window[1] {
					din[line+i] += part
				}
				line += p.width
			}
		}
	}
}
