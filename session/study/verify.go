package study

import (
	"errors"
	"fmt"
	"math"

	"descent/core/knob"
	"descent/core/search"
)

// Verify proposes every trial of a study again, from what its claim says was known and
// which decisions were in force, and compares. It returns how many claims it has compared;
// the error names the first trial that differs.
func Verify(s *Study) (claims int, err error) {
	s.asking.Lock()
	defer s.asking.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	v := verifier{s: s}
	for n, t := range s.trials {
		if t.lost || t.rungs[0].claims[0].Imported != "" {
			continue
		}
		for _, j := range t.rungs {
			if j.claims[0].Worker == "" { // it cannot be read
				continue
			}
			if err := v.check(n, j.claims[0]); err != nil {
				return claims, fmt.Errorf("%s differs from what is proposed for it again: %w", j.Job, err)
			}
			claims++
		}
	}
	return claims, nil
}

// verifier has before it what was known at a claim.
type verifier struct {
	s     *Study
	known knowledge
	told  []search.Trial
	plans []Plan // by the number of decisions
}

// plan is what was in force.
func (v *verifier) plan(decisions int) (Plan, error) {
	if decisions > len(v.s.decisions) {
		return Plan{}, fmt.Errorf("it was claimed after %d decisions, and there are %d", decisions, len(v.s.decisions))
	}
	if v.plans == nil {
		v.plans = []Plan{planOf(v.s.spec, nil)}
	}
	for len(v.plans) <= decisions {
		v.plans = append(v.plans, v.plans[len(v.plans)-1].after(v.s.decisions[len(v.plans)-1]))
	}
	return v.plans[decisions], nil
}

// recall makes known and told what they were.
func (v *verifier) recall(c Claim) error {
	if c.Begun > len(v.s.trials) {
		return fmt.Errorf("%d trials had been begun, and there are %d", c.Begun, len(v.s.trials))
	}
	var earlier knowledge
	if c.Since > 0 {
		k, err := v.s.whole(c.Since)
		if err != nil {
			return err
		}
		earlier = k
	}
	known, err := parseKnowledge(c.Told, earlier, c.Begun)
	if err != nil {
		return err
	}
	told := make([]search.Trial, c.Begun)
	for i, k := range known {
		t := v.s.trials[i]
		if k/2 > t.known() {
			return fmt.Errorf("the result of trial %d was known, and is missing", i)
		}
		if i < len(v.known) && v.known[i] == k {
			told[i] = v.told[i]
		} else {
			told[i] = v.s.asTold(t, k/2)
		}
	}
	v.known, v.told = known, told
	return nil
}

// check compares a claim with what is proposed again.
func (v *verifier) check(number int, c Claim) error {
	plan, err := v.plan(c.Decisions)
	if err != nil {
		return err
	}
	if err := v.recall(c); err != nil {
		return err
	}
	switch {
	case c.Rung == 0:
		return v.checkTrial(plan, number, c)
	case c.Rung != v.known[number]/2 || v.known[number]%2 == 1:
		return fmt.Errorf("it was claimed when the results of %d rungs were known", v.known[number]/2)
	case v.s.spec.Population > 0:
		return v.checkFork(plan, number, c)
	}
	return v.checkPromotion(plan, number, c)
}

func (v *verifier) checkTrial(plan Plan, number int, c Claim) error {
	p, err := v.s.propose(plan, v.told, number)
	switch {
	case errors.Is(err, search.ErrExhausted):
		return errors.New("nothing was left to propose")
	case err != nil:
		return err
	case !same(p.Point, c.Point):
		return fmt.Errorf("it was at %s, and is at %s", c.Point, p.Point)
	case p.Note != c.Note:
		return fmt.Errorf("its note was %q, and is %q", c.Note, p.Note)
	}
	return v.checkSteps(c, v.s.budget(plan, number, 0))
}

func (v *verifier) checkSteps(c Claim, steps int) error {
	if steps != c.Steps {
		return fmt.Errorf("it was trained to step %d, and is to step %d", c.Steps, steps)
	}
	return nil
}

func (v *verifier) checkFork(plan Plan, number int, c Claim) error {
	again := v.s.fork(Claim{}, plan, v.known, number)
	switch {
	case (again.Parent == nil) != (c.Parent == nil), again.Parent != nil && *again.Parent != *c.Parent:
		return fmt.Errorf("it continued from %s, and does from %s", origin(c), origin(again))
	case !same(again.Point, c.Point):
		return fmt.Errorf("it went on with %s, and does with %s", c.Point, again.Point)
	}
	return v.checkSteps(c, again.Steps)
}

// origin says where a rung of a population begins.
func origin(c Claim) string {
	switch {
	case c.Parent == nil:
		return "its own weights"
	case c.Parent.Rung == fromStart:
		return "the initial weights"
	}
	return c.Parent.String()
}

func (v *verifier) checkPromotion(plan Plan, number int, c Claim) error {
	all := v.s.settledOf(v.known, plan.Stop)
	p := v.s.prunerOf(plan)
	n, ok := p.Promote(all, v.s.spec.Steps)
	if !ok || n != number {
		if n, ok = p.Finish(all, v.s.spec.Steps); !ok || n != number {
			return errors.New("it was trained on, and is not")
		}
	}
	return v.checkSteps(c, v.s.budget(plan, number, v.s.trials[number].rungs[c.Rung-1].claims[0].Steps))
}

// same reports whether two points are equal, numbers to six digits.
func same(a, b search.Point) bool {
	if len(a) != len(b) {
		return false
	}
	for path, v := range a {
		w, ok := b[path]
		if !ok || !v.Equal(w) && !(number(v) && number(w) && math.Abs(v.Num()-w.Num()) <= 1.1e-5*math.Abs(v.Num())) {
			return false
		}
	}
	return true
}

func number(v knob.Value) bool { return v.Equal(knob.Num(v.Num())) }
