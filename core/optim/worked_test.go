package optim_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"descent/core/knob"
	"descent/core/optim"
)

// settings are knobs with which each optimizer works its rule out, beside its
// defaults, those it has.
var settings = []map[string]float64{
	nil,
	{"train.clip_norm": 0.5, "train.clip_value": 0.4, "optimizer.weight_decay": 0.03, "train.ema": 0.9},
	{"train.clip_norm": 1e6, "optimizer.momentum": 0.8, "optimizer.dampening": 0.3, "optimizer.lr_decay": 0.1, "optimizer.initial_accumulator_value": 0.2, "optimizer.period": 2},
	{"optimizer.amsgrad": 1, "optimizer.centered": 1, "optimizer.decoupled": 1, "optimizer.weight_decay": 0.2, "optimizer.beta2": 0.95},
	{"optimizer.decoupled": 0, "optimizer.weight_decay": 0.2, "optimizer.beta1": 0.5, "optimizer.lambd": 0.1},
}

func turned(m optim.Method, set map[string]float64, word string) {
	for _, k := range m.Knobs() {
		v, ok := set[k.Path]
		switch {
		case k.Path == "optimizer.base":
			_ = k.Set(knob.Word(word))
		case ok && k.Set(knob.Num(v)) != nil:
			_ = k.Set(knob.Flag(v != 0))
		}
	}
}

// Whoever adds an optimizer writes its rule line by line beside it; the numbers of
// the lines give the update that was made.
func TestTheWorkedLinesGiveTheUpdate(t *testing.T) {
	layout := knob.Layout{
		{Name: "0.weight", Layer: "0", Role: knob.Kernel, Shape: []int{3, 4}},
		{Name: "0.bias", Layer: "0", Role: knob.Bias, Shape: []int{3}, Offset: 12},
		{Name: "1.weight", Layer: "1", Role: knob.Kernel, Shape: []int{2, 3}, Offset: 15},
	}
	n := layout.Size()
	for _, row := range optim.Catalogue {
		for k, set := range settings {
			mask := &optim.UpdateMask{}
			m := row.New(&optim.Clip{}, mask, &optim.Average{})
			turned(m, set, []string{"sgd", "momentum", "adam"}[k%3])
			rng := rand.New(rand.NewPCG(uint64(k), 3))
			params, centre, scale := make([]float64, n), make([]float64, n), make([]float64, n)
			for i := range n {
				params[i], centre[i], scale[i] = rng.NormFloat64(), rng.NormFloat64(), 1
			}
			scale[5], scale[16] = 0.5, 0
			m.Init(layout)
			noise := 0.0
			eval := func(p, g []float64) float64 {
				for i := range p {
					g[i] = (p[i]-centre[i])*(1+float64(i)) + noise*math.Sin(float64(i))
				}
				return 0
			}
			for step := 1; step <= 9; step++ {
				noise = rng.NormFloat64()
				at := optim.At{Step: step, Age: step, LR: row.LR / float64(step)}
				if k == 4 {
					at.LRScale = scale
					at.Spans = []optim.Span{{To: 12, Last: 1, Age: step}, {From: 15, To: n, First: 2, Last: 3, Age: step}}
					mask.Mask = make([]float64, n)
					for i := range mask.Mask {
						mask.Mask[i] = 1
					}
					mask.Mask[2], mask.Mask[16] = 0, 0
					for i := 12; i < 15; i++ {
						mask.Mask[i], scale[i] = 0, 0
					}
				}
				before := slices.Clone(params)
				seen := optim.Inspect(m)
				m.Step(params, eval, at)
				if !seen.Done() {
					t.Fatalf("%s is not inspected", row.Name)
				}
				_, update := m.Trace()
				for i := range n {
					stages := seen.Stages(i)
					last := stages[len(stages)-1]
					moved := -update[i]
					if !near12(last.Value, moved) || !near12(last.Lines[len(last.Lines)-1].Value, params[i]) {
						t.Fatalf("%s, settings %d, step %d, weight %d: the update is %v, the lines give %v", row.Name, k, step, i, moved, last.Value)
					}
					delta := math.NaN()
					for _, s := range stages {
						for _, l := range s.Lines {
							if l.Symbol == "Δθₜ" {
								delta = l.Value
							}
						}
					}
					if !near12(delta, moved) {
						t.Fatalf("%s, settings %d, step %d, weight %d: Δθ is %v, its lines give %v: %+v", row.Name, k, step, i, moved, delta, stages)
					}
					if row.Name != "gd" && row.Name != "sgd" && row.Name != "sam" && len(stages) < 2 {
						t.Fatalf("%s works nothing out: %+v", row.Name, stages)
					}
				}
				if slices.Equal(before, params) {
					t.Fatalf("%s does not move", row.Name)
				}
			}
		}
	}
}

func near12(a, b float64) bool { return math.Abs(a-b) <= 1e-12*max(math.Abs(a), math.Abs(b)) }

// What a step is watched for changes nothing of it.
func TestAnInspectionChangesNothing(t *testing.T) {
	for _, row := range optim.Catalogue {
		run := func(watched bool) []float64 {
			m := row.New(&optim.Clip{}, &optim.UpdateMask{}, &optim.Average{})
			m.Init(two)
			params := make([]float64, two.Size())
			for i := range params {
				params[i] = float64(i) - 4.5
			}
			for step := 1; step <= 4; step++ {
				var seen *optim.Inspection
				if watched {
					seen = optim.Inspect(m)
				}
				m.Step(params, func(p, g []float64) float64 {
					for i := range p {
						g[i] = p[i] * float64(1+i)
					}
					return 1
				}, optim.At{Step: step, Age: step, LR: row.LR})
				if watched {
					seen.Stages(3)
				}
			}
			return params
		}
		if !slices.Equal(run(true), run(false)) {
			t.Errorf("%s goes another way when it is watched", row.Name)
		}
	}
}

// The rule with the numbers reads as the rule does.
func TestALineIsTheRuleWithItsNumbers(t *testing.T) {
	row, _ := optim.Find("adam")
	m := row.New(&optim.Clip{}, &optim.UpdateMask{}, &optim.Average{})
	m.Init(two)
	params := make([]float64, two.Size())
	seen := optim.Inspect(m)
	m.Step(params, func(_, g []float64) float64 {
		for i := range g {
			g[i] = -0.5
		}
		return 0
	}, optim.At{Step: 1, Age: 1, LR: 0.001})
	l := seen.Stages(0)[0].Lines[0]
	if l.Symbol != "mₜ" || l.Rule != "β₁ mₜ₋₁ + (1 − β₁) gₜ" || !near12(l.Value, -0.05) {
		t.Errorf("%+v", l)
	}
	want := []optim.Part{{Number: 0.9}, {Text: "×"}, {}, {Text: " + ("}, {Number: 1}, {Text: " − "}, {Number: 0.9}, {Text: ")×"}, {Number: -0.5}}
	if !slices.Equal(l.Parts, want) {
		t.Errorf("%+v", l.Parts)
	}
}
