// Package search proposes where to look next in a space of settings, from what is
// known of the places looked at already. Samplers are pure functions of what they are
// told: no clock, no goroutine, no state between two questions.
package search

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"

	"descent/core/kernel"
)

// State is what has become of a trial.
type State string

// The states of a trial.
const (
	Running  State = "running"  // asked for, nothing final known
	Complete State = "complete" // trained to its end
	Pruned   State = "pruned"   // stopped early because it did badly
	Waiting  State = "waiting"  // trained to its budget, it may be trained on later; for a sampler the same as Pruned
	Failed   State = "failed"   // diverged, or could not be trained
)

// Trial is a place that was proposed, and what is known of it.
type Trial struct {
	Number    int // in the order in which they were proposed, from 0
	Point     Point
	State     State
	Values    []float64 // of each objective, lower is better; of a pruned trial those of its last report; nil if there are none
	Step      int       // the steps that it has trained
	Violation float64   // by how much it violates the constraints, all together; 0 if it meets them
	Note      string    // of the sampler that proposed it, as in Proposal
}

// Proposal is where to look next.
type Proposal struct {
	Point Point
	Note  string // what the sampler wants to be told again with the trial, such as its generation
}

// Sampler proposes trials.
type Sampler interface {
	// Ask proposes a trial. told are the trials that are known, sorted by number; their
	// points need not lie in the space, which may have been changed since. The proposal
	// is a pure function of the arguments. The error is ErrExhausted if there is nothing
	// left to propose.
	Ask(q Question) (Proposal, error)
}

// Question is what a sampler is asked.
type Question struct {
	Space      Space
	Told       []Trial // sorted by number
	Number     int     // of the trial to propose
	Seed       uint64  // of the study
	Objectives int     // how many there are: 1 or 2
}

// Random returns the random numbers that belong to the proposal.
func (q Question) Random() *rand.Rand {
	return rand.New(rand.NewPCG(kernel.Mix(q.Seed, "sampler"), kernel.Mix(q.Seed, "trial "+strconv.Itoa(q.Number))))
}

// tried reports whether a trial has had a point.
func (q Question) tried(p Point) bool {
	return slices.ContainsFunc(q.Told, func(t Trial) bool { return t.Point.Equal(p) })
}

// points are those that trials have had, as Point.String writes them.
func (q Question) points() map[string]bool {
	out := map[string]bool{}
	for _, t := range q.Told {
		out[t.Point.String()] = true
	}
	return out
}

// ErrExhausted is returned by a sampler that has proposed everything.
var ErrExhausted = errors.New("every point of the search space was tried")

// Options are what can be set of samplers. The zero value are the defaults.
type Options struct {
	Greed  float64 // from −1, explore more, to 1, exploit more; 0 is the sampler as published
	List   []Point // of the sampler "list"
	Points int     // of the sampler "grid": about how many points there are; 0 means 100
}
