package study

import (
	"descent/core/search"
)

// Reading is what is known of a study at a time: plain data that is never modified, made
// from the folder alone, whoever works on it.
type Reading struct {
	Dir  string
	Spec Spec
	Plan Plan // with the decisions up to now

	Trials     []*Trial    // by number; those of earlier readings are shared where nothing changed
	Candidates []Candidate // the preset's own values and the best trials on fresh seeds, while and after they run
	Workers    []Working

	Best   int   // number of the best complete trial that meets the constraints, −1 for none; for two objectives the first of Front
	Front  []int // numbers on the Pareto front, by the first objective; with one objective only Best
	Counts Counts
	Steps  int      // trained so far, all trials together
	Over   bool     // all there is to do is done
	Ending bool     // no further trial is begun: the fresh seeds are being run
	Notes  []string // what is wrong with the folder, one sentence each
	Events []Decision
}

// Counts are the numbers of trials by state.
type Counts struct{ Running, Waiting, Complete, Pruned, Failed, Total int }

// Plan is the spec of a study with its decisions.
type Plan struct {
	Space     search.Space
	Sampler   string
	Greed     float64
	Pruner    string
	Trials    int
	Queue     []Queued // to be tried next; a Reading leaves out those that were claimed
	Stop      map[int]bool
	Pinned    map[int]bool
	Paused    bool
	Finish    bool
	Decisions int // how many there are
}

// Queued is a point that somebody asked for.
type Queued struct {
	Decision int // its number, from 1
	Point    search.Point
}

// Trial is a trial as the screen shows it.
type Trial struct {
	search.Trial
	Claim   Claim
	Rung    int         // the last one that was claimed
	Waits   bool        // it waits at its rung
	Stopped bool        // by the user
	Why     string      // it was pruned, stopped, or has failed
	Reports []Report    // of all rungs, in order
	Seeds   [][]float64 // the values of each seed
	Metrics map[string]float64
	Hash    string
	Outside bool // it lies outside the present search space
}

// Candidate is a setting that is trained again on fresh seeds.
type Candidate struct {
	Trial             int // −1 for the preset's own values
	Point             search.Point
	Values            []float64 // the first objective of each seed that is done
	Median, Low, High float64   // NaN before any
	Of                int       // the number of seeds
	Claimed           float64   // what the search had found for it: the difference is luck; NaN for the preset's own
}

// Working is a worker and what it does.
type Working struct {
	Worker
	Job  *Job // nil between two
	Lost bool // it gave no sign of life for long
}
