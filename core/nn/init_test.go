package nn_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"descent/core/nn"
)

func TestEachRoleStartsInItsOwnWay(t *testing.T) {
	for _, in := range nn.Inits() {
		m, w := stacked(t, []int{3}, "embedding num=500 dim=8", "flatten", "layer-norm", "dense 2")
		nn.Init(w, m.Layout(), nn.Spec{Init: in.Name, InitValue: 0.3}, rand.New(rand.NewPCG(2, 0)))
		mean, square := 0.0, 0.0
		vectors := m.Layout()[0].Of(w)
		for _, v := range vectors {
			mean += v / float64(len(vectors))
			square += v * v / float64(len(vectors))
		}
		if math.Abs(mean) > 0.05 || math.Abs(square-1) > 0.08 {
			t.Errorf("%s: vectors of mean %v and square %v", in.Name, mean, square)
		}
		for i := range 24 {
			if gain, shift := m.Layout()[1].Of(w)[i], m.Layout()[2].Of(w)[i]; gain != 1 || shift != 0 {
				t.Errorf("%s: gain %v, shift %v", in.Name, gain, shift)
			}
		}
	}
}

// torch.nn.GRU draws all of its tensors from ±1/√hidden.
func TestAGRUStartsAsPyTorchs(t *testing.T) {
	m, w := stacked(t, []int{3, 40}, "gru 100")
	for _, seg := range m.Layout() {
		top, sum := 0.0, 0.0
		for _, v := range seg.Of(w) {
			top = max(top, math.Abs(v))
			sum += v / float64(seg.Size())
		}
		if top > 0.1 || top < 0.098 || math.Abs(sum) > 0.01 {
			t.Errorf("%s reaches %v with a mean of %v", seg.Name, top, sum)
		}
	}
}
