package session

import (
	"errors"
	"fmt"
	"math"

	"descent/core"
	"descent/core/knob"
)

// budgetBytes bounds the snapshots of all branches together.
const budgetBytes = 64 << 20

// maxUndo bounds how many decisions can be taken back.
const maxUndo = 1000

// Session is one experiment with its branches. It has one owner: a Runner, or
// whoever calls it.
type Session struct {
	trainer  *core.Trainer
	log      *Log
	logErr   error // why nothing is being saved
	branches []*branch
	at       *branch
	applied  int // decisions of the branch that hold now
	undo     []position
	last     *Entry // the last decision, for the screen
	diverged bool   // the next step was tried and was not finite
	recent   recent
}

// branch is one line of time. entries are all its decisions, the inherited
// ones first, in the order in which they hold.
type branch struct {
	id      BranchID
	parent  *branch // nil for the first
	from    int     // the parent's step after which it begins
	inherit int
	label   string
	entries []Entry
	head    int // the furthest step computed
	curves  curves
	past    Curves // of the lineage, up to from
	kept    snapshots
}

// position is a moment of a branch: after a step, with so many decisions.
type position struct {
	branch        *branch
	step, applied int
	last          *Entry
}

// New begins a session of a recipe. log may be nil.
func New(t *core.Trainer, log *Log) *Session {
	first := &branch{label: "main"}
	s := &Session{trainer: t, log: log, branches: []*branch{first}, at: first}
	s.mark()
	s.keep()
	return s
}

// Trainer is the trainer, for reading.
func (s *Session) Trainer() *core.Trainer { return s.trainer }

// Diverged says that a step left NaN or an infinity behind.
type Diverged struct {
	Step   int
	Where  string // "the output of layer 2 (dense)"
	Report core.Report
}

// Error is one sentence with what to try.
func (d *Diverged) Error() string {
	return fmt.Sprintf("step %d is not finite, from %s; training stands at step %d: lower the rate or set train.clip_norm", d.Step, d.Where, d.Step-1)
}

// Step trains one step, with the decisions that hold from it. If the step is
// not finite, the session goes back to the step before and the error is a
// *Diverged; the report returned is that of the failed step.
func (s *Session) Step() (core.Report, error) {
	report, err := s.advance()
	if err != nil {
		return report, err
	}
	s.recent.add(report)
	if report.Step > s.at.head {
		s.at.head = report.Step
		s.record(report)
	}
	if report.Step%snapshotEvery == 0 {
		s.keep()
	}
	return report, nil
}

// advance applies what holds from the next step and computes it.
func (s *Session) advance() (core.Report, error) {
	s.catchUp(s.trainer.StepCount()+1, len(s.at.entries))
	report := s.trainer.Step()
	if !s.trainer.Finite() {
		d := &Diverged{Step: report.Step, Where: s.trainer.Blame(), Report: report}
		s.travel(position{branch: s.at, step: report.Step - 1, applied: s.applied})
		s.diverged = true
		return report, d
	}
	return report, nil
}

// catchUp applies the branch's decisions that hold from a step or before, the
// first limit of them at the most.
func (s *Session) catchUp(step, limit int) {
	for s.applied < limit && s.at.entries[s.applied].Step <= step {
		c := s.at.entries[s.applied].Set
		if err := s.trainer.Set(c.Path, c.Value); err != nil {
			panic("session: a logged decision no longer holds: " + err.Error())
		}
		s.applied++
	}
}

// mark notes where a surface is being gone down.
func (s *Session) mark() {
	if x, y, ok := s.trainer.Point(); ok {
		s.at.curves.trail.add(Point{s.trainer.StepCount(), x, y})
	}
}

func (s *Session) record(r core.Report) {
	c := &s.at.curves
	c.train.Add(r.Step, r.Loss)
	s.mark()
	if !r.Evaluated {
		return
	}
	if r.HasVal {
		c.val.Add(r.Step, r.ValLoss)
	}
	if r.HasAccuracy {
		c.accuracy.Add(r.Step, r.Accuracy)
		if r.HasVal {
			c.valAccuracy.Add(r.Step, r.ValAccuracy)
		}
	}
}

// keep takes a snapshot, and thins out the branch that holds the most while
// all together are over the budget.
func (s *Session) keep() {
	s.at.kept.add(kept{s.applied, s.trainer.Snapshot()})
	for {
		total, most := 0, s.branches[0]
		for _, b := range s.branches {
			total += b.kept.bytes
			if b.kept.bytes > most.kept.bytes {
				most = b
			}
		}
		if total <= budgetBytes || !most.kept.thin(most == s.branches[0] || most == s.at) {
			return
		}
	}
}

// Do takes a decision that holds from the next step on. If the session stands
// before the end of its branch, a new branch begins here and the old future
// stays. On an error nothing has changed.
func (s *Session) Do(actor string, c Command) error {
	if c.Set == nil {
		return errors.New("this command is not for a user")
	}
	before := position{branch: s.at, step: s.trainer.StepCount(), applied: s.applied, last: s.last}
	s.keep()
	hash := s.trainer.Hash()
	if err := s.trainer.Set(c.Set.Path, c.Set.Value); err != nil {
		return err
	}
	if s.trainer.StepCount() < s.at.head || s.applied < len(s.at.entries) {
		s.fork(before)
	}
	e := Entry{
		Branch: s.at.id, Step: before.step + 1, Actor: actor, Hash: hash, Command: c,
		words: core.Words(c.Set.Path, c.Set.Value),
	}
	again := len(s.undo) > 0 && s.last != nil && s.last.Step == e.Step && s.last.Branch == e.Branch &&
		s.last.Set != nil && s.last.Set.Path == c.Set.Path && s.applied == len(s.at.entries)
	s.at.entries = append(s.at.entries, e)
	s.applied++
	s.write(e)
	if !again { // turning one knob several times at one step is one decision
		s.undo = append(s.undo, before)
		s.undo = s.undo[max(0, len(s.undo)-maxUndo):]
	}
	s.last, s.diverged = &e, false
	return nil
}

// fork begins a branch at a position and makes it the current one. The
// trainer is left alone.
func (s *Session) fork(p position) {
	b := &branch{
		id: BranchID(len(s.branches)), parent: p.branch, from: p.step, inherit: p.applied,
		entries: append([]Entry(nil), p.branch.entries[:p.applied]...),
		head:    p.step,
		past:    p.branch.lineage().until(p.step).bounded(),
	}
	s.branches = append(s.branches, b)
	s.at, s.applied = b, p.applied
	s.write(Entry{Branch: b.id, Step: p.step + 1, Actor: "user", Command: Command{
		Fork: &Fork{Parent: p.branch.id, Step: p.step, Inherit: p.applied, Label: b.label},
	}})
}

// lineage is the curve of a branch from the first step on.
func (b *branch) lineage() Curves { return b.past.then(b.curves.copy()) }

// travel puts the trainer at a position: the nearest snapshot of the branch or
// of those it comes from, then replay.
func (s *Session) travel(p position) {
	var from kept
	for b, step, applied := p.branch, p.step, p.applied; b != nil; b = b.parent {
		if k, ok := b.kept.before(step, applied); ok {
			from = k
			break
		}
		step, applied = min(step, b.from), min(applied, b.inherit)
	}
	s.at, s.diverged = p.branch, false
	s.trainer.Restore(from.state)
	s.applied = from.applied
	for s.trainer.StepCount() < p.step {
		s.catchUp(s.trainer.StepCount()+1, p.applied)
		s.trainer.Step()
		if s.trainer.StepCount()%snapshotEvery == 0 {
			s.keep()
		}
	}
	s.catchUp(math.MaxInt, p.applied)
	s.recent.until(p.step)
}

// Seek goes to the state after a step of a branch, with the decisions up to it.
func (s *Session) Seek(id BranchID, step int) error {
	if id < 0 || int(id) >= len(s.branches) {
		return fmt.Errorf("there is no branch %d", id)
	}
	b := s.branches[id]
	if step < 0 || step > b.head {
		return fmt.Errorf("branch %d goes from step 0 to %d, not to %d", id, b.head, step)
	}
	p := position{branch: b, step: step}
	for p.applied < len(b.entries) && (b.entries[p.applied].Step <= step || step == b.head) {
		p.applied++
	}
	s.travel(p)
	s.write(Entry{Branch: id, Step: step + 1, Actor: "user", Command: Command{Seek: &Seek{Step: step, Decisions: s.applied}}})
	return nil
}

// Undo goes back to before the last decision, training included. What was
// trained since stays as a branch of its own.
func (s *Session) Undo() error {
	if len(s.undo) == 0 {
		return errors.New("there is no decision to take back")
	}
	p := s.undo[len(s.undo)-1]
	s.undo = s.undo[:len(s.undo)-1]
	s.travel(p)
	if p.step < p.branch.head || p.applied < len(p.branch.entries) {
		s.fork(p)
		s.keep()
	} else {
		s.write(Entry{Branch: p.branch.id, Step: p.step + 1, Actor: "user", Command: Command{Seek: &Seek{Step: p.step, Decisions: s.applied}}})
	}
	s.last = p.last
	return nil
}

// Undoes is the decision that Undo takes back, nil if there is none.
func (s *Session) Undoes() *Entry {
	if len(s.undo) == 0 {
		return nil
	}
	return s.last
}

// Reset begins again at step 0 with the knobs as they stand: a new branch. It
// can be taken back.
func (s *Session) Reset() error {
	before := position{branch: s.at, step: s.trainer.StepCount(), applied: s.applied, last: s.last}
	s.keep()
	want := s.trainer.Settings()
	start := position{branch: s.branches[0]}
	s.travel(start)
	s.fork(start)
	s.keep()
	for _, c := range s.trainer.Settings().Changes(want) {
		if err := s.trainer.Set(c.Path, c.Value); err != nil {
			return err
		}
		e := Entry{
			Branch: s.at.id, Step: 1, Actor: "user", Command: Command{Set: &c},
			words: core.Words(c.Path, c.Value),
		}
		s.at.entries = append(s.at.entries, e)
		s.applied++
		s.write(e)
	}
	s.undo = append(s.undo, before)
	s.last = &Entry{Branch: s.at.id, Step: before.step + 1, words: "reset"}
	return nil
}

// Finish writes the end of the log and closes it.
func (s *Session) Finish() error {
	if s.log == nil {
		return nil
	}
	step := s.trainer.StepCount()
	s.write(Entry{Branch: s.at.id, Step: step + 1, Actor: "descent", Command: Command{
		End: &End{Step: step, Decisions: s.applied, Hash: s.trainer.Hash(), Loss: Float(s.trainer.Last().Loss), Diverged: s.diverged},
	}})
	err := errors.Join(s.logErr, s.log.Close())
	s.log = nil
	return err
}

// write appends to the log. Training goes on when it fails; the screen says so.
func (s *Session) write(e Entry) {
	if s.log != nil {
		if err := s.log.Append(e); err != nil && s.logErr == nil {
			s.logErr = err
		}
	}
}

// Set is Do for a user who turns a knob.
func (s *Session) Set(path string, v knob.Value) error { return s.Do("user", Turn(path, v)) }

// Unsaved notes why there is no log, for the screen; nil changes nothing.
func (s *Session) Unsaved(err error) *Session {
	s.logErr = err
	return s
}
