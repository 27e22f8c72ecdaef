package live

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"descent/core"
	"descent/core/knob"
	"descent/core/model"
	"descent/core/recipe"
	"descent/session"
	"descent/session/diagnosis"
	"descent/session/disk"
	"descent/session/export"
	"descent/session/export/format"
	"descent/session/journal"
)

// Close ends the goroutine and the log; running operations are cancelled.
func (r *Runner) Close() error {
	r.Cancel()
	r.post(func() error { r.heats.stop(); return nil })
	err := r.post(func() error { return errStop }).Wait()
	if errors.Is(err, ErrClosed) {
		if f := r.Frame(); f.Fatal != nil {
			return f.Fatal
		}
		return nil
	}
	<-r.done
	defer func() { _ = r.s.Release() }() // nobody needs what is in the file
	r.tuning.looks.Wait()
	log := r.s.Log()
	err = errors.Join(r.tuning.failed, r.s.Finish())
	switch {
	case log.Gone() != nil:
		r.trace.End()
	case log.Named():
		_ = r.s.State(r.stateRoom).Save(log.Path) // it only saves time
	}
	if err == nil {
		r.trace.End()
	}
	return err
}

// Play starts or pauses training.
func (r *Runner) Play(on bool) Pending {
	return r.post(func() error {
		r.playing = on
		if on {
			r.stopped, r.remedy = "", nil
		}
		r.pacer.begin(time.Now(), r.s.Trainer().RunLength())
		r.meter.restart(time.Now(), r.s.Trainer().StepCount())
		return nil
	})
}

// Step pauses and trains one step; Cancel interrupts it.
func (r *Runner) Step() Pending {
	r.cancelled.Store(false)
	return r.post(func() error {
		r.playing, r.stopped, r.remedy = false, "", nil
		r.step(1, r.cancelled.Load, nil)
		return nil
	})
}

// SetPace sets how long a run of train.steps takes.
func (r *Runner) SetPace(p Pace) Pending {
	return r.post(func() error {
		r.pacer.pace = p
		r.pacer.begin(time.Now(), r.s.Trainer().RunLength())
		r.meter.restart(time.Now(), r.s.Trainer().StepCount())
		return nil
	})
}

// Set sets a knob, from the next step on.
func (r *Runner) Set(path string, v knob.Value) Pending {
	return r.decide(func() error { return r.s.Set(path, v) })
}

// SetTogether sets several knobs as one decision.
func (r *Runner) SetTogether(changes []recipe.Change) Pending {
	return r.decide(func() error { return r.s.SetTogether(changes) })
}

// Act takes a decision that is not a knob. Frames show the progress of recomputing
// the state it refers to; Cancel cancels that.
func (r *Runner) Act(a journal.Act) Pending {
	return r.far(func() error { return r.s.Do("user", journal.Command{Act: &a}) })
}

// far requests a decision that may have to recompute steps.
func (r *Runner) far(f func() error) Pending {
	r.cancelled.Store(false)
	return r.decide(func() error {
		r.s.OnProgress(r.reportProgress())
		defer func() { r.s.OnProgress(nil); r.progress = Progress{} }()
		return f()
	})
}

// Change sets a knob relative to its value when the request is served.
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

// Undo undoes the last decision. Frames show the progress; Cancel cancels it.
func (r *Runner) Undo() Pending { return r.far(r.s.Undo) }

// Redo redoes what was undone last, with progress and cancellation as in Undo.
func (r *Runner) Redo() Pending { return r.far(r.s.Redo) }

// Seek goes to the state after a step of a branch, or to its end if the step is
// beyond it. It pauses training, unless it goes to another racer; frames show the progress; Cancel cancels it.
func (r *Runner) Seek(id journal.BranchID, step int) Pending {
	r.cancelled.Store(false)
	return r.decide(func() error { return r.seek(id, step) })
}

// Move goes a number of steps forward on the branch, or back if negative.
func (r *Runner) Move(steps int) Pending {
	r.cancelled.Store(false)
	return r.decide(func() error {
		return r.seek(r.s.Position().Branch, max(0, r.s.Trainer().StepCount()+steps))
	})
}

// SeekDecision goes to the step before the next decision of the branch or, with −1, the
// previous one; after the last one it goes to the end of the branch.
func (r *Runner) SeekDecision(by int) Pending {
	r.cancelled.Store(false)
	return r.decide(func() error {
		return r.seek(r.s.Position().Branch, r.s.AdjacentDecision(by))
	})
}

// Compare includes the curves of other branches in frames, or not: of ids or, without
// any, the newest. A race that has ended is dismissed.
func (r *Runner) Compare(on bool, ids ...journal.BranchID) Pending {
	return r.post(func() error {
		r.compare, r.compared = on, ids
		r.s.DismissRace()
		return nil
	})
}

func (r *Runner) seek(id journal.BranchID, step int) error {
	head, err := r.s.Head(id)
	if err != nil {
		return err
	}
	playing, racing := r.playing, r.s.Racing()
	r.playing = false
	defer func() { r.progress = Progress{} }()
	err = r.s.Seek(id, min(step, head), r.reportProgress())
	if racing && r.s.Racing() {
		r.playing = playing // another racer is shown
	}
	return err
}

// reportProgress publishes the progress of a seek in frames, and returns false once
// it is cancelled.
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

// Fork starts a branch here without a change.
func (r *Runner) Fork(label string) Pending {
	return r.decide(func() error { r.s.Fork(label); return nil })
}

// Race starts a branch for each racer and trains them in lockstep, for the steps of a
// run or until EndRace.
func (r *Runner) Race(racers []session.Racer) Pending {
	return r.decide(func() error { return r.s.Race(racers) })
}

// EndRace ends the race and pauses, on the current branch.
func (r *Runner) EndRace() Pending {
	return r.decide(func() error {
		if r.s.Racing() {
			r.playing = false
		}
		r.s.EndRace()
		return nil
	})
}

// DismissRace forgets the race that has ended.
func (r *Runner) DismissRace() Pending {
	return r.decide(func() error { r.s.DismissRace(); return nil })
}

// Label names a branch.
func (r *Runner) Label(id journal.BranchID, label string) Pending {
	return r.decide(func() error { return r.s.Label(id, label) })
}

// Delete deletes a branch; Undo restores it.
func (r *Runner) Delete(id journal.BranchID) Pending {
	return r.decide(func() error { return r.s.Delete(id) })
}

// Reset restarts at step 0 with the current knobs.
func (r *Runner) Reset() Pending { return r.far(r.s.Reset) }

func (r *Runner) decide(f func() error) Pending {
	return r.post(func() error {
		err := f()
		if err == nil {
			r.stopped, r.decided = "", time.Now()
		}
		r.turned = true
		r.meter.read(time.Now(), r.s.Trainer().StepCount())
		return err
	})
}

// Save writes the current recipe as a preset and the stored weights beside it.
func (r *Runner) Save(path string, encode export.Encoder) Pending {
	return r.post(func() error { return export.Save(disk.Machine{}, r.s.Trainer(), path, encode) })
}

// SaveModel writes the network as a model in one file.
func (r *Runner) SaveModel(path string) Pending {
	return r.post(func() error { return export.Model(disk.Machine{}, r.s.Trainer(), path) })
}

// SaveStep is Save for the recipe and weights after a step of the branch, computed on a
// copy: the session does not move. Frames show the progress; Cancel cancels it.
func (r *Runner) SaveStep(step int, path string, encode export.Encoder) Pending {
	return r.saveStep(step, func(t *core.Trainer) error { return export.Save(disk.Machine{}, t, path, encode) })
}

// SaveModelStep is SaveModel as SaveStep is Save.
func (r *Runner) SaveModelStep(step int, path string) Pending {
	return r.saveStep(step, func(t *core.Trainer) error { return export.Model(disk.Machine{}, t, path) })
}

func (r *Runner) saveStep(step int, save func(*core.Trainer) error) Pending {
	r.cancelled.Store(false)
	return r.post(func() error {
		defer func() { r.progress = Progress{} }()
		if head, err := r.s.Head(r.s.Position().Branch); err != nil || step < 0 || step > head {
			return errors.Join(err, fmt.Errorf("the branch has steps 0 to %d, not %d", head, step))
		}
		at, err := r.s.StateAt(step, r.reportProgress())
		if err != nil {
			return err
		}
		t := r.s.Trainer().Copy()
		t.Restore(at)
		return save(t)
	})
}

// Compact writes the compact network with packed weights, and a preset that loads
// it; said is called with the result before the request returns.
func (r *Runner) Compact(path string, encode export.Encoder, said func(*core.CompactNetwork)) Pending {
	return r.post(func() error {
		small, err := export.Compact(disk.Machine{}, r.s.Trainer(), path, encode)
		if err == nil {
			said(small)
		}
		return err
	})
}

// Exports are the formats of other programs that a session goes to, and what they need.
type Exports struct {
	Formats []format.Format
	Files   core.Files
	Version string         // of the program
	Encode  export.Encoder // writes a recipe as a preset
}

// Export writes the session as it stands, or its network, in a format; said is called
// with the files and with what is left out before the request returns. Frames show the
// progress; Cancel cancels it.
func (r *Runner) Export(f format.Format, of Exports, path string, said func(files, notes []string)) Pending {
	r.cancelled.Store(false)
	return r.post(func() error {
		defer func() { r.progress = Progress{} }()
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		report := r.reportProgress()
		s := format.Subject{Name: filepath.Base(r.s.LogPath()), Session: r.s, Files: of.Files, Version: of.Version, Progress: func(done, total int) {
			if !report(done, total) {
				cancel()
			}
		}}
		log, err := r.s.LogHere()
		if err == nil {
			s.Log = log
			s.Record, err = journal.Parse(s.Name, bytes.NewReader(log))
		}
		if err == nil {
			preset, _ := of.Encode(s.Record.Header.Recipe, ".")
			s.Preset = string(preset)
		} else if f.Session {
			return err
		} else {
			s.Session = nil // the network goes without its course
		}
		if _, ok := r.s.Trainer().Network(); ok {
			if s.Model, err = model.Of(r.s.Trainer(), of.Version); err != nil {
				return err
			}
		}
		files, notes, err := f.Write(ctx, disk.Machine{}, s, path)
		if ctx.Err() != nil {
			return session.ErrCancelled
		}
		if err == nil {
			said(files, notes)
		}
		return err
	})
}

// Watch sets the probes to be measured repeatedly, replacing earlier ones; their
// findings are in the frames.
func (r *Runner) Watch(probes []Probe) Pending {
	return r.post(func() error {
		r.watched = probes
		r.watch()
		return nil
	})
}

// Recover applies the remedy in the frame: first it goes to the last good step,
// then it sets the knob.
func (r *Runner) Recover() Pending {
	r.cancelled.Store(false)
	return r.decide(func() error {
		m := r.remedy
		switch {
		case m == nil:
			return errors.New("there is nothing to recover from")
		case !m.Reached(r.s.Position().Branch, r.s.Trainer().StepCount()):
			r.s.EndRace()
			return r.seek(m.Branch, m.Good)
		case m.Change == nil:
			return errors.New("none of the lower learning rates that were tried is stable from here")
		}
		if err := r.s.Set(m.Change.Path, m.Change.Value); err != nil {
			return err
		}
		r.remedy = nil
		return nil
	})
}

// TakeRemedy carries out the remedy of the diagnosis that a rule has made: it goes back
// where that is part of it, decides, and trains on if it did. Frames show the progress;
// Cancel cancels it.
func (r *Runner) TakeRemedy(rule string) Pending {
	return r.far(func() error {
		d := r.monitor.Now()
		if d == nil || d.Rule != rule {
			return errors.New("this is no longer diagnosed")
		}
		playing := r.playing && len(d.Remedy.Set) > 0
		if d.Remedy.Back {
			r.playing = false
		}
		err := diagnosis.Take(r.s, d.Remedy, r.reportProgress())
		if err == nil {
			r.playing = r.playing || playing
		}
		return err
	})
}
