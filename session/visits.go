package session

import (
	"cmp"
	"math"
	"slices"

	"descent/session/journal"
)

// Visit is a size at which a branch was evaluated: the bytes of the network and its
// quality. Losses and accuracies are of the validation rows or, if there are none,
// of the training rows.
type Visit struct {
	Branch      journal.BranchID
	Bytes       int // as core.Size has it, as are the next two
	Dense       int
	Kept        float64 // fraction of the parameters
	Bits        int     // per kernel weight, 0 for float, core.Mixed if layers differ
	Step        int     // of the last evaluation
	Loss        float64
	Accuracy    float64
	BestStep    int // of the lowest loss
	BestLoss    float64
	BestCorrect float64 // the accuracy then
	HasAccuracy bool
}

// visitLimit bounds the number of visits.
const visitLimit = 256

// forget drops one visit: the oldest that is dominated in size and loss, or else
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

// ParetoFront returns the indices of the visits that no other dominates: each is
// the lowest by the given criterion among all of as many bytes or fewer. They are
// sorted by size.
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
