package nn_test

import (
	"math"
	"slices"
	"testing"

	"descent/core/nn"
)

func TestMaxPoolSendsTheGradientToTheFirstOfEquals(t *testing.T) {
	inBoth(t, func(t *testing.T, single bool) {
		m, _ := stacked(t, []int{2, 1, 3}, "conv2d 1 kernel=1", "max-pool 1x3")
		m.Single(single)
		w, grad := []float64{1, 1, 0}, make([]float64, 3)
		m.Forward(w, matrix(1, []float64{0, 1, 2, 0, 4, 3}), nn.Pass{Train: true}) // 0, 5, 5
		m.OutGrad().Data[0] = 1
		m.Backward(w, grad)
		if !slices.Equal(grad, []float64{1, 4, 1}) {
			t.Errorf("gradient %v", grad)
		}
	})
}

func TestMaxPoolShowsNaN(t *testing.T) {
	m, w := stacked(t, []int{1, 2, 3}, "residual { relu }", "max-pool 2x3")
	for _, c := range []struct{ in, out []float64 }{
		{[]float64{1, 5, 5, 5, 2, 0}, []float64{10}},
		{[]float64{1, 5, 5, math.NaN(), 2, 9}, []float64{math.NaN()}},
	} {
		got := m.Forward(w, matrix(1, c.in), nn.Pass{Train: true}).Data
		if math.Float64bits(got[0]) != math.Float64bits(c.out[0]) && !(got[0] != got[0] && c.out[0] != c.out[0]) {
			t.Errorf("%v: %v, want %v", c.in, got, c.out)
		}
	}
}
