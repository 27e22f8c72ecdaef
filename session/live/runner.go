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
	"descent/core/knob"
	"descent/core/probe"
	"descent/core/recipe"
	"descent/session"
	"descent/session/disk"
	"descent/session/export"
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
	panel   []Dial
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
	way       Way

	perSecond float64
	since     time.Time // of the last rate measured
	sinceStep int
	due       time.Time // of the next step at limited speed
	published time.Time
}

type request struct {
	do    func() error
	reply chan error
}

// Crash is a failure that is descent's own, and where it arose.
type Crash struct {
	Reason error
	Stack  []byte
}

func (f *Crash) Error() string { return f.Reason.Error() }

// ErrClosed is what a request gets after Close.
var ErrClosed = errors.New("the session is closed")

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

// Pending is a request on its way: it holds its place in the order as soon as
// it exists. Wait gives its error once its effect is in Frame.
type Pending struct {
	reply chan error
	done  chan struct{}
}

// Wait blocks until the request was served or the runner has ended.
func (p Pending) Wait() error {
	select {
	case err := <-p.reply:
		return err
	case <-p.done:
		select {
		case err := <-p.reply:
			return err
		default:
			return ErrClosed
		}
	}
}

// post queues f for the training goroutine, to run between two steps.
func (r *Runner) post(f func() error) Pending {
	q := request{do: f, reply: make(chan error, 1)}
	select {
	case r.requests <- q:
	case <-r.done:
	}
	return Pending{q.reply, r.done}
}

// Play starts or pauses training.
func (r *Runner) Play(on bool) Pending {
	return r.post(func() error {
		r.playing = on
		if on {
			r.stopped, r.remedy = "", nil
		}
		r.due = time.Now()
		r.measure(time.Now(), true)
		return nil
	})
}

// Step pauses and trains one step; Cancel breaks it off.
func (r *Runner) Step() Pending {
	r.cancelled.Store(false)
	return r.post(func() error {
		r.playing, r.stopped, r.remedy = false, "", nil
		r.step(r.cancelled.Load)
		return nil
	})
}

// SetSpeed limits the steps per second; 0 is as fast as it goes.
func (r *Runner) SetSpeed(perSecond int) Pending {
	return r.post(func() error {
		r.speed, r.due = perSecond, time.Now()
		r.measure(time.Now(), true)
		return nil
	})
}

// Set turns a knob, from the next step on.
func (r *Runner) Set(path string, v knob.Value) Pending {
	return r.decide(func() error { return r.s.Set(path, v) })
}

// SetTogether turns several knobs as one decision.
func (r *Runner) SetTogether(changes []recipe.Change) Pending {
	return r.decide(func() error { return r.s.SetTogether(changes) })
}

// Act takes a decision that is no knob's. Frames show how far the state that it
// asks for has been computed again; Cancel breaks that off.
func (r *Runner) Act(a journal.Act) Pending {
	return r.far(func() error { return r.s.Do("user", journal.Command{Act: &a}) })
}

// far is a decision that may have to compute steps again.
func (r *Runner) far(f func() error) Pending {
	r.cancelled.Store(false)
	return r.decide(func() error {
		r.s.Ask(r.onTheWay())
		defer func() { r.s.Ask(nil); r.way = Way{} }()
		return f()
	})
}

// Change turns a knob relative to where it stands when the request is served.
func (r *Runner) Change(path string, next func(knob.Knob, knob.Value) knob.Value) Pending {
	return r.decide(func() error {
		now, err := r.s.Trainer().Settings().Find(path)
		if err != nil {
			return err
		}
		v := next(now.Knob, now.Value)
		if v.Equal(now.Value) {
			return nil // at the end of its range
		}
		return r.s.Set(path, v)
	})
}

// Undo goes back to before the last decision. Frames show how far that has come;
// Cancel breaks it off.
func (r *Runner) Undo() Pending { return r.far(r.s.Undo) }

// Redo takes back the last undo, as Undo does.
func (r *Runner) Redo() Pending { return r.far(r.s.Redo) }

// Seek goes to the state after a step of a branch; a step beyond its end is the
// end. It pauses training, and shows in the frames how far it has come; Cancel
// breaks it off.
func (r *Runner) Seek(id journal.BranchID, step int) Pending {
	r.cancelled.Store(false)
	return r.decide(func() error { return r.seek(id, step) })
}

// Move goes so many steps back or forth on the branch.
func (r *Runner) Move(steps int) Pending {
	r.cancelled.Store(false)
	return r.decide(func() error {
		return r.seek(r.s.Position().Branch, max(0, r.s.Trainer().StepCount()+steps))
	})
}

// Leap goes to where the next decision of the branch is about to be taken, or
// with −1 the one before; behind the last one it goes to the branch's end.
func (r *Runner) Leap(by int) Pending {
	r.cancelled.Store(false)
	return r.decide(func() error {
		return r.seek(r.s.Position().Branch, r.s.Beside(by))
	})
}

// Compare lets the frames hold the curves of further branches, or not.
func (r *Runner) Compare(on bool) Pending {
	return r.post(func() error { r.compare = on; return nil })
}

// Cancel breaks off a seek or an act that takes long.
func (r *Runner) Cancel() { r.cancelled.Store(true) }

func (r *Runner) seek(id journal.BranchID, step int) error {
	head, err := r.s.Head(id)
	if err != nil {
		return err
	}
	r.playing = false
	defer func() { r.way = Way{} }()
	return r.s.Seek(id, min(step, head), r.onTheWay())
}

// onTheWay shows in the frames how far a way through time has come, until it is
// cancelled.
func (r *Runner) onTheWay() func(done, total int) bool {
	shown := time.Now()
	return func(done, total int) bool {
		if r.cancelled.Load() {
			return false
		}
		if now := time.Now(); now.Sub(shown) > refresh {
			shown, r.way = now, Way{done, total}
			f := *r.Frame()
			f.Way = r.way
			r.frame.Store(&f)
		}
		return true
	}
}

// Fork begins a branch here, with no change yet.
func (r *Runner) Fork(label string) Pending {
	return r.decide(func() error { r.s.Fork(label); return nil })
}

// Race begins a branch for each value of a knob and trains them side by side.
func (r *Runner) Race(path string, values []knob.Value) Pending {
	return r.decide(func() error { return r.s.Race(path, values) })
}

// EndRace goes on with the branch that is looked at.
func (r *Runner) EndRace() Pending {
	return r.decide(func() error { r.s.EndRace(); return nil })
}

// Label names a branch.
func (r *Runner) Label(id journal.BranchID, label string) Pending {
	return r.decide(func() error { return r.s.Label(id, label) })
}

// Delete takes a branch away; Undo brings it back.
func (r *Runner) Delete(id journal.BranchID) Pending {
	return r.decide(func() error { return r.s.Delete(id) })
}

// Reset begins again with the knobs as they stand.
func (r *Runner) Reset() Pending { return r.far(r.s.Reset) }

func (r *Runner) decide(f func() error) Pending {
	return r.post(func() error {
		err := f()
		if err == nil {
			r.stopped = ""
		}
		r.turned = true
		r.measure(time.Now(), r.s.Trainer().StepCount() < r.sinceStep)
		return err
	})
}

// Save writes the recipe as it stands as a preset and the stored weights
// beside it.
func (r *Runner) Save(path string, encode export.Encoder) Pending {
	return r.post(func() error { return export.Save(disk.Machine{}, r.s.Trainer(), path, encode) })
}

// Compact writes the network cut down and packed, and a preset that opens it;
// said is told what came of it before the request is answered.
func (r *Runner) Compact(path string, encode export.Encoder, said func(*core.CompactNetwork)) Pending {
	return r.post(func() error {
		small, err := export.Compact(disk.Machine{}, r.s.Trainer(), path, encode)
		if err == nil {
			said(small)
		}
		return err
	})
}

// Watch says which probes are to be measured again and again from now on,
// instead of those before; their findings come with the frames.
func (r *Runner) Watch(probes []Probe) Pending {
	return r.post(func() error {
		r.watched = probes
		r.watch()
		return nil
	})
}

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

// Recover takes the remedy that the frame holds: first it goes to the last good
// step, and from there it turns the knob.
func (r *Runner) Recover() Pending {
	r.cancelled.Store(false)
	return r.decide(func() error {
		m := r.remedy
		switch {
		case m == nil:
			return errors.New("there is nothing to recover from")
		case !m.There(r.s.Position().Branch, r.s.Trainer().StepCount()):
			r.s.EndRace()
			return r.seek(m.Branch, m.Good)
		case m.Turn == nil:
			return errors.New("none of the lower rates that were tried lasts from here")
		}
		if err := r.s.Set(m.Turn.Path, m.Turn.Value); err != nil {
			return err
		}
		r.remedy = nil
		return nil
	})
}

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
		r.panel, r.turned = dials(r.s.Trainer()), false
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
