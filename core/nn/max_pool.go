package nn

import (
	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

// maxPool passes the largest number of each window on, and the gradient back
// to it: torch.nn.MaxPool2d. Of equal numbers it is the first; NaN wins.
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
		PyTorch: "torch.nn.MaxPool2d(kernel_size, stride)",
		When:    "To halve height and width after convolutions: cheap, and little affected by small shifts. A conv2d of stride 2 does the same with trained weights.",
		Range:   "size 2",
	},
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
	pick := p.largest
	if p.window == [2]int{2, 2} {
		pick = p.largestOf4
	}
	for r := range x.Rows {
		pick(p.from[r*y.Cols:(r+1)*y.Cols], rowOf(x, r))
		in, out := rowOf(x, r), rowOf(y, r)
		for o, i := range p.from[r*y.Cols : (r+1)*y.Cols] {
			out[o] = in[i]
		}
	}
}

// largest finds for each window where its largest number is.
func (p *maxPool) largest(from []int32, in []float64) {
	for o, corner := range p.corners {
		from[o] = p.largestAt(int(corner), in)
	}
}

func (p *maxPool) largestAt(corner int, in []float64) int32 {
	best, line := corner, corner
	for range p.window[0] {
		for i := line; i < line+p.window[1]; i++ {
			if v := in[i]; v > in[best] || v != v {
				best = i
			}
		}
		line += p.width
	}
	return int32(best)
}

// largestOf4 is largest for windows of 2×2, without branches that depend on
// the numbers.
func (p *maxPool) largestOf4(from []int32, in []float64) {
	for o, corner := range p.corners[:len(from)] {
		c := int(corner)
		above, below := in[c:c+2], in[c+p.width:c+p.width+2]
		i, j := 0, 0
		if above[1] > above[0] {
			i = 1
		}
		if below[1] > below[0] {
			j = 1
		}
		best := c + i
		if below[j] > above[i] {
			best = c + p.width + j
		}
		if s := above[0] + above[1] + below[0] + below[1]; s != s {
			best = int(p.largestAt(c, in))
		}
		from[o] = int32(best)
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
