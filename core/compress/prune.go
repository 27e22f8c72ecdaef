package compress

import (
	"cmp"
	"math"
	"slices"

	"descent/core/knob"
)

// Prune says how much of the kernels is cut, and what goes first.
type Prune struct {
	Sparsity      float64
	Method, Scope string
}

func newPrune() Prune { return Prune{Method: "magnitude", Scope: "global"} }

// Knobs are the [prune] table, bound to p.
func (p *Prune) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("prune.sparsity", &p.Sparsity, 0, 1, knob.Linear, "the share of the kernels' weights that is cut").WithZero("off").WithStep(0.05),
		knob.OneOf("prune.method", &p.Method, []knob.Option{
			{Name: "magnitude", Help: "the smallest weights go first"},
		}, "what goes first"),
		knob.OneOf("prune.scope", &p.Scope, []knob.Option{
			{Name: "global", Help: "compare weights across the whole network"},
			{Name: "layer", Help: "cut the same share of every layer"},
		}, "among which weights"),
	}
}

// mask writes 1 for each weight kept and 0 for each of the
// round(sparsity · n) of smallest magnitude, n being the weights in scope. Of
// equal magnitudes the lower index goes first. Biases are kept.
func (p *Prune) mask(mask, params []float64, layout knob.Layout) {
	for i := range mask {
		mask[i] = 1
	}
	var scope []int
	for _, seg := range layout {
		if seg.Role != knob.Kernel {
			continue
		}
		if p.Scope == "layer" {
			scope = scope[:0]
		}
		for i := range seg.Size() {
			scope = append(scope, seg.Offset+i)
		}
		if p.Scope == "layer" {
			cut(mask, params, scope, p.Sparsity)
		}
	}
	if p.Scope == "global" {
		cut(mask, params, scope, p.Sparsity)
	}
}

func cut(mask, params []float64, scope []int, sparsity float64) {
	slices.SortStableFunc(scope, func(a, b int) int {
		return cmp.Compare(math.Abs(params[a]), math.Abs(params[b]))
	})
	for _, i := range scope[:int(math.RoundToEven(sparsity*float64(len(scope))))] {
		mask[i] = 0
	}
}
