package session

import (
	"errors"
	"fmt"

	"descent/core/knob"
	"descent/core/recipe"
)

// maxStep bounds every step that a log names.
const maxStep = 1 << 40

// Fault is a line of a log that cannot be applied: it contradicts those before
// it, or this release does not take its decision. A branch ends before such a
// decision; later lines that depend on it are ignored with it.
type Fault struct {
	Line int    // of the file, from 1
	What string // what is wrong, as goes on from "the line "
	Ends string // where its branch ends now; "" where no branch is cut short
	With int    // how many later lines depend on it
}

// rules say whether a decision can be taken. A Trainer knows; nil allows every
// decision that is one.
type rules interface {
	Allows(s recipe.Settings, path string, v knob.Value) (recipe.Settings, error)
	Settings() recipe.Settings
}

// reading goes through the lines of a log, each with all before it in mind. It
// refers to lines by their place among the entries.
type reading struct {
	rec      *Record
	rules    rules
	surface  bool // there is no network
	branches []*known
	aside    []bool // of each entry: it does not hold
	faults   []Fault

	at  stand // where the session stands at the end
	end *End  // the last line, if the session was left in good order

	settled, older map[place]recipe.Settings // some of those that were found
}

// stand is a position by numbers, and whether an undo stands there.
type stand struct {
	branch        BranchID
	step, applied int
	rewound       bool
}

// known is a branch as far as it was read.
type known struct {
	id      BranchID
	label   string
	parent  *known // nil for the first
	from    int
	inherit int
	own     []int // its decisions
	reached int   // other lines hang on this step: no decision comes at or before it
	lost    bool  // its first line does not hold
	sealed  bool  // a decision on it does not hold
	last    int   // the last step that is known, where it is sealed
	fault   int   // the one that it is lost or sealed by
}

// place is a branch after so many decisions.
type place struct {
	branch  BranchID
	applied int
}

// settledLimit bounds how many settings are remembered, twice.
const settledLimit = 512

// read goes through all lines of a log.
func (r *Record) read(rules rules, surface bool) *reading {
	d := &reading{rec: r, rules: rules, surface: surface, branches: []*known{{label: firstLabel}}, aside: make([]bool, len(r.Entries)), settled: map[place]recipe.Settings{}}
	for i := range r.Entries {
		d.line(i)
	}
	return d
}

// decisions is how many a branch has, the inherited ones with them.
func (b *known) decisions() int { return b.inherit + len(b.own) }

// decision is the entry of one of a branch's decisions.
func (b *known) decision(i int) int {
	for i < b.inherit {
		b = b.parent
	}
	return b.own[i-b.inherit]
}

// find is a branch that has begun, nil for none.
func (d *reading) find(id BranchID) *known {
	if id < 0 || int(id) >= len(d.branches) {
		return nil
	}
	return d.branches[id]
}

// fault leaves a line aside.
func (d *reading) fault(i int, format string, args ...any) {
	d.aside[i] = true
	d.faults = append(d.faults, Fault{Line: i + 2, What: fmt.Sprintf(format, args...)})
}

// hangs leaves a line aside that hangs on a branch which does not hold.
func (d *reading) hangs(i int, on *known) {
	d.aside[i] = true
	d.faults[on.fault].With++
}

// seal ends a branch before a decision that does not hold, the fault told last.
func (d *reading) seal(b *known, last int) {
	b.sealed, b.last, b.fault = true, last, len(d.faults)-1
	d.faults[b.fault].Ends = fmt.Sprintf("%s ends before it, at step %d", b.name(), last)
	d.at = stand{branch: b.id, step: last, applied: b.decisions()}
	d.end = nil
}

// name is what the screen calls a branch.
func (b *known) name() string { return (&branch{id: b.id, label: b.label}).name() }

func (d *reading) line(i int) {
	e := &d.rec.Entries[i]
	switch n := e.said(); {
	case e.unread != nil:
		d.fault(i, "is damaged: %v", e.unread)
		if b := d.find(e.Branch); b != nil && !b.lost && !b.sealed {
			d.seal(b, b.reached) // it may have been a decision
		}
		return
	case n == 0:
		d.fault(i, "says nothing")
		return
	case n > 1:
		d.fault(i, "says %d things at once", n)
		return
	case e.Fork != nil:
		d.fork(i, e)
		return
	}
	b := d.find(e.Branch)
	switch {
	case b == nil:
		d.fault(i, "names branch %d, which never began", e.Branch)
	case b.lost:
		d.hangs(i, b)
	case e.Set != nil, e.Act != nil:
		d.decide(i, e, b)
	case e.Seek != nil:
		d.stands(i, b, e.Seek.Step, e.Seek.Decisions, e.Seek.Undo, nil)
	case e.End != nil:
		d.stands(i, b, e.End.Step, e.End.Decisions, false, e.End)
	case e.Label != nil:
		b.label = *e.Label
	case e.Reach != nil:
		switch {
		case e.Reach.Step < 0 || e.Reach.Step > maxStep:
			d.fault(i, "says that branch %d came to step %d", e.Branch, e.Reach.Step)
		case b.sealed && e.Reach.Step > b.last:
			d.hangs(i, b)
		default:
			b.reached = max(b.reached, e.Reach.Step)
		}
	}
}

// fork reads the beginning of a branch. One that is impossible keeps its number.
func (d *reading) fork(i int, e *Entry) {
	f, parent := e.Fork, d.find(e.Fork.Parent)
	b := &known{id: e.Branch, label: f.Label, parent: parent, from: f.Step, inherit: f.Inherit, reached: f.Step}
	if e.Branch != BranchID(len(d.branches)) {
		d.fault(i, "begins branch %d, where branch %d comes next", e.Branch, len(d.branches))
		return
	}
	lost := func(format string, args ...any) {
		d.fault(i, "begins an impossible branch: "+format, args...)
		*b = known{id: b.id, lost: true, fault: len(d.faults) - 1}
	}
	d.branches = append(d.branches, b)
	switch {
	case parent == nil:
		lost("there is no branch %d", f.Parent)
	case parent.lost, parent.sealed && (f.Step > parent.last || f.Inherit > parent.decisions()):
		d.hangs(i, parent)
		*b = known{id: b.id, lost: true, fault: parent.fault}
	case f.Step < 0 || f.Step > maxStep:
		lost("it leaves branch %d at step %d", f.Parent, f.Step)
	default:
		if err := d.fits(parent, f.Step, f.Inherit); err != nil {
			lost("%v", err)
			return
		}
		parent.reached = max(parent.reached, f.Step)
		d.at, d.end = stand{branch: b.id, step: f.Step, applied: f.Inherit}, nil
	}
}

// fits refuses a number of decisions that cannot hold after a step of a branch.
func (d *reading) fits(b *known, step, applied int) error {
	switch n := b.decisions(); {
	case applied < 0 || applied > n:
		return fmt.Errorf("it counts %d decisions, and branch %d has %d", applied, b.id, n)
	case applied > 0 && d.step(b, applied-1) > step+1, applied < n && d.step(b, applied) <= step:
		return fmt.Errorf("at step %d of branch %d there are not %d decisions", step, b.id, applied)
	}
	return nil
}

// step is from which step one of a branch's decisions holds.
func (d *reading) step(b *known, decision int) int { return d.rec.Entries[b.decision(decision)].Step }

// stands reads where the session stood.
func (d *reading) stands(i int, b *known, step, applied int, undo bool, end *End) {
	switch err := d.fits(b, step, applied); {
	case step < 0:
		d.fault(i, "stands before the first step")
	case step > maxStep:
		d.fault(i, "stands at step %d", step)
	case b.sealed && (step > b.last || applied > b.decisions()):
		d.hangs(i, b)
	case err != nil:
		d.fault(i, "counts decisions that there are not: %v", err)
	default:
		b.reached = max(b.reached, step)
		d.at, d.end = stand{b.id, step, applied, undo}, end
	}
}

// decide reads a decision.
func (d *reading) decide(i int, e *Entry, b *known) {
	if b.sealed {
		d.hangs(i, b)
		return
	}
	if e.Step <= b.reached || e.Step > maxStep {
		if e.Step <= b.reached {
			d.fault(i, "decides about a step that has passed")
		} else {
			d.fault(i, "decides about step %d", e.Step)
		}
		d.seal(b, b.reached)
		return
	}
	now := d.settings(b, b.decisions())
	next, err := d.allows(now, e, b)
	if err != nil {
		d.fault(i, "cannot be applied: %v", err)
		d.seal(b, e.Step-1)
		return
	}
	b.own = append(b.own, i)
	b.reached = e.Step - 1
	d.remember(place{b.id, b.decisions()}, next)
	d.at, d.end = stand{branch: b.id, step: e.Step - 1, applied: b.decisions()}, nil
}

// allows says why a decision cannot be taken, or which settings follow. An act
// refers only to what comes before it: to steps that no later line changes.
func (d *reading) allows(now recipe.Settings, e *Entry, b *known) (recipe.Settings, error) {
	if e.Set != nil {
		if d.rules == nil {
			return now, nil
		}
		return d.rules.Allows(now, e.Set.Path, e.Set.Value)
	}
	switch a := e.Act; a.Name {
	case Rewind:
		if a.Step < 0 || a.Step >= e.Step {
			return now, fmt.Errorf("before step %d the weights can go back to a step from 0 to %d, not to %d", e.Step, e.Step-1, a.Step)
		}
	case Merge:
		if d.rules != nil {
			if rank, err := now.Find("finetune.lora_rank"); err != nil || rank.Value.Num() == 0 {
				return now, errors.New("there are no adapters to merge")
			}
		}
	case Teach:
		by := d.find(a.Branch)
		switch {
		case d.surface:
			return now, errors.New("a surface has no teacher")
		case by == nil || by.lost:
			return now, fmt.Errorf("there is no branch %d to teach", a.Branch)
		case a.Step < 0 || a.Step > maxStep, by == b && a.Step >= e.Step, by.sealed && a.Step > by.last:
			return now, fmt.Errorf("step %d of branch %d is not known before step %d", a.Step, a.Branch, e.Step)
		}
		by.reached = max(by.reached, a.Step)
	default:
		return now, fmt.Errorf("there is no act %q", a.Name)
	}
	return now, nil
}

// settings are those of a branch after so many decisions.
func (d *reading) settings(b *known, applied int) recipe.Settings {
	if d.rules == nil {
		return recipe.Settings{}
	}
	for applied < b.inherit {
		b = b.parent
	}
	from, s := applied, recipe.Settings{}
	for ; ; from-- {
		p := place{b.id, from}
		kept, ok := d.settled[p]
		if !ok {
			kept, ok = d.older[p]
		}
		if ok {
			s = kept
			break
		}
		if from > b.inherit {
			continue
		}
		s = d.rules.Settings()
		if b.parent != nil {
			s = d.settings(b.parent, from)
		}
		break
	}
	for ; from < applied; from++ {
		if e := &d.rec.Entries[b.decision(from)]; e.Set != nil {
			if next, err := d.rules.Allows(s, e.Set.Path, e.Set.Value); err == nil { // it was allowed before
				s = next
			}
		}
	}
	d.remember(place{b.id, applied}, s)
	return s
}

func (d *reading) remember(p place, s recipe.Settings) {
	if d.rules == nil {
		return
	}
	if len(d.settled) >= settledLimit {
		d.settled, d.older = map[place]recipe.Settings{}, d.settled
	}
	d.settled[p] = s
}

// said is how many commands an entry holds.
func (e *Entry) said() int {
	n := 0
	for _, there := range []bool{e.Set != nil, e.Fork != nil, e.Seek != nil, e.End != nil, e.Act != nil, e.Label != nil, e.Delete != nil, e.Reach != nil} {
		if there {
			n++
		}
	}
	return n
}

// refused is the first fault as an error, nil if every line holds.
func (d *reading) refused() error {
	if len(d.faults) == 0 {
		return nil
	}
	f := d.faults[0]
	return fmt.Errorf("%s:%d: the line %s; %s", d.rec.Name, f.Line, f.What, repairing)
}

// lineage is every decision that holds where the session stands at the end.
func (d *reading) lineage() []*Entry {
	out := make([]*Entry, d.at.applied)
	for i := range out {
		out[i] = &d.rec.Entries[d.branches[d.at.branch].decision(i)]
	}
	return out
}

// sayLimit is how many faults are told when a session is opened.
const sayLimit = 5

// say tells of the faults, a sentence each, the first few of them.
func (d *reading) say() []string {
	var out []string
	for i, f := range d.faults {
		if i == sayLimit {
			out = append(out, fmt.Sprintf("%s: %s more; `descent check` names them all", d.rec.Name, count(len(d.faults)-i, "such line")))
			break
		}
		out = append(out, fmt.Sprintf("%s:%d: %s", d.rec.Name, f.Line, f))
	}
	return out
}

// String says it in a sentence.
func (f Fault) String() string {
	text := "the line " + f.What
	if f.Ends != "" {
		text += "; " + f.Ends
	}
	switch f.With {
	case 0:
		return text + "; the line is ignored, and kept in the file"
	case 1:
		return text + "; the line and another that depends on it are ignored, and kept in the file"
	}
	return text + fmt.Sprintf("; the line and %d others that depend on it are ignored, and kept in the file", f.With)
}
