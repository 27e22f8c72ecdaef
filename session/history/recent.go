package history

import "descent/core"

// recentLimit is how many of the last reports are kept in full.
const recentLimit = 512

// Recent are the full reports of the last steps, recentLimit of them or all.
type Recent []core.Report

// Add takes in the report of a step. Where it does not follow on those before, it
// begins anew.
func (r *Recent) Add(report core.Report) {
	if n := len(*r); n > 0 && (*r)[n-1].Step != report.Step-1 {
		*r = (*r)[:0] // the session has been elsewhere
	}
	if len(*r) >= 2*recentLimit {
		*r = append((*r)[:0], (*r)[recentLimit:]...)
	}
	*r = append(*r, report)
}

// UpTo are those up to a step.
func (r Recent) UpTo(step int) Recent {
	for len(r) > 0 && r[len(r)-1].Step > step {
		r = r[:len(r)-1]
	}
	return r
}

// Copy are the last of them, recentLimit at the most, in a slice of their own.
func (r Recent) Copy() []core.Report {
	return append([]core.Report(nil), r[max(0, len(r)-recentLimit):]...)
}
