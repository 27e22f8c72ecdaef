package core_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"descent/core"
	"descent/core/optim"
)

// eachSwap calls f with every ordered pair of optimizers.
func eachSwap(f func(from, to string)) {
	for _, a := range optim.Catalogue {
		for _, b := range optim.Catalogue {
			if a.Name != b.Name {
				f(a.Name, b.Name)
			}
		}
	}
}

func TestKeepLeavesTheRateWhereItIs(t *testing.T) {
	eachSwap(func(from, to string) {
		tr := trainer(t, numbersTOML, "optimizer.name="+from, "optimizer.lr=0.0123", "optimizer.name="+to)
		if got := at(t, tr, "optimizer.lr"); got != "0.0123" || tr.Step().LR != 0.0123 {
			t.Errorf("%s to %s: rate %s", from, to, got)
		}
	})
}

func TestDefaultTakesTheNewOptimizersOwnRate(t *testing.T) {
	eachSwap(func(from, to string) {
		tr := trainer(t, numbersTOML, "optimizer.name="+from, "optimizer.lr=0.0123", "optimizer.swap_lr=default", "optimizer.name="+to)
		row, _ := optim.Find(to)
		if got := tr.Step().LR; got != row.LR {
			t.Errorf("%s to %s: rate %v, its own is %v", from, to, got, row.LR)
		}
	})
}

// The swap falls after ten steps, under every schedule and rule for the state.
func TestMatchTakesAFirstStepAsLongAsTheLast(t *testing.T) {
	for _, schedule := range [][]string{nil, {"schedule.name=cosine", "schedule.t_max=40", "schedule.eta_min=0.000001"}} {
		for _, state := range []string{"fresh", "carry"} {
			eachSwap(func(from, to string) {
				tr := trainer(t, numbersTOML, append(schedule, "optimizer.name="+from, "optimizer.lr=0.003", "optimizer.swap_lr=match", "optimizer.swap_state="+state)...)
				steps(tr, 9)
				last := lengthOf(tr)
				turn(t, tr, "optimizer.name="+to)
				if row, _ := optim.Find(to); row.OwnLength {
					if got := at(t, tr, "optimizer.lr"); got != "0.003" {
						t.Errorf("%s to %s: no rate matches, and it is %s", from, to, got)
					}
					return
				}
				if first := lengthOf(tr); !near(first, last, 1e-9) {
					t.Errorf("%s to %s, %s, %v: last step %v, first %v", from, to, state, schedule, last, first)
				}
			})
		}
	}
}

func TestMatchLeavesTheRunAlone(t *testing.T) {
	for _, toml := range []string{numbersTOML, imagesTOML} {
		tr := trainer(t, toml, "optimizer.swap_lr=match")
		steps(tr, 10)
		before, report, statistics := slices.Clone(tr.Params()), tr.Last(), fmt.Sprint(tr.Statistics())
		turn(t, tr, "optimizer.name=adam")
		if !slices.Equal(tr.Params(), before) || !tr.Last().Equal(report) || tr.StepCount() != 10 || fmt.Sprint(tr.Statistics()) != statistics {
			t.Error("the trial step shows")
		}
	}
}

func TestMatchWithoutAStepKeepsTheRate(t *testing.T) {
	tr := trainer(t, numbersTOML, "optimizer.lr=0.0123", "optimizer.swap_lr=match", "optimizer.name=adam")
	if got := at(t, tr, "optimizer.lr"); got != "0.0123" {
		t.Errorf("rate %s", got)
	}
}

func TestMatchKeepsTheRateWhereNoneMatches(t *testing.T) {
	for _, c := range []struct {
		name   string
		before []string // turned at the start
		steps  int
		after  []string // turned just before the swap
		want   string
	}{
		{"it would have to be 1e8", nil, 5, []string{"train.clip_norm=0.000000001"}, "0.01"},
		{"a diverged run has no length", []string{"optimizer.lr=1000000"}, 500, nil, "1000000"},
		{"there is no gradient", nil, 5, []string{"prune.sparsity=1", "loss.name=huber", "loss.delta=0.000001", "train.clip_norm=1e-300"}, "0.01"},
		{"the schedule ends at 0", nil, 5, []string{"schedule.name=cosine", "schedule.t_max=5"}, "0.01"},
		{"the schedule stays above it", nil, 5, []string{"schedule.name=cosine", "schedule.eta_min=1000"}, "0.01"},
	} {
		tr := trainer(t, numbersTOML, append(c.before, "optimizer.swap_lr=match")...)
		steps(tr, c.steps)
		turn(t, tr, append(c.after, "optimizer.name=momentum")...)
		if got := at(t, tr, "optimizer.lr"); got != c.want {
			t.Errorf("%s: rate %s, want %s", c.name, got, c.want)
		}
	}
}

// state is the optimizer's buffers as text, "name first-number".
func state(tr *core.Trainer) map[string]float64 {
	out := map[string]float64{}
	for _, b := range tr.Snapshot().State {
		out[b.Name] = b.Data[0]
	}
	return out
}

func TestFreshStartsWithEmptyState(t *testing.T) {
	eachSwap(func(from, to string) {
		tr := trainer(t, numbersTOML, "optimizer.name="+from)
		steps(tr, 10)
		turn(t, tr, "optimizer.name="+to)
		for _, b := range tr.Snapshot().State {
			if slices.ContainsFunc(b.Data, func(v float64) bool { return v != 0 }) {
				t.Errorf("%s to %s: %s is not empty", from, to, b.Name)
			}
		}
		if age := tr.Snapshot().Age; age != 0 {
			t.Errorf("%s to %s: age %d", from, to, age)
		}
	})
}

func TestCarryTakesBuffersOfTheSameMeaning(t *testing.T) {
	eachSwap(func(from, to string) {
		tr := trainer(t, numbersTOML, "optimizer.name="+from, "optimizer.swap_state=carry")
		steps(tr, 10)
		before, age := state(tr), tr.Snapshot().Age
		turn(t, tr, "optimizer.name="+to)
		want := 0
		for name, got := range state(tr) {
			_, meaning, _ := strings.Cut(name, "/")
			carried := 0.0
			for old, v := range before {
				if strings.HasSuffix(old, "/"+meaning) {
					carried, want = v, age
				}
			}
			if got != carried {
				t.Errorf("%s to %s: %s starts at %v, want %v", from, to, name, got, carried)
			}
		}
		if got := tr.Snapshot().Age; got != want {
			t.Errorf("%s to %s: age %d, want %d", from, to, got, want)
		}
	})
}

func TestAdamAndRMSpropShareTheMeanOfSquares(t *testing.T) {
	tr := trainer(t, numbersTOML, "optimizer.name=adam", "optimizer.swap_state=carry")
	steps(tr, 10)
	before := state(tr)["adam/square mean"]
	turn(t, tr, "optimizer.name=rmsprop")
	if got := state(tr)["rmsprop/square mean"]; got != before || got == 0 {
		t.Errorf("%v, adam had %v", got, before)
	}
}

func TestEachOptimizerRemembersItsOwnKnobs(t *testing.T) {
	tr := trainer(t, numbersTOML,
		"optimizer.name=adam", "optimizer.eps=0.001", "optimizer.weight_decay=0.1",
		"optimizer.name=rmsprop", "optimizer.eps=0.002", "optimizer.momentum=0.5",
		"optimizer.name=momentum", "optimizer.momentum=0.8")
	for _, c := range []struct{ name, path, want string }{
		{"adam", "optimizer.eps", "0.001"},
		{"adam", "optimizer.weight_decay", "0.1"},
		{"rmsprop", "optimizer.eps", "0.002"},
		{"rmsprop", "optimizer.momentum", "0.5"},
		{"rmsprop", "optimizer.weight_decay", "0"},
		{"momentum", "optimizer.momentum", "0.8"},
		{"adagrad", "optimizer.eps", "1e-10"},
	} {
		turn(t, tr, "optimizer.name="+c.name)
		if got := at(t, tr, c.path); got != c.want {
			t.Errorf("%s, %s: %s, want %s", c.name, c.path, got, c.want)
		}
	}
}

func TestSchedulesAndLossesRememberTheirKnobsToo(t *testing.T) {
	tr := trainer(t, numbersTOML, "loss.name=huber", "loss.delta=0.25", "schedule.name=cosine", "schedule.t_max=77",
		"loss.name=mse", "schedule.name=constant", "loss.name=huber", "schedule.name=cosine")
	if a, b := at(t, tr, "loss.delta"), at(t, tr, "schedule.t_max"); a != "0.25" || b != "77" {
		t.Errorf("delta %s, t_max %s", a, b)
	}
}

func TestNamingTheSameOptimizerKeepsItsState(t *testing.T) {
	for _, o := range optim.Catalogue {
		a, b := trainer(t, numbersTOML, "optimizer.name="+o.Name), trainer(t, numbersTOML, "optimizer.name="+o.Name)
		steps(a, 10)
		steps(b, 10)
		turn(t, b, "optimizer.name="+o.Name)
		if !steps(a, 5).Equal(steps(b, 5)) || a.Hash() != b.Hash() {
			t.Errorf("%s starts afresh", o.Name)
		}
	}
}

func TestTurningAKnobKeepsTheState(t *testing.T) {
	for _, o := range optim.Catalogue {
		tr := trainer(t, numbersTOML, "optimizer.name="+o.Name)
		steps(tr, 10)
		before := fmt.Sprint(state(tr))
		if _, err := tr.Settings().Find("optimizer.weight_decay"); err == nil {
			turn(t, tr, "optimizer.weight_decay=0.1")
		}
		turn(t, tr, "optimizer.lr=0.5", "train.batch=4", "loss.name=huber", "schedule.name=cosine")
		if got := fmt.Sprint(state(tr)); got != before || tr.Snapshot().Age != 10 {
			t.Errorf("%s: %s, then %s", o.Name, before, got)
		}
	}
}
