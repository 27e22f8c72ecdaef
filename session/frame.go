package session

import (
	"math"

	"descent/core"
	"descent/core/data"
)

// Frame is all that a screen may know, at one moment. It is never modified
// once published.
type Frame struct {
	Recipe  core.Recipe // with the settings as they stand
	Data    *data.Set   // what the network learns from; nil for a surface
	Panel   []Dial
	Playing bool
	Speed   int // steps per second at the most, 0 for as fast as it goes

	Step      int
	Epoch     float64
	PerSecond float64 // steps, lately
	Last      core.Report
	Eval      core.Report   // the last evaluation here; of the present state while it rests
	Curves    Curves        // of this branch, from the first step on
	Recent    []core.Report // the last steps in full, as many as are kept
	Layers    []core.LayerReport
	Size      core.Size
	Visits    []Visit // sizes at which branches were evaluated, the last one last
	Point     Point   // on a surface, where it stands

	Findings map[Probe]Finding // of what is watched, as far as measured
	Probing  bool              // more is being measured, or will be

	Branch    BranchID
	Branches  []Line
	Others    []Other // curves of further branches, while they are compared
	Ghosts    bool    // the others are not branches but what might come
	Way       Way     // of a seek that takes long
	Mismatch  string  // something did not come out again as it was
	CanRedo   bool
	Racing    bool
	Marks     []Mark
	Decision  string // the last decision in words, "" if none can be taken back
	DecidedAt int    // the step after which it was taken
	CanUndo   bool
	Stopped   string  // why training stopped by itself
	Remedy    *Remedy // what to do about it, until training goes on
	LogPath   string
	LogError  string // what is not being saved, and why
	Fatal     error  // the training goroutine failed
}

// Dial is one knob as it stands.
type Dial struct {
	core.Setting
	Inert   string            // why turning it does nothing now
	Refused map[string]string // choices that do not fit, with the reason
}

// Other is a branch to compare with.
type Other struct {
	ID     BranchID
	Label  string
	Curves Curves
}

// othersLimit is how many branches are compared at once.
const othersLimit = 7

// others are the branches that were begun last, but for the one looked at.
func (s *Session) others() []Other {
	var out []Other
	s.park()
	for i := len(s.branches) - 1; i >= 0 && len(out) < othersLimit; i-- {
		if b := s.branches[i]; b != s.at && !b.deleted && b.curves.End.Step > 0 {
			out = append(out, Other{b.id, b.name(), b.lineage(&b.curves.End).after(parting(b, s.at))})
		}
	}
	return out
}

// parting is the step after which two branches are no longer the same.
func parting(a, b *branch) int {
	step := min(a.head, b.head)
	for a != b { // a branch has a larger number than its parent
		if a.id < b.id {
			a, b = b, a
		}
		step = min(step, a.from)
		a = a.parent
	}
	return step
}

// Way is how far a seek has come; both are 0 when there is none.
type Way struct{ Done, Total int }

// Line is a branch as the timeline shows it.
type Line struct {
	ID, Parent BranchID // the first is its own parent
	From, Head int
	Label      string
	Marks      []Mark  // of its own decisions
	Loss       float64 // the best there, of validation where there is one; NaN before any
	Last       float64 // the last training loss
	Diverged   int     // the step from which its own steps diverged, 0 if they did not
	Deleted    bool
	Racing     bool
}

// Mark is a decision on the curve.
type Mark struct {
	Step int
	Text string
}

// frame gathers what the screen may know. panel is reused while no knob has turned.
func (s *Session) frame(panel []Dial) *Frame {
	t := s.trainer
	f := &Frame{
		Recipe: t.Recipe(), Data: t.Data(), Panel: panel,
		Step: t.StepCount(), Epoch: t.Epoch(), Last: t.Last(), Eval: s.tip.Judged,
		Curves: s.at.lineage(&s.tip), Recent: s.recent.copy(), Layers: t.Layers(), Size: t.Size(),
		Visits: s.visited(), Branch: s.at.id, CanUndo: len(s.undo) > 0,
	}
	f.Point.Step = f.Step
	f.Point.X, f.Point.Y, _ = t.Point()
	if s.logErr != nil {
		f.LogError = "nothing is being saved: " + s.logErr.Error()
	}
	if s.log != nil {
		f.LogPath = s.log.Path
	}
	for _, e := range s.decisions()[:s.applied] {
		f.Marks = append(f.Marks, Mark{Step: e.Step, Text: e.words})
	}
	f.Branches, f.Mismatch, f.CanRedo = s.lines(), s.mismatch, len(s.redo) > 0
	f.Racing = s.race != nil
	if s.last != nil && f.CanUndo {
		f.Decision, f.DecidedAt = s.last.words, s.last.Step-1
	}
	return f
}

// lines are the branches for the screen, unless they are many: then the last.
func (s *Session) lines() []Line {
	out := make([]Line, 0, len(s.branches))
	for _, b := range s.branches {
		out = append(out, s.line(b))
	}
	return out
}

func (s *Session) line(b *branch) Line {
	l := Line{ID: b.id, Parent: b.id, From: b.from, Head: b.head, Label: b.name(), Deleted: b.deleted, Last: math.NaN()}
	if b.parent != nil {
		l.Parent = b.parent.id
	}
	for _, e := range b.entries.own {
		l.Marks = append(l.Marks, Mark{Step: e.Step, Text: e.words})
	}
	if l.Loss = b.curves.BestVal; math.IsNaN(l.Loss) {
		l.Loss = b.curves.Best
	}
	if b.curves.Drawn > b.from {
		l.Last = b.curves.Last
	}
	if step, ok := b.curves.Growth.since(b.from, b.curves.Drawn-b.from); ok {
		l.Diverged = step
	}
	for _, r := range s.race {
		l.Racing = l.Racing || r.at == b
	}
	return l
}

// dials reads the panel.
func (s *Session) dials() []Dial {
	var out []Dial
	for _, set := range s.trainer.Settings().Panel() {
		if s.trainer.Absent(set.Knob.Path) {
			continue
		}
		d := Dial{Setting: set, Inert: s.trainer.Inert(set.Knob.Path)}
		if set.Knob.Path == "loss.name" {
			d.Refused = map[string]string{}
			for _, o := range set.Knob.Options {
				if err := s.trainer.Fits(o.Name); err != nil {
					d.Refused[o.Name] = err.Error()
				}
			}
		}
		out = append(out, d)
	}
	return out
}
