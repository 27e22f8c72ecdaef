// Package session is an experiment as it is lived: decisions, their log,
// branches, history, and the goroutine that trains.
package session

import (
	"descent/core/knob"
	"descent/core/recipe"
)

// BranchID numbers the branches of a session in the order in which they began.
type BranchID int

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

	words  string // the decision as the screen says it
	unread error  // the line is JSON, but no entry
}

// Words are the decision as the screen says it.
func (e *Entry) Words() string { return e.words }

// Turn is the command that turns a knob.
func Turn(path string, v knob.Value) Command {
	return Command{Set: &recipe.Change{Path: path, Value: v}}
}
