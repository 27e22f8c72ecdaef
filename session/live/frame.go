package live

import (
	"context"
	"slices"
	"time"

	"descent/core"
	"descent/core/data"
	"descent/core/recipe"
	"descent/session"
	"descent/session/diagnosis"
	"descent/session/history"
	"descent/session/journal"
	"descent/session/remedy"
)

// Frame is an immutable snapshot of everything that the screen shows.
type Frame struct {
	Recipe  recipe.Recipe // with the current settings
	Data    *data.Set     // the training data; nil for a surface
	Panel   []KnobState
	Playing bool
	Pace    Pace
	Reached int // how often training has come to the end of a run, at train.steps, and paused there

	Step      int
	Steps     int           // of a run: train.steps
	Best      history.Best  // on the way to this step, if it is known
	Spent     time.Duration // of training, up to this step
	Epoch     float64
	PerSecond float64 // recent steps per second
	Last      core.Report
	Eval      core.Report    // the last evaluation; of the current state while paused
	Curves    history.Curves // of this branch, from the first step
	Recent    []core.Report  // the last steps in full, as many as are kept
	Layers    []core.LayerReport
	Size      core.Size
	Visits    []session.Visit // sizes at which branches were evaluated, the latest last
	Point     history.Point   // the position on a surface

	Findings map[Probe]Finding  // of the watched probes, as far as available
	Records  map[Probe][]Record // earlier findings of recorded probes, in the order in which they were made; see Past
	Probing  bool               // measurements are pending

	Branch    journal.BranchID
	Branches  []session.BranchSummary
	Others    []session.Other // curves of other branches, while comparing
	Ghosts    bool            // the others are previews of a look-ahead, not branches
	Progress  Progress        // of a long seek
	Mismatch  string          // a recomputed state differs from the log
	CanRedo   bool
	Racing    bool
	Race      *session.Contest // the race, also after its end until it is dismissed; nil for none
	Heats     *Heats           // repetitions of the race, nil before any
	Tuning    *Tuning          // the search, nil if there is none
	Marks     []session.Mark
	Events    []session.Event // what has happened, the latest last
	Decision  string          // the text of the last decision, "" if none can be undone
	DecidedAt int             // the step after which it was taken
	CanUndo   bool
	Stopped   string                // why training stopped automatically
	Ended     string                // why the run ends at this step before train.steps: early stopping
	Kept      int                   // the step whose weights were taken at the end of the run, 0 for none
	Remedy    *remedy.Remedy        // the remedy for it, until training resumes
	Diagnosis *diagnosis.Diagnosis  // what is wrong with the run, nil if nothing is, or during a race
	Diagnoses []diagnosis.Diagnosis // the last ones, oldest first, the present one included
	LogPath   string
	LogError  string // what is not being saved, and why
	Fatal     error  // the training goroutine failed
}

// lineage returns the branches on the way to a step of a branch, each with its last
// step on it.
func lineage(branches []session.BranchSummary, id journal.BranchID, step int) map[journal.BranchID]int {
	out := map[journal.BranchID]int{}
	for {
		out[id] = step
		i := slices.IndexFunc(branches, func(b session.BranchSummary) bool { return b.ID == id })
		if i < 0 || branches[i].Parent == id {
			return out
		}
		id, step = branches[i].Parent, min(step, branches[i].From)
	}
}

// Past returns the earlier findings of a recorded probe on the way to the current
// state, by step: those of the branch and of its ancestors before it left them. The
// last finding of a step counts.
func (f *Frame) Past(probe Probe) []Finding {
	limits := lineage(f.Branches, f.Branch, f.Step)
	var out []Finding
	for _, r := range f.Records[probe] {
		if limit, ok := limits[r.At.Branch]; ok && r.Step <= limit {
			out = append(out, r.Finding)
		}
	}
	slices.SortStableFunc(out, func(a, b Finding) int { return a.Step - b.Step })
	last := out[:0]
	for i, v := range out {
		if i+1 == len(out) || out[i+1].Step != v.Step {
			last = append(last, v)
		}
	}
	return last
}

// KnobState is the state of one knob.
type KnobState struct {
	recipe.Setting
	Inert   string            // why changing it has no effect now
	Refused map[string]string // choices that do not apply, with the reason
}

// frame makes a Frame. panel is reused until a knob changes.
func frame(s *session.Session, panel []KnobState) *Frame {
	t := s.Trainer()
	f := &Frame{
		Recipe: t.Recipe(), Data: t.Data(), Panel: panel,
		Step: t.StepCount(), Epoch: t.Epoch(), Last: t.Last(), Eval: s.LastEvaluation(),
		Curves: s.Curves(), Recent: s.Recent(), Layers: t.Layers(), Size: t.Size(),
		Visits: s.Visits(), Branch: s.Position().Branch,
		Branches: s.Branches(), Marks: s.Marks(), Racing: s.Racing(), Race: s.Contest(), Events: s.Events(),
		Mismatch: s.Mismatch(), CanUndo: s.CanUndo(), CanRedo: s.CanRedo(), LogPath: s.LogPath(),
	}
	f.Steps, f.Spent = t.RunLength(), s.Spent()
	f.Best, _ = s.Best()
	f.Point.Step = f.Step
	f.Point.X, f.Point.Y, _ = t.Point()
	if err := s.LogError(); err != nil {
		f.LogError = "the session is not being saved: " + err.Error()
	}
	if end, ok := s.Stopped(); ok {
		f.Ended = end.Why
	}
	if e := s.LastUndoable(); e != nil {
		f.Decision, f.DecidedAt = e.Words, e.Step-1
		if e.Act != nil && e.Act.Name == journal.Best && f.DecidedAt == f.Step {
			f.Kept = e.Act.Step
		}
	}
	return f
}

// knobStates reads the panel.
func knobStates(t *core.Trainer) []KnobState {
	var out []KnobState
	for _, set := range t.Settings().Panel() {
		if t.Absent(set.Knob.Path) {
			continue
		}
		d := KnobState{Setting: set, Inert: t.Inert(set.Knob.Path)}
		if set.Knob.Path == "loss.name" {
			d.Refused = map[string]string{}
			for _, o := range set.Knob.Options {
				if err := t.Fits(o.Name); err != nil {
					d.Refused[o.Name] = err.Error()
				}
			}
		}
		out = append(out, d)
	}
	return out
}

// Still is a session as it stands, with what the probes find that take no time, for
// whoever draws it without a runner.
func Still(ctx context.Context, s *session.Session, probes []Probe) *Frame {
	f := frame(s, knobStates(s.Trainer()))
	f.Findings = map[Probe]Finding{}
	for _, p := range probes {
		if _, slow := p.(SlowProbe); slow {
			continue
		}
		t := s.Trainer().Copy()
		if _, ok := p.(InitialProbe); ok {
			continue // it may need a state that is not kept
		}
		f.Findings[p] = Finding{Step: f.Step, Value: p.Measure(ctx, t)}
	}
	return f
}
