package study

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"descent/core/search"
)

// planOf is what a study is after its first decisions.
func planOf(s Spec, decisions []Decision) Plan {
	p := Plan{
		Space:   search.Space{Axes: s.Axes, Around: s.Around},
		Sampler: s.Sampler, Greed: s.Greed, Pruner: s.Pruner, Trials: s.Trials,
		Stop: map[int]bool{}, Pinned: map[int]bool{},
	}
	for _, d := range decisions {
		p = p.after(d)
	}
	return p
}

// after is the plan after one more decision. p is not modified.
func (p Plan) after(d Decision) Plan {
	p.Decisions++
	switch {
	case d.Axes != nil:
		p.Space.Axes = d.Axes
	case d.Around != nil:
		if p.Space.Around = d.Around; d.Around.Width <= 0 {
			p.Space.Around = nil
		}
	case d.Sampler != nil:
		p.Sampler, p.Greed = d.Sampler.Name, d.Sampler.Greed
	case d.Pruner != nil:
		p.Pruner = *d.Pruner
	case d.Trials != nil:
		p.Trials, p.Finish = *d.Trials, false
	case d.Stop != nil:
		p.Stop = with(p.Stop, *d.Stop, true)
	case d.Enqueue != nil:
		p.Queue = append(slices.Clip(p.Queue), Queued{Decision: p.Decisions, Point: d.Enqueue})
	case d.Pin != nil:
		p.Pinned = with(p.Pinned, d.Pin.Trial, d.Pin.On)
	case d.Pause != nil:
		p.Paused = *d.Pause
	case d.Finish != nil:
		p.Finish = *d.Finish
	}
	return p
}

func with(m map[int]bool, i int, on bool) map[int]bool {
	m = maps.Clone(m)
	if m == nil {
		m = map[int]bool{}
	}
	m[i] = on
	return m
}

// possible says in one sentence why a decision can never be in force, such as one of a
// later release.
func (s *Study) possible(d Decision) error {
	switch {
	case d.Axes != nil:
		space := s.plan.Space
		space.Axes = d.Axes
		return space.Check()
	case d.Around != nil:
		if w := d.Around.Width; math.IsNaN(w) || math.IsInf(w, 0) {
			return fmt.Errorf("the width of a prior is a number, not %g", w)
		}
	case d.Sampler != nil:
		if g := d.Sampler.Greed; !(g >= -1 && g <= 1) {
			return fmt.Errorf("the greed of a sampler is a number from -1 to 1, not %g", g)
		}
		if d.Sampler.Name == "list" && len(s.spec.List) == 0 {
			return errors.New("the sampler list needs a list of points, which the study was made without")
		}
		return checkSampler(d.Sampler.Name)
	case d.Pruner != nil:
		return checkPruner(*d.Pruner)
	case d.Trials != nil && *d.Trials < 0:
		return fmt.Errorf("the number of trials is at least 0, for no limit, not %d", *d.Trials)
	}
	return nil
}
