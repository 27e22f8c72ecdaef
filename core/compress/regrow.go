package compress

import (
	"cmp"
	"math"
	"slices"

	"descent/core/kernel"
	"descent/core/knob"
)

// Looker gives the gradient of the effective weights on one of the batches to
// come, by its number from 0. It overwrites grad, of the network's size.
type Looker func(batch int, grad []float64)

// regrow, in each kernel, cuts f·kept of the weights kept, those of the
// smallest |w|, and lets as many grow where the gradient is largest, from 0:
// f = regrow/2 (1 + cos(π t/steps)), t being the steps since the beginning.
// Kernels of which nothing moves stay as they are. It returns the places of
// those that grew.
// Evci et al., "Rigging the Lottery", 2020, algorithm 1.
func (p *Prune) regrow(mask, params, moves []float64, layout knob.Layout, step int, look Looker) (grown []int) {
	grad := make([]float64, layout.Size())
	look(0, grad)
	fraction := p.Regrow / 2 * (1 + kernel.Cos(math.Pi*float64(step-p.Begin)/float64(p.Steps)))
	for _, seg := range layout {
		if seg.Role != knob.Kernel || moves != nil && !slices.ContainsFunc(seg.Of(moves), func(m float64) bool { return m != 0 }) {
			continue
		}
		m, w, g := seg.Of(mask), seg.Of(params), seg.Of(grad)
		var kept []int
		for i := range m {
			if m[i] != 0 {
				kept = append(kept, i)
			}
		}
		n := min(int(math.RoundToEven(float64(fraction*float64(len(kept))))), len(m)-len(kept))
		slices.SortStableFunc(kept, func(a, b int) int { return cmp.Compare(math.Abs(w[a]), math.Abs(w[b])) })
		stays := make([]bool, len(m))
		for _, i := range kept[n:] {
			stays[i] = true
		}
		var free []int
		for i := range m {
			if !stays[i] {
				free = append(free, i)
			}
		}
		slices.SortStableFunc(free, func(a, b int) int { return cmp.Compare(math.Abs(g[b]), math.Abs(g[a])) })
		for at, i := range free {
			switch {
			case at >= n:
				m[i] = 0
			case m[i] == 0:
				m[i], w[i] = 1, 0
				grown = append(grown, seg.Offset+i)
			}
		}
	}
	return grown
}
