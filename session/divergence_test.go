package session

import (
	"math"
	"testing"

	"descent/core/knob"
)

func TestDivergenceIsJudgedByTheEndOfARun(t *testing.T) {
	of := func(losses ...float64) *growth {
		g := &growth{}
		for i, v := range losses {
			g.add(i+1, v)
		}
		return g
	}
	long := func(at func(step int) float64) *growth {
		g := &growth{}
		for step := 1; step <= 1000; step++ {
			g.add(step, at(step))
		}
		return g
	}
	for name, c := range map[string]struct {
		g     *growth
		steps int
		since int
	}{
		"it falls":                            {of(2, 1, 0.5), 3, 0},
		"it grows a hundredfold":              {of(2, 20, 200), 3, 0},
		"it grows a millionfold":              {of(2, 20, 2e6), 3, 3},
		"2e278":                               {of(2, 20, 200, 2e90, 2e278), 5, 4},
		"from a loss of 0":                    {of(0, 0.1, 900), 3, 0},
		"from a loss of 0, far":               {of(0, 0.1, 1100), 3, 3},
		"from a large loss":                   {of(1e6, 1e8, 5e8), 3, 0},
		"NaN":                                 {of(2, math.NaN()), 2, 2},
		"it falls below 0":                    {of(1, -10, -1e7), 3, 0},
		"it falls without end":                {of(1, -1e20, -5e168), 3, 3},
		"a spike that recovers":               {long(func(s int) float64 { return map[bool]float64{true: 1e12, false: 1}[s == 500] }), 1000, 0},
		"a spike at the very end":             {long(func(s int) float64 { return map[bool]float64{true: 1e12, false: 1}[s == 1000] }), 1000, 0},
		"blown up for the last tenth":         {long(func(s int) float64 { return map[bool]float64{true: 1e12, false: 1}[s > 900] }), 1000, 901},
		"a step that was not finite":          {&growth{Begun: true, Within: 7, Broken: 8}, 8, 8},
		"not finite after it had grown":       {&growth{Begun: true, Within: 3, Broken: 8}, 8, 4},
		"no step yet":                         {&growth{}, 0, 0},
		"the first step has no finite number": {of(math.Inf(1), math.Inf(1)), 2, 1},
	} {
		if step, ok := c.g.since(0, c.steps); step != c.since || ok != (c.since > 0) {
			t.Errorf("%s: diverged from step %d (%v), want %d", name, step, ok, c.since)
		}
	}
}

// A racer of the workbench is judged by the same rule, until it recovers.
func TestABranchThatDivergesSaysSo(t *testing.T) {
	r := ravine(t)
	s := New(trainer(t, r), nil)
	steps(t, s, 10)
	if err := s.Race("optimizer.lr", []knob.Value{knob.Num(0.001), knob.Num(1)}); err != nil {
		t.Fatal(err)
	}
	steps(t, s, 20)
	lines := s.Lines()
	if lines[0].Diverged != 0 || lines[1].Diverged != 0 || lines[2].Diverged < 11 || lines[2].Diverged > 13 {
		t.Errorf("diverged from steps %d, %d, %d", lines[0].Diverged, lines[1].Diverged, lines[2].Diverged)
	}
	steps(t, s, 500) // it is not finite any more
	if lines = s.Lines(); lines[2].Diverged < 11 || lines[2].Diverged > 13 {
		t.Errorf("then from step %d", lines[2].Diverged)
	}
}
