// Package live runs training in one goroutine, and publishes its state for a
// screen.
package live

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sync/atomic"
	"time"

	"descent/core"
	"descent/core/kernel"
	"descent/core/parallel"
	"descent/core/probe"
	"descent/session"
	"descent/session/diagnosis"
	"descent/session/disk"
	"descent/session/journal"
	"descent/session/remedy"
)

const (
	slice   = 4 * time.Millisecond  // maximum training time between checks for requests
	refresh = 33 * time.Millisecond // interval between frames while training
)

// Runner trains in a single goroutine. Requests take effect at step boundaries, in
// order; when a request returns, its effect is in Frame.
type Runner struct {
	s        *session.Session
	frame    atomic.Pointer[Frame]
	requests chan request
	done     chan struct{}

	playing bool
	pacer   pacer
	stretch stretch // of a race
	reached int     // how often training has come to the end of a run
	stopped string
	remedy  *remedy.Remedy // for the failed step, until training resumes
	monitor *diagnosis.Monitor
	decided time.Time // of the last decision
	panel   []KnobState
	turned  bool // the panel must be read again
	turns   int  // how often it was
	probes  probing
	trail   trail
	watched []Probe // by the screen
	rests   bool    // the probes are those of paused training
	news    bool    // a patient probe has reported a result that is not in a frame yet

	saver     *saver
	trace     *journal.ProgressFile
	saving    bool      // a state is being written
	saved     stamp     // the last state that was sent to the saver
	saveAt    time.Time // none is sent before then
	saveErr   error
	stateRoom int                // bytes of snapshots in the next state file
	compare   bool               // frames include the curves of other branches
	compared  []journal.BranchID // of these; nil for the newest
	heats     heats
	tuning    tuning
	cuts      cuts
	cancelled atomic.Bool // cancel the current seek
	progress  Progress

	meter     meter
	published time.Time
}

// Run starts the goroutine, which owns the session until Close.
func Run(s *session.Session, playing bool) *Runner {
	r := &Runner{
		s: s, playing: playing, turned: true, probes: newProbing(), monitor: diagnosis.NewMonitor(), saver: newSaver(), trace: journal.NewProgressFile(disk.Machine{}), stateRoom: session.StateBytes,
		requests: make(chan request, 64), done: make(chan struct{}),
	}
	r.meter.restart(time.Now(), s.Trainer().StepCount())
	r.publish(time.Now())
	s.Share(kernel.Threads())
	go r.loop()
	return r
}

// Frame returns the latest frame, never nil.
func (r *Runner) Frame() *Frame { return r.frame.Load() }

// post queues f for the training goroutine, to run between two steps.
func (r *Runner) post(f func() error) Pending {
	q := request{do: f, reply: make(chan error, 1)}
	select {
	case r.requests <- q:
	case <-r.done:
	}
	return Pending{q.reply, r.done}
}

// Cancel cancels a long seek or act.
func (r *Runner) Cancel() { r.cancelled.Store(true) }

// watch passes on the watched probes: those of the screen and, while training is
// paused, the evaluation of the current state.
func (r *Runner) watch() {
	r.rests = !r.playing
	r.probes.each(func(p *prober) { p.resting = r.rests })
	if probes := slices.Clone(r.watched); r.rests {
		r.probes.watch(append(probes, probe.Present{}))
	} else {
		r.probes.watch(probes)
	}
}

var errStop = errors.New("stop")

func (r *Runner) loop() {
	defer close(r.done)
	defer func() { r.tuning.failed = r.tuning.detach() }()
	defer r.probes.close()
	defer r.saver.close()
	defer r.s.Share(1)
	defer func() {
		if p := recover(); p != nil {
			f := *r.Frame()
			f.Playing = false
			fault := parallel.Caught(p)
			f.Fatal = &Crash{fmt.Errorf("training failed: %w (this is a bug in descent; the decisions are kept in %s)", fault, f.LogPath), fault.Stack}
			r.frame.Store(&f)
		}
	}()
	for {
		if wait := r.idle(); wait > 0 {
			timer := time.NewTimer(wait)
			select {
			case q := <-r.requests:
				timer.Stop()
				if r.serve(q) {
					return
				}
			case m := <-r.probes.quick.results:
				timer.Stop()
				r.probed(r.probes.quick, m)
			case m := <-r.probes.patient.results:
				timer.Stop()
				r.probed(r.probes.patient, m)
			case m := <-r.probes.patient.parts:
				timer.Stop()
				r.told(m)
			case done := <-r.saver.done:
				timer.Stop()
				r.wasSaved(done)
			case <-timer.C:
				r.probe(time.Now())
				r.save(time.Now())
				r.publishNews(time.Now())
			}
			continue
		}
		select {
		case q := <-r.requests:
			if r.serve(q) {
				return
			}
		case m := <-r.probes.quick.results:
			r.probed(r.probes.quick, m)
		case m := <-r.probes.patient.results:
			r.probed(r.probes.patient, m)
		case m := <-r.probes.patient.parts:
			r.told(m)
		case done := <-r.saver.done:
			r.wasSaved(done)
		default:
			r.train()
		}
	}
}

// idle returns the time until there is something to train, measure or save.
func (r *Runner) idle() time.Duration {
	now := time.Now()
	wait := time.Duration(0)
	switch {
	case !r.playing:
		wait = time.Hour
		if d := r.probes.wait(r.stamp(), now); d >= 0 {
			wait = max(d, time.Millisecond)
		}
		if r.unsaved() {
			wait = min(wait, max(r.saveAt.Sub(now), time.Millisecond))
		}
	default:
		wait = r.pacer.wait(now)
	}
	if r.news && wait > 0 {
		wait = min(wait, max(refresh-now.Sub(r.published), time.Millisecond))
	}
	return wait
}

// unsaved reports whether there is something to write, now or later.
func (r *Runner) unsaved() bool {
	return r.s.Log() != nil && !r.saving && (r.stamp() != r.saved || r.s.LogError() != nil || r.saveErr != nil)
}

// save writes a state if it is due.
func (r *Runner) save(now time.Time) {
	if now.Before(r.saveAt) || !r.unsaved() {
		return
	}
	r.saveAt = now.Add(saveEvery)
	r.s.CheckLog()
	r.s.Retry()
	log := r.s.Log()
	if !log.Named() || log.Gone() != nil {
		return // there is no file for it yet, or not any more
	}
	r.saved, r.saving = r.stamp(), true
	r.saver.jobs <- savedJob{log.Path, r.s.State(r.stateRoom)}
}

func (r *Runner) wasSaved(done saved) {
	r.saving, r.saveErr, r.saveAt = false, done.err, r.saveAt.Add(done.pause)
	if done.err != nil {
		r.stateRoom = 0 // there may be room for a minimal state, which is used from now on
		r.publish(time.Now())
	}
}

func (r *Runner) stamp() stamp {
	return stamp{r.s.Position(), r.turns}
}

// probe starts measurements if they are due.
func (r *Runner) probe(now time.Time) {
	if r.rests == r.playing {
		r.watch()
	}
	r.probes.begin(r.s.Trainer(), r.s.Start, func() []*core.Snapshot { return r.trail.path(r.s) }, r.stamp(), now)
}

// probed publishes the findings of the probes.
func (r *Runner) probed(p *prober, m measurement) {
	now := time.Now()
	p.take(m, now)
	r.publish(now)
}

// told publishes partial results, at most once per frame interval.
func (r *Runner) told(part measurement) {
	r.probes.patient.took(part)
	r.news = true
	r.publishNews(time.Now())
}

func (r *Runner) publishNews(now time.Time) {
	if r.news && now.Sub(r.published) >= refresh {
		r.publish(now)
	}
}

// serve answers a request and reports whether it was the last.
func (r *Runner) serve(q request) (stop bool) {
	err := q.do()
	stop = errors.Is(err, errStop)
	if stop {
		r.playing, err = false, nil
	}
	r.publish(time.Now())
	q.reply <- err
	return stop
}

// train trains for one slice.
func (r *Runner) train() {
	start := time.Now()
	end := start.Add(slice)
	waits := func() bool { return len(r.requests) > 0 }
	trained := func(steps int) (over bool) {
		now := time.Now()
		r.s.RecordDuration(now.Sub(start))
		r.stretch.took(steps, now.Sub(start))
		start = now
		for range steps {
			r.pacer.trained(now, r.s.Trainer().RunLength())
		}
		return r.pacer.rests(now) || !now.Before(end)
	}
	for over := false; !over; {
		if r.s.Racing() {
			n := min(r.stretch.next(end.Sub(start)), r.pacer.dueSteps(start, r.s.Trainer().RunLength()))
			if diagnosis.Endless(r.s) {
				n = 1 // any step may be the last
			}
			over = trained(r.step(n, waits, nil))
		} else {
			r.step(math.MaxInt, waits, func() bool {
				over = trained(1)
				return !over && !r.ends()
			})
		}
		over = over || !r.playing || waits()
	}
	r.publishIfDue(start)
	r.news = r.news || r.pacer.rests(start) && r.published != start
}

// step trains up to n steps, which stop may interrupt, and returns how many; goesOn is as
// in session.Train.
func (r *Runner) step(n int, stop, goesOn func() bool) (steps int) {
	r.s.Interrupt(stop)
	defer r.s.Interrupt(nil)
	steps, _, err := r.s.Train(n, goesOn)
	var d *session.Diverged
	switch {
	case errors.Is(err, session.ErrInterrupted):
	case errors.As(err, &d):
		r.playing, r.stopped, r.remedy = false, d.What(), remedy.For(r.s, d, remedyPatience)
		r.monitor.Failed(d, r.remedy)
	case err != nil:
		r.playing, r.stopped = false, err.Error()
	default:
		if end := diagnosis.Bottomless(r.s); end != "" {
			r.playing, r.stopped = false, end
		} else {
			r.arrive()
		}
	}
	if r.s.RaceOver() {
		r.playing, r.stopped, r.remedy, r.turned = false, "", nil, true
		r.s.EndRace()
	}
	return steps
}

// ends reports whether training pauses after the last step: it has completed a run, or
// early stopping or a surface without a minimum ends it. A race has an end of its own.
func (r *Runner) ends() bool {
	_, early := r.s.Stopped()
	t := r.s.Trainer()
	return early || t.StepCount() == t.RunLength() || diagnosis.Bottomless(r.s) != ""
}

// arrive pauses where a step has completed a run, or early stopping ends it.
func (r *Runner) arrive() {
	if !r.s.Racing() && r.ends() {
		r.playing = false
		r.reached++
		if _, err := r.s.KeepBest(); err != nil {
			r.stopped = err.Error()
		}
	}
}

// remedyPatience is the time that the screen waits for a remedy.
const remedyPatience = 250 * time.Millisecond

// decisionAlone is how long a decision stands on the screen while training, before a
// diagnosis may take its place.
const decisionAlone = 3 * time.Second

func (r *Runner) publishIfDue(now time.Time) {
	if now.Sub(r.published) >= refresh || !r.playing {
		r.publish(now)
	}
}

func (r *Runner) publish(now time.Time) {
	r.meter.read(now, r.s.Trainer().StepCount())
	if r.turned {
		r.panel, r.turned = knobStates(r.s.Trainer()), false
		r.turns++
	}
	if r.probes.patient.alongPath() {
		r.trail.note(r.s, now)
	}
	r.probe(now)
	r.save(now)
	r.monitor.Tick(r.s, now, !r.playing)
	f := frame(r.s, r.panel)
	if f.LogError == "" && r.saveErr != nil {
		f.LogError = "decisions are saved, but not the state file: " + r.saveErr.Error()
	}
	if r.compare || r.s.Contest() != nil {
		f.Others = r.s.Others(r.compared...)
	}
	f.Records = r.probes.records()
	f.Heats = r.heats.current(f.Race)
	f.Tuning = r.tuning.now
	if words := r.cuts.look(f, r.turns); words != "" {
		r.s.Note(words)
	}
	f.Findings, f.Probing = r.probes.found(), r.probes.busy() || r.probes.wait(r.stamp(), now) >= 0
	f.Playing, f.Pace, f.Reached, f.PerSecond, f.Stopped, f.Remedy = r.playing, r.pacer.pace, r.reached, r.meter.perSecond, r.stopped, r.remedy
	if now, ok := r.probes.quick.of(probe.Present{}, r.stamp()); ok {
		f.Eval = now.(core.Report)
	}
	f.Diagnoses = r.monitor.List()
	if (!r.playing || now.Sub(r.decided) >= decisionAlone) && !r.s.Racing() { // a race shows by itself who fails
		f.Diagnosis = r.monitor.Now()
	}
	r.trace.Write(r.s.Log(), r.s.Progress())
	r.frame.Store(f)
	r.published, r.news = now, false
}
