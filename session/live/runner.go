// Package live is the one goroutine that trains, and what a screen may know of it.
package live

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"descent/core"
	"descent/core/probe"
	"descent/session"
	"descent/session/disk"
	"descent/session/journal"
	"descent/session/remedy"
)

const (
	slice   = 4 * time.Millisecond  // how long training goes on before requests are looked at
	refresh = 33 * time.Millisecond // how often a frame is published while training
)

// Runner is the one goroutine that trains. Requests take effect at step
// boundaries, in order; every request that returns has its effect in Frame.
type Runner struct {
	s        *session.Session
	shared   *core.Trainer // whose steps are shared among processors
	frame    atomic.Pointer[Frame]
	requests chan request
	done     chan struct{}

	playing bool
	speed   int // steps per second, 0 for no limit
	stopped string
	remedy  *remedy.Remedy // for the step that stopped it, until it goes on
	panel   []KnobState
	turned  bool // the panel has to be read again
	turns   int  // how often it was
	probes  probing
	watched []Probe // by the screen
	rests   bool    // the probes are those of a training that rests
	news    bool    // a patient probe has told something that no frame holds

	saver     *saver
	trace     *journal.Trace
	saving    bool      // a state is on its way to the disk
	saved     stamp     // the state last sent there
	saveAt    time.Time // before then none is sent
	saveErr   error
	stateRoom int         // bytes of snapshots in the next state
	compare   bool        // frames hold the curves of further branches
	cancelled atomic.Bool // the seek under way is to be broken off
	progress  Progress

	perSecond float64
	since     time.Time // of the last rate measured
	sinceStep int
	due       time.Time // of the next step at limited speed
	published time.Time
}

// Run starts the goroutine. It owns the session until Close.
func Run(s *session.Session, playing bool) *Runner {
	r := &Runner{
		s: s, playing: playing, turned: true, probes: newProbing(), saver: newSaver(), trace: journal.NewTrace(disk.Machine{}), stateRoom: session.StateBytes,
		requests: make(chan request, 64), done: make(chan struct{}),
	}
	r.measure(time.Now(), true)
	r.publish(time.Now())
	r.shared = s.Trainer()
	r.shared.Share(runtime.GOMAXPROCS(0))
	go r.loop()
	return r
}

// Frame is the latest, never nil. It is immutable.
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

// Cancel breaks off a seek or an act that takes long.
func (r *Runner) Cancel() { r.cancelled.Store(true) }

// watch hands on what is wanted: what the screen watches, and while training
// rests how good the network is as it stands.
func (r *Runner) watch() {
	r.rests = !r.playing
	if probes := slices.Clone(r.watched); r.rests {
		r.probes.watch(append(probes, probe.Present{}))
	} else {
		r.probes.watch(probes)
	}
}

// Close ends the goroutine and the log; what is on its way is broken off.
func (r *Runner) Close() error {
	r.Cancel()
	err := r.post(func() error { return errStop }).Wait()
	if errors.Is(err, ErrClosed) {
		if f := r.Frame(); f.Fatal != nil {
			return f.Fatal
		}
		return nil
	}
	<-r.done
	log := r.s.Log()
	err = r.s.Finish()
	switch {
	case log.Gone() != nil:
		r.trace.End()
	case log.Named():
		_ = r.s.State(r.stateRoom).Save(log.Path) // it only spares time
	}
	if err == nil {
		r.trace.End()
	}
	return err
}

var errStop = errors.New("stop")

func (r *Runner) loop() {
	defer close(r.done)
	defer r.probes.close()
	defer r.saver.close()
	defer r.shared.Close()
	defer func() {
		if p := recover(); p != nil {
			f := *r.Frame()
			f.Playing = false
			f.Fatal = &Crash{fmt.Errorf("training failed: %v (this is a fault of descent; the decisions are kept in %s)", p, f.LogPath), debug.Stack()}
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
			case err := <-r.saver.done:
				timer.Stop()
				r.wasSaved(err)
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
		case err := <-r.saver.done:
			r.wasSaved(err)
		default:
			r.train()
		}
	}
}

// idle is how long there is nothing to train and nothing to measure.
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
	case r.speed > 0:
		wait = r.due.Sub(now)
	}
	if r.news && wait > 0 {
		wait = min(wait, max(refresh-now.Sub(r.published), time.Millisecond))
	}
	return wait
}

// saveEvery is how often a state is written while something changes, and how
// soon what could not be written is tried again.
const saveEvery = 3 * time.Second

// unsaved tells whether there is something to write, now or later.
func (r *Runner) unsaved() bool {
	return r.s.Log() != nil && !r.saving && (r.stamp() != r.saved || r.s.LogError() != nil || r.saveErr != nil)
}

// save sends a state to the disk if it is time.
func (r *Runner) save(now time.Time) {
	if now.Before(r.saveAt) || !r.unsaved() {
		return
	}
	r.saveAt = now.Add(saveEvery)
	r.s.Look()
	r.s.Retry()
	log := r.s.Log()
	if !log.Named() || log.Gone() != nil {
		return // there is no place for it yet, or not any more
	}
	r.saved, r.saving = r.stamp(), true
	r.saver.jobs <- savedJob{log.Path, r.s.State(r.stateRoom)}
}

func (r *Runner) wasSaved(err error) {
	r.saving, r.saveErr = false, err
	if err != nil {
		r.stateRoom = 0 // perhaps there is room for the least; from now on it is enough
		r.publish(time.Now())
	}
}

func (r *Runner) stamp() stamp {
	return stamp{r.s.Position(), r.turns}
}

// probe sends the state to the probes if it is time.
func (r *Runner) probe(now time.Time) {
	if r.rests == r.playing {
		r.watch()
	}
	r.probes.begin(r.s.Trainer(), r.s.Start, r.stamp(), now)
}

// probed publishes what the probes found.
func (r *Runner) probed(p *prober, m measurement) {
	now := time.Now()
	p.take(m, now)
	r.publish(now)
}

// told shows what is found so far, as often as there are frames.
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

// serve answers a request and tells whether it was the last.
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

// train goes on for one slice.
func (r *Runner) train() {
	start := time.Now()
	end := start.Add(slice)
	for {
		r.step(func() bool { return len(r.requests) > 0 })
		now := time.Now()
		r.s.Took(now.Sub(start))
		start = now
		if r.speed > 0 {
			if r.due = r.due.Add(time.Second / time.Duration(r.speed)); now.Sub(r.due) > 100*time.Millisecond {
				r.due = now // the machine is too slow for this speed: do not pile up
			}
			if now.Before(r.due) {
				r.publishIfDue(now)
				return
			}
		}
		if !r.playing || !now.Before(end) {
			r.publishIfDue(now)
			return
		}
	}
}

// step trains one step, which stop may break off.
func (r *Runner) step(stop func() bool) {
	r.s.Interrupt(stop)
	defer r.s.Interrupt(nil)
	_, err := r.s.Step()
	var d *session.Diverged
	switch {
	case errors.Is(err, session.ErrInterrupted):
	case errors.As(err, &d):
		r.playing, r.stopped, r.remedy = false, d.What(), remedy.For(r.s, d, remedyAtOnce)
	case err != nil:
		r.playing, r.stopped = false, err.Error()
	}
}

// remedyAtOnce is how long a screen waits for what may help.
const remedyAtOnce = 250 * time.Millisecond

func (r *Runner) publishIfDue(now time.Time) {
	if now.Sub(r.published) >= refresh || !r.playing {
		r.measure(now, false)
		r.publish(now)
	}
}

// measure keeps the steps per second, smoothed over half a second or so.
func (r *Runner) measure(now time.Time, restart bool) {
	step := r.s.Trainer().StepCount()
	if restart {
		r.since, r.sinceStep, r.perSecond = now, step, 0
		return
	}
	span := now.Sub(r.since).Seconds()
	if span < 0.1 {
		return
	}
	rate := float64(step-r.sinceStep) / span
	if r.perSecond == 0 {
		r.perSecond = rate
	}
	r.perSecond += (rate - r.perSecond) * (1 - math.Exp(-span/0.5))
	r.since, r.sinceStep = now, step
}

func (r *Runner) publish(now time.Time) {
	if r.turned {
		r.panel, r.turned = knobStates(r.s.Trainer()), false
		r.turns++
	}
	r.probe(now)
	r.save(now)
	f := frame(r.s, r.panel)
	if f.LogError == "" && r.saveErr != nil {
		f.LogError = "decisions are saved, but not the state beside them: " + r.saveErr.Error()
	}
	if r.compare || r.s.Racing() {
		f.Others = r.s.Others()
	}
	f.Findings, f.Probing = r.probes.found(), r.probes.busy() || r.probes.wait(r.stamp(), now) >= 0
	f.Playing, f.Speed, f.PerSecond, f.Stopped, f.Remedy = r.playing, r.speed, r.perSecond, r.stopped, r.remedy
	if now, ok := r.probes.quick.of(probe.Present{}, r.stamp()); ok {
		f.Eval = now.(core.Report)
	}
	r.trace.Write(r.s.Log(), r.s.Reached())
	r.frame.Store(f)
	r.published, r.news = now, false
}
