package loss

import (
	"sort"

	"descent/session/live"
	"descent/tui/draw"
)

// focus is where one looks: a cursor on the curve, and a part of the run. The zero
// value is the whole run without a cursor.
type focus struct {
	cursor int // the step, 0 for none
	span   int // steps that are shown, 0 for as many as x says
	end    int // the last of them; 0 follows training
}

// leastSpan is the smallest number of steps that is shown.
const leastSpan = 16

// shown are the steps that are shown: those after from, up to to.
func (l *focus) shown(f *live.Frame) (from, to int) {
	if l.span == 0 {
		return 0, f.Step
	}
	to = f.Step
	if l.end > 0 {
		to = min(l.end, f.Step)
	}
	return max(to-l.span, 0), to
}

// at returns the cursor, within the run; ok is false if there is none.
func (l *focus) at(f *live.Frame) (step int, ok bool) {
	return min(l.cursor, f.Step), l.cursor > 0 && f.Step > 0
}

// move moves the cursor by sixtieths of what is shown; it comes from the newest step.
func (l *focus) move(f *live.Frame, by int) {
	from, to := l.shown(f)
	step, ok := l.at(f)
	if !ok {
		step = to + max(by, 0)
	}
	l.put(f, step+by*max((to-from)/60, 1))
}

// put puts the cursor on a step, into what is shown.
func (l *focus) put(f *live.Frame, step int) {
	l.cursor = min(max(step, 1), max(f.Step, 1))
	switch from, to := l.shown(f); {
	case l.span == 0:
	case l.cursor <= from:
		l.until(f, l.cursor-1+l.span)
	case l.cursor > to:
		l.until(f, l.cursor)
	}
}

// until shows the steps up to one; at the newest it follows.
func (l *focus) until(f *live.Frame, end int) {
	if l.end = max(end, min(l.span, f.Step), 1); l.end >= f.Step {
		l.end = 0
	}
}

// pan moves what is shown by quarters.
func (l *focus) pan(f *live.Frame, by int) {
	if _, to := l.shown(f); l.span > 0 {
		l.until(f, to+by*max(l.span/4, 1))
	}
}

// zoom shows half as much around a step, or twice as much.
func (l *focus) zoom(f *live.Frame, in bool, around int) {
	from, to := l.shown(f)
	part := float64(around-from) / float64(max(to-from, 1)) // where the step stays
	span := (to - from) * 2
	if in {
		span = max((to-from)/2, leastSpan)
	}
	if span >= f.Step {
		l.span, l.end = 0, 0
		return
	}
	l.span = span
	l.until(f, around+draw.Floor((1-part)*float64(span)))
}

// point is the step that zooming keeps in its place: the cursor, or the newest.
func (l *focus) point(f *live.Frame) int {
	if step, ok := l.at(f); ok {
		return step
	}
	_, to := l.shown(f)
	return to
}

// follow shows the newest step, with no cursor.
func (l *focus) follow() { l.cursor, l.end = 0, 0 }

// stepAt is the step at a place of the axis.
func stepAt(place func(int) int, value, last int) int {
	return min(1+sort.Search(last, func(i int) bool { return place(i+1) >= value }), max(last, 1))
}
