// Package journal is what of a session lies on the disk: the log of its decisions
// and how it is read, its lock, and what lies beside it. It trains nothing.
package journal

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"descent/core/knob"
	"descent/core/recipe"
)

// BranchID numbers the branches of a session in the order in which they began.
type BranchID int

// FirstLabel is what the first branch is called until it is named.
const FirstLabel = "main"

// NameOf is what a branch is called.
func NameOf(id BranchID, label string) string {
	if label != "" {
		return label
	}
	return fmt.Sprintf("branch %d", id)
}

// Command is one decision, as plain data. Exactly one field is set.
type Command struct {
	Set  *recipe.Change `json:"set,omitempty"`  // turn a knob
	Fork *Fork          `json:"fork,omitempty"` // begin the entry's branch
	Seek *Seek          `json:"seek,omitempty"` // go to a step of the entry's branch
	End  *End           `json:"end,omitempty"`  // the session was left in good order
	Act  *Act           `json:"act,omitempty"`  // change the weights, or who teaches

	Label  *string `json:"label,omitempty"`  // name the entry's branch
	Delete *bool   `json:"delete,omitempty"` // take the entry's branch away, or with false bring it back
	Reach  *Reach  `json:"reach,omitempty"`  // how far the entry's branch had come when it was left
}

// Fork says where a branch begins: after a step of its parent, of whose
// decisions it inherits so many.
type Fork struct {
	Parent  BranchID `json:"parent"`
	Step    int      `json:"step"`
	Inherit int      `json:"inherit"`
	Label   string   `json:"label"`
}

// Seek says after which step the session stands now, with so many decisions of
// the branch (those that hold only from a later step are still to come).
type Seek struct {
	Step      int `json:"step"`
	Decisions int `json:"decisions"`
	// Undo tells that what the branch still holds was taken back: to go on from
	// here begins another branch.
	Undo bool `json:"undo,omitempty"`
}

// Reach is the last step of a branch that was computed.
type Reach struct {
	Step int `json:"step"`
}

// End is the state in which a session was left, to check a replay against.
type End struct {
	Step      int    `json:"step"`
	Decisions int    `json:"decisions"` // of the branch, as in Seek
	Hash      string `json:"hash"`
	Loss      Float  `json:"loss"`
	// Diverged tells that the step after this one was tried and not finite.
	Diverged bool `json:"diverged,omitempty"`
}

// Entry is one line of the log. A decision holds from before the batch of its
// Step is drawn; steps count from 1.
type Entry struct {
	Branch BranchID `json:"branch"`
	Step   int      `json:"step"`
	Actor  string   `json:"actor"`          // who decided: "user", or a helper's name
	Hash   string   `json:"hash,omitempty"` // of the state before the decision
	Command

	unread error // the line is JSON, but no entry
}

// Turn is the command that turns a knob.
func Turn(path string, v knob.Value) Command {
	return Command{Set: &recipe.Change{Path: path, Value: v}}
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

// Act is a decision that is no knob's: it changes the weights, or who teaches.
type Act struct {
	Name   string   `json:"name"`
	Step   int      `json:"step,omitempty"`   // of rewind and teach
	Branch BranchID `json:"branch,omitempty"` // of teach
}

// The acts.
const (
	Rewind = "rewind" // the weights go back to those after a step of this branch; masks and knobs stay
	Merge  = "merge"  // adapters are added to the weights for good, and begin anew
	Teach  = "teach"  // the network as it was after a step of a branch teaches from now on
)

// Float is a float64 that JSON can hold: NaN and infinities are strings.
type Float float64

// MarshalJSON writes a number that reads back exactly, or a string.
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
