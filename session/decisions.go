package session

import (
	"math"
	"slices"
	"sort"

	"descent/session/journal"
)

// Decision is a decision of a session, and what the screen calls it.
type Decision struct {
	journal.Entry
	Words string
}

// decisions are those of a branch in the order in which they hold: the first so
// many of another branch, and its own. Those that are inherited are shared, so
// that a branch costs what it adds.
type decisions struct {
	before  *decisions // has the inherited ones; nil if there are none
	inherit int
	own     []*Decision
}

// first are the first n of them, to go on from.
func (d *decisions) first(n int) decisions {
	for d != nil && n <= d.inherit { // whoever has the last of them as its own
		d = d.before
	}
	return decisions{before: d, inherit: n}
}

func (d *decisions) count() int { return d.inherit + len(d.own) }

// last is the last of them, nil if there are none.
func (d *decisions) last() *Decision {
	if n := len(d.own); n > 0 {
		return d.own[n-1]
	}
	if d.inherit == 0 {
		return nil
	}
	return d.before.own[d.inherit-d.before.inherit-1]
}

// upTo is how many of them hold in a step.
func (d *decisions) upTo(step int) int {
	limit := math.MaxInt
	for ; d != nil; d = d.before {
		if n := sort.Search(len(d.own), func(i int) bool { return d.own[i].Step > step }); n > 0 {
			return min(limit, d.inherit+n)
		}
		limit = min(limit, d.inherit)
	}
	return 0
}

// all are all of them, in a slice of its own.
func (d *decisions) all() []*Decision {
	out := make([]*Decision, 0, d.count())
	for n := d.count(); n > 0; d = d.before {
		own := d.own[:max(0, n-d.inherit)]
		for _, e := range slices.Backward(own) {
			out = append(out, e)
		}
		n -= len(own)
	}
	slices.Reverse(out)
	return out
}
