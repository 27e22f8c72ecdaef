package session

import (
	"fmt"
	"math"
	"slices"
	"time"

	"descent/core"
	"descent/core/recipe"
	"descent/session/history"
	"descent/session/journal"
)

// Summary summarises a session in one sentence.
func (s *Session) Summary() string {
	decisions := 0
	for _, b := range s.branches {
		decisions += len(b.entries.own)
	}
	text := fmt.Sprintf("step %d of %s", s.trainer.StepCount(), s.at.name())
	if s.trainer.StepCount() > 0 {
		text += fmt.Sprintf(", loss %.6g", s.trainer.Last().Loss)
	}
	return text + fmt.Sprintf("; branches: %d, decisions: %d", len(s.branches), decisions)
}

// Position is a position in a session: after a step of a branch, with the first
// Decisions of the branch's decisions.
type Position struct {
	Branch          journal.BranchID
	Step, Decisions int
}

// Position returns the current position.
func (s *Session) Position() Position {
	return Position{s.at.id, s.trainer.StepCount(), s.applied}
}

// Curves returns the curves of the current branch, from the first step to the
// current one.
func (s *Session) Curves() history.Curves { return s.at.curves.To(&s.tip) }

// LastEvaluation returns the most recent evaluation at or before the current step;
// its Evaluated is false before the first.
func (s *Session) LastEvaluation() core.Report { return s.tip.Evaluation }

// Best returns the lowest loss on the way to the current step; ok is false if there is
// none: before the first evaluation, if there are validation rows.
func (s *Session) Best() (b history.Best, ok bool) {
	b = s.tip.Best
	if d := s.trainer.Data(); d != nil && d.Val.Rows() > 0 && !b.Validated {
		return history.Best{}, false
	}
	return b, b.Known()
}

// Spent returns the training time up to the current step.
func (s *Session) Spent() time.Duration { return s.tip.Spent }

// Recent returns the reports of the last steps, as many as are kept.
func (s *Session) Recent() []core.Report { return s.recent.Copy() }

// Mismatch describes the first recomputed state that differs from the log, "" if
// there is none.
func (s *Session) Mismatch() string { return s.mismatch }

// CanRedo reports whether there is something to redo.
func (s *Session) CanRedo() bool { return len(s.redo) > 0 }

// Mark is a decision on the curve.
type Mark struct {
	Step int
	Text string
}

// Marks returns the decisions in effect at the current position.
func (s *Session) Marks() []Mark {
	var out []Mark
	for _, e := range s.decisions()[:s.applied] {
		out = append(out, Mark{Step: e.Step, Text: e.Words})
	}
	return out
}

// Decisions returns all decisions of the current branch.
func (s *Session) Decisions() []*Decision { return s.at.entries.all() }

// StateAt returns the state after a step of the branch, computed on a copy: the
// position of the session does not change. goOn is as in OnProgress.
func (s *Session) StateAt(step int, goOn func(done, total int) bool) (*core.Snapshot, error) {
	return s.visit(s.cursor, s.at, step, goOn)
}

// Other is a branch for comparison.
type Other struct {
	ID     journal.BranchID
	Label  string
	Hue    int // its number among the colours of branches; a racer keeps it whichever is the current one
	Curves history.Curves
	Path   []history.Point // the trajectory on a surface from where it leaves the current branch, at most pathPoints and the last
}

const (
	othersLimit = 7   // maximum number of branches that are compared
	pathPoints  = 256 // of the trajectory of another branch
)

// Others returns the branches of ids or, without any, the newest, each from the step
// at which it differs from the current one, which is left out. In a race, and after it
// until it is dismissed, they are the racers, from its start.
func (s *Session) Others(ids ...journal.BranchID) []Other {
	s.park()
	if c := s.contest; c != nil {
		return s.racers(c)
	}
	var out []Other
	for i := len(s.branches) - 1; i >= 0 && len(out) < othersLimit; i-- {
		b := s.branches[i]
		if len(ids) > 0 && !slices.Contains(ids, b.id) {
			continue
		}
		if b != s.at && !b.deleted && b.curves.End.Step > 0 {
			out = append(out, s.other(b, len(out), parting(b, s.at)))
		}
	}
	return out
}

// racers returns the other racers of a race.
func (s *Session) racers(c *Contest) []Other {
	var out []Other
	for i, r := range c.Racers {
		if b := s.branches[r.Branch]; b != s.at && !b.deleted {
			out = append(out, s.other(b, i, c.From))
		}
	}
	return out
}

// other returns a branch from a step on.
func (s *Session) other(b *branch, hue, from int) Other {
	curves := b.curves.To(&b.curves.End).After(from)
	return Other{ID: b.id, Label: b.name(), Hue: hue, Curves: curves, Path: history.Thin(curves.Trajectory, pathPoints)}
}

// BranchSummary is a branch as the timeline shows it.
type BranchSummary struct {
	ID, Parent journal.BranchID // the first is its own parent
	From, Head int
	Label      string
	Marks      []Mark  // of its own decisions
	Loss       float64 // the lowest on it, of validation if there is one; NaN before any
	Last       float64 // the last training loss
	Diverged   int     // the step from which it diverged, 0 if it did not
	Deleted    bool
	Racing     bool
	Settings   *recipe.Settings // the knobs at its end, nil if they are not known yet; never modified
}

// Branches returns the branches in order of creation.
func (s *Session) Branches() []BranchSummary {
	s.learn()
	out := make([]BranchSummary, 0, len(s.branches))
	for _, b := range s.branches {
		out = append(out, s.summary(b))
	}
	return out
}

func (s *Session) summary(b *branch) BranchSummary {
	l := BranchSummary{ID: b.id, Parent: b.id, From: b.from, Head: b.head, Label: b.name(), Deleted: b.deleted, Last: math.NaN(), Settings: b.knobs}
	if b.parent != nil {
		l.Parent = b.parent.id
	}
	for _, e := range b.entries.own {
		l.Marks = append(l.Marks, Mark{Step: e.Step, Text: e.Words})
	}
	if l.Loss = b.curves.BestVal; math.IsNaN(l.Loss) {
		l.Loss = b.curves.Best
	}
	if b.curves.Drawn > b.from {
		l.Last = b.curves.Last
	}
	if step, ok := b.curves.Growth.Since(b.from, b.curves.Drawn-b.from); ok {
		l.Diverged = step
	}
	for _, r := range s.race {
		l.Racing = l.Racing || r.at == b
	}
	return l
}

// learn finds the knobs at the ends of branches that were read from a log: those of
// the recipe with their decisions, whatever else these may have changed. It stops
// after a few branches, so that no frame waits for a long log.
func (s *Session) learn() {
	left := 40 // decisions
	for _, b := range s.branches {
		if b.knobs != nil || b.lost {
			continue
		}
		if left <= 0 {
			return
		}
		out := s.begins
		for _, d := range b.entries.all() {
			left--
			if d.Set == nil {
				continue
			}
			if next, err := out.With(d.Set.Path, d.Set.Value); err == nil {
				out = next
			}
		}
		b.knobs = &out
	}
}

// Head returns the last step of a branch that has been computed.
func (s *Session) Head(id journal.BranchID) (int, error) {
	b, err := s.find(id)
	if err != nil {
		return 0, err
	}
	return b.head, nil
}

// AdjacentDecision returns the step before the next decision of the branch or, with −1, the
// previous one; if there is none, an end of the branch.
func (s *Session) AdjacentDecision(by int) int {
	now, to := s.trainer.StepCount(), s.at.head
	if by < 0 {
		to = 0
	}
	for _, e := range s.decisions() {
		switch at := e.Step - 1; {
		case by > 0 && at > now && at < to, by < 0 && at < now:
			to = at
		}
	}
	return to
}

// Visits returns those of the branches that are not deleted.
func (s *Session) Visits() []Visit {
	out := make([]Visit, 0, len(s.visits))
	for _, v := range s.visits {
		if int(v.Branch) < len(s.branches) && !s.branches[v.Branch].deleted {
			out = append(out, v)
		}
	}
	return out
}

// count formats a count and its noun: "1 step", "2 steps".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
