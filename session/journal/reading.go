package journal

import (
	"errors"
	"fmt"

	"descent/core/knob"
	"descent/core/recipe"
)

// MaxStep bounds every step in a log.
const MaxStep = 1 << 40

// Fault is a line of a log that cannot be applied: it contradicts earlier lines, or
// this release does not support its decision. A branch ends before such a decision;
// later lines that depend on it are ignored too.
type Fault struct {
	Line int    // of the file, from 1
	What string // what is wrong, as a continuation of "the line "
	Ends string // where its branch ends now; "" if no branch is cut short
	With int    // number of later lines that depend on it
}

// Rules decide whether a decision is valid. A Trainer implements them; nil allows
// every well-formed decision.
type Rules interface {
	Allows(s recipe.Settings, path string, v knob.Value) (recipe.Settings, error)
	Settings() recipe.Settings
}

// Reading validates the lines of a log in order, each in the context of those
// before it. It refers to lines by their index among the entries.
type Reading struct {
	Record   *Record
	rules    Rules
	surface  bool // there is no network
	Branches []*Branch
	Aside    []bool // for each entry: it is ignored
	Faults   []Fault

	At  Position // the final position of the session
	End *End     // the last line, if the session was closed properly

	settled, older map[place]recipe.Settings // cached settings
}

// Position is a position, and whether it was reached by an undo.
type Position struct {
	Branch          BranchID
	Step, Decisions int
	Undo            bool
}

// Branch is a branch as read so far.
type Branch struct {
	ID      BranchID
	Label   string
	parent  *Branch // nil for the first
	from    int
	inherit int
	Own     []int // its decisions
	Reached int   // other lines depend on this step: no decision may come at or before it
	Lost    bool  // its first line is invalid
	Sealed  bool  // a decision on it is invalid
	Last    int   // the last known step, if it is sealed
	fault   int   // the fault by which it is lost or sealed
}

// place is a branch and a number of its decisions.
type place struct {
	branch  BranchID
	applied int
}

// settledLimit bounds each of the two caches of settings.
const settledLimit = 512

// Read validates all lines of a log.
func (r *Record) Read(rules Rules, surface bool) *Reading {
	d := &Reading{Record: r, rules: rules, surface: surface, Branches: []*Branch{{Label: FirstLabel}}, Aside: make([]bool, len(r.Entries)), settled: map[place]recipe.Settings{}}
	for i := range r.Entries {
		d.line(i)
	}
	return d
}

// decisions returns the number of decisions of a branch, including inherited ones.
func (b *Branch) decisions() int { return b.inherit + len(b.Own) }

// decision returns the entry of a decision of a branch.
func (b *Branch) decision(i int) int {
	for i < b.inherit {
		b = b.parent
	}
	return b.Own[i-b.inherit]
}

// find returns a branch that exists, or nil.
func (d *Reading) find(id BranchID) *Branch {
	if id < 0 || int(id) >= len(d.Branches) {
		return nil
	}
	return d.Branches[id]
}

// fault records a line as invalid.
func (d *Reading) fault(i int, format string, args ...any) {
	d.Aside[i] = true
	d.Faults = append(d.Faults, Fault{Line: i + 2, What: fmt.Sprintf(format, args...)})
}

// ignoreDependent ignores a line that depends on an invalid branch.
func (d *Reading) ignoreDependent(i int, on *Branch) {
	d.Aside[i] = true
	d.Faults[on.fault].With++
}

// seal ends a branch before an invalid decision, the last fault.
func (d *Reading) seal(b *Branch, last int) {
	b.Sealed, b.Last, b.fault = true, last, len(d.Faults)-1
	d.Faults[b.fault].Ends = fmt.Sprintf("%s ends before it, at step %d", b.name(), last)
	d.At = Position{Branch: b.ID, Step: last, Decisions: b.decisions()}
	d.End = nil
}

// name returns the label of a branch.
func (b *Branch) name() string { return NameOf(b.ID, b.Label) }

func (d *Reading) line(i int) {
	e := &d.Record.Entries[i]
	switch n := e.said(); {
	case e.unread != nil:
		d.fault(i, "is damaged: %v", e.unread)
		if b := d.find(e.Branch); b != nil && !b.Lost && !b.Sealed {
			d.seal(b, b.Reached) // it may have been a decision
		}
		return
	case n == 0:
		d.fault(i, "has no command")
		return
	case n > 1:
		d.fault(i, "has %d commands", n)
		return
	case e.Fork != nil:
		d.fork(i, e)
		return
	}
	b := d.find(e.Branch)
	switch {
	case b == nil:
		d.fault(i, "refers to branch %d, which does not exist", e.Branch)
	case b.Lost:
		d.ignoreDependent(i, b)
	case e.Set != nil, e.Act != nil:
		d.decide(i, e, b)
	case e.Seek != nil:
		d.stands(i, b, e.Seek.Step, e.Seek.Decisions, e.Seek.Undo, nil)
	case e.End != nil:
		d.stands(i, b, e.End.Step, e.End.Decisions, false, e.End)
	case e.Label != nil:
		b.Label = *e.Label
	case e.Reach != nil:
		switch {
		case e.Reach.Step < 0 || e.Reach.Step > MaxStep:
			d.fault(i, "puts the head of branch %d at step %d", e.Branch, e.Reach.Step)
		case b.Sealed && e.Reach.Step > b.Last:
			d.ignoreDependent(i, b)
		default:
			b.Reached = max(b.Reached, e.Reach.Step)
		}
	}
}

// fork reads the start of a branch. An invalid one keeps its number.
func (d *Reading) fork(i int, e *Entry) {
	f, parent := e.Fork, d.find(e.Fork.Parent)
	b := &Branch{ID: e.Branch, Label: f.Label, parent: parent, from: f.Step, inherit: f.Inherit, Reached: f.Step}
	if e.Branch != BranchID(len(d.Branches)) {
		d.fault(i, "starts branch %d, but branch %d is next", e.Branch, len(d.Branches))
		return
	}
	lost := func(format string, args ...any) {
		d.fault(i, "starts an invalid branch: "+format, args...)
		*b = Branch{ID: b.ID, Lost: true, fault: len(d.Faults) - 1}
	}
	d.Branches = append(d.Branches, b)
	switch {
	case parent == nil:
		lost("there is no branch %d", f.Parent)
	case parent.Lost, parent.Sealed && (f.Step > parent.Last || f.Inherit > parent.decisions()):
		d.ignoreDependent(i, parent)
		*b = Branch{ID: b.ID, Lost: true, fault: parent.fault}
	case f.Step < 0 || f.Step > MaxStep:
		lost("it leaves branch %d at step %d", f.Parent, f.Step)
	default:
		if err := d.fits(parent, f.Step, f.Inherit); err != nil {
			lost("%v", err)
			return
		}
		parent.Reached = max(parent.Reached, f.Step)
		d.At, d.End = Position{Branch: b.ID, Step: f.Step, Decisions: f.Inherit}, nil
	}
}

// fits rejects a number of decisions that a branch cannot have after a step.
func (d *Reading) fits(b *Branch, step, applied int) error {
	switch n := b.decisions(); {
	case applied < 0 || applied > n:
		return fmt.Errorf("it refers to %d decisions, but branch %d has %d", applied, b.ID, n)
	case applied > 0 && d.step(b, applied-1) > step+1, applied < n && d.step(b, applied) <= step:
		return fmt.Errorf("branch %[2]d does not have %[3]d decisions at step %[1]d", step, b.ID, applied)
	}
	return nil
}

// step returns the step from which a decision of a branch takes effect.
func (d *Reading) step(b *Branch, decision int) int {
	return d.Record.Entries[b.decision(decision)].Step
}

// stands reads a position.
func (d *Reading) stands(i int, b *Branch, step, applied int, undo bool, end *End) {
	switch err := d.fits(b, step, applied); {
	case step < 0:
		d.fault(i, "has a position before the first step")
	case step > MaxStep:
		d.fault(i, "has a position at step %d", step)
	case b.Sealed && (step > b.Last || applied > b.decisions()):
		d.ignoreDependent(i, b)
	case err != nil:
		d.fault(i, "refers to decisions that do not exist: %v", err)
	default:
		b.Reached = max(b.Reached, step)
		d.At, d.End = Position{b.ID, step, applied, undo}, end
	}
}

// decide reads a decision.
func (d *Reading) decide(i int, e *Entry, b *Branch) {
	if b.Sealed {
		d.ignoreDependent(i, b)
		return
	}
	if e.Step <= b.Reached || e.Step > MaxStep {
		if e.Step <= b.Reached {
			d.fault(i, "is a decision for a step in the past")
		} else {
			d.fault(i, "is a decision for step %d", e.Step)
		}
		d.seal(b, b.Reached)
		return
	}
	now := d.settings(b, b.decisions())
	next, err := d.allows(now, e, b)
	if err != nil {
		d.fault(i, "cannot be applied: %v", err)
		d.seal(b, e.Step-1)
		return
	}
	b.Own = append(b.Own, i)
	b.Reached = e.Step - 1
	d.remember(place{b.ID, b.decisions()}, next)
	d.At, d.End = Position{Branch: b.ID, Step: e.Step - 1, Decisions: b.decisions()}, nil
}

// allows returns why a decision is invalid, or the resulting settings. An act may
// only refer to earlier steps, which no later line changes.
func (d *Reading) allows(now recipe.Settings, e *Entry, b *Branch) (recipe.Settings, error) {
	if e.Set != nil {
		if d.rules == nil {
			return now, nil
		}
		return d.rules.Allows(now, e.Set.Path, e.Set.Value)
	}
	switch a := e.Act; a.Name {
	case Rewind, Best:
		if a.Step < 0 || a.Step >= e.Step {
			return now, fmt.Errorf("before step %d the weights can be reset to a step from 0 to %d, not to %d", e.Step, e.Step-1, a.Step)
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
		case by == nil || by.Lost:
			return now, fmt.Errorf("there is no branch %d to be the teacher", a.Branch)
		case a.Step < 0 || a.Step > MaxStep, by == b && a.Step >= e.Step, by.Sealed && a.Step > by.Last:
			return now, fmt.Errorf("step %d of branch %d is not known before step %d", a.Step, a.Branch, e.Step)
		}
		by.Reached = max(by.Reached, a.Step)
	default:
		return now, fmt.Errorf("there is no act %q", a.Name)
	}
	return now, nil
}

// settings returns those of a branch after a number of decisions.
func (d *Reading) settings(b *Branch, applied int) recipe.Settings {
	if d.rules == nil {
		return recipe.Settings{}
	}
	for applied < b.inherit {
		b = b.parent
	}
	from, s := applied, recipe.Settings{}
	for ; ; from-- {
		p := place{b.ID, from}
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
		if e := &d.Record.Entries[b.decision(from)]; e.Set != nil {
			if next, err := d.rules.Allows(s, e.Set.Path, e.Set.Value); err == nil { // it was valid before
				s = next
			}
		}
	}
	d.remember(place{b.ID, applied}, s)
	return s
}

func (d *Reading) remember(p place, s recipe.Settings) {
	if d.rules == nil {
		return
	}
	if len(d.settled) >= settledLimit {
		d.settled, d.older = map[place]recipe.Settings{}, d.settled
	}
	d.settled[p] = s
}

// Err returns the first fault as an error, nil if every line is valid.
func (d *Reading) Err() error {
	if len(d.Faults) == 0 {
		return nil
	}
	f := d.Faults[0]
	return fmt.Errorf("%s:%d: the line %s; %s", d.Record.Name, f.Line, f.What, repairing)
}

// Lineage is every decision that holds the position of the session at the end.
func (d *Reading) Lineage() []*Entry {
	out := make([]*Entry, d.At.Decisions)
	for i := range out {
		out[i] = &d.Record.Entries[d.Branches[d.At.Branch].decision(i)]
	}
	return out
}

// sayLimit is the maximum number of faults reported when a session is opened.
const sayLimit = 5

// Notes describes the first few faults, one sentence each.
func (d *Reading) Notes() []string {
	var out []string
	for i, f := range d.Faults {
		if i == sayLimit {
			out = append(out, fmt.Sprintf("%s: %s more; `descent check` lists them all", d.Record.Name, plural(len(d.Faults)-i, "such line")))
			break
		}
		out = append(out, fmt.Sprintf("%s:%d: %s", d.Record.Name, f.Line, f))
	}
	return out
}

// String describes the fault in one sentence.
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

// plural formats a count and its noun: "1 line", "2 lines".
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
