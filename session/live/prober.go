package live

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"descent/core"
	"descent/core/probe"
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

// SlowProbe is a probe that takes long. It is measured separately from the others, so that they
// do not wait for it, and rarely. Follow is Measure that reports partial results,
// which must not be modified later.
type SlowProbe interface {
	Probe
	Follow(ctx context.Context, t *core.Trainer, tell func(sofar any)) any
}

// Finding is the result of a probe, for the state after a step.
type Finding struct {
	Step    int
	Value   any
	Err     error // the probe failed
	Partial bool  // the measurement is still running
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
)

// prober measures the watched probes in its own goroutine on a copy of the trainer.
// Its methods must be called from the Runner's goroutine.
type prober struct {
	rest    pause
	single  bool // one probe at a time
	watched []Probe
	found   map[Probe]Finding
	at      map[Probe]stamp // the state on which each was measured
	copy    *core.Trainer
	busy    bool
	job     measurement // the current one
	due     time.Time   // no measurement before then

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
	copy   *core.Trainer
	probes []Probe
	found  map[Probe]Finding
	took   time.Duration
}

func newProber(r pause, single bool) *prober {
	ctx, stop := context.WithCancel(context.Background())
	p := &prober{
		rest: r, single: single, found: map[Probe]Finding{}, at: map[Probe]stamp{}, ctx: ctx, stop: stop,
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
	if b, ok := probe.(InitialProbe); ok && b.FromStart() {
		f.Step = 0
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
	f.Value = patient.Follow(m.ctx, m.copy, func(sofar any) {
		part := m
		part.found = map[Probe]Finding{probe: {Step: m.at.Step, Value: sofar, Partial: true}}
		tell(part)
	})
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
// measured first.
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
	return max(p.due.Sub(now), 0)
}

// begin starts a measurement of the current and the initial state of a trainer.
func (p *prober) begin(t *core.Trainer, start *core.Snapshot, at stamp) {
	if p.copy == nil {
		p.copy = t.Copy()
	}
	probes := p.stale(at)
	if p.single {
		probes = probes[:1]
	}
	ctx, cancel := context.WithCancel(p.ctx)
	p.busy = true
	p.job = measurement{ctx: ctx, cancel: cancel, number: p.job.number + 1, at: at, state: t.Snapshot(), start: start, copy: p.copy, probes: probes}
	p.jobs <- p.job
}

// take stores the results of a measurement, unless it was cancelled.
func (p *prober) take(m measurement, now time.Time) {
	if m.ctx.Err() == nil {
		p.keep(m, func(probe Probe) { p.at[probe] = m.at })
	}
	m.cancel()
	p.busy, p.due = false, now.Add(max(p.rest.least, time.Duration(p.rest.share)*m.took))
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
			found[probe] = f
			then(probe)
		} else if f, ok := p.found[probe]; ok {
			found[probe] = f
		}
	}
	p.found = found
}

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

func (p probing) begin(t *core.Trainer, start func() *core.Snapshot, at stamp, now time.Time) {
	p.each(func(p *prober) {
		if p.wait(at, now) == 0 {
			p.begin(t, start(), at)
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

func (p probing) busy() bool { return p.quick.busy || p.patient.busy }

func (p probing) close() { p.each((*prober).close) }
