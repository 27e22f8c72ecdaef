package optim_test

import (
	"math"
	"testing"

	"descent/core/optim"
)

// limits are the optimizers with a limit of stability, at their defaults with a
// learning rate of 0.1 and a preconditioner of 1.
var limits = map[string]float64{
	"gd": 20, "sgd": 20, "momentum": 38, "nesterov": 38 / 2.8,
	"adagrad": 20, "rmsprop": 20, "adam": 380, "adamw": 380, "adamax": 380, "nadam": 2 * 1.9 / (0.55*1.9 + 0.45*0.1) / 0.1,
}

// On a bowl just less curved than the limit the weight shrinks, on one just more
// curved it grows. ε = 1 beside tiny gradients keeps preconditioners at 1.
func TestALimitOfStabilityIsWhereABowlBecomesUnstable(t *testing.T) {
	for _, row := range optim.Catalogue {
		t.Run(row.Name, func(t *testing.T) {
			set := offered(row, map[string]float64{"optimizer.eps": 1, "optimizer.momentum_decay": 0, "optimizer.weight_decay": 0})
			run := func(curvature float64) (optim.Stability, float64) {
				m := method(t, row, 1, set)
				w := []float64{1e-40}
				at := optim.At{LR: 0.1}
				for step := 1; step <= 2000; step++ {
					at.Step, at.Age = step, step
					m.Step(w, bowl([]float64{curvature}), at)
				}
				return optim.StabilityOf(m, at), math.Abs(w[0]) / 1e-40
			}
			s, _ := run(0.1)
			want, ok := limits[row.Name]
			if !ok {
				if s.None == "" {
					t.Fatalf("has a limit of %v that nothing is known of here", s.Limit)
				}
				return
			}
			if s.None != "" || math.Abs(s.Limit/want-1) > 1e-9 || s.Formula == "" || s.Source == "" {
				t.Fatalf("limit %+v, want %v", s, want)
			}
			if s.Adaptive && math.Abs(s.Scale[0]-1) > 1e-9 {
				t.Errorf("preconditioner %v, want 1", 1/s.Scale[0])
			}
			if _, ratio := run(0.98 * want); !(ratio < 1) {
				t.Errorf("below the limit the weight grows %v times", ratio)
			}
			if _, ratio := run(1.02 * want); !(ratio > 1) {
				t.Errorf("above the limit the weight shrinks to %v", ratio)
			}
		})
	}
}

func TestStabilityNeedsARateAndAnAdaptiveOptimizerAStep(t *testing.T) {
	for _, name := range []string{"gd", "adam"} {
		row, _ := optim.Find(name)
		m := method(t, row, 2, nil)
		if s := optim.StabilityOf(m, optim.At{Age: 1}); s.None == "" {
			t.Errorf("%s at a rate of 0: %+v", name, s)
		}
		s := optim.StabilityOf(m, optim.At{LR: 0.1})
		if (s.None == "") != (name == "gd") {
			t.Errorf("%s before its first step: %+v", name, s)
		}
	}
	row, _ := optim.Find("gd")
	s := optim.StabilityOf(method(t, row, 2, nil), optim.At{LR: 0.1, LRScale: []float64{1, 0}})
	if s.Adaptive || s.Scale[0] != 1 || s.Scale[1] != 0 {
		t.Errorf("of a frozen parameter: %+v", s)
	}
}
