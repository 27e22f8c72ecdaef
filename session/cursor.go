package session

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"descent/core"
	"descent/core/optim"
	"descent/core/recipe"
	"descent/session/history"
	"descent/session/journal"
)

// cursor is a trainer at a position of a branch. A session has one, and in a race
// one for each racing branch.
type cursor struct {
	trainer  *core.Trainer
	at       *branch
	line     []*Decision // decisions of the branch as known to this cursor; see decisions
	lineOf   *branch
	applied  int  // number of the branch's decisions in effect
	diverged bool // the next step was attempted and was not finite
	rewound  bool // reached by an undo: continuing starts a branch
	recent   history.Recent
	plateau  optim.PlateauMemory
	stopping optim.StoppingMemory
	best     kept        // of the best evaluation, where the run is to end with it; without curves
	bestOf   *branch     // on which that was
	stopped  Stop        // the last step at which training was to stop by itself
	tip      history.Tip // the end of the curves at this position
	again    bool        // the last step was a recomputation
}

// Contest is a race that is running, or has ended and is kept for comparison. It is
// never modified.
type Contest struct {
	From   int       // the step after which it starts
	Steps  int       // its length: that of a run
	End    int       // the step at which it ended, 0 while it is running
	Over   string    // the knobs that differ
	Racers []Entered // in the order in which they were entered
}

// Entered is a racer of a Contest: its branch, and the learning rate with which it
// starts.
type Entered struct {
	Branch journal.BranchID
	Rate   float64
}

// Running reports whether the race has not ended.
func (c *Contest) Running() bool { return c != nil && c.End == 0 }

// has reports whether a branch is one of the racers.
func (c *Contest) has(b *branch) bool {
	return c != nil && slices.ContainsFunc(c.Racers, func(r Entered) bool { return r.Branch == b.id })
}

// park stores the tip with the branch, if the cursor is at its head.
func (l *cursor) park() {
	if l.tip.Step == l.at.curves.Drawn {
		l.at.curves.End = l.tip
	}
}

// settingsOf returns the knobs as they stand at a cursor.
func settingsOf(l *cursor) *recipe.Settings {
	s := l.trainer.Settings()
	return &s
}

// position returns the position of the cursor.
func (l *cursor) position() position {
	return position{branch: l.at, step: l.trainer.StepCount(), applied: l.applied}
}

// decisions returns those of the cursor's branch. They are collected when the
// branch changes, so that a step need not search its ancestors.
func (l *cursor) decisions() []*Decision {
	if l.lineOf != l.at || len(l.line) != l.at.entries.count() {
		l.line, l.lineOf = l.at.entries.all(), l.at
	}
	return l.line
}

// decide appends a decision to the cursor's branch.
func (l *cursor) decide(d *Decision) {
	line := l.decisions()
	l.at.entries.own = append(l.at.entries.own, d)
	l.line = append(line, d)
	l.applied++
}

// behind reports whether the branch has steps or decisions after the cursor. A
// sealed branch has lines in the log that cannot be applied.
func (l *cursor) behind() bool {
	return l.at.sealed || l.trainer.StepCount() < l.at.head || l.applied < l.at.entries.count()
}

// observe passes an evaluation to the plateau schedule, and returns the learning
// rate it sets; ok is false if it sets none.
func (l *cursor) observe(r core.Report) (lr float64, ok bool) {
	p, now, on := l.trainer.Plateau()
	if !on {
		l.plateau = optim.PlateauMemory{}
		return 0, false
	}
	if !r.Evaluated {
		return 0, false
	}
	value, measured := r.Monitored(p.Monitor)
	if !measured {
		return 0, false
	}
	lr = p.Observe(&l.plateau, value, now)
	return lr, lr != now
}

// hangs reports whether decisions depend on evaluations.
func (l *cursor) hangs() bool {
	_, _, plateau := l.trainer.Plateau()
	return plateau || l.trainer.Stopping().On()
}

// replay recomputes one step: like Step, but it evaluates only if told to or if a
// decision depended on it.
func (l *cursor) replay(evaluate bool) core.Report {
	if l.hangs() {
		report := l.trainer.Step()
		l.observe(report)
		l.monitor(report)
		return report
	}
	if evaluate {
		return l.trainer.Step()
	}
	return l.trainer.Advance()
}

// record adds a step to the tip, and to the curves of the branch b if they do not
// have it yet.
func (l *cursor) record(b *branch, r core.Report) (isNew bool) {
	if r.Step != b.curves.Drawn+1 {
		l.tip.Add(r)
		l.mark(nil)
		return false
	}
	b.curves.Draw(&l.tip, r)
	l.mark(b)
	return true
}

// mark records the position on a surface, also in the trajectory of the branch b
// unless nil.
func (l *cursor) mark(b *branch) {
	x, y, ok := l.trainer.Point()
	if !ok {
		return
	}
	l.tip.Point = history.Point{Step: l.tip.Step, X: x, Y: y}
	if b != nil {
		b.curves.Mark(l.tip.Point)
	}
}

func (l *cursor) spend(d time.Duration) {
	if !l.again {
		l.tip.Spent += d
	}
}

// Stop is a step after which training stops by itself, and why.
type Stop struct {
	Step int
	Why  string
}

// monitor passes an evaluation to early stopping. improved tells that it is the best so
// far, stop that training is to stop.
func (l *cursor) monitor(r core.Report) (improved, stop bool) {
	p := l.trainer.Stopping()
	if !p.On() {
		l.stopping = optim.StoppingMemory{}
		return false, false
	}
	value, ok := r.Monitored(p.Monitor)
	if !ok {
		return false, false
	}
	return p.Observe(&l.stopping, r.Step, value)
}

// watch is monitor for a step that is trained: it keeps the state of the best
// evaluation, and at the end of the branch the reason to stop.
func (l *cursor) watch(r core.Report) {
	improved, stop := l.monitor(r)
	p := l.trainer.Stopping()
	if improved && p.KeepsBest() {
		l.best, l.bestOf = kept{applied: l.applied, state: l.trainer.Snapshot(), plateau: l.plateau, stopping: l.stopping}, l.at
	}
	if stop && !l.behind() {
		l.stopped = Stop{r.Step, fmt.Sprintf("early stopping: no improvement of %s in the last %d evaluations (best %s, at step %d)",
			p.Monitor, p.Patience, strconv.FormatFloat(l.stopping.Best, 'g', 4, 64), l.stopping.Step)}
	}
}

// outcome is what came of a step.
type outcome struct {
	step        int
	report      core.Report
	interrupted bool
	failed      bool      // it is not finite
	size        core.Size // of the network, if it was evaluated
	visit       Visit
	visited     bool
	rate        float64 // that the schedule asks for
	asks        bool
}

// ends reports whether a step was not trained.
func (o *outcome) ends() bool { return o.interrupted || o.failed }

// advance trains a cursor for one step.
func (l *cursor) advance(step func() core.Report) (o outcome) {
	o.step = l.trainer.StepCount() + 1
	o.report = step()
	o.interrupted = l.trainer.Broken()
	o.failed = !o.interrupted && !l.trainer.Finite()
	return o
}

// train trains a cursor for one step and records it on its branch. It changes nothing
// of the session but these two.
func (l *cursor) train() outcome {
	o := l.advance(l.trainer.Step)
	if !o.ends() {
		o.size = l.size(o.report)
		l.enter(&o)
	}
	return o
}

// enter records a step that was trained.
func (l *cursor) enter(o *outcome) {
	r := o.report
	l.recent.Add(r)
	o.rate, o.asks = l.observe(r)
	b := l.at
	for b.from >= r.Step {
		b = b.parent
	}
	if l.record(b, r) {
		o.visit, o.visited = l.visit(b, r, o.size)
		l.again = false
	} else {
		l.tip.Clock(l.at.curves, r.Step, r.Step-1, l.tip.Spent)
		l.again = true
	}
	l.at.head = max(l.at.head, r.Step)
	l.watch(r)
}

// size returns the size of the network, if it was evaluated.
func (l *cursor) size(r core.Report) (size core.Size) {
	if r.Evaluated && l.trainer.Data() != nil {
		size = l.trainer.Size()
	}
	return size
}

// visit returns what an evaluation on a branch says of the size that the network had; ok
// is false if it says nothing.
func (l *cursor) visit(b *branch, r core.Report, size core.Size) (v Visit, ok bool) {
	if !r.Evaluated || r.Step == 0 || l.trainer.Data() == nil {
		return v, false
	}
	loss, accuracy := r.Loss, r.Accuracy
	if r.HasVal {
		loss, accuracy = r.ValLoss, r.ValAccuracy
	}
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return v, false
	}
	v = Visit{Branch: b.id, Bytes: size.Bytes, Dense: size.Dense, Kept: float64(size.Kept) / float64(max(size.Params, 1)), Bits: size.Bits}
	v.Step, v.Loss, v.Accuracy, v.HasAccuracy = r.Step, loss, accuracy, r.HasAccuracy
	v.BestStep, v.BestLoss, v.BestCorrect = r.Step, loss, accuracy
	return v, true
}
