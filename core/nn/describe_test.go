package nn_test

import (
	"slices"
	"testing"

	"descent/core/nn"
)

func TestLayersAreDescribed(t *testing.T) {
	spec := nn.NewSpec()
	spec.Layers, spec.Activation = []int{4, 8, 3}, "relu"
	of, err := spec.Describe()
	if err != nil || len(of) != 3 || of[1].Kind != "relu" || of[2].Name != "2" || !slices.Equal(of[2].Out, []int{3}) || of[0].Numbers("out")[0] != 8 {
		t.Errorf("%v: %+v", err, of)
	}
	spec = nn.NewSpec()
	spec.Stack = []string{"conv2d out=2 kernel=3x1", "batch-norm", "residual { conv2d 2 kernel=3 padding=1; relu }", "flatten", "dense 5"}
	spec.Input = []int{1, 6, 6}
	of, err = spec.Describe()
	if err != nil || len(of) != 5 {
		t.Fatalf("%v: %+v", err, of)
	}
	if k := of[0].Numbers("kernel"); k != [2]float64{3, 1} || !slices.Equal(of[0].Out, []int{2, 4, 6}) {
		t.Errorf("kernel %v, out %v", k, of[0].Out)
	}
	if !slices.Equal(of[1].State, []string{"running_mean", "running_var"}) {
		t.Errorf("state %v", of[1].State)
	}
	if b := of[2].Body; len(b) != 2 || b[0].Name != "2.0" || b[0].Params[0].Name != "weight" {
		t.Errorf("body %+v", b)
	}
}
