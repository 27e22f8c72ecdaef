package compress

import (
	"math"
	"slices"
	"testing"

	"descent/core/knob"
)

func TestASingleKernelIsCutAndRoundedAsInTheView(t *testing.T) {
	layout := knob.Layout{
		{Name: "0.weight", Layer: "0", Role: knob.Kernel, Shape: []int{3, 4}},
		{Name: "2.weight", Layer: "2", Role: knob.Kernel, Shape: []int{2, 3}, Offset: 12},
	}
	params := make([]float64, layout.Size())
	for i := range params {
		params[i] = math.Sin(float64(i*i) + 1)
	}
	for _, s := range schemes {
		for _, granularity := range []string{"tensor", "channel"} {
			v := NewView(layout)
			v.Quant.Scheme, v.Quant.Granularity, v.Quant.Bits = s.name, granularity, 3
			if v.Quant.learned() {
				continue
			}
			v.Prune.Sparsity, v.Prune.Scope = 0.5, "layer"
			v.Remask(params, 0, nil)
			want := slices.Clone(v.Effective(params))
			got := slices.Clone(params)
			for _, k := range layout {
				CutKernel(k.Of(got), 0.5)
				v.Quant.RoundKernel(k, k.Of(got), 3)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s by %s: %v, in the view %v", s.name, granularity, got, want)
			}
		}
	}
}
