package nn_test

import (
	"slices"
	"strings"
	"testing"

	"descent/core/nn"
)

// y[o] = s_x s_o (Σ (Q − z_o)(q − z) + b): by hand, for two rows and for three.
func TestADenseLayerInWholeNumbersIsTheSumByHand(t *testing.T) {
	m, err := nn.New(nn.Spec{Layers: []int{2, 2}, Activation: "identity"})
	if err != nil {
		t.Fatal(err)
	}
	n, err := nn.NewInteger(m, make([]float64, 6), []nn.Whole{{
		Q: []int8{3, -4, -128, 127}, Scale: []float64{0.5, 2}, Zero: []int32{0, -1}, Bias: []int32{7, -9},
		Input: nn.Grid{Scale: 0.25, Zero: 8, High: 15}, // −2 to 1.75
	}})
	if err != nil {
		t.Fatal(err)
	}
	rows := []float64{1, -1, 0.375, 9, -9, 0.125}
	// Of the input, q − 8: 4 and −4; round(1.5) = 2 and 7 of 36; −8 and round(0.5) = 0.
	want := []float64{
		0.125 * (3*4 + 4*4 + 7), 0.5 * (-127*4 - 128*4 - 9),
		0.125 * (3*2 - 4*7 + 7), 0.5 * (-127*2 + 128*7 - 9),
		0.125 * (-3*8 + 7), 0.5 * (127*8 - 9),
	}
	for _, count := range []int{3, 2, 1} {
		if got := n.Forward(matrix(count, rows[:2*count])); !slices.Equal(got.Data, want[:2*count]) {
			t.Errorf("%d rows: %v, want %v", count, got.Data, want[:2*count])
		}
	}
}

func TestSumsThatDoNotFitAreRefused(t *testing.T) {
	const in = 70000
	m, err := nn.New(nn.Spec{Layers: []int{in, 1}, Activation: "identity"})
	if err != nil {
		t.Fatal(err)
	}
	k := nn.Whole{Q: slices.Repeat([]int8{127}, in), Scale: []float64{1}, Zero: []int32{0}, Bias: []int32{0}, Input: nn.Grid{Scale: 1, High: 255}}
	if _, err := nn.NewInteger(m, make([]float64, in+1), []nn.Whole{k}); err == nil ||
		!strings.HasPrefix(err.Error(), "the sums of layer 0 may reach 2.27e+09, which 32 bits do not hold") {
		t.Errorf("%v", err)
	}
}
