package pruner

import (
	"math"
	"testing"

	"descent/core/knob/knobtest"
)

func TestEveryPrunerIsExplained(t *testing.T) {
	for _, r := range Catalogue {
		knobtest.Chosen(t, r.Name, r.Help, r.Doc)
	}
}

func TestNoPrunerStopsATrialOfWhichNothingIsKnown(t *testing.T) {
	complete := Progress{Over: true, Complete: true, Reached: 5}
	for _, r := range Catalogue {
		p := r.New(Options{Startup: 1})
		own := Progress{Number: 3, Reached: 5}
		for _, all := range [][]Progress{nil, {complete}} {
			if p.Stop(own, all) {
				t.Errorf("%s stops a trial without reports", r.Name)
			}
		}
		own.Reports = []Report{{Step: 5, Value: 0.5}}
		for _, all := range [][]Progress{nil, {complete}} {
			if p.Stop(own, all) {
				t.Errorf("%s stops a trial that cannot be compared", r.Name)
			}
		}
		if to := p.Budget(0, 0, 1); to != 1 {
			t.Errorf("%s trains %d steps of 1", r.Name, to)
		}
		if _, ok := p.Promote(nil, 10); ok {
			t.Errorf("%s promotes nobody's trial", r.Name)
		}
		if _, ok := p.Finish(nil, 10); ok {
			t.Errorf("%s promotes nobody's trial at the end", r.Name)
		}
	}
}

// seeds are the reports of runs, each with one value at step 10.
func seeds(values ...float64) (out []Report) {
	for s, v := range values {
		out = append(out, Report{Seed: s, Step: 5, Value: 3}, Report{Seed: s, Step: 10, Value: v})
	}
	return out
}

func TestFourWorseSeedsDecide(t *testing.T) {
	p := New("wilcoxon")
	all := []Progress{
		{Number: 0, Reports: seeds(2, 3, 4, 5, 6), Over: true, Complete: true},
		{Number: 1, Reports: seeds(1, 2, 3, 4, 5), Over: true, Complete: true},
		{Number: 2, Reports: seeds(0, 0), Over: true}, // it was pruned
	}
	for _, c := range []struct {
		values []float64
		stop   bool
	}{
		{[]float64{9, 9.5, 9}, false}, // p = 1/8
		{[]float64{9, 9.5, 9, 9.9}, true},
		{[]float64{0, 1, 2, 3}, false},
		{[]float64{1, 2, 3, 4}, false},
		{[]float64{9, math.NaN(), math.Inf(1), 9.9}, true},
	} {
		if got := p.Stop(Progress{Number: 3, Reports: seeds(c.values...)}, all); got != c.stop {
			t.Errorf("seeds with %v: stop is %v", c.values, got)
		}
	}
	early := append(seeds(9, 9, 9), Report{Seed: 3, Step: 5, Value: 9})
	if p.Stop(Progress{Number: 3, Reports: early}, all) {
		t.Error("a run that has not come as far as the others is compared")
	}
}

func TestARunIsComparedWithThoseOfTheSameSeed(t *testing.T) {
	var all []Progress
	for n := range 5 {
		all = append(all, Progress{Number: n, Over: true, Complete: true, Reports: []Report{
			{Seed: 0, Step: 10, Value: 1}, {Seed: 1, Step: 10, Value: 5},
		}})
	}
	own := Progress{Number: 5, Reports: []Report{{Seed: 0, Step: 10, Value: 0.5}, {Seed: 1, Step: 10, Value: 4}}}
	if New("median").Stop(own, all) {
		t.Error("the second seed is compared with the first of others")
	}
	own.Reports[1].Value = 6
	if !New("median").Stop(own, all) {
		t.Error("the second seed is not compared")
	}
}
