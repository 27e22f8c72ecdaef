package search

import "descent/core/knob"

var listDoc = knob.Doc{
	Formula: knob.None,
	Source:  knob.None,
	PyTorch: knob.None,
	When:    "To try settings that are known already: those of a paper, or of another study. They need not lie in the search space.",
	Range:   knob.None,
}

// list proposes the points of a list, in their order.
type list struct {
	points []Point
	first  int
}

func (l list) Ask(q Question) (Proposal, error) {
	i := q.Number - l.first
	if i < 0 || i >= len(l.points) {
		return Proposal{}, ErrExhausted
	}
	return Proposal{Point: l.points[i]}, nil
}
