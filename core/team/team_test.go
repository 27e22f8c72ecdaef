package team

import (
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// shared does a task with the members, whatever is faster.
func shared(t *Team, task Task, parts int) { t.share(task, parts, t.now()) }

// counted tells how often each part was done.
type counted struct{ times [64]atomic.Int32 }

func (c *counted) Part(i, _, _ int) { c.times[i].Add(1) }

func TestEveryPartIsDoneOnce(t *testing.T) {
	defer goleak.VerifyNone(t)
	for _, members := range []int{2, 3, 5} {
		team := New(members)
		for round := range 2000 {
			c, n := &counted{}, 1+round%64
			if round%100 == 0 {
				time.Sleep(2 * patience) // all sleep
			}
			shared(team, c, n)
			for i := range c.times {
				if got, want := int(c.times[i].Load()), 1; i < n && got != want || i >= n && got != 0 {
					t.Fatalf("part %d of %d was done %d times", i, n, got)
				}
			}
		}
		team.Close()
	}
}

// faulty is a task whose second part fails.
type faulty struct{}

func (faulty) Part(i, _, _ int) {
	if i == 1 {
		panic("no")
	}
}

func TestAFaultInAPartReachesTheCaller(t *testing.T) {
	team := New(2)
	defer team.Close()
	faults := 0
	for range 2 * (tries + 1) { // alone there is no second part
		func() {
			defer func() {
				switch got := recover(); got {
				case "no":
					faults++
				case nil:
				default:
					t.Errorf("recovered %v", got)
				}
			}()
			team.Do(faulty{}, 8, 1)
		}()
	}
	if faults == 0 {
		t.Error("nothing reached the caller")
	}
	c := &counted{}
	shared(team, c, 4)
	if c.times[3].Load() != 1 {
		t.Error("the team works no more")
	}
}

// held is a task of which a member, in the first part that it takes, waits until
// all the others are done.
type held struct {
	t    *testing.T
	done atomic.Int32
	all  chan struct{}
}

func (h *held) Part(_, n, who int) {
	if who > 0 {
		select {
		case <-h.all:
		case <-time.After(10 * time.Second):
			h.t.Error("the caller did not do what nobody had begun")
		}
	} else {
		time.Sleep(time.Millisecond) // let the member take one
	}
	if h.done.Add(1) == int32(n-1) {
		close(h.all)
	}
}

func TestAMemberThatIsHeldUpKeepsOnePartOnly(t *testing.T) {
	team := New(2)
	defer team.Close()
	h := &held{t: t, all: make(chan struct{})}
	shared(team, h, 8)
	if got := h.done.Load(); got != 8 {
		t.Errorf("%d parts of 8 done", got)
	}
}

// stalled is a task of which members do a part slowly, and the caller leaves them one.
type stalled struct{ stalls, parts atomic.Int32 }

func (s *stalled) Part(i, n, who int) {
	s.parts.Add(1)
	if who > 0 {
		s.stalls.Add(1)
		time.Sleep(5 * time.Millisecond)
		return
	}
	if n == 1 {
		return
	}
	for began := time.Now(); s.stalls.Load() == 0 && time.Since(began) < time.Second; {
		time.Sleep(10 * time.Microsecond)
	}
}

func TestACallerThatIsKeptWaitingGoesOnAloneForAWhile(t *testing.T) {
	team := New(2)
	defer team.Close()
	s := &stalled{}
	for range tries {
		team.Do(s, 8, 1)
	}
	if s.stalls.Load() > 0 {
		t.Fatal("nothing was measured yet, and it is shared")
	}
	team.Do(s, 8, 1)
	if s.stalls.Load() == 0 {
		t.Skip("the member got no processor within a second")
	}
	if !team.ledger.resting(team.now()) || !team.rest.Load() {
		t.Fatal("it waits for the members again at once")
	}
	before := s.stalls.Load()
	for range 100 {
		team.Do(s, 8, 1)
	}
	if n := s.stalls.Load(); n != before && team.ledger.resting(team.now()) {
		t.Errorf("members did %d parts in between", n-before)
	}
}

func TestATeamEndsWhetherItsMembersWaitOrSleep(t *testing.T) {
	defer goleak.VerifyNone(t)
	waiting := New(3)
	shared(waiting, &counted{}, 8)
	waiting.Close()
	sleeping := New(3)
	for _, m := range sleeping.members {
		for !m.asleep.Load() {
			time.Sleep(time.Millisecond)
		}
	}
	sleeping.Close()
	c := &counted{}
	sleeping.Do(c, 8, 1) // and on alone
	if c.times[0].Load() != 1 {
		t.Error("a closed team does nothing")
	}
	resting := New(2)
	resting.rest.Store(true)
	resting.Close()
}

func TestATeamOfOneIsTheCaller(t *testing.T) {
	team := New(1)
	c := &counted{}
	team.Do(c, 8, 1)
	if team != nil || team.Members() != 1 || c.times[0].Load() != 1 || c.times[1].Load() != 0 {
		t.Error("it has members")
	}
	team.Close()
}
