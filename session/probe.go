package session

import (
	"context"
	"fmt"
	"slices"
	"time"

	"descent/core"
)

// Probe is a measurement on a copy of the trainer: it never touches the run.
// It is comparable and its own name, so that equal probes are the same one.
// Measure may use the copy up. When ctx ends, nobody waits for it any more.
type Probe interface {
	Measure(ctx context.Context, t *core.Trainer) any
}

// Finding is what a probe found, on the state after a step.
type Finding struct {
	Step  int
	Value any
	Err   error // the probe failed
}

// Probes watched while training are measured again after a rest that is long
// against the measurement, and never more than a few times a second.
const (
	restLeast = 250 * time.Millisecond
	restShare = 3
)

// prober measures the probes that a screen watches, in a goroutine of its own
// on a twin of the trainer. Its methods belong to the Runner's goroutine.
type prober struct {
	watched []Probe
	found   map[Probe]Finding
	twin    *core.Trainer
	at      stamp // the state last measured
	busy    bool
	due     time.Time // before then nothing is measured again

	stop    context.CancelFunc
	jobs    chan measurement
	results chan measurement
}

// stamp tells one state of a session from another.
type stamp struct {
	branch        BranchID
	step, applied int
	turns         int
}

// measurement is a state on its way to the probes, and what they found there.
type measurement struct {
	at     stamp
	state  *core.Snapshot
	twin   *core.Trainer
	probes []Probe
	found  map[Probe]Finding
	took   time.Duration
}

func newProber() *prober {
	ctx, stop := context.WithCancel(context.Background())
	p := &prober{
		found: map[Probe]Finding{}, stop: stop,
		jobs: make(chan measurement), results: make(chan measurement, 1),
	}
	go p.work(ctx)
	return p
}

// work is the goroutine; it ends with jobs.
func (p *prober) work(ctx context.Context) {
	defer close(p.results)
	for m := range p.jobs {
		start := time.Now()
		m.found = map[Probe]Finding{}
		for _, probe := range m.probes {
			m.found[probe] = measure(ctx, probe, m)
		}
		m.took = time.Since(start)
		p.results <- m
	}
}

// measure lets one probe look at the state.
func measure(ctx context.Context, probe Probe, m measurement) (f Finding) {
	defer func() {
		if v := recover(); v != nil {
			f.Err = fmt.Errorf("this cannot be shown: %v (this is a fault of descent; training is not touched)", v)
		}
	}()
	f.Step = m.at.step
	m.twin.Restore(m.state)
	f.Value = probe.Measure(ctx, m.twin)
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

// watch says what is wanted from now on.
func (p *prober) watch(probes []Probe) {
	p.watched = slices.Clone(probes)
	kept := map[Probe]Finding{}
	for _, probe := range probes {
		if f, ok := p.found[probe]; ok {
			kept[probe] = f
		}
	}
	p.found = kept
}

// missing tells whether something watched was never measured.
func (p *prober) missing() bool { return len(p.found) < len(p.watched) }

// wait is how long to wait before the state at should be measured, negative
// if there is no need.
func (p *prober) wait(at stamp, now time.Time) time.Duration {
	switch {
	case p.busy || len(p.watched) == 0 || at == p.at && !p.missing():
		return -1
	case p.missing():
		return 0
	}
	return max(p.due.Sub(now), 0)
}

// begin sends the state of a trainer off to be measured.
func (p *prober) begin(t *core.Trainer, at stamp) {
	if p.twin == nil {
		p.twin = t.Twin()
	}
	probes := p.watched
	if at == p.at { // the rest stands already
		probes = nil
		for _, probe := range p.watched {
			if _, ok := p.found[probe]; !ok {
				probes = append(probes, probe)
			}
		}
	}
	p.busy = true
	p.jobs <- measurement{at: at, state: t.Snapshot(), twin: p.twin, probes: slices.Clone(probes)}
}

// take keeps what came back.
func (p *prober) take(m measurement, now time.Time) {
	found := map[Probe]Finding{} // frames hold the old one
	for _, probe := range p.watched {
		if f, ok := m.found[probe]; ok {
			found[probe] = f
		} else if f, ok := p.found[probe]; ok {
			found[probe] = f
		}
	}
	p.found, p.at, p.busy = found, m.at, false
	p.due = now.Add(max(restLeast, restShare*m.took))
}
