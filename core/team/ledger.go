package team

import "time"

// ledger decides by what was measured whether a task is shared. It knows what tasks of
// each shape take alone and shared, and what sharing has gained or lost of late: on a
// machine with other things to do a member stands still in the midst of a part, and its
// caller with it.
type ledger struct {
	shapes map[uint64]*record

	balance time.Duration // what sharing has gained of late; never above most
	until   time.Duration // tasks are done alone until then
	pause   time.Duration // how long the next time
	sound   time.Duration // since when sharing has lost nothing
	fresh   time.Duration // when tasks were last done alone for a while
}

// record is what a task of one shape usually takes. What is alone among shared tasks
// finds its numbers in other processors' caches, so that is another time than where
// nothing is shared.
type record struct {
	alone, apart, shared time.Duration // apart: alone among shared tasks
	alones, aparts       int           // how often it was done so
	shares               int
	turns                int  // since the other way was tried
	better               bool // to share
}

const (
	// tries is how often a task is done either way before the two are compared.
	tries = 3
	// retry is after how many tasks of a shape the slower way is tried again.
	retry = 256
	// shapes are forgotten beyond so many.
	mostShapes = 1 << 10
	// Sharing may gain so much before a loss counts,
	most = time.Millisecond
	// and lose so much before tasks are done alone for a while,
	least = -time.Millisecond
	// which is twice as long each time, and half as long again where nothing was lost
	// for as long as it.
	leastPause = 50 * time.Millisecond
	mostPause  = 2 * time.Second
	// What a task takes varies by one part in so many.
	noise = 16
	// Now and then tasks are done alone for so long, to know what they take then.
	stale   = 2 * time.Second
	refresh = 5 * time.Millisecond
)

func newLedger() ledger { return ledger{shapes: map[uint64]*record{}, pause: leastPause} }

// of is what is known of a shape.
func (l *ledger) of(shape uint64) *record {
	r := l.shapes[shape]
	if r == nil {
		if len(l.shapes) >= mostShapes {
			clear(l.shapes)
		}
		r = &record{}
		l.shapes[shape] = r
	}
	return r
}

// resting reports whether tasks are done alone for now.
func (l *ledger) resting(now time.Duration) bool { return now < l.until }

// shares reports whether to share the next task of a shape.
func (l *ledger) shares(r *record, now time.Duration) bool {
	switch {
	case l.resting(now) || r.alones < tries:
		return false
	case r.shares < tries:
		return true
	}
	if r.turns++; r.turns > retry { // several in a row: the first may have to wake the others
		if r.turns == retry+tries {
			r.turns = 0
		}
		return !r.better
	}
	r.better = r.shared < r.aside()
	return r.better
}

// aside is what a task takes alone while others are shared.
func (r *record) aside() time.Duration {
	if r.aparts < tries {
		return r.alone
	}
	return r.apart
}

// wasAlone takes down what a task took alone.
func (l *ledger) wasAlone(r *record, now, took time.Duration) {
	if l.resting(now) || r.alones < tries {
		r.alone = usual(r.alone, took, r.alones)
		r.alones++
		return
	}
	r.apart = usual(r.apart, took, r.aparts)
	r.aparts++
	l.earned(r, now, took)
}

// wasShared takes down what a task took shared, and lost is how long members stood still
// meanwhile that had nothing to do.
func (l *ledger) wasShared(r *record, now, took, lost time.Duration) {
	r.shared = usual(r.shared, took, r.shares)
	r.shares++
	l.earned(r, now, took+lost/2)
}

// earned takes down what the way that a task was done has gained over doing all alone.
func (l *ledger) earned(r *record, now, took time.Duration) {
	l.balance = min(l.balance+r.alone+r.alone/noise-took, most)
	switch {
	case l.balance < least:
		l.balance = 0
		l.until = now + l.pause
		l.pause = min(2*l.pause, mostPause)
		l.sound, l.fresh = l.until, l.until
	case now-l.fresh > stale:
		l.until = now + refresh
		l.fresh = l.until
	case l.balance < 0:
		l.sound = now
	case now-l.sound > l.pause && l.pause > leastPause:
		l.pause = max(l.pause/2, leastPause)
		l.sound = now
	}
}

// usual follows the times of tasks, nearer to the short than to the long ones, which
// other work has delayed.
func usual(old, took time.Duration, measured int) time.Duration {
	switch {
	case measured == 0:
		return took
	case measured < tries:
		return min(old, took)
	case took < old:
		return old - (old-took)/4
	}
	return old + min(took-old, old/4)/32
}
