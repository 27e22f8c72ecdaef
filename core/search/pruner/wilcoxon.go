package pruner

import (
	"math"
	"slices"

	"descent/core/kernel"
	"descent/core/knob"
)

var wilcoxonDoc = knob.Doc{
	Formula: "dₖ = f(seed k) − f_best(seed k); stop if P(W⁺ ≥ Σ_{dₖ>0} rank |dₖ|) < 0.1",
	Source:  "Wilcoxon, Individual Comparisons by Ranking Methods, 1945; WilcoxonPruner of Optuna",
	PyTorch: knob.None,
	When:    "when each trial is trained with several seeds: seeds that cannot make up for the ones before are not trained. Four seeds are the least that can decide.",
	Range:   "5 to 20 seeds",
}

// mostP is the p-value below which a trial is stopped.
const mostP = 0.1

// wilcoxon stops a trial that is worse than the best complete one over seeds, paired by
// seed, by the signed-rank test.
type wilcoxon struct{ None }

func newWilcoxon(Options) Pruner { return wilcoxon{} }

func (wilcoxon) Stop(own Progress, all []Progress) bool {
	runs := own.runs(math.MaxInt)
	if len(runs) == 0 {
		return false
	}
	best, ok := bestOf(all)
	if !ok || best.Number == own.Number {
		return false
	}
	var mine, its, differences []float64
	for _, b := range best.runs(runs[0].Step) {
		i := slices.IndexFunc(runs, func(r Report) bool { return r.Seed == b.Seed })
		if i < 0 {
			continue
		}
		d := runs[i].Value - b.Value
		if math.IsNaN(d) { // both have diverged
			d = 0
		}
		mine, its = append(mine, runs[i].Value), append(its, b.Value)
		differences = append(differences, d)
	}
	return len(differences) > 0 && greater(differences) < mostP && median(mine) > median(its)
}

// bestOf is the complete trial with the lowest last value, the median over its seeds.
func bestOf(all []Progress) (best Progress, ok bool) {
	lowest := math.Inf(1)
	for _, p := range all {
		if !p.Complete {
			continue
		}
		if v, reported := p.At(math.MaxInt); reported && (!ok || v < lowest) {
			best, lowest, ok = p, v, true
		}
	}
	return best, ok
}

// mostExact is the number of differences up to which the distribution of the rank sum
// is counted out.
const mostExact = 50

// greater is the p-value of the Wilcoxon signed-rank test that differences tend to be
// above 0. The distribution is exact for up to 50 differences, given their ties; where
// some are 0 (their ranks are split between both sides), or there are more, it is the
// normal approximation.
func greater(differences []float64) float64 {
	n := len(differences)
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := math.Abs(differences[a]), math.Abs(differences[b])
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	ranks := make([]int, n) // twice the rank, the mean of those that tie
	ties, zeros := 0, 0     // Σ t³ − t of the groups that tie; differences that are 0
	sum := 0                // twice W⁺, and four times the half of zeros
	for i := 0; i < n; {
		j := i
		for j < n && math.Abs(differences[order[j]]) == math.Abs(differences[order[i]]) {
			j++
		}
		ties += (j-i)*(j-i)*(j-i) - (j - i)
		for k := i; k < j; k++ {
			ranks[k] = i + j + 1
			switch d := differences[order[k]]; {
			case d > 0:
				sum += 2 * ranks[k]
			case d == 0:
				sum += ranks[k]
				zeros++
			}
		}
		i = j
	}
	if zeros == 0 && n <= mostExact {
		return exactTail(ranks, sum/2)
	}
	mean := float64(float64(n*(n+1)) / 4)
	variance := (float64(n*(n+1)*(2*n+1)) - float64(float64(ties)/2)) / 24
	if variance <= 0 {
		return 1
	}
	return kernel.Erfc((float64(float64(sum)/4)-mean)/math.Sqrt(2*variance)) / 2
}

// exactTail is the probability that a sum of ranks, each of which is taken or not with
// equal chances, is at least as great as one.
func exactTail(ranks []int, sum int) float64 {
	total := 0
	for _, r := range ranks {
		total += r
	}
	p := make([]float64, total+1)
	p[0] = 1
	top := 0
	for _, r := range ranks {
		top += r
		for s := top; s >= 0; s-- {
			p[s] = float64(p[s] / 2)
			if s >= r {
				p[s] += float64(p[s-r] / 2)
			}
		}
	}
	tail := 0.0
	for s := total; s >= sum; s-- {
		tail += p[s]
	}
	return tail
}
