package session

import (
	"math"
	"slices"
	"sort"

	"descent/core/recipe"
	"descent/session/history"
	"descent/session/journal"
)

// branch is one line of time.
type branch struct {
	id      journal.BranchID
	parent  *branch // nil for the first
	from    int     // the parent's step after which it starts
	label   string
	deleted bool
	unnamed bool // started without a change: it is named after the first decision on it
	lost    bool // invalid in the log; it only keeps its number
	sealed  bool // the log continues with lines that cannot be applied: continuing from the head starts another branch
	entries decisions
	knobs   *recipe.Settings // at its end; nil if they are not known yet
	head    int              // the last computed step
	logged  int              // the last head in the log
	curves  *history.Track
	kept    snapshots
}

// begun makes an empty branch that starts after a step of its parent.
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

// position is a point of a branch: after a step, with a number of decisions in
// effect.
type position struct {
	branch        *branch
	step, applied int
	last          *Decision
}

// undoable is an action that can be undone and redone: a move from one position to
// another, or the deletion of a branch.
type undoable struct {
	position
	deleted *branch
}

// source is a state that an act referred to. Sources are cached, up to
// sourcesBytes, since acts may repeatedly refer to states after other acts.
type source struct {
	branch *branch
	step   int
}

// name returns the label of a branch.
func (b *branch) name() string {
	return journal.NameOf(b.id, b.label)
}

// parting returns the step after which two branches differ.
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

// holds reports whether a branch can have a number of decisions in effect after a
// step.
func holds(b *branch, step, applied int) bool {
	if applied < 0 || applied > b.entries.count() || applied < b.entries.upTo(step) {
		return false
	}
	return applied <= b.entries.upTo(step+1)
}

// Decision is a decision of a session and its text on the screen.
type Decision struct {
	journal.Entry
	Words string
}

// decisions holds those of a branch in order of effect: a prefix of another
// branch's, and its own. Inherited ones are shared, so that a branch only costs
// what it adds.
type decisions struct {
	before  *decisions // has the inherited ones; nil if there are none
	inherit int
	own     []*Decision
}

// first returns the first n of them, as the start of a new branch.
func (d *decisions) first(n int) decisions {
	for d != nil && n <= d.inherit { // the owner of the last of them
		d = d.before
	}
	return decisions{before: d, inherit: n}
}

func (d *decisions) count() int { return d.inherit + len(d.own) }

// last returns the last of them, nil if there are none.
func (d *decisions) last() *Decision {
	if n := len(d.own); n > 0 {
		return d.own[n-1]
	}
	if d.inherit == 0 {
		return nil
	}
	return d.before.own[d.inherit-d.before.inherit-1]
}

// upTo returns the number of them in effect at a step.
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

// all returns all of them in a new slice.
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

// Event is something that happened in the session, for a list in words.
type Event struct {
	Kind   EventKind
	Branch journal.BranchID
	Step   int    // after which it happened
	Number int    // of a decision, in the order in which they were taken, from 1; 0 for others
	Index  int    // of a decision, among those of its branch, from 0
	Actor  string // who decided: "user", or the name of an automatic rule; "" for others
	Words  string
	Undone bool // a decision that was undone
}

// EventKind is the kind of an Event.
type EventKind int

// The kinds of events.
const (
	Decided EventKind = iota // a decision
	Moved                    // to another position or branch; a branch was named or deleted
	Noted                    // found by itself: a divergence, weights that were pruned
)

// descends reports whether a step of the branch is one of another: itself, or an
// ancestor up to where its line leaves it.
func (b *branch) descends(from *branch, step int) bool {
	for ; b != nil; b = b.parent {
		if b == from {
			return true
		}
		if step > b.from {
			return false
		}
	}
	return false
}
