package nn_test

import (
	"fmt"
	"math"
	"testing"

	"descent/core/nn"
)

func TestAnIndexWithoutAVectorIsShown(t *testing.T) {
	inBoth(t, func(t *testing.T, single bool) {
		m, w := stacked(t, []int{3}, "embedding num=4 dim=2")
		m.Single(single)
		for _, bad := range []float64{-1, 4, 0.5, math.NaN(), math.Inf(1), 1e300} {
			x := matrix(1, []float64{0, bad, 3})
			y := m.Forward(w, x, nn.Pass{Train: true}).Data
			if !nn.Finite(y[:2]) || !math.IsNaN(y[2]) || !math.IsNaN(y[3]) || !nn.Finite(y[4:]) {
				t.Errorf("%v: %v", bad, y)
			}
			m.Backward(w, make([]float64, len(w)))
			want := fmt.Sprintf("layer 0 (embedding) has a vector for each integer from 0 to 3, but the data hold %v", bad)
			if err := m.CheckInput(x); err == nil || err.Error() != want {
				t.Errorf("%v: %v", bad, err)
			}
		}
		if err := m.CheckInput(matrix(1, []float64{0, 1, 3})); err != nil {
			t.Error(err)
		}
	})
}
