package study

import (
	"fmt"

	"descent/core/search"
	"descent/session/journal"
)

// Job is a piece of work that a worker claims: a trial, or one of its rungs.
type Job struct {
	Trial int  `json:"trial"`           // its number, from 0; with Fresh one more than that of the candidate, and 0 for the preset's own values
	Rung  int  `json:"rung"`            // from 0; with Fresh the index of the seed
	Fresh bool `json:"fresh,omitempty"` // a candidate is trained again on a fresh seed
}

func (j Job) String() string {
	if j.Fresh {
		of := "the preset's own values"
		if j.Trial > 0 {
			of = fmt.Sprintf("trial %d", j.Trial-1)
		}
		return fmt.Sprintf("%s, fresh seed %d", of, j.Rung)
	}
	if j.Rung > 0 {
		return fmt.Sprintf("trial %d, rung %d", j.Trial, j.Rung)
	}
	return fmt.Sprintf("trial %d", j.Trial)
}

// Claim says who works on a job, and what was known when it was proposed: from these
// the proposal can be computed again. A job whose worker has died is claimed again,
// with the next attempt.
type Claim struct {
	Job
	Attempt    int          `json:"attempt"`
	Worker     string       `json:"worker"`
	Release    string       `json:"descent"`
	Arithmetic string       `json:"arithmetic"`
	Decisions  int          `json:"decisions"`          // how many decisions were in force
	Begun      int          `json:"begun"`              // how many trials had been
	Told       string       `json:"told"`               // the results that were known: "0-41,43@2+" are the trials 0 to 41 with one rung each, and 43 with two, which is trained on
	Since      int          `json:"since,omitempty"`    // above 0: Told is what differs from what the claim of this trial was told
	Point      search.Point `json:"point"`              // of a trial and of a fork, complete
	Note       string       `json:"note,omitempty"`     // of the sampler
	Steps      int          `json:"steps"`              // to which it is trained
	Parent     *Job         `json:"parent,omitempty"`   // whose state it continues from, the initial weights for a rung of -1; nil for the rung before, or the start
	Imported   string       `json:"imported,omitempty"` // it was trained elsewhere, and comes from this file
}

// fromStart is the rung of a Claim.Parent that stands for the initial weights.
const fromStart = -1

// sound reports whether a claim says what can be.
func (c Claim) sound() bool {
	p := c.Parent
	return c.Decisions >= 0 && c.Begun >= 0 && c.Steps >= 0 && (p == nil || p.Trial >= 0 && p.Trial < c.Begun && p.Rung >= fromStart && !p.Fresh)
}

// Report is a line of a trial's reports: what was measured after a step.
type Report struct {
	Seed   int             `json:"seed,omitempty"` // index of the run, from 0
	Step   int             `json:"step"`
	Values []journal.Float `json:"values"` // of each objective, lower is better
}

// Outcome is how a job ended.
type Outcome string

// The outcomes.
const (
	Waiting Outcome = "waiting" // at its rung; whether it goes on is decided later
	Done    Outcome = "complete"
	Pruned  Outcome = "pruned"
	Failed  Outcome = "failed"
	Stopped Outcome = "stopped" // by the user
)

// Result is how a job ended, and what it measured. It holds no time and no name of a
// worker: whoever does the job gets the same.
type Result struct {
	Job
	Attempt int                      `json:"attempt"`
	Outcome Outcome                  `json:"outcome"`
	Why     string                   `json:"why,omitempty"`   // in words, unless it is complete
	Steps   int                      `json:"steps"`           // trained, counted from the start of the trial, of all seeds together
	Values  []journal.Float          `json:"values"`          // of each objective, lower is better; the median over the seeds
	Metrics map[string]journal.Float `json:"metrics"`         // medians over the seeds
	Seeds   [][]journal.Float        `json:"seeds,omitempty"` // Values of each seed
	Reports []Report                 `json:"reports,omitempty"`
	Hash    string                   `json:"hash,omitempty"` // of the final state of the first seed
}

// sound reports whether a result of a study with so many objectives says what can be.
func (r Result) sound(objectives int) bool {
	switch r.Outcome {
	case Waiting, Done, Pruned, Failed, Stopped:
	default:
		return false
	}
	return r.Steps >= 0 && (len(r.Values) == 0 || len(r.Values) == objectives)
}

// Decision changes a study while it runs. Exactly one field but Actor and Words is set.
type Decision struct {
	Actor   string         `json:"actor"`
	Words   string         `json:"words"`
	Axes    []search.Axis  `json:"axes,omitempty"`   // the search space from now on
	Around  *search.Around `json:"around,omitempty"` // the prior; a Width of 0 is none
	Sampler *Sampling      `json:"sampler,omitempty"`
	Pruner  *string        `json:"pruner,omitempty"`
	Trials  *int           `json:"trials,omitempty"`  // the budget
	Stop    *int           `json:"stop,omitempty"`    // a trial
	Enqueue search.Point   `json:"enqueue,omitempty"` // a point that is tried next
	Pin     *Pin           `json:"pin,omitempty"`
	Pause   *bool          `json:"pause,omitempty"`
	Finish  *bool          `json:"finish,omitempty"` // no further trial is begun: it goes to the fresh seeds
}

// Sampling chooses a sampler and its greed.
type Sampling struct {
	Name  string  `json:"name"`
	Greed float64 `json:"greed,omitempty"`
}

// Pin keeps a trial in sight, at the top of the table, and its log in the folder.
type Pin struct {
	Trial int  `json:"trial"`
	On    bool `json:"on"`
}

// Worker says who works on a study; its file is written when it begins.
type Worker struct {
	ID         string `json:"id"`
	Host       string `json:"host"`
	PID        int    `json:"pid"`
	Slot       string `json:"slot,omitempty"`    // the task of a scheduler that was given to it: whoever has it next takes over its jobs at once
	Turn       int    `json:"turn,omitempty"`    // how many workers have had the slot before
	Machine    string `json:"machine,omitempty"` // what its process id belongs to
	Started    string `json:"started"`           // RFC 3339
	Release    string `json:"descent"`
	Arch       string `json:"arch"`
	Arithmetic string `json:"arithmetic"`
}
