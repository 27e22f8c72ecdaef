package session

import (
	"math"
	"slices"
	"sort"

	"descent/session/history"
	"descent/session/journal"
)

// branch is one line of time.
type branch struct {
	id      journal.BranchID
	parent  *branch // nil for the first
	from    int     // the parent's step after which it begins
	label   string
	deleted bool
	unnamed bool // begun without a change: it takes the name of the first decision on it
	lost    bool // it does not hold in the log; it only keeps its number
	sealed  bool // the log goes on with what cannot be applied: to go on from the head begins another branch
	entries decisions
	head    int // the furthest step computed
	logged  int // the head as far as the log tells
	curves  *history.Track
	kept    snapshots
}

// begun is a branch that begins after a step of its parent, and holds nothing yet.
func begun(id journal.BranchID, parent *branch, from, inherit int, label string) *branch {
	b := &branch{id: id, parent: parent, from: from, label: label, head: from, logged: from}
	var before *history.Track
	if parent != nil {
		b.entries = parent.entries.first(inherit)
		before = parent.curves
	}
	b.curves = history.NewTrack(before, from)
	return b
}

// position is a moment of a branch: after a step, with so many decisions.
type position struct {
	branch        *branch
	step, applied int
	last          *Decision
}

// undoable is what undo takes back, or redo does again: a way from one
// position to another, or the deletion of a branch.
type undoable struct {
	position
	deleted *branch
}

// source is a state that an act was taken from. Those are kept, up to
// sourcesBytes: acts may refer to states behind other acts, again and again.
type source struct {
	branch *branch
	step   int
}

// name is what the screen calls a branch.
func (b *branch) name() string {
	return journal.NameOf(b.id, b.label)
}

// parting is the step after which two branches are no longer the same.
func parting(a, b *branch) int {
	step := min(a.head, b.head)
	for a != b { // a branch has a larger number than its parent
		if a.id < b.id {
			a, b = b, a
		}
		step = min(step, a.from)
		a = a.parent
	}
	return step
}

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
