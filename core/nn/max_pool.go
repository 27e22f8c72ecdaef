package nn

import "gonum.org/v1/gonum/blas/blas64"

// maxPool passes the largest number of each window on, and the gradient back
// to it: torch.nn.MaxPool2d. Of equal numbers it is the first; NaN wins.
type maxPool struct {
	pool
	from []int32 // where each output comes from within its row
}

var maxPoolKind = kind{
	name: "max-pool", help: "the largest number of each window",
	options: poolOptions,
	build: func(at site, e *Entry) (Layer, []int, error) {
		p, out, err := newPool(at, e)
		return &maxPool{pool: p}, out, err
	},
}

func (*maxPool) Kind() string { return "max-pool" }

func (p *maxPool) Reserve(rows int) {
	_, out := p.Width()
	if n := rows * out; n > len(p.from) {
		p.from = make([]int32, n)
	}
}

func (p *maxPool) Forward(_ []float64, x, y blas64.General, _ Pass) {
	for r := range x.Rows {
		in, out, from := rowOf(x, r), rowOf(y, r), p.from[r*y.Cols:(r+1)*y.Cols]
		for o := range out {
			best := p.corner(o)
			line := best
			for range p.window[0] {
				for i := line; i < line+p.window[1]; i++ {
					if v := in[i]; v > in[best] || v != v {
						best = i
					}
				}
				line += p.width
			}
			out[o], from[o] = in[best], int32(best)
		}
	}
}

func (p *maxPool) Backward(_, _ []float64, _, _, dx, dy blas64.General) {
	if dx.Data == nil {
		return
	}
	for r := range dy.Rows {
		din, from := rowOf(dx, r), p.from[r*dy.Cols:(r+1)*dy.Cols]
		clear(din)
		for o, d := range rowOf(dy, r) {
			din[from[o]] += d
		}
	}
}
