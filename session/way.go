package session

import (
	"math"
	"slices"
	"time"
)

// way is what is to be done about curves on the way to a position.
type way struct {
	evaluate int    // from this step on evaluations are computed again: of what comes before, the full buckets are known
	whole    int    // from this step on the tip is whole
	owners   []part // the branches along the way, oldest first
}

// part is the stretch of a branch along a way.
type part struct {
	branch *branch
	upTo   int
}

// wayTo prepares the tip of a lane, which is that of the snapshot where the way
// begins: a tail whose bucket becomes full on the way is taken from behind the
// last bucket that is full at the position.
func (l *lane) wayTo(p position) way {
	begin := l.tip.Step
	w := way{evaluate: math.MaxInt, whole: begin}
	last := 0
	for i := range l.tip.Tails {
		t := &l.tip.Tails[i]
		before, behind, number := p.branch.around(i, p.step)
		if number > t.Number {
			*t = tail{Number: number, After: before.Last}
			w.whole = max(w.whole, before.Last)
		}
		if i == trainLoss {
			continue
		}
		last = max(last, t.After)
		if behind.First > t.After && behind.First <= p.step && behind.Last > begin {
			w.evaluate = min(w.evaluate, t.After)
		}
	}
	if w.evaluate == math.MaxInt {
		w.evaluate = last // the last evaluation, for the screen
	}
	upTo := p.step
	for b := p.branch; b != nil && upTo > begin; b = b.parent {
		w.owners = append(w.owners, part{b, upTo})
		upTo = min(upTo, b.from)
	}
	slices.Reverse(w.owners)
	return w
}

// branch is the one whose step it is; steps only grow.
func (w *way) branch(step int) *branch {
	for w.owners[0].upTo < step {
		w.owners = w.owners[1:]
	}
	return w.owners[0].branch
}

// clock sets how long training took to a position, as it was the first time. It
// stood at spent after an earlier step.
func (l *lane) clock(p position, at int, spent time.Duration) {
	if end := p.branch.curves.End; end.Step == p.step && p.step >= p.branch.from {
		l.tip = end
		return
	}
	before, behind, _ := p.branch.around(trainLoss, p.step)
	if before.Last-1 > at { // a bucket has the time before its last step
		at, spent = before.Last-1, time.Duration(before.Millis)*time.Millisecond
	}
	each := time.Duration(0)
	if end := behind.Last - 1; end > at {
		each = (time.Duration(behind.Millis)*time.Millisecond - spent) / time.Duration(end-at)
	}
	l.tip.Spent = spent + each*time.Duration(p.step-at)
	if t := &l.tip.Tails[trainLoss]; t.Held > 0 && p.step > at {
		t.Bucket.Millis = int((l.tip.Spent - each).Milliseconds())
	}
}
