package live

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"descent/core"
	"descent/session"
)

// Probe is a measurement on a copy of the trainer, which never affects the run. It
// is comparable and identifies itself: equal probes are the same. Measure may
// modify the copy. When ctx ends, the result is no longer needed.
type Probe interface {
	Measure(ctx context.Context, t *core.Trainer) any
}

// InitialProbe is a probe that may need the initial state, with the current knobs.
type InitialProbe interface {
	Probe
	FromStart() bool
}

// StillProbe is a probe that looks at weights alone: it neither trains the copy nor asks
// for the state of its optimizer, which it may not have.
type StillProbe interface {
	Probe
	Still()
}

// SlowProbe is a probe that takes long. It is measured separately from the others, so that they
// do not wait for it, and rarely. Follow is Measure that reports partial results,
// which must not be modified later.
type SlowProbe interface {
	Probe
	Follow(ctx context.Context, t *core.Trainer, tell func(sofar any)) any
}

// PathProbe is a SlowProbe that may use snapshots of the states on the way to the
// current one, oldest first, which must not be modified.
type PathProbe interface {
	SlowProbe
	FollowPath(ctx context.Context, t *core.Trainer, path []*core.Snapshot, tell func(sofar any)) any
}

// RecordedProbe is a probe whose earlier findings are kept; see Frame.Past. It is
// measured as often as its share of the time allows.
type RecordedProbe interface {
	Probe
	Recorded() bool
}

// Finding is the result of a probe, for the state after a step.
type Finding struct {
	Step    int
	Value   any
	Err     error    // the probe failed
	Partial bool     // the measurement is still running
	Earlier *Finding // while it runs: the last one that was complete, nil for none
}

// Record is a finding and the position at which it was made.
type Record struct {
	At session.Position
	Finding
}

// pause is the pause of a prober before it measures another state: a multiple of the
// duration of the last measurement, and at least least.
type pause struct {
	least time.Duration
	share int
}

var (
	shortRest = pause{250 * time.Millisecond, 3}
	longRest  = pause{4 * time.Second, 19} // for patient probes: 5 % of the time
	// recordedRest is the least pause after recorded probes, whose share is the same.
	recordedRest = 250 * time.Millisecond
)

// prober measures the watched probes in its own goroutine on a copy of the trainer.
// Its methods must be called from the Runner's goroutine.
type prober struct {
	rest    pause
	single  bool // one probe at a time
	watched []Probe
	found   map[Probe]Finding
	at      map[Probe]stamp // the state on which each was measured
	turn    map[Probe]int   // when each was measured last: the number of the measurement
	records map[Probe][]Record
	copy    *core.Trainer
	busy    bool
	job     measurement // the current one
	due     time.Time   // no measurement before then
	ended   time.Time   // the last one
	resting bool        // training is paused: nobody is slowed down

	ctx     context.Context
	stop    context.CancelFunc
	jobs    chan measurement
	results chan measurement
	parts   chan measurement // the last partial result of the current job
}

// stamp identifies a state of a session.
type stamp struct {
	session.Position
	turns int
}

// measurement is a state to be measured, and the findings on it.
type measurement struct {
	ctx    context.Context
	cancel context.CancelFunc
	number int
	at     stamp
	state  *core.Snapshot
	start  *core.Snapshot // the initial state
	path   []*core.Snapshot
	copy   *core.Trainer
	probes []Probe
	found  map[Probe]Finding
	took   time.Duration
}

func newProber(r pause, single bool) *prober {
	ctx, stop := context.WithCancel(context.Background())
	p := &prober{
		rest: r, single: single, found: map[Probe]Finding{}, at: map[Probe]stamp{}, turn: map[Probe]int{}, ctx: ctx, stop: stop,
		jobs: make(chan measurement), results: make(chan measurement, 1), parts: make(chan measurement, 1),
	}
	go p.work()
	return p
}

// work is the goroutine; it ends when jobs is closed.
func (p *prober) work() {
	defer close(p.results)
	for m := range p.jobs {
		start := time.Now()
		m.found = map[Probe]Finding{}
		for _, probe := range m.probes {
			m.found[probe] = measure(probe, m, p.tell)
		}
		m.took = time.Since(start)
		p.results <- m
	}
}

// tell sends a partial result, replacing one that was not received yet.
func (p *prober) tell(m measurement) {
	select {
	case <-p.parts:
	default:
	}
	p.parts <- m // the only sender: there is room
}

// measure measures one probe.
func measure(probe Probe, m measurement, tell func(measurement)) (f Finding) {
	defer func() {
		if v := recover(); v != nil {
			f.Err = fmt.Errorf("this cannot be shown: %v (this is a bug in descent; training is not affected)", v)
		}
	}()
	f.Step = m.at.Step
	m.copy.Restore(m.state)
	m.copy.Abandon(func() bool { return m.ctx.Err() != nil })
	if fromStart(probe) {
		if f.Step = 0; m.start == nil {
			f.Err = errors.New("the initial state cannot be read")
			return f
		}
		m.copy.Restore(m.start)
		for _, c := range m.copy.Settings().Changes(m.state.Settings) {
			if f.Err = m.copy.Set(c.Path, c.Value); f.Err != nil {
				return f
			}
		}
	}
	patient, ok := probe.(SlowProbe)
	if !ok {
		f.Value = probe.Measure(m.ctx, m.copy)
		return f
	}
	told := func(sofar any) {
		part := m
		part.found = map[Probe]Finding{probe: {Step: m.at.Step, Value: sofar, Partial: true}}
		tell(part)
	}
	if along, ok := probe.(PathProbe); ok {
		f.Value = along.FollowPath(m.ctx, m.copy, m.path, told)
	} else {
		f.Value = patient.Follow(m.ctx, m.copy, told)
	}
	return f
}

// close ends the goroutine.
func (p *prober) close() {
	p.stop()
	close(p.jobs)
	for range p.results {
		continue
	}
}

// watch sets the probes to measure. A running measurement that is no longer needed
// is cancelled.
func (p *prober) watch(probes []Probe) {
	p.watched = nil
	for _, probe := range probes {
		if !slices.Contains(p.watched, probe) {
			p.watched = append(p.watched, probe)
		}
	}
	found, at := map[Probe]Finding{}, map[Probe]stamp{} // frames refer to the old ones
	for _, probe := range p.watched {
		if f, ok := p.found[probe]; ok {
			found[probe] = f
		}
		if s, ok := p.at[probe]; ok {
			at[probe] = s
		}
	}
	p.found, p.at = found, at
	if p.busy && !slices.ContainsFunc(p.job.probes, func(probe Probe) bool { return slices.Contains(probes, probe) }) {
		p.job.cancel()
	}
}

// of returns the finding of a probe on exactly that state.
func (p *prober) of(probe Probe, at stamp) (value any, ok bool) {
	f, ok := p.found[probe]
	if !ok || f.Err != nil || p.at[probe] != at {
		return nil, false
	}
	return f.Value, true
}

// missing reports whether a watched probe was never measured.
func (p *prober) missing() bool { return len(p.at) < len(p.watched) }

// stale returns the probes that were not measured on a state, those that were never
// measured first, then those whose turn is longest ago.
func (p *prober) stale(now stamp) []Probe {
	var never, earlier []Probe
	for _, probe := range p.watched {
		switch at, ok := p.at[probe]; {
		case !ok:
			never = append(never, probe)
		case at != now:
			earlier = append(earlier, probe)
		}
	}
	slices.SortStableFunc(earlier, func(a, b Probe) int { return p.turn[a] - p.turn[b] })
	return append(never, earlier...)
}

// wait returns the time until the state at should be measured, negative if there is
// no need.
func (p *prober) wait(at stamp, now time.Time) time.Duration {
	switch {
	case p.busy || len(p.stale(at)) == 0:
		return -1
	case p.missing():
		return 0
	}
	due := p.due
	if soon := p.ended.Add(shortRest.least); p.resting && soon.Before(due) {
		due = soon
	}
	return max(due.Sub(now), 0)
}

// begin starts a measurement of the current and the initial state of a trainer, with
// the path between them.
func (p *prober) begin(t *core.Trainer, start func() *core.Snapshot, path func() []*core.Snapshot, at stamp) {
	if p.copy == nil {
		p.copy = t.Copy()
	}
	probes := p.stale(at)
	if p.single {
		probes = probes[:1]
	}
	ctx, cancel := context.WithCancel(p.ctx)
	p.busy = true
	p.job = measurement{ctx: ctx, cancel: cancel, number: p.job.number + 1, at: at, state: seen(t, probes), copy: p.copy, probes: probes}
	if slices.ContainsFunc(probes, fromStart) {
		p.job.start = start()
	}
	if slices.ContainsFunc(probes, ofPath) {
		p.job.path = path()
	}
	p.jobs <- p.job
}

// seen is what probes need of the state.
func seen(t *core.Trainer, probes []Probe) *core.Snapshot {
	if slices.ContainsFunc(probes, func(probe Probe) bool { _, still := probe.(StillProbe); return !still }) {
		return t.Snapshot()
	}
	return t.Look()
}

func fromStart(probe Probe) bool {
	i, ok := probe.(InitialProbe)
	return ok && i.FromStart()
}

func ofPath(probe Probe) bool {
	_, ok := probe.(PathProbe)
	return ok
}

// alongPath reports whether a probe of the path is watched.
func (p *prober) alongPath() bool { return slices.ContainsFunc(p.watched, ofPath) }

// take stores the results of a measurement, unless it was cancelled.
func (p *prober) take(m measurement, now time.Time) {
	if m.ctx.Err() == nil {
		p.keep(m, func(probe Probe) { p.at[probe], p.turn[probe] = m.at, m.number })
		p.record(m)
	}
	m.cancel()
	p.job.state, p.job.start, p.job.path = nil, nil, nil
	least := p.rest.least
	if len(m.probes) > 0 && !slices.ContainsFunc(m.probes, func(probe Probe) bool { return !recorded(probe) }) {
		least = min(least, recordedRest)
	}
	p.busy, p.ended, p.due = false, now, now.Add(max(least, time.Duration(p.rest.share)*m.took))
}

func recorded(probe Probe) bool {
	r, ok := probe.(RecordedProbe)
	return ok && r.Recorded()
}

// mostRecords is the number of findings that are kept of a probe; beyond it every
// second one is dropped.
const mostRecords = 512

// record keeps the findings of recorded probes.
func (p *prober) record(m measurement) {
	for probe, f := range m.found {
		if !recorded(probe) || f.Err != nil {
			continue
		}
		all := maps.Clone(p.records) // frames refer to the old one
		if all == nil {
			all = map[Probe][]Record{}
		}
		list := append(all[probe], Record{m.at.Position, f}) // beyond the ends that frames see
		if len(list) > mostRecords {
			var thin []Record
			for i := (len(list) - 1) % 2; i < len(list); i += 2 { // the last stays
				thin = append(thin, list[i])
			}
			list = thin
		}
		all[probe] = list
		p.records = all
	}
}

// took stores a partial result.
func (p *prober) took(part measurement) {
	if p.busy && part.number == p.job.number {
		p.keep(part, func(Probe) {})
	}
}

// keep stores findings of probes that are still watched.
func (p *prober) keep(m measurement, then func(Probe)) {
	found := map[Probe]Finding{} // frames refer to the old one
	for _, probe := range p.watched {
		if f, ok := m.found[probe]; ok {
			if was, ok := p.found[probe]; ok && f.Partial {
				if f.Earlier = was.Earlier; !was.Partial && was.Err == nil {
					f.Earlier = &was
				}
			}
			found[probe] = f
			then(probe)
		} else if f, ok := p.found[probe]; ok {
			found[probe] = f
		}
	}
	p.found = found
}
