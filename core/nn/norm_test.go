package nn_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"descent/core/nn"
)

func TestOnlyTheFirstTryOfAStepMovesTheStatistics(t *testing.T) {
	inBoth(t, func(t *testing.T, single bool) {
		m, w := stacked(t, []int{2}, "residual { batch-norm }")
		m.Single(single)
		x := random(5, 2, rand.New(rand.NewPCG(1, 1)))
		var names []string
		for _, b := range m.State() {
			names = append(names, b.Name)
		}
		if got := strings.Join(names, " "); got != "0.0.running_mean 0.0.running_var" {
			t.Errorf("buffers %s", got)
		}
		before := slices.Clone(m.State()[0].Data)
		m.Forward(w, x, nn.Pass{Train: true, Try: 1})
		m.Forward(w, x, nn.Pass{})
		if !slices.Equal(m.State()[0].Data, before) {
			t.Error("a second try or an evaluation moves them")
		}
		m.Forward(w, x, nn.Pass{Train: true})
		if slices.Equal(m.State()[0].Data, before) {
			t.Error("the first try does not move them")
		}
	})
}

func TestABatchOfOneRowLeavesTheRunningVarianceAlone(t *testing.T) {
	m, w := stacked(t, []int{2}, "batch-norm")
	y := m.Forward(w, matrix(1, []float64{3, -8}), nn.Pass{Train: true})
	mean, variance := m.State()[0].Data, m.State()[1].Data
	if !slices.Equal(y.Data, []float64{0, 0}) || !near(mean, []float64{0.3, -0.8}, 1e-15) || !slices.Equal(variance, []float64{1, 1}) {
		t.Errorf("outputs %v, mean %v, variance %v", y.Data, mean, variance)
	}
}
