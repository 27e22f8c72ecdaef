package study

import (
	"math"
	"path/filepath"
	"slices"

	"descent/core/search"
	"descent/core/search/population"
)

// evolve is the next interval of a member of the population: of those that wait the one
// that has come the least far, so that it is compared with as many as can be. c is the
// claim as far as it is known.
func (s *Study) evolve(c Claim) (Claim, bool) {
	member := -1
	for n := range s.resting {
		if s.plan.Stop[n] || s.trials[n].last().claims[0].Steps >= s.spec.Steps {
			continue
		}
		if member < 0 || len(s.trials[n].rungs) < len(s.trials[member].rungs) || len(s.trials[n].rungs) == len(s.trials[member].rungs) && n < member {
			member = n
		}
	}
	if member < 0 {
		return c, false
	}
	s.current()
	return s.fork(c, s.plan, s.known, member), true
}

// fork decides how a member goes on, from the results that are known.
func (s *Study) fork(c Claim, plan Plan, known knowledge, member int) Claim {
	rungs := known[member] / 2
	d := population.Decide(population.Question{
		Space: plan.Space, Members: s.spec.Population, Results: s.intervals(known),
		Member: member, Interval: rungs, Seed: s.spec.Seed,
	})
	c.Job = Job{Trial: member, Rung: rungs}
	c.Steps = s.budget(plan, member, s.trials[member].rungs[rungs-1].claims[0].Steps)
	if d.Fork {
		c.Parent, c.Point = &Job{Trial: d.From, Rung: d.Interval - 1}, d.Point
		if d.Interval == 0 {
			c.Parent.Rung = fromStart
		}
	}
	return c
}

// intervals are the known results of all members.
func (s *Study) intervals(known knowledge) (out []population.Result) {
	for n, k := range known {
		t := s.trials[n]
		if t.lost || t.rungs[0].claims[0].Imported != "" {
			continue
		}
		var at search.Point
		for i, j := range t.rungs[:k/2] {
			if p := j.claims[0].Point; p != nil {
				at = p
			}
			v := math.Inf(1)
			if len(j.result.Values) > 0 && j.result.Outcome != Failed {
				v = float64(j.result.Values[0])
			}
			out = append(out, population.Result{Member: n, Interval: i + 1, Point: at, Value: v})
		}
	}
	return out
}

// forks reports whether population-based training goes on with members that wait.
func (s *Study) forks() bool {
	if s.spec.Population == 0 {
		return false
	}
	_, ok := s.evolve(Claim{})
	return ok
}

// clear removes the states that no member of the population can begin from any more.
func (s *Study) clear() {
	if len(s.trials) < s.spec.Population {
		return
	}
	least := math.MaxInt // intervals that every member has behind it
	needed := map[Job]bool{}
	for n, t := range s.trials {
		if t.lost || len(t.rungs) == 0 {
			continue
		}
		known := t.known()
		if s.open[n] || s.waits(n) && t.last().claims[0].Steps < s.spec.Steps {
			least = min(least, known)
		}
		if known > 0 {
			needed[t.rungs[known-1].Job] = true
		}
		if s.open[n] { // whoever takes it over begins where it did
			if p := t.last().claims[0].Parent; p != nil {
				needed[*p] = true
			}
		}
		for i, j := range slices.Backward(t.rungs[:known]) { // where it begins again if all diverge
			if j.result.Outcome != Failed {
				needed[t.rungs[i].Job] = true
				break
			}
		}
	}
	for _, t := range s.trials {
		for i := range t.rungs[:t.known()] {
			// A member with i intervals behind it may begin from this one; it has result i+1.
			if j := t.rungs[i]; i+1 < least && !needed[j.Job] && j.result != nil && !j.cleared {
				j.cleared = true
				_ = s.on.Remove(filepath.Join(s.dir, j.stateFile(j.result.Attempt)))
			}
		}
	}
}
