package session

import (
	"fmt"
	"math"

	"descent/core"
	"descent/session/history"
	"descent/session/journal"
)

// Standing says in a sentence where a session stands.
func (s *Session) Standing() string {
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

// Position is where a session stands: after a step of a branch, with so many of
// the branch's decisions.
type Position struct {
	Branch          journal.BranchID
	Step, Decisions int
}

// Position is where the session stands.
func (s *Session) Position() Position {
	return Position{s.at.id, s.trainer.StepCount(), s.applied}
}

// Curves are those of the branch, from the first step on to where it stands.
func (s *Session) Curves() history.Curves { return s.at.curves.To(&s.tip) }

// Judged is the last evaluation on the way here; its Evaluated is false before
// the first.
func (s *Session) LastEvaluation() core.Report { return s.tip.Evaluation }

// Recent are the reports of the last steps, as many as are kept.
func (s *Session) Recent() []core.Report { return s.recent.Copy() }

// Mismatch says what did not come out again as it was, "" if all did.
func (s *Session) Mismatch() string { return s.mismatch }

// CanRedo tells whether an undo can be taken back.
func (s *Session) CanRedo() bool { return len(s.redo) > 0 }

// Mark is a decision on the curve.
type Mark struct {
	Step int
	Text string
}

// Marks are the decisions that hold here.
func (s *Session) Marks() []Mark {
	var out []Mark
	for _, e := range s.decisions()[:s.applied] {
		out = append(out, Mark{Step: e.Step, Text: e.Words})
	}
	return out
}

// Decisions are those of the branch, as far as it goes.
func (s *Session) Decisions() []*Decision { return s.at.entries.all() }

// StateAt is the state after a step of the branch, computed on a copy: the session
// stays where it is. goOn as in Ask.
func (s *Session) StateAt(step int, goOn func(done, total int) bool) (*core.Snapshot, error) {
	return s.visit(s.cursor, s.at, step, goOn)
}

// Other is a branch to compare with.
type Other struct {
	ID     journal.BranchID
	Label  string
	Curves history.Curves
}

// othersLimit is how many branches are compared at once.
const othersLimit = 7

// Others are the branches that were begun last, but for the one looked at, each
// from where it is no longer the same.
func (s *Session) Others() []Other {
	var out []Other
	s.park()
	for i := len(s.branches) - 1; i >= 0 && len(out) < othersLimit; i-- {
		if b := s.branches[i]; b != s.at && !b.deleted && b.curves.End.Step > 0 {
			out = append(out, Other{b.id, b.name(), b.curves.To(&b.curves.End).After(parting(b, s.at))})
		}
	}
	return out
}

// Line is a branch as the timeline shows it.
type BranchSummary struct {
	ID, Parent journal.BranchID // the first is its own parent
	From, Head int
	Label      string
	Marks      []Mark  // of its own decisions
	Loss       float64 // the best there, of validation where there is one; NaN before any
	Last       float64 // the last training loss
	Diverged   int     // the step from which its own steps diverged, 0 if they did not
	Deleted    bool
	Racing     bool
}

// Lines are the branches, in the order in which they began.
func (s *Session) Branches() []BranchSummary {
	out := make([]BranchSummary, 0, len(s.branches))
	for _, b := range s.branches {
		out = append(out, s.summary(b))
	}
	return out
}

func (s *Session) summary(b *branch) BranchSummary {
	l := BranchSummary{ID: b.id, Parent: b.id, From: b.from, Head: b.head, Label: b.name(), Deleted: b.deleted, Last: math.NaN()}
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

// Head is the last step of a branch that was computed.
func (s *Session) Head(id journal.BranchID) (int, error) {
	b, err := s.find(id)
	if err != nil {
		return 0, err
	}
	return b.head, nil
}

// Beside is the step at which the next decision of the branch is about to be
// taken, or with −1 the one before; where there is none, an end of the branch.
func (s *Session) Beside(by int) int {
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

// Visits are those of the branches that are there.
func (s *Session) Visits() []Visit {
	out := make([]Visit, 0, len(s.visits))
	for _, v := range s.visits {
		if int(v.Branch) < len(s.branches) && !s.branches[v.Branch].deleted {
			out = append(out, v)
		}
	}
	return out
}

// count is so many of a thing: "1 step", "2 steps".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
