package session

import (
	"cmp"
	"math"
	"slices"

	"descent/session/journal"
)

// Visit is a size at which a branch was evaluated: what the network took there
// and how good it was. Losses and accuracies are those of the validation rows,
// or where there are none of training.
type Visit struct {
	Branch      journal.BranchID
	Bytes       int // as core.Size has it, as are the next two
	Dense       int
	Kept        float64 // share of the parameters
	Bits        int     // of a kernel weight, 0 for float, core.Mixed where layers differ
	Step        int     // of the last evaluation
	Loss        float64
	Accuracy    float64
	BestStep    int // of the least loss
	BestLoss    float64
	BestCorrect float64 // the accuracy then
	HasAccuracy bool
}

// visitLimit bounds them.
const visitLimit = 256

// forget drops one: the oldest that another beats in size and in loss, or else
// the oldest.
func forget(visits []Visit) []Visit {
	front := ParetoFront(visits, func(v Visit) float64 { return v.BestLoss })
	for i := range visits {
		if !slices.Contains(front, i) {
			return slices.Delete(visits, i, i+1)
		}
	}
	return slices.Delete(visits, 0, 1)
}

// Front are the places of those visits that no other beats: among all of as many
// bytes or fewer, each is the least by what they are judged by. They are sorted
// by size.
func ParetoFront(visits []Visit, by func(Visit) float64) []int {
	order := make([]int, len(visits))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(visits[a].Bytes, visits[b].Bytes), cmp.Compare(by(visits[a]), by(visits[b])))
	})
	var out []int
	least := math.Inf(1)
	for _, i := range order {
		if v := by(visits[i]); v < least {
			least = v
			out = append(out, i)
		}
	}
	return out
}
