package live

import (
	"math"
	"slices"
	"strconv"
	"time"
)

// Pace is how long a run of train.steps takes.
type Pace time.Duration

const (
	Unlimited   Pace = 0 // as fast as the machine computes
	DefaultPace      = Pace(20 * time.Second)
)

// paces are those that a user walks through, from the slowest.
var paces = func() []Pace {
	var out []Pace
	for _, s := range []int{1000, 500, 200, 100, 50, 20, 10, 5, 2, 1} {
		out = append(out, Pace(s)*Pace(time.Second))
	}
	return append(out, Unlimited)
}()

// Slowest is the slowest pace that a user comes to by Faster.
var Slowest = paces[0]

// Faster returns the pace by places further, slower for negative ones: the next in
// 1, 2, 5 times powers of ten seconds, from Slowest to Unlimited.
func (p Pace) Faster(by int) Pace {
	i, on := slices.BinarySearchFunc(paces, p, func(a, b Pace) int {
		switch {
		case a == b:
			return 0
		case b != Unlimited && (a == Unlimited || a < b):
			return 1
		}
		return -1
	})
	if !on && by > 0 {
		i-- // i is the next faster one
	}
	return paces[min(max(i+by, 0), len(paces)-1)]
}

// String returns the text form, such as "20s", or "max".
func (p Pace) String() string {
	if p == Unlimited {
		return "max"
	}
	return strconv.FormatFloat(time.Duration(p).Seconds(), 'g', -1, 64) + "s"
}

// Words returns what the pace means: "20 s a run".
func (p Pace) Words() string {
	if p == Unlimited {
		return "as fast as it goes"
	}
	return strconv.FormatFloat(time.Duration(p).Seconds(), 'g', 4, 64) + " s a run"
}

// PerSecond returns the steps per second of a run of so many steps, 0 for no limit.
func (p Pace) PerSecond(steps int) float64 {
	if p == Unlimited {
		return 0
	}
	return float64(steps) / time.Duration(p).Seconds()
}

const (
	grain  = 4 * time.Millisecond   // shortest sleep: steps that are due within it are trained together
	behind = 100 * time.Millisecond // longest delay that is made up for
)

// pacer spreads the steps of a run evenly over its pace.
type pacer struct {
	pace Pace
	due  time.Time // of the next step
}

// begin starts anew a run of so many steps: one is due after the time of a step, or soon
// where that is long.
func (p *pacer) begin(now time.Time, steps int) { p.due = now.Add(min(p.interval(steps), behind)) }

// interval is the time of a step.
func (p *pacer) interval(steps int) time.Duration {
	return time.Duration(p.pace) / time.Duration(max(steps, 1))
}

// trained takes a step of a run of so many steps into account. On a machine that is too
// slow for the pace no backlog accumulates.
func (p *pacer) trained(now time.Time, steps int) {
	if p.pace == Unlimited {
		return
	}
	p.due = p.due.Add(p.interval(steps))
	if now.Sub(p.due) > behind {
		p.due = now
	}
}

// rests reports whether no step is due.
func (p *pacer) rests(now time.Time) bool { return p.pace != Unlimited && now.Before(p.due) }

// dueSteps returns how many steps of a run of so many are due, at least one.
func (p *pacer) dueSteps(now time.Time, steps int) int {
	if p.pace == Unlimited {
		return math.MaxInt
	}
	return 1 + max(int(now.Sub(p.due)/max(p.interval(steps), 1)), 0)
}

// wait returns how long to sleep until steps are due, 0 if one is.
func (p *pacer) wait(now time.Time) time.Duration {
	if !p.rests(now) {
		return 0
	}
	return max(p.due.Sub(now), grain)
}

// stretch tells how many steps fit into a time, by how long the last ones took.
type stretch struct {
	last int
	each time.Duration
}

// next returns how many steps to train next, at least one, and at most twice as many as
// the last time, since some take longer than others.
func (s *stretch) next(left time.Duration) int {
	n := 2*s.last + 1
	if s.each > 0 {
		n = min(n, int(left/s.each))
	}
	return max(n, 1)
}

// took takes into account how long so many steps took.
func (s *stretch) took(steps int, d time.Duration) {
	s.last, s.each = steps, d/time.Duration(max(steps, 1))
}

// meter measures the steps per second, averaged over about half a second.
type meter struct {
	perSecond float64 // 0 before there are any
	since     time.Time
	step      int // then
}

func (m *meter) restart(now time.Time, step int) { *m = meter{since: now, step: step} }

// read takes a step count into account; after a step back it starts anew.
func (m *meter) read(now time.Time, step int) {
	if step < m.step {
		m.restart(now, step)
		return
	}
	span := now.Sub(m.since).Seconds()
	if span < 0.1 {
		return
	}
	rate := float64(step-m.step) / span
	if m.perSecond == 0 {
		m.perSecond = rate
	}
	m.perSecond += (rate - m.perSecond) * (1 - math.Exp(-span/0.5))
	m.since, m.step = now, step
}
