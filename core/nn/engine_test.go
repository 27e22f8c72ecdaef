package nn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"descent/core/kernel"
	"descent/core/nn"

	"gonum.org/v1/gonum/blas/blas64"
)

// through lets all pass; with it layers run one by one.
type through struct{}

func (through) Round(int, blas64.General, blas64.General, nn.Pass) bool { return false }
func (through) Backward(int, blas64.General, blas64.General)            {}

// Parts of a batch that go through several layers, by teams of any size, leave the
// numbers of whole batches layer by layer.
func TestSweepsGiveTheBitsOfLayersOneByOne(t *testing.T) {
	for _, c := range []struct {
		in     []int
		layers []string
	}{
		{[]int{1, 28, 28}, []string{"conv2d 8 kernel=3 padding=1", "relu", "max-pool 2", "conv2d 16 kernel=3 padding=1", "relu", "max-pool 2", "flatten", "dropout 0.25", "dense 10"}},
		{[]int{2, 9, 11}, []string{"relu", "conv2d 6 kernel=3x2 stride=2x1 groups=2", "tanh", "avg-pool 2", "conv2d 5 kernel=1 bias=false", "batch-norm", "conv2d 12 kernel=3 padding=2 dilation=2", "gelu", "flatten", "dense 3"}},
		{[]int{3, 200}, []string{"conv1d 7 kernel=5 padding=2 stride=3", "max-pool 3", "residual { relu; conv1d 7 kernel=3 padding=1; sigmoid }", "global-avg-pool", "dense 2"}},
		{[]int{2, 12, 12}, []string{"conv2d 6 kernel=3", "relu", "max-pool 3 stride=2 padding=1", "relu", "adaptive-max-pool 2"}},              // windows that overlap
		{[]int{30, 40, 40}, []string{"conv2d 4 kernel=5 padding=1 stride=2", "relu", "conv2d 4 kernel=3 groups=4", "max-pool 3x2 stride=2x1"}}, // in several bands
	} {
		m, w := stacked(t, c.in, c.layers...)
		for _, single := range []bool{false, true} {
			m.Single(single)
			var want string
			for members := range 4 {
				if members == 0 {
					m.Round(through{})
				} else {
					m.Round(nil)
				}
				team := kernel.NewTeam(members)
				m.Join(team)
				rng := rand.New(rand.NewPCG(1, 2))
				x := blas64.General{Rows: 9, Cols: m.In(), Stride: m.In(), Data: make([]float64, 9*m.In())}
				for i := range x.Data {
					x.Data[i] = rng.NormFloat64()
				}
				bare := fmt.Sprint(hashed(m.Forward(w, x, nn.Pass{Bare: true}).Data))
				if still := fmt.Sprint(hashed(m.Forward(w, x, nn.Pass{}).Data)); still != bare {
					t.Errorf("%v, %d members: a bare pass differs", c.layers, members)
				}
				got := bare + fmt.Sprint(hashed(m.Forward(w, x, nn.Pass{Train: true, Step: 3, Seed: 7, Try: 1}).Data))
				g := m.OutGrad()
				for i := range g.Data {
					g.Data[i] = rng.NormFloat64()
				}
				dw, dx := make([]float64, len(w)), blas64.General{Rows: 9, Cols: m.In(), Stride: m.In(), Data: make([]float64, len(x.Data))}
				m.BackwardInput(w, dw, dx)
				got += fmt.Sprint(hashed(dw), hashed(dx.Data))
				clear(dw)
				m.Backward(w, dw)
				got += fmt.Sprint(hashed(dw))
				if members == 3 {
					m.Keep()
					m.BackwardInput(w, dw, dx)
				}
				if want == "" {
					want = got
				}
				if got != want {
					t.Errorf("%v, single %v, %d members: %s, layer by layer %s", c.layers, single, members, got, want)
				}
				m.Join(nil)
				team.Close()
			}
		}
		m.Single(false)
	}
}

func hashed(v []float64) (h uint64) {
	for _, x := range v {
		h = (h ^ math.Float64bits(x)) * 1099511628211
	}
	return h
}
