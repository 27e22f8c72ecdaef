package history

import (
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
func (b *Best) add(r core.Report) {
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

// recordLimit bounds the records of a track. Beyond it every second one of the older
// half is dropped, so that there the best of a way may be the one before.
const recordLimit = 4096

// record notes the best after a step of the track, if it is another. Those of training
// are left out: replaying finds them again.
func (c *Track) record(step int, b Best) {
	if !b.Validated {
		b = Best{}
	}
	if n := len(c.Records); n > 0 && c.Records[n-1].Best == b {
		return
	}
	if len(c.Records) >= recordLimit {
		thinned := make([]Record, 0, recordLimit)
		for i, r := range c.Records {
			if i%2 == 0 || i >= recordLimit/2 {
				thinned = append(thinned, r)
			}
		}
		c.Records = thinned // others may read the old ones
	}
	c.Records = append(c.Records, Record{step, b})
}

// BestTo returns the lowest validation loss on the way to a step of the track; ok is
// false if it is not known.
func (c *Track) BestTo(step int) (b Best, ok bool) {
	for ; c != nil; c = c.parent {
		if i := sort.Search(len(c.Records), func(i int) bool { return c.Records[i].At > step }); i > 0 {
			b = c.Records[i-1].Best
			return b, b.Validated
		}
		step = min(step, c.from)
	}
	return Best{}, false
}

// soundRecords reports whether records that were read are valid for a track.
func (c *Track) soundRecords(from int) bool {
	return len(c.Records) <= recordLimit && slices.IsSortedFunc(c.Records, func(a, b Record) int { return a.At - b.At }) &&
		!slices.ContainsFunc(c.Records, func(r Record) bool {
			return r.At <= from || r.At > c.Drawn || !r.Best.sound(r.At)
		})
}

// sound reports whether a best that was read is possible after a step.
func (b Best) sound(step int) bool { return b.Step >= 0 && b.Step <= step && finite(b.Value) }
