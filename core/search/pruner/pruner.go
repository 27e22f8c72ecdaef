// Package pruner decides which trials of a search are worth training on: it stops
// those that do badly, and says which of those that wait is trained further. It is a
// pure function of what the trials have reported: no clock, no goroutine.
package pruner

// Report is what a trial measured: the value of the objective after a step of the run
// with a seed. Lower is better.
type Report struct {
	Seed  int // the index of the run, from 0; a trial with one seed has only 0
	Step  int // from 1
	Value float64
}

// Progress is how far a trial has come.
type Progress struct {
	Number  int
	Reports []Report // in order
	Reached int      // the step to which it was trained
	Over    bool     // it will not be trained on: it is complete, pruned or failed
	Waits   bool     // it has reached its budget and waits until somebody trains it on

	Complete bool // it was trained to its end; then it is Over too
}

// Last returns the last value that the trial reported, of the first seed at or before
// a step; ok is false if there is none.
func (p Progress) Last(step int) (v float64, ok bool) {
	for _, r := range p.Reports {
		if r.Seed == 0 && r.Step <= step {
			v, ok = r.Value, true
		}
	}
	return v, ok
}

// Pruner stops trials and hands out budgets.
type Pruner interface {
	// Stop reports whether a trial is to be stopped after its last report. all are the
	// other trials, sorted by number.
	Stop(own Progress, all []Progress) bool
	// Budget is the step to which a trial is trained before it waits for a promotion:
	// the first rung above reached; steps if it is trained to the end at once.
	Budget(number, reached, steps int) int
	// Promote returns the waiting trial that is trained on next; ok is false if none
	// deserves it yet, and a new trial is begun instead.
	Promote(all []Progress, steps int) (number int, ok bool)
	// Finish is Promote at the end of a search, when no new trial is begun anymore. It
	// sees to it that somebody is trained to the end: while nobody is complete, no trial is
	// under way and none deserves a promotion, the best that waits is trained on. ok is
	// false if there is nothing to do until a trial that is under way has reached its
	// budget; if none is, the search is over, and the trials that still wait stay where
	// they are and count as pruned.
	Finish(all []Progress, steps int) (number int, ok bool)
}

// Options are what can be set of pruners. The zero value are the defaults.
type Options struct {
	Factor     int     // of asha and hyperband: how many trials compete for one promotion; 0 means 3
	MinSteps   int     // the steps before which nothing is stopped, or of the first rung; 0 lets the pruner choose
	Percentile float64 // of percentile: the share in percent that is kept; 0 means 25
	Patience   int     // of patience: reports without improvement; 0 means 8
	Lower      float64 // of threshold: values below are stopped; 0 means no limit
	Upper      float64 // of threshold: values above are stopped; 0 means no limit
	Startup    int     // of median and percentile: trials that are complete before any is stopped; 0 means 5
}
