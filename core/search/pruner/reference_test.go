package pruner

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"
)

// reference is what testdata/reference.py wrote.
var reference = func() (r struct {
	Cases []struct {
		Pruner  string
		Options Options
		Others  []struct {
			Complete bool
			Steps    []int
			Values   []string
		}
		Steps  []int
		Values []string
		Stop   []bool
	}
	Promotable []struct {
		Factor   int
		Values   []string
		Promoted []bool
	}
	Brackets []struct {
		Factor, Steps int
		Trials        []int
	}
	SignedRank []struct {
		Differences []string
		P           float64
	} `json:"signed_rank"`
},
) {
	text, err := os.ReadFile("testdata/reference.json")
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		panic(err)
	}
	return r
}()

func numbers(t *testing.T, texts []string) []float64 {
	t.Helper()
	out := make([]float64, len(texts))
	for i, s := range texts {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = v
	}
	return out
}

func reports(steps []int, values []float64) []Report {
	out := make([]Report, len(steps))
	for i := range out {
		out[i] = Report{Step: steps[i], Value: values[i]}
	}
	return out
}

func TestTrialsAreStoppedAsByOptuna(t *testing.T) {
	stopped := map[string]int{}
	for i, c := range reference.Cases {
		row, _ := Find(c.Pruner)
		p := row.New(c.Options)
		var all []Progress
		for n, o := range c.Others {
			all = append(all, Progress{Number: n, Reports: reports(o.Steps, numbers(t, o.Values)), Over: true, Complete: o.Complete})
		}
		own := Progress{Number: len(all), Reports: reports(c.Steps, numbers(t, c.Values))}
		for k, want := range c.Stop {
			own := own
			own.Reports, own.Reached = own.Reports[:k+1], own.Reports[k].Step
			if got := p.Stop(own, all); got != want {
				t.Errorf("case %d, %s with %+v: stop after report %d is %v, of Optuna %v", i, c.Pruner, c.Options, k, got, want)
			}
			if want {
				stopped[c.Pruner]++
			}
		}
	}
	for _, name := range []string{"median", "percentile", "patience", "threshold"} {
		if stopped[name] < 10 {
			t.Errorf("%s stops only %d times in the cases", name, stopped[name])
		}
	}
}

func TestTheBestOfARungArePromotedAsByOptuna(t *testing.T) {
	for i, c := range reference.Promotable {
		var all []Progress
		for n, v := range numbers(t, c.Values) {
			all = append(all, Progress{Number: n, Reports: []Report{{Step: 1, Value: v}}, Reached: 1, Waits: true})
		}
		promoted := make([]bool, len(all))
		for {
			n, ok := promote(all, []int{1, 100}, c.Factor)
			if !ok {
				break
			}
			promoted[n], all[n].Waits = true, false
		}
		if !slices.Equal(promoted, c.Promoted) {
			t.Errorf("case %d: promoted %v, by Optuna %v", i, promoted, c.Promoted)
		}
	}
}

func TestBracketsGetAsManyTrialsAsInOptuna(t *testing.T) {
	for _, c := range reference.Brackets {
		count := make([]int, len(c.Trials))
		for _, s := range roundOf(len(c.Trials), c.Factor) {
			count[s]++
		}
		if !slices.Equal(count, c.Trials) {
			t.Errorf("factor %d: brackets get %v, in Optuna %v", c.Factor, count, c.Trials)
		}
	}
}

func TestThePValuesOfSignedRanksAreSciPys(t *testing.T) {
	for _, c := range reference.SignedRank {
		if got := greater(numbers(t, c.Differences)); math.Abs(got-c.P) > 1e-12 {
			t.Errorf("p of %v is %v, of SciPy %v", c.Differences, got, c.P)
		}
	}
}
