package history

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"descent/core"
)

// Best is the lowest loss on the way to a step: of validation once there is an
// evaluation of it, else of training, as the reports have it. Where the loss function
// is exchanged it starts anew. The zero value is that of a way without a finite loss.
type Best struct {
	Step      int
	Value     float64
	Validated bool // Value is a validation loss
}

// Known reports whether there is one.
func (b Best) Known() bool { return b.Step > 0 }

// add takes the report of the next step into account.
func (b *Best) add(r *core.Report) {
	switch {
	case r.Evaluated && r.HasVal:
		if finite(r.ValLoss) && (!b.Validated || r.ValLoss < b.Value) {
			*b = Best{r.Step, r.ValLoss, true}
		}
	case b.Validated:
	case finite(r.Loss) && (b.Step == 0 || r.Loss < b.Value):
		*b = Best{r.Step, r.Loss, false}
	}
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// Record is a best that holds from the step At on, until the next record.
type Record struct {
	At   int
	Best Best
}

// Records are those of a track, oldest first.
type Records []Record

// recordLimit bounds them. Beyond it every second one of the older half is dropped, so
// that there the best of a way may be the one before.
const recordLimit = 4096

// with notes the best after a step, if it is another than the last. Those of training
// are left out: replaying finds them again.
func (all Records) with(step int, b Best) Records {
	if !b.Validated {
		b = Best{}
	}
	if n := len(all); n > 0 && all[n-1].Best == b {
		return all
	}
	if len(all) >= recordLimit {
		thinned := make(Records, 0, recordLimit)
		for i, r := range all {
			if i%2 == 0 || i >= recordLimit/2 {
				thinned = append(thinned, r)
			}
		}
		all = thinned // others may read the old ones
	}
	return append(all, Record{step, b})
}

// at returns the one that holds at a step; ok is false before the first.
func (all Records) at(step int) (b Best, ok bool) {
	i := sort.Search(len(all), func(i int) bool { return all[i].At > step })
	if i == 0 {
		return Best{}, false
	}
	return all[i-1].Best, true
}

// sound reports whether records that were read are valid for the steps after from up
// to last.
func (all Records) sound(from, last int) bool {
	return len(all) <= recordLimit && slices.IsSortedFunc(all, func(a, b Record) int { return cmp.Compare(a.At, b.At) }) &&
		!slices.ContainsFunc(all, func(r Record) bool { return r.At <= from || r.At > last || !r.Best.sound(r.At) })
}

// sound reports whether a best that was read is possible after a step.
func (b Best) sound(step int) bool { return b.Step >= 0 && b.Step <= step && finite(b.Value) }
