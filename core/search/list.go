package search

import "descent/core/knob"

var listDoc = knob.Doc{
	Formula: knob.None,
	Source:  knob.None,
	PyTorch: knob.None,
	When:    "To try settings that are known already: those of a paper, or of another study. They need not lie in the search space.",
	Range:   knob.None,
}

// list proposes the points of a list, in their order: to each trial that of its number,
// and after the end those that no trial has had, as where there were others before.
type list struct{ points []Point }

func (l list) Ask(q Question) (Proposal, error) {
	if q.Number < len(l.points) {
		return Proposal{Point: l.points[q.Number]}, nil
	}
	for _, p := range l.points {
		if !q.tried(p) {
			return Proposal{Point: p}, nil
		}
	}
	return Proposal{}, ErrExhausted
}
