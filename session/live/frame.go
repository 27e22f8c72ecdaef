package live

import (
	"descent/core"
	"descent/core/data"
	"descent/core/recipe"
	"descent/session"
	"descent/session/history"
	"descent/session/journal"
	"descent/session/remedy"
)

// Frame is all that a screen may know, at one moment. It is never modified
// once published.
type Frame struct {
	Recipe  recipe.Recipe // with the settings as they stand
	Data    *data.Set     // what the network learns from; nil for a surface
	Panel   []KnobState
	Playing bool
	Speed   int // steps per second at the most, 0 for as fast as it goes

	Step      int
	Epoch     float64
	PerSecond float64 // steps, lately
	Last      core.Report
	Eval      core.Report    // the last evaluation here; of the present state while it rests
	Curves    history.Curves // of this branch, from the first step on
	Recent    []core.Report  // the last steps in full, as many as are kept
	Layers    []core.LayerReport
	Size      core.Size
	Visits    []session.Visit // sizes at which branches were evaluated, the last one last
	Point     history.Point   // on a surface, where it stands

	Findings map[Probe]Finding // of what is watched, as far as measured
	Probing  bool              // more is being measured, or will be

	Branch    journal.BranchID
	Branches  []session.BranchSummary
	Others    []session.Other // curves of further branches, while they are compared
	Ghosts    bool            // the others are not branches but what might come
	Progress  Progress        // of a seek that takes long
	Mismatch  string          // something did not come out again as it was
	CanRedo   bool
	Racing    bool
	Marks     []session.Mark
	Decision  string // the last decision in words, "" if none can be taken back
	DecidedAt int    // the step after which it was taken
	CanUndo   bool
	Stopped   string         // why training stopped by itself
	Remedy    *remedy.Remedy // what to do about it, until training goes on
	LogPath   string
	LogError  string // what is not being saved, and why
	Fatal     error  // the training goroutine failed
}

// Dial is one knob as it stands.
type KnobState struct {
	recipe.Setting
	Inert   string            // why turning it does nothing now
	Refused map[string]string // choices that do not fit, with the reason
}

// Way is how far a seek has come; both are 0 when there is none.
type Progress struct{ Done, Total int }

// frame gathers what the screen may know. panel is reused while no knob has turned.
func frame(s *session.Session, panel []KnobState) *Frame {
	t := s.Trainer()
	f := &Frame{
		Recipe: t.Recipe(), Data: t.Data(), Panel: panel,
		Step: t.StepCount(), Epoch: t.Epoch(), Last: t.Last(), Eval: s.LastEvaluation(),
		Curves: s.Curves(), Recent: s.Recent(), Layers: t.Layers(), Size: t.Size(),
		Visits: s.Visits(), Branch: s.Position().Branch,
		Branches: s.Branches(), Marks: s.Marks(), Racing: s.Racing(),
		Mismatch: s.Mismatch(), CanUndo: s.CanUndo(), CanRedo: s.CanRedo(), LogPath: s.LogPath(),
	}
	f.Point.Step = f.Step
	f.Point.X, f.Point.Y, _ = t.Point()
	if err := s.LogError(); err != nil {
		f.LogError = "nothing is being saved: " + err.Error()
	}
	if e := s.Undoes(); e != nil {
		f.Decision, f.DecidedAt = e.Words, e.Step-1
	}
	return f
}

// dials reads the panel.
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
