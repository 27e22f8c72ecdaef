package optim_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"descent/core/knob"
	"descent/core/optim"
)

// tensors is a layout of four tensors.
func tensors() knob.Layout {
	return knob.Layout{
		{Name: "0.weight", Layer: "0", Role: knob.Kernel, Shape: []int{3, 7}},
		{Name: "0.bias", Layer: "0", Role: knob.Bias, Shape: []int{7}, Offset: 21},
		{Name: "1.weight", Layer: "1", Role: knob.Kernel, Shape: []int{7, 2}, Offset: 28},
		{Name: "1.bias", Layer: "1", Role: knob.Bias, Shape: []int{2}, Offset: 42},
	}
}

// A step in one pass gives the bits of the transforms one after the other, which a
// method takes where it is inspected.
func TestOnePassGivesTheBitsOfSeparateOnes(t *testing.T) {
	const n = 44
	layout := tensors()
	type option struct {
		name string
		set  map[string]float64
		at   func(at *optim.At)
		mask bool
		slow [2]int // the first and the last of the steps that cannot be taken in one pass
	}
	ages := func(late int) func(at *optim.At) {
		return func(at *optim.At) {
			at.Spans = []optim.Span{{To: 28, Last: 2, Age: at.Age}}
			if age := at.Age - late; age > 0 {
				at.Spans = append(at.Spans, optim.Span{From: 28, To: n, First: 2, Last: 4, Age: age})
			}
		}
	}
	scale := make([]float64, n)
	for i := range scale {
		scale[i] = float64(i%3) / 2
	}
	options := []option{
		{name: "default"},
		{name: "decay", set: map[string]float64{"optimizer.weight_decay": 0.1}},
		{name: "other decay", set: map[string]float64{"optimizer.weight_decay": 0.1, "optimizer.decoupled": 1}},
		{name: "L2", set: map[string]float64{"optimizer.weight_decay": 0.1, "optimizer.decoupled": 0}},
		{name: "amsgrad", set: map[string]float64{"optimizer.amsgrad": 1}},
		{name: "momentum", set: map[string]float64{"optimizer.momentum": 0.7, "optimizer.dampening": 0.2, "optimizer.centered": 1}},
		{name: "centered", set: map[string]float64{"optimizer.centered": 1}},
		{name: "heavy", set: map[string]float64{"optimizer.momentum": 0.5}},
		{name: "lr_decay", set: map[string]float64{"optimizer.lr_decay": 0.1, "optimizer.initial_accumulator_value": 0.3, "optimizer.momentum_decay": 0.2}},
		{name: "no momentum", set: map[string]float64{"optimizer.momentum": 0, "optimizer.eps": 0}},
		{name: "spans", at: ages(0)},
		{name: "a tensor that thaws", at: ages(4), slow: [2]int{1, 4}},
		{name: "clip", set: map[string]float64{"train.clip_norm": 0.3}, slow: [2]int{1, 8}},
		{name: "clip values", set: map[string]float64{"train.clip_value": 0.1}, slow: [2]int{1, 8}},
		{name: "average", set: map[string]float64{"train.ema": 0.5}, slow: [2]int{1, 8}},
		{name: "SWA", set: map[string]float64{"train.swa_start": 3}, slow: [2]int{3, 8}},
		{name: "mask", mask: true, slow: [2]int{1, 8}},
		{name: "rates", at: func(at *optim.At) { at.LRScale = scale }, slow: [2]int{1, 8}},
		{name: "decays", set: map[string]float64{"optimizer.weight_decay": 0.1}, at: func(at *optim.At) {
			for i, s := range layout {
				of := func(weight float64) float64 { return weight * float64(i%2) }
				at.Decays = append(at.Decays, optim.Decay{From: s.Offset, To: s.Offset + s.Size(), Of: of})
			}
		}, slow: [2]int{1, 8}},
	}
	inOne := []string{"gd", "sgd", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop", "adam", "adamw", "adamax", "nadam", "radam", "lion"}
	for _, row := range optim.Catalogue {
		for _, o := range options {
			for _, wild := range []bool{false, true} {
				var methods [2]optim.Method
				var params [2][]float64
				for k := range methods {
					mask := &optim.UpdateMask{}
					if o.mask {
						mask.Mask = make([]float64, n)
						copy(mask.Mask, slices.Repeat([]float64{1}, 20))
					}
					methods[k] = row.New(&optim.Clip{}, mask, &optim.Average{Every: 1})
					turn(t, methods[k].Knobs(), offered(row, o.set))
					methods[k].Init(layout)
					rng := rand.New(rand.NewPCG(5, 5))
					params[k] = make([]float64, n)
					for i := range params[k] {
						params[k][i] = rng.NormFloat64()
					}
				}
				for step := 1; step <= 8; step++ {
					at := optim.At{Step: step, Age: step, LR: 0.05}
					if o.at != nil {
						o.at(&at)
					}
					eval := func(w, grad []float64) float64 {
						rng := rand.New(rand.NewPCG(6, uint64(step)))
						for i := range grad {
							grad[i] = w[i] + rng.NormFloat64()
						}
						if wild && step == 4 {
							grad[1], grad[30], grad[43] = math.NaN(), math.Inf(1), math.Copysign(0, -1)
						}
						return 1
					}
					optim.Inspect(methods[1])
					for k, m := range methods {
						m.Step(params[k], eval, at)
					}
					what := fmt.Sprintf("%s, %s, step %d", row.Name, o.name, step)
					_, one := methods[0].Trace()
					_, separate := methods[1].Trace()
					alike(t, what+": parameters", params[0], params[1])
					alike(t, what+": update", one, separate)
					states := [2][]knob.Buffer{methods[0].State(), methods[1].State()}
					for b := range states[0] {
						alike(t, what+": "+states[0][b].Name, states[0][b].Data, states[1][b].Data)
					}
					m, ok := methods[0].(interface{ Finite() (finite, known bool) })
					if !ok {
						continue
					}
					finite, known := m.Finite()
					if want := slices.Contains(inOne, row.Name) && (step < o.slow[0] || step > o.slow[1]); known != want {
						t.Fatalf("%s: in one pass: %v, want %v", what, known, want)
					}
					sound := !slices.ContainsFunc(params[0], func(x float64) bool { return x-x != 0 })
					if known && finite != sound {
						t.Fatalf("%s: finite: %v, want %v", what, finite, sound)
					}
				}
			}
		}
	}
}

// alike compares bits; any NaN is as good as another.
func alike(t *testing.T, what string, a, b []float64) {
	t.Helper()
	for i := range a {
		if math.Float64bits(a[i]) != math.Float64bits(b[i]) && (a[i] == a[i] || b[i] == b[i]) {
			t.Fatalf("%s, number %d: %v in one pass, %v in separate ones", what, i, a[i], b[i])
		}
	}
}
