package live

import (
	"errors"
	"time"

	"descent/core"
	"descent/core/knob"
	"descent/core/recipe"
	"descent/session/disk"
	"descent/session/export"
	"descent/session/journal"
)

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
		r.s.Ask(r.reportProgress())
		defer func() { r.s.Ask(nil); r.progress = Progress{} }()
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

func (r *Runner) seek(id journal.BranchID, step int) error {
	head, err := r.s.Head(id)
	if err != nil {
		return err
	}
	r.playing = false
	defer func() { r.progress = Progress{} }()
	return r.s.Seek(id, min(step, head), r.reportProgress())
}

// onTheWay shows in the frames how far a way through time has come, until it is
// cancelled.
func (r *Runner) reportProgress() func(done, total int) bool {
	shown := time.Now()
	return func(done, total int) bool {
		if r.cancelled.Load() {
			return false
		}
		if now := time.Now(); now.Sub(shown) > refresh {
			shown, r.progress = now, Progress{done, total}
			f := *r.Frame()
			f.Progress = r.progress
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
