package live

import (
	"slices"
	"time"

	"descent/core"
	"descent/core/knob"
	"descent/session"
)

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
