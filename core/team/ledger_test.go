package team

import (
	"testing"
	"time"
)

// took runs so many tasks of a shape, of which each takes so long either way, and counts
// those that were shared.
func (l *ledger) took(tasks int, now *time.Duration, alone, shared time.Duration) (shares int) {
	r := l.of(1)
	for range tasks {
		if l.shares(r, *now) {
			*now += shared
			l.wasShared(r, *now, shared, 0)
			shares++
			continue
		}
		*now += alone
		l.wasAlone(r, *now, alone)
	}
	return shares
}

func TestATaskIsDoneAsWasFaster(t *testing.T) {
	for _, c := range []struct {
		alone, shared time.Duration
		least, most   int // of 1000 shared
	}{
		{100 * time.Microsecond, 60 * time.Microsecond, 980, 997},
		{100 * time.Microsecond, 101 * time.Microsecond, tries, 20},
		{10 * time.Microsecond, 30 * time.Microsecond, tries, 20},
	} {
		l, now := newLedger(), time.Duration(0)
		if got := l.took(1000, &now, c.alone, c.shared); got < c.least || got > c.most {
			t.Errorf("%v alone, %v shared: %d of 1000 shared", c.alone, c.shared, got)
		}
	}
}

func TestTheSlowerWayIsTriedAgain(t *testing.T) {
	l, now := newLedger(), time.Duration(0)
	l.took(100, &now, 100*time.Microsecond, 200*time.Microsecond)
	if got := l.took(5000, &now, 100*time.Microsecond, 60*time.Microsecond); got < 4000 {
		t.Errorf("it has become faster to share; %d of 5000 shared", got)
	}
	if got := l.took(5000, &now, 20*time.Microsecond, 60*time.Microsecond); got > 1500 {
		t.Errorf("it has become faster alone; %d of 5000 shared", got)
	}
}

func TestLossesMakeTasksBeDoneAloneForLongerAndLonger(t *testing.T) {
	l, now := newLedger(), time.Duration(0)
	l.took(10, &now, 100*time.Microsecond, 60*time.Microsecond)
	r := l.of(1)
	for _, want := range []time.Duration{leastPause, 2 * leastPause, 4 * leastPause, 8 * leastPause, 16 * leastPause, 32 * leastPause, mostPause, mostPause} {
		l.wasShared(r, now, 6*time.Millisecond, 0)
		if !l.resting(now) || l.shares(r, now) || l.resting(now+want) || !l.resting(now+want-1) {
			t.Errorf("it rests until %v, not for %v from %v", l.until, want, now)
		}
		now += want
	}
	if !l.shares(r, now) {
		t.Error("it does not try again")
	}
	if r.shared > 70*time.Microsecond {
		t.Errorf("what other work took counts as the task's: %v", r.shared)
	}
	l.took(1_000_000, &now, 100*time.Microsecond, 60*time.Microsecond)
	if l.pause != leastPause {
		t.Errorf("after a minute without a loss it would pause for %v", l.pause)
	}
}

func TestWhatSharingCostsTheTasksBesideItCounts(t *testing.T) {
	l, now := newLedger(), time.Duration(0)
	shared, beside := l.of(1), l.of(2) // which takes long where the other was shared, whichever way
	var work, alone time.Duration
	for range 5000 {
		took, slow := 100*time.Microsecond, 100*time.Microsecond
		if l.shares(shared, now) {
			took, slow = 60*time.Microsecond, 300*time.Microsecond
			now += took
			l.wasShared(shared, now, took, 0)
		} else {
			now += took
			l.wasAlone(shared, now, took)
		}
		now += slow
		if l.shares(beside, now) {
			l.wasShared(beside, now, slow, 0)
		} else {
			l.wasAlone(beside, now, slow)
		}
		work += took + slow
		alone += 200 * time.Microsecond
	}
	if work > alone*110/100 {
		t.Errorf("%v, and %v with nothing shared", work, alone)
	}
}

func TestMembersThatStoodStillWhileTheyWaitedCount(t *testing.T) {
	l, now := newLedger(), time.Duration(0)
	l.took(100, &now, 100*time.Microsecond, 60*time.Microsecond)
	l.wasShared(l.of(1), now, 60*time.Microsecond, 300*time.Microsecond)
	if l.resting(now) {
		t.Error("once in a while the system itself has something to do")
	}
	l.wasShared(l.of(1), now, 60*time.Microsecond, 5*time.Millisecond)
	if !l.resting(now) {
		t.Error("others run on the member's processor")
	}
}

func TestShapesAreForgottenBeforeTheyAreTooMany(t *testing.T) {
	l := newLedger()
	for i := range uint64(10 * mostShapes) {
		l.of(i)
	}
	if n := len(l.shapes); n > mostShapes {
		t.Errorf("%d shapes are kept", n)
	}
}
