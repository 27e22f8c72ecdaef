// Package population takes the decisions of population-based training: which member of
// a population goes on, and which begins again from the weights and perturbed settings
// of a better one. Jaderberg et al., Population Based Training of Neural Networks, 2017
// (arXiv 1711.09846). It is a pure function of what is known: no clock, no goroutine.
//
// Whoever trains gives each of N members a first point, from a sampler, and trains all
// of them an interval of the same number of steps at a time. After each interval it
// writes a Result down and keeps a snapshot. When a worker has time for a member, and
// not earlier, so that the others have come as far as they can, it calls Decide with
// all results there are: the member goes on as it is, or it becomes a fork of the
// snapshot of another one, with new values of the knobs; then it trains the next
// interval. A decision is a function of its question, so a log that says which results
// were known can be replayed.
package population

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"descent/core/kernel"
	"descent/core/search"
)

// Result is what a member measured at the end of an interval.
type Result struct {
	Member   int          // from 0
	Interval int          // which of its intervals ended, from 1; forks do not begin to count again
	Point    search.Point // the settings that it was trained with
	Value    float64      // of the objective, lower is better; NaN or an infinity if it diverged
}

// Question is what Decide is asked.
type Question struct {
	// Space has the axes that are perturbed. What a point says beyond them is taken
	// over with the weights, as the shape of a network has to be.
	Space    search.Space
	Members  int      // of the population
	Results  []Result // known so far, in any order
	Member   int      // whose next interval is to begin
	Interval int      // how many it has trained; there is a result of it
	Seed     uint64   // of the study
}

// Decision is what becomes of a member.
type Decision struct {
	Fork     bool         // false: it goes on as it is, and nothing below is set
	From     int          // the member whose weights it takes
	Interval int          // the interval of that member after which they were kept; 0 for the initial weights
	Point    search.Point // the settings that it goes on with
}

// OneIn is of how many members one is replaced after an interval, and of how many one is
// taken over: the worst fifth by the best fifth (truncation selection, section 4.1.1).
const OneIn = 5

// Decide says how a member goes on. It is compared with the others at the end of the
// same interval, or the last one before that is known of them. If it is among the worst
// fifth, it takes weights and settings from one of the best fifth and perturbs the
// settings; but it goes on while less than half of the population is known. One that
// diverged always begins again: from one of the best fifth of those that did not, or,
// if all did, from its own last finite interval.
func Decide(q Question) Decision {
	ranked := q.ranked()
	at := slices.IndexFunc(ranked, func(r Result) bool { return r.Member == q.Member })
	if at < 0 || ranked[at].Interval < q.Interval {
		return Decision{} // nothing is known of it
	}
	own, rng := ranked[at], q.random()
	sound := 0 // those that did not diverge come first
	for sound < len(ranked) && !diverged(ranked[sound].Value) {
		sound++
	}
	switch {
	case diverged(own.Value) && sound == 0:
		return q.again(rng)
	case diverged(own.Value):
		return q.fork(ranked[rng.IntN(selected(sound))], rng)
	}
	n := selected(len(ranked))
	if 2*len(ranked) <= q.Members || at < len(ranked)-n {
		return Decision{}
	}
	from := ranked[rng.IntN(n)]
	if !(from.Value < own.Value) {
		return Decision{}
	}
	return q.fork(from, rng)
}

// selected is how many of n are replaced, and how many replace them.
func selected(n int) int { return max(1, n/OneIn) }

// ranked are the last results of all members up to the interval, the best first, and
// those that diverged last.
func (q Question) ranked() []Result {
	last := map[int]Result{}
	for _, r := range q.Results {
		if known, ok := last[r.Member]; r.Interval <= q.Interval && (!ok || known.Interval < r.Interval) {
			last[r.Member] = r
		}
	}
	out := make([]Result, 0, len(last))
	for _, r := range last {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b Result) int {
		return cmp.Or(cmp.Compare(worst(a.Value), worst(b.Value)), cmp.Compare(a.Member, b.Member))
	})
	return out
}

func diverged(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }

func worst(v float64) float64 {
	if diverged(v) {
		return math.Inf(1)
	}
	return v
}

// fork takes over what a result was measured with.
func (q Question) fork(from Result, rng *rand.Rand) Decision {
	return Decision{Fork: true, From: from.Member, Interval: from.Interval, Point: Perturb(q.Space, from.Point, rng)}
}

// again begins where the member itself had not diverged yet.
func (q Question) again(rng *rand.Rand) Decision {
	d := Decision{Fork: true, From: q.Member}
	var point search.Point
	first := math.MaxInt
	for _, r := range q.Results {
		if r.Member != q.Member {
			continue
		}
		switch {
		case !diverged(r.Value) && r.Interval > d.Interval && r.Interval < q.Interval:
			d.Interval, point = r.Interval, r.Point
		case d.Interval == 0 && r.Interval < first:
			first, point = r.Interval, r.Point
		}
	}
	if d.Interval == 0 { // the settings were wrong from the start
		point = Resample(q.Space, point, rng)
	} else {
		point = Perturb(q.Space, point, rng)
	}
	d.Point = point
	return d
}

// random are the random numbers that belong to the decision.
func (q Question) random() *rand.Rand {
	which := strconv.Itoa(q.Member) + " after " + strconv.Itoa(q.Interval)
	return rand.New(rand.NewPCG(kernel.Mix(q.Seed, "population"), kernel.Mix(q.Seed, which)))
}
