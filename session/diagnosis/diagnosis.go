// Package diagnosis names in a sentence what is wrong with a training run, and the
// decision that may mend it. It reads what a session knows anyway and never trains.
package diagnosis

import (
	"descent/core/knob"
	"descent/core/recipe"
)

// Rule recognises one trouble. Name, Help and Doc are its page of the reference; the
// Formula of the Doc is the condition in numbers.
type Rule struct {
	knob.Option
	find func(*Facts) *Finding // nil if the trouble is not there
}

// Finding is what a rule found.
type Finding struct {
	Cause  string // a sentence with numbers, without a stop
	Brief  string // a few words that fit on a narrow line
	Since  int    // the step from which on the trouble is there, 0 if it was from the start
	Remedy Remedy
	lasts  bool // it depends on no course of events: once found it counts at once
}

// Remedy is an act in up to two parts: to go back to a step, and a decision there.
// Undo takes the decision back; the steps that were left stay on their branch.
type Remedy struct {
	Back   bool // go back to Step first
	Step   int
	Set    []recipe.Change
	Advice string // what only another run can do, "" for nothing
}

// Can reports whether there is something to do in this run.
func (r Remedy) Can() bool { return r.Back || len(r.Set) > 0 }

// Diagnosis is a finding that held for a while.
type Diagnosis struct {
	Finding
	Rule string // the name of its rule
	Step int    // at which it was made
	Past bool   // it no longer holds
}
