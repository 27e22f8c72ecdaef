package history

import "descent/core"

// recentLimit is the number of recent reports that are kept in full.
const recentLimit = 512

// Recent holds the full reports of the last steps, at most recentLimit.
type Recent []core.Report

// Add adds the report of a step. It starts over if the step does not follow the
// previous one.
func (r *Recent) Add(report core.Report) {
	if n := len(*r); n > 0 && (*r)[n-1].Step != report.Step-1 {
		*r = (*r)[:0] // the session has moved
	}
	if len(*r) >= 2*recentLimit {
		*r = append((*r)[:0], (*r)[recentLimit:]...)
	}
	*r = append(*r, report)
}

// UpTo returns those up to a step.
func (r Recent) UpTo(step int) Recent {
	for len(r) > 0 && r[len(r)-1].Step > step {
		r = r[:len(r)-1]
	}
	return r
}

// Copy returns the last of them, at most recentLimit, in a new slice.
func (r Recent) Copy() []core.Report {
	return append([]core.Report(nil), r[max(0, len(r)-recentLimit):]...)
}
