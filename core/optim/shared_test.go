package optim_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"descent/core/kernel"
	"descent/core/knob"
	"descent/core/optim"
)

// An update that a team shares has the bits of one that its caller does alone.
func TestASharedUpdateHasTheSameBits(t *testing.T) {
	layout := knob.Layout{
		{Name: "0.weight", Layer: "0", Role: knob.Kernel, Shape: []int{301, 133}},
		{Name: "0.bias", Layer: "0", Role: knob.Bias, Shape: []int{301}, Offset: 40033},
		{Name: "1.weight", Layer: "1", Role: knob.Kernel, Shape: []int{30, 301}, Offset: 40334},
	}
	const n, second = 49364, 40334
	for _, row := range optim.Catalogue {
		if row.Name == "muon" || row.Name == "lbfgs" || row.Name == "sophia" { // slow, and never shared
			continue
		}
		for _, members := range []int{2, 3} {
			team := kernel.NewTeam(members)
			var methods [2]optim.Method
			var params [2][]float64
			for k := range methods {
				methods[k] = row.New(&optim.Clip{}, &optim.UpdateMask{}, &optim.Average{Every: 1})
				methods[k].Init(layout)
				rng := rand.New(rand.NewPCG(5, 5))
				params[k] = make([]float64, n)
				for i := range params[k] {
					params[k][i] = rng.NormFloat64()
				}
			}
			for step := 1; step <= 9; step++ {
				at := optim.At{Step: step, Age: step, LR: 0.05}
				if step > 3 { // a tensor has thawed
					at.Spans = []optim.Span{{To: second, Last: 2, Age: step}, {From: second, To: n, First: 2, Last: 3, Age: step - 3}}
				}
				for k, m := range methods {
					eval := func(w, grad []float64) float64 {
						rng := rand.New(rand.NewPCG(6, uint64(step)))
						for i := range grad {
							grad[i] = w[i] + rng.Float64()
						}
						if step == 9 {
							grad[n-1] = math.NaN()
						}
						return 1
					}
					at.Team = nil
					if k == 0 {
						at.Team = team
					}
					m.Step(params[k], eval, at)
				}
				what := fmt.Sprintf("%s, %d goroutines, step %d", row.Name, members, step)
				alike(t, what+": parameters", params[0], params[1])
				states := [2][]knob.Buffer{methods[0].State(), methods[1].State()}
				for b := range states[0] {
					alike(t, what+": "+states[0][b].Name, states[0][b].Data, states[1][b].Data)
				}
				if m, ok := methods[0].(interface{ Finite() (finite, known bool) }); ok {
					if finite, known := m.Finite(); known && finite != (step < 9) {
						t.Errorf("%s: finite: %v", what, finite)
					}
				}
			}
			team.Close()
		}
	}
}
