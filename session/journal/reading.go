package journal

import (
	"errors"
	"fmt"

	"descent/core/knob"
	"descent/core/recipe"
)

// MaxStep bounds every step that a log names.
const MaxStep = 1 << 40

// Fault is a line of a log that cannot be applied: it contradicts those before
// it, or this release does not take its decision. A branch ends before such a
// decision; later lines that depend on it are ignored with it.
type Fault struct {
	Line int    // of the file, from 1
	What string // what is wrong, as goes on from "the line "
	Ends string // where its branch ends now; "" where no branch is cut short
	With int    // how many later lines depend on it
}

// Rules say whether a decision can be taken. A Trainer knows; nil allows every
// decision that is one.
type Rules interface {
	Allows(s recipe.Settings, path string, v knob.Value) (recipe.Settings, error)
	Settings() recipe.Settings
}

// Reading goes through the lines of a log, each with all before it in mind. It
// refers to lines by their place among the entries.
type Reading struct {
	Record   *Record
	rules    Rules
	surface  bool // there is no network
	Branches []*Branch
	Aside    []bool // of each entry: it does not hold
	Faults   []Fault

	At  Stand // where the session stands at the end
	End *End  // the last line, if the session was left in good order

	settled, older map[place]recipe.Settings // some of those that were found
}

// Stand is a position by numbers, and whether an undo stands there.
type Stand struct {
	Branch          BranchID
	Step, Decisions int
	Undo            bool
}

// Branch is a branch as far as it was read.
type Branch struct {
	ID      BranchID
	Label   string
	parent  *Branch // nil for the first
	from    int
	inherit int
	Own     []int // its decisions
	Reached int   // other lines hang on this step: no decision comes at or before it
	Lost    bool  // its first line does not hold
	Sealed  bool  // a decision on it does not hold
	Last    int   // the last step that is known, where it is sealed
	fault   int   // the one that it is lost or sealed by
}

// place is a branch after so many decisions.
type place struct {
	branch  BranchID
	applied int
}

// settledLimit bounds how many settings are remembered, twice.
const settledLimit = 512

// Read goes through all lines of a log.
func (r *Record) Read(rules Rules, surface bool) *Reading {
	d := &Reading{Record: r, rules: rules, surface: surface, Branches: []*Branch{{Label: FirstLabel}}, Aside: make([]bool, len(r.Entries)), settled: map[place]recipe.Settings{}}
	for i := range r.Entries {
		d.line(i)
	}
	return d
}

// decisions is how many a branch has, the inherited ones with them.
func (b *Branch) decisions() int { return b.inherit + len(b.Own) }

// decision is the entry of one of a branch's decisions.
func (b *Branch) decision(i int) int {
	for i < b.inherit {
		b = b.parent
	}
	return b.Own[i-b.inherit]
}

// find is a branch that has begun, nil for none.
func (d *Reading) find(id BranchID) *Branch {
	if id < 0 || int(id) >= len(d.Branches) {
		return nil
	}
	return d.Branches[id]
}

// fault leaves a line aside.
func (d *Reading) fault(i int, format string, args ...any) {
	d.Aside[i] = true
	d.Faults = append(d.Faults, Fault{Line: i + 2, What: fmt.Sprintf(format, args...)})
}

// hangs leaves a line aside that hangs on a branch which does not hold.
func (d *Reading) hangs(i int, on *Branch) {
	d.Aside[i] = true
	d.Faults[on.fault].With++
}

// seal ends a branch before a decision that does not hold, the fault told last.
func (d *Reading) seal(b *Branch, last int) {
	b.Sealed, b.Last, b.fault = true, last, len(d.Faults)-1
	d.Faults[b.fault].Ends = fmt.Sprintf("%s ends before it, at step %d", b.name(), last)
	d.At = Stand{Branch: b.ID, Step: last, Decisions: b.decisions()}
	d.End = nil
}

// name is what the screen calls a branch.
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
	case b.Lost:
		d.hangs(i, b)
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
			d.fault(i, "says that branch %d came to step %d", e.Branch, e.Reach.Step)
		case b.Sealed && e.Reach.Step > b.Last:
			d.hangs(i, b)
		default:
			b.Reached = max(b.Reached, e.Reach.Step)
		}
	}
}

// fork reads the beginning of a branch. One that is impossible keeps its number.
func (d *Reading) fork(i int, e *Entry) {
	f, parent := e.Fork, d.find(e.Fork.Parent)
	b := &Branch{ID: e.Branch, Label: f.Label, parent: parent, from: f.Step, inherit: f.Inherit, Reached: f.Step}
	if e.Branch != BranchID(len(d.Branches)) {
		d.fault(i, "begins branch %d, where branch %d comes next", e.Branch, len(d.Branches))
		return
	}
	lost := func(format string, args ...any) {
		d.fault(i, "begins an impossible branch: "+format, args...)
		*b = Branch{ID: b.ID, Lost: true, fault: len(d.Faults) - 1}
	}
	d.Branches = append(d.Branches, b)
	switch {
	case parent == nil:
		lost("there is no branch %d", f.Parent)
	case parent.Lost, parent.Sealed && (f.Step > parent.Last || f.Inherit > parent.decisions()):
		d.hangs(i, parent)
		*b = Branch{ID: b.ID, Lost: true, fault: parent.fault}
	case f.Step < 0 || f.Step > MaxStep:
		lost("it leaves branch %d at step %d", f.Parent, f.Step)
	default:
		if err := d.fits(parent, f.Step, f.Inherit); err != nil {
			lost("%v", err)
			return
		}
		parent.Reached = max(parent.Reached, f.Step)
		d.At, d.End = Stand{Branch: b.ID, Step: f.Step, Decisions: f.Inherit}, nil
	}
}

// fits refuses a number of decisions that cannot hold after a step of a branch.
func (d *Reading) fits(b *Branch, step, applied int) error {
	switch n := b.decisions(); {
	case applied < 0 || applied > n:
		return fmt.Errorf("it counts %d decisions, and branch %d has %d", applied, b.ID, n)
	case applied > 0 && d.step(b, applied-1) > step+1, applied < n && d.step(b, applied) <= step:
		return fmt.Errorf("at step %d of branch %d there are not %d decisions", step, b.ID, applied)
	}
	return nil
}

// step is from which step one of a branch's decisions holds.
func (d *Reading) step(b *Branch, decision int) int {
	return d.Record.Entries[b.decision(decision)].Step
}

// stands reads where the session stood.
func (d *Reading) stands(i int, b *Branch, step, applied int, undo bool, end *End) {
	switch err := d.fits(b, step, applied); {
	case step < 0:
		d.fault(i, "stands before the first step")
	case step > MaxStep:
		d.fault(i, "stands at step %d", step)
	case b.Sealed && (step > b.Last || applied > b.decisions()):
		d.hangs(i, b)
	case err != nil:
		d.fault(i, "counts decisions that there are not: %v", err)
	default:
		b.Reached = max(b.Reached, step)
		d.At, d.End = Stand{b.ID, step, applied, undo}, end
	}
}

// decide reads a decision.
func (d *Reading) decide(i int, e *Entry, b *Branch) {
	if b.Sealed {
		d.hangs(i, b)
		return
	}
	if e.Step <= b.Reached || e.Step > MaxStep {
		if e.Step <= b.Reached {
			d.fault(i, "decides about a step that has passed")
		} else {
			d.fault(i, "decides about step %d", e.Step)
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
	d.At, d.End = Stand{Branch: b.ID, Step: e.Step - 1, Decisions: b.decisions()}, nil
}

// allows says why a decision cannot be taken, or which settings follow. An act
// refers only to what comes before it: to steps that no later line changes.
func (d *Reading) allows(now recipe.Settings, e *Entry, b *Branch) (recipe.Settings, error) {
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
		case by == nil || by.Lost:
			return now, fmt.Errorf("there is no branch %d to teach", a.Branch)
		case a.Step < 0 || a.Step > MaxStep, by == b && a.Step >= e.Step, by.Sealed && a.Step > by.Last:
			return now, fmt.Errorf("step %d of branch %d is not known before step %d", a.Step, a.Branch, e.Step)
		}
		by.Reached = max(by.Reached, a.Step)
	default:
		return now, fmt.Errorf("there is no act %q", a.Name)
	}
	return now, nil
}

// settings are those of a branch after so many decisions.
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
			if next, err := d.rules.Allows(s, e.Set.Path, e.Set.Value); err == nil { // it was allowed before
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

// Err is the first fault as an error, nil if every line holds.
func (d *Reading) Err() error {
	if len(d.Faults) == 0 {
		return nil
	}
	f := d.Faults[0]
	return fmt.Errorf("%s:%d: the line %s; %s", d.Record.Name, f.Line, f.What, repairing)
}

// Lineage is every decision that holds where the session stands at the end.
func (d *Reading) Lineage() []*Entry {
	out := make([]*Entry, d.At.Decisions)
	for i := range out {
		out[i] = &d.Record.Entries[d.Branches[d.At.Branch].decision(i)]
	}
	return out
}

// sayLimit is how many faults are told when a session is opened.
const sayLimit = 5

// Notes tells of the faults, a sentence each, the first few of them.
func (d *Reading) Notes() []string {
	var out []string
	for i, f := range d.Faults {
		if i == sayLimit {
			out = append(out, fmt.Sprintf("%s: %s more; `descent check` names them all", d.Record.Name, plural(len(d.Faults)-i, "such line")))
			break
		}
		out = append(out, fmt.Sprintf("%s:%d: %s", d.Record.Name, f.Line, f))
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

// plural is so many of a thing: "1 line", "2 lines".
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
