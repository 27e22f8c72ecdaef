package live

import (
	"maps"
	"slices"
	"time"

	"descent/core"
	"descent/core/knob"
	"descent/core/probe"
	"descent/session"
)

// probing is the pair of probers: of the quick probes and of the patient ones.
type probing struct{ quick, patient *prober }

func newProbing() probing {
	return probing{newProber(shortRest, false), newProber(longRest, true)}
}

func (p probing) each(f func(*prober)) {
	f(p.quick)
	f(p.patient)
}

func (p probing) watch(probes []Probe) {
	var quick, patient []Probe
	for _, probe := range probes {
		if _, ok := probe.(SlowProbe); ok {
			patient = append(patient, probe)
		} else {
			quick = append(quick, probe)
		}
	}
	p.quick.watch(quick)
	p.patient.watch(patient)
}

// wait returns the time until the next measurement, negative if there is none.
func (p probing) wait(at stamp, now time.Time) time.Duration {
	a, b := p.quick.wait(at, now), p.patient.wait(at, now)
	if a < 0 || b >= 0 && b < a {
		return b
	}
	return a
}

func (p probing) begin(t *core.Trainer, start func() *core.Snapshot, path func() []*core.Snapshot, at stamp, now time.Time) {
	p.each(func(p *prober) {
		if p.wait(at, now) == 0 {
			p.begin(t, start, path, at)
		}
	})
}

// found returns the findings of both that the screen watches.
func (p probing) found() map[Probe]Finding {
	out := maps.Clone(p.quick.found)
	maps.Copy(out, p.patient.found)
	delete(out, probe.Present{})
	return out
}

// records returns the earlier findings of both.
func (p probing) records() map[Probe][]Record {
	if len(p.quick.records) == 0 {
		return p.patient.records
	}
	out := maps.Clone(p.quick.records)
	maps.Copy(out, p.patient.records)
	return out
}

func (p probing) busy() bool { return p.quick.busy || p.patient.busy }

func (p probing) close() { p.each((*prober).close) }

// trail holds weights on the way, for probes of the path: more closely than the
// session's own snapshots, while such a probe is watched.
type trail struct {
	points []trailPoint
	bytes  int
	next   time.Time
}

type trailPoint struct {
	at    session.Position
	state *core.Snapshot // without the optimizer's state
}

const (
	trailEvery = 250 * time.Millisecond
	trailBytes = 24 << 20
)

// note keeps the weights as they are now, from time to time.
func (t *trail) note(s *session.Session, now time.Time) {
	at := s.Position()
	if now.Before(t.next) || len(t.points) > 0 && t.points[len(t.points)-1].at == at {
		return
	}
	t.next = now.Add(trailEvery)
	state := s.Trainer().Snapshot()
	state.State = slices.DeleteFunc(state.State, func(b knob.Buffer) bool { return b.Name != "prune/mask" })
	t.points = append(t.points, trailPoint{at, state})
	if t.bytes += state.Bytes(); t.bytes <= trailBytes {
		return
	}
	thin := t.points[:0]
	t.bytes = 0
	for i, p := range t.points {
		if (len(t.points)-1-i)%2 == 0 { // the last stays
			thin = append(thin, p)
			t.bytes += p.state.Bytes()
		}
	}
	clear(t.points[len(thin):])
	t.points = thin
}

// path is the session's path with what was noted on it, by step.
func (t *trail) path(s *session.Session) []*core.Snapshot {
	out := s.Path()
	at := s.Position()
	limits := lineage(s.Branches(), at.Branch, at.Step)
	for _, p := range t.points {
		if limit, ok := limits[p.at.Branch]; ok && p.at.Step <= limit {
			out = append(out, p.state)
		}
	}
	slices.SortStableFunc(out, func(a, b *core.Snapshot) int { return a.Step - b.Step })
	return slices.CompactFunc(out, func(a, b *core.Snapshot) bool { return a.Step == b.Step })
}
