package history

import (
	"math"
	"testing"
)

func TestDivergenceIsJudgedByTheEndOfARun(t *testing.T) {
	of := func(losses ...float64) *Growth {
		g := &Growth{}
		for i, v := range losses {
			g.Add(i+1, v)
		}
		return g
	}
	long := func(at func(step int) float64) *Growth {
		g := &Growth{}
		for step := 1; step <= 1000; step++ {
			g.Add(step, at(step))
		}
		return g
	}
	for name, c := range map[string]struct {
		g     *Growth
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
		"a step that was not finite":          {&Growth{Begun: true, Within: 7, Broken: 8}, 8, 8},
		"not finite after it had grown":       {&Growth{Begun: true, Within: 3, Broken: 8}, 8, 4},
		"no step yet":                         {&Growth{}, 0, 0},
		"the first step has no finite number": {of(math.Inf(1), math.Inf(1)), 2, 1},
	} {
		if step, ok := c.g.Since(0, c.steps); step != c.since || ok != (c.since > 0) {
			t.Errorf("%s: diverged from step %d (%v), want %d", name, step, ok, c.since)
		}
	}
}
