// Package journal is the on-disk part of a session: the log of its decisions, its
// validation and repair, its lock, and the files beside it. It trains nothing.
package journal

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"descent/core/knob"
	"descent/core/recipe"
)

// BranchID numbers the branches of a session in order of creation.
type BranchID int

// FirstLabel is the default label of the first branch.
const FirstLabel = "main"

// NameOf returns the label of a branch, or a default one.
func NameOf(id BranchID, label string) string {
	if label != "" {
		return label
	}
	return fmt.Sprintf("branch %d", id)
}

// Command is one decision, as plain data. Exactly one field is set.
type Command struct {
	Set  *recipe.Change `json:"set,omitempty"`  // set a knob
	Fork *Fork          `json:"fork,omitempty"` // start the entry's branch
	Seek *Seek          `json:"seek,omitempty"` // go to a step of the entry's branch
	End  *End           `json:"end,omitempty"`  // the session was closed properly
	Act  *Act           `json:"act,omitempty"`  // change the weights, or the teacher

	Label  *string `json:"label,omitempty"`  // name the entry's branch
	Delete *bool   `json:"delete,omitempty"` // delete the entry's branch, or with false restore it
	Reach  *Reach  `json:"reach,omitempty"`  // the head of the entry's branch when it was left
}

// Fork is the start of a branch: after a step of its parent, of whose decisions it
// inherits the first Inherit.
type Fork struct {
	Parent  BranchID `json:"parent"`
	Step    int      `json:"step"`
	Inherit int      `json:"inherit"`
	Label   string   `json:"label"`
}

// Seek is a new position of the session: after a step, with the first Decisions of
// the branch's decisions (those from a later step on are not applied yet).
type Seek struct {
	Step      int `json:"step"`
	Decisions int `json:"decisions"`
	// Undo tells that the rest of the branch was undone: continuing from here
	// starts another branch.
	Undo bool `json:"undo,omitempty"`
}

// Reach is the last computed step of a branch.
type Reach struct {
	Step int `json:"step"`
}

// End is the final state of a session, against which a replay is verified.
type End struct {
	Step      int    `json:"step"`
	Decisions int    `json:"decisions"` // of the branch, as in Seek
	Hash      string `json:"hash"`
	Loss      Float  `json:"loss"`
	// Diverged tells that the next step was tried and was not finite.
	Diverged bool `json:"diverged,omitempty"`
}

// Entry is one line of the log. A decision takes effect before the batch of its
// Step is drawn; steps count from 1.
type Entry struct {
	Branch BranchID `json:"branch"`
	Step   int      `json:"step"`
	Actor  string   `json:"actor"`          // who decided: "user", or the name of an automatic rule
	Hash   string   `json:"hash,omitempty"` // of the state before the decision
	Command

	unread error // the line is JSON, but not an entry
}

// SetKnob returns the command that sets a knob.
func SetKnob(path string, v knob.Value) Command {
	return Command{Set: &recipe.Change{Path: path, Value: v}}
}

// said returns the number of commands of an entry.
func (e *Entry) said() int {
	n := 0
	for _, there := range []bool{e.Set != nil, e.Fork != nil, e.Seek != nil, e.End != nil, e.Act != nil, e.Label != nil, e.Delete != nil, e.Reach != nil} {
		if there {
			n++
		}
	}
	return n
}

// Act is a decision that is not a knob: it changes the weights or the teacher.
type Act struct {
	Name   string   `json:"name"`
	Step   int      `json:"step,omitempty"`   // of rewind, best and teach
	Branch BranchID `json:"branch,omitempty"` // of teach
}

// The acts.
const (
	Rewind = "rewind" // resets the weights to those after a step of this branch; masks and knobs are kept
	Merge  = "merge"  // adds the adapters to the weights, and reinitializes them
	Best   = "best"   // takes the weights evaluated after a step of this branch, averaged ones where there were such; as Rewind else
	Teach  = "teach"  // makes the network after a step of a branch the teacher
)

// Float is a float64 with a JSON form for all values: NaN and infinities are
// strings.
type Float float64

// MarshalJSON writes a number that is parsed back exactly, or a string.
func (f Float) MarshalJSON() ([]byte, error) {
	s := strconv.FormatFloat(float64(f), 'g', -1, 64)
	if math.IsNaN(float64(f)) || math.IsInf(float64(f), 0) {
		s = strconv.Quote(s)
	}
	return []byte(s), nil
}

// UnmarshalJSON reads both forms.
func (f *Float) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseFloat(strings.Trim(string(b), `"`), 64)
	*f = Float(v)
	return err
}
