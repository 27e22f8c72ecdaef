package nn_test

import (
	"math"
	"slices"
	"testing"

	"descent/core/nn"

	"gonum.org/v1/gonum/blas/blas64"
)

// halves rounds down to halves, clips above 1, and notes which kernels it saw.
type halves struct{ seen, gated []int }

func (h *halves) Round(kernel int, y, x blas64.General, _ nn.Pass) bool {
	h.seen = append(h.seen, kernel)
	for i, v := range x.Data[:x.Rows*x.Cols] {
		y.Data[i] = min(math.Floor(2*v)/2, 1)
	}
	return true
}

func (h *halves) Backward(kernel int, dx, x blas64.General) {
	h.gated = append(h.gated, kernel)
	for i, v := range x.Data[:x.Rows*x.Cols] {
		if v > 1 {
			dx.Data[i] = 0
		}
	}
}

func TestARounderStandsBeforeEveryKernel(t *testing.T) {
	m, w := stacked(t, []int{1, 4, 4}, "conv2d 2 kernel=3 padding=1", "batch-norm", "relu",
		"residual { conv2d 2 kernel=3 padding=1; relu; conv2d 2 kernel=1 }", "flatten", "dense 3")
	x := matrix(2, gaussian(32))
	plain := slices.Clone(m.Forward(w, x, nn.Pass{}).Data)
	h := &halves{}
	m.Round(h)
	kept := slices.Clone(x.Data)
	rounded := slices.Clone(m.Forward(w, x, nn.Pass{}).Data)
	if !slices.Equal(h.seen, []int{0, 1, 2, 3}) {
		t.Errorf("it stood before kernels %v", h.seen)
	}
	if !slices.Equal(x.Data, kept) || slices.Equal(rounded, plain) {
		t.Error("the data are rounded, or nothing is")
	}
	m.Backward(w, make([]float64, len(w)))
	if !slices.Equal(h.gated, []int{3, 2, 1}) {
		t.Errorf("gated were %v", h.gated)
	}
	m.Reserve(40) // more rows than before
	big := matrix(40, gaussian(640))
	m.Forward(w, big, nn.Pass{})
	m.Round(nil)
	if got := m.Forward(w, x, nn.Pass{}).Data; !slices.Equal(got, plain) {
		t.Error("it has gone and still rounds")
	}
}

// The layer sees the rounded input: y = W x̂ + b, dW = dy x̂ᵀ, and dx = Wᵀ dy
// is 0 where x was clipped.
func TestTheLayerSeesWhatIsRounded(t *testing.T) {
	m, err := nn.New(nn.Spec{Layers: []int{2, 1}, Activation: "identity"})
	if err != nil {
		t.Fatal(err)
	}
	m.Round(&halves{})
	w := []float64{2, 3, 1}
	x := matrix(1, []float64{0.7, 1.9})
	if y := m.Forward(w, x, nn.Pass{}).Data[0]; y != 2*0.5+3*1+1 {
		t.Errorf("the output is %v", y)
	}
	m.OutGrad().Data[0] = 10
	dw := make([]float64, 3)
	dx := matrix(1, []float64{9, 9})
	m.BackwardInput(w, dw, dx)
	if !slices.Equal(dw, []float64{5, 10, 10}) || !slices.Equal(dx.Data, []float64{20, 0}) {
		t.Errorf("dw %v, dx %v", dw, dx.Data)
	}
}
