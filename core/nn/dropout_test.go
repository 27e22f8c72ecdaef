package nn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"descent/core/nn"
)

func TestDropoutHidesAShareAndScalesTheRest(t *testing.T) {
	for _, p := range []float64{0, 0.1, 0.5, 0.9, 1} {
		m, _ := stacked(t, []int{1000}, fmt.Sprint("dropout ", p))
		x := random(100, 1000, rand.New(rand.NewPCG(1, 1)))
		zeros := 0.0
		for i, v := range m.Forward(nil, x, nn.Pass{Train: true, Step: 1, Seed: 9}).Data {
			switch {
			case v == 0:
				zeros++
			case math.Abs(v*(1-p)-x.Data[i]) > 1e-15*math.Abs(v):
				t.Fatalf("p %v: %v became %v", p, x.Data[i], v)
			}
		}
		n := float64(len(x.Data))
		if math.Abs(zeros/n-p) > 4*math.Sqrt(p*(1-p)/n) {
			t.Errorf("p %v: a share of %v is 0", p, zeros/n)
		}
	}
}

func TestDropoutPassesEverythingInEvaluation(t *testing.T) {
	m, _ := stacked(t, []int{50}, "dropout 0.5")
	x := random(2, 50, rand.New(rand.NewPCG(1, 1)))
	m.Forward(nil, x, nn.Pass{Train: true, Step: 1})
	if got := m.Forward(nil, x, nn.Pass{Step: 1}).Data; !slices.Equal(got, x.Data) {
		t.Errorf("%v became %v", x.Data, got)
	}
}

func TestTheMaskOfDropoutFollowsFromSeedStepAndLayer(t *testing.T) {
	mask := func(pass nn.Pass, stack ...string) string {
		m, _ := stacked(t, []int{64}, stack...)
		x := matrix(1, slices.Repeat([]float64{1}, 64))
		var b strings.Builder
		for _, v := range m.Forward(nil, x, pass).Data {
			b.WriteByte("01"[int(min(v, 1))])
		}
		return b.String()
	}
	pass := nn.Pass{Train: true, Step: 7, Seed: 3}
	first := mask(pass, "dropout")
	for _, c := range []struct {
		name  string
		pass  nn.Pass
		stack []string
		same  bool
	}{
		{"again", pass, []string{"dropout"}, true},
		{"another try", nn.Pass{Train: true, Step: 7, Seed: 3, Try: 4}, []string{"dropout"}, true},
		{"another step", nn.Pass{Train: true, Step: 8, Seed: 3}, []string{"dropout"}, false},
		{"another seed", nn.Pass{Train: true, Step: 7, Seed: 4}, []string{"dropout"}, false},
		{"another layer", pass, []string{"relu", "dropout"}, false},
	} {
		if same := mask(c.pass, c.stack...) == first; same != c.same {
			t.Errorf("%s: the same mask: %v", c.name, same)
		}
	}
}
