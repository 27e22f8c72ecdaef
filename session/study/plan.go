package study

import (
	"maps"
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
