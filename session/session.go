// Package session is an interactive experiment: its branches, the decisions on
// them, and navigation between their states.
package session

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"descent/core"
	"descent/core/recipe"
	"descent/session/aside"
	"descent/session/journal"
	"descent/session/spill"
)

// DefaultMemory bounds the memory of all snapshots, in bytes.
const DefaultMemory = 64 << 20

// DefaultDisk bounds the file of the snapshots of a large network, in bytes.
const DefaultDisk = 4 << 30

// maxUndo bounds the number of decisions that can be undone.
const maxUndo = 1000

// Session is one experiment with its branches. It has one owner, a Runner or the
// caller, and is not safe for concurrent use.
type Session struct {
	*cursor                  // the current one
	race     []*cursor       // all racing ones, including the current one; nil without a race
	begins   recipe.Settings // of the recipe
	contest  *Contest        // the race, also after its end until it is dismissed; nil for none
	log      *journal.Log
	logErr   error // why decisions are not being saved
	branches []*branch
	undo     []undoable
	redo     []undoable
	last     *Decision                  // the last decision, for the screen
	shelf    shelf                      // of all snapshots
	silent   bool                       // automatic decisions are in the log that is replayed
	loose    bool                       // the log was written with another arithmetic: hashes differ
	moved    bool                       // the position has not been logged yet
	goOn     func(done, total int) bool // called while computing the state that a decision refers to; see travel
	stop     func() bool                // called during a long step, in a race by several goroutines: whether to interrupt it
	threads  int                        // that training may use, 0 if it was not told; see Share
	teams    int                        // the trainers among which they are divided
	twin     *core.Twin                 // evaluates beside training; nil before
	aside    aside.Aside                // where it does
	ahead    []outcome                  // the step that it evaluates, and those since; see join
	sparing  bool                       // evaluations on which no decision depends are left out
	onStep   func(core.Report)          // called with each step that Train has trained, but in a race
	library  *Session                   // has the branches of the log that is replayed
	onWay    func(done, total int) bool // called while computing states that replayed decisions refer to
	nested   int                        // depth of states that acts refer to, each needed for the previous one

	sources     map[source]kept
	sourceBytes int

	mismatch string // the first state that was not reproduced
	created  string // from the header of the log
	logLines int    // entries of the log
	visits   []Visit

	events  []Event
	decided int // number of the last decision among them
}

// New starts a session. log may be nil.
func New(t *core.Trainer, log *journal.Log) *Session {
	first := begun(0, nil, 0, 0, journal.FirstLabel)
	s := &Session{cursor: &cursor{trainer: t, at: first}, log: log, created: log.Created(), branches: []*branch{first}, shelf: shelf{budget: DefaultMemory}}
	s.begins = t.Settings()
	first.knobs = settingsOf(s.cursor)
	t.Interrupt(s.stops)
	s.mark(first)
	s.keep(s.cursor)
	return s
}

// ErrInterrupted is returned by Step if it was interrupted; the session is
// unchanged.
var ErrInterrupted = errors.New("the step was interrupted")

func (s *Session) stops() bool { return s.stop != nil && s.stop() }

// Interrupt makes long steps interruptible: stop is called periodically during a
// step, and if it returns true Step returns ErrInterrupted. nil disables this. In a race
// several goroutines may call it at once.
func (s *Session) Interrupt(stop func() bool) { s.stop = stop }

// OnProgress sets a callback for the computation of the state that a decision refers to,
// which may take long: it receives the steps done and in total, and returns whether
// to continue. If not, the decision fails with ErrCancelled. nil disables it.
func (s *Session) OnProgress(goOn func(done, total int) bool) { s.goOn = goOn }

// OnStep sets a callback for each step that Train trains without a race: it receives the
// report, in the order of the steps, also of one that is not finite. Where an evaluation
// runs beside the steps that follow, it comes later than these are trained. nil disables it.
func (s *Session) OnStep(told func(core.Report)) { s.onStep = told }

// Spare lets Train leave out the evaluations on which no decision depends. Those that it
// leaves out are in no curve, and count for no Best.
func (s *Session) Spare() { s.sparing = true }

// Memory bounds the memory of all snapshots, in bytes.
func (s *Session) Memory(bytes int) { s.shelf.budget = bytes }

// Spill lets the snapshots of a large network lie in a file, so that they are many and
// close together. Release removes it. err is why there is none, which matters to large
// networks alone.
func (s *Session) Spill(to *spill.Store, err error) {
	s.shelf.file, s.shelf.between = to, betweenWork
	if err != nil && s.shelf.large {
		s.tell(s.shelf.lacks(err))
	}
	s.shelf.tidy(s.needs)
}

// tell adds an event at the current position.
func (s *Session) tell(words string) {
	s.events = append(s.events, Event{Kind: Noted, Branch: s.at.id, Step: s.trainer.StepCount(), Words: words})
}

// Release removes the file of Spill. Going back is then possible no more.
func (s *Session) Release() error { return s.shelf.file.Close() }

// Trainer returns the trainer, for reading only.
func (s *Session) Trainer() *core.Trainer { return s.trainer }

// cursorsOn returns the number of cursors on a branch.
func (s *Session) cursorsOn(b *branch) int {
	n := 0
	if s.at == b {
		n++
	}
	for _, l := range s.race {
		if l != s.cursor && l.at == b {
			n++
		}
	}
	return n
}

// find returns a branch that exists and is not deleted.
func (s *Session) find(id journal.BranchID) (*branch, error) {
	if id < 0 || int(id) >= len(s.branches) {
		return nil, fmt.Errorf("there is no branch %d", id)
	}
	switch b := s.branches[id]; {
	case b.lost:
		return nil, fmt.Errorf("branch %d of the log is no longer valid", id)
	case !b.deleted:
		return b, nil
	}
	return nil, fmt.Errorf("branch %d was deleted", id)
}

// apart returns the number of steps between snapshots of the recent past. With a file
// those of a large network are so close that the steps between two take a part of a second.
func (s *Session) apart(t *core.Trainer) int {
	if !s.shelf.uses() {
		return snapshotEvery
	}
	return closeTogether(t.StepWork(), s.shelf.between)
}

// due reports whether a cursor is at a step of which a snapshot is taken: not while the
// file has not taken the ones before.
func (s *Session) due(l *cursor) bool {
	step, apart := l.trainer.StepCount(), s.apart(l.trainer)
	if step%snapshotEvery == 0 || apart == snapshotEvery {
		return step%snapshotEvery == 0
	}
	since := l.at.kept.since(step, l.applied)
	if l.trainer.EvaluatesNext() { // which copies the state in any case
		apart /= 2
	}
	return since >= apart && s.shelf.ready(max(len(s.race), 1))
}

// keep takes a snapshot at a cursor. It returns the state, nil if there is one of it.
func (s *Session) keep(l *cursor) *core.Snapshot {
	if s.shelf.takes(&l.at.kept, l.trainer.StepCount(), l.applied) {
		state := l.trainer.Snapshot()
		s.hold(l.at, kept{applied: l.applied, state: state, plateau: l.plateau, stopping: l.stopping, tip: l.tip})
		return state
	}
	return nil
}

// hold adds a snapshot to a branch.
func (s *Session) hold(b *branch, k kept) {
	s.shelf.hold(&b.kept, k, s.needs)
	if err := s.shelf.failure(); err != nil {
		s.tell(s.shelf.lacks(err))
	}
}

// needs reports whether the first and the last of some snapshots must be kept.
func (s *Session) needs(of *snapshots) bool {
	at := slices.IndexFunc(s.branches, func(b *branch) bool { return &b.kept == of })
	return at == 0 || at > 0 && s.cursorsOn(s.branches[at]) > 0
}

// nearest returns the latest snapshot at or before a position, of its branch or of
// an ancestor.
func (s *Session) nearest(p position) (kept, bool) {
	for b, step, applied := p.branch, p.step, p.applied; b != nil; b = b.parent {
		if k, ok := b.kept.before(step, applied); ok {
			return k, true
		}
		step, applied = min(step, b.from), min(applied, b.entries.inherit)
	}
	return kept{}, false
}

// reach is nearest with the whole state, which may have to be read. What cannot be read
// is forgotten.
func (s *Session) reach(p position) (kept, bool) {
	for {
		k, ok := s.nearest(p)
		if !ok {
			return k, false
		}
		whole, err := k.whole()
		if err == nil {
			k.state = whole
			return k, true
		}
		s.tell("a snapshot of step " + strconv.Itoa(k.state.Step) + " cannot be used, so that steps are computed again: " + err.Error())
		for b := p.branch; b != nil; b = b.parent {
			s.shelf.forget(&b.kept, k.stored)
		}
	}
}

// Start returns the initial state, nil if it cannot be read.
func (s *Session) Start() *core.Snapshot {
	k, _ := s.reach(position{branch: s.branches[0]})
	return k.state
}

// Path returns the snapshots on the way to the current position that are in memory,
// oldest first. They are never modified.
func (s *Session) Path() []*core.Snapshot {
	var out []*core.Snapshot
	step, applied := s.trainer.StepCount(), s.applied
	for b := s.at; b != nil; b = b.parent {
		for _, k := range slices.Backward(b.kept.list) {
			if k.state.Step <= step && k.applied <= applied && !k.away() {
				out = append(out, k.state)
			}
		}
		step, applied = min(step, b.from), min(applied, b.entries.inherit)
	}
	slices.Reverse(out)
	return out
}

// LongestGap returns the maximum number of steps between two snapshots of the
// branch, which bounds the recomputation of any seek on it.
func (s *Session) LongestGap() int {
	gap, at := 0, 0
	for _, k := range s.at.kept.list {
		gap, at = max(gap, k.state.Step-at), k.state.Step
	}
	return max(gap, s.at.head-at)
}

// park stores the tips of all cursors with their branches.
func (s *Session) park() {
	s.cursor.park()
	for _, l := range s.race {
		l.park()
	}
}

// note sets the last decision to one without its own line in the log.
func (s *Session) note(id journal.BranchID, step int, words string) {
	s.last = &Decision{journal.Entry{Branch: id, Step: step + 1}, words}
}

// push adds an undoable action and clears the redo list.
func (s *Session) push(u undoable) {
	s.undo = append(s.undo, u)
	s.undo = s.undo[max(0, len(s.undo)-maxUndo):]
	s.redo = nil
}

// RecordDuration records the duration of the last steps. In a race each branch has its
// share of it, by the processors that they share. A recomputed step keeps its original
// time.
func (s *Session) RecordDuration(d time.Duration) {
	if s.race == nil {
		s.cursor.spend(d)
		return
	}
	d *= time.Duration(min(max(s.threads, 1), len(s.race)))
	for _, l := range s.race {
		l.spend(d / time.Duration(len(s.race)))
	}
}

// visited takes an evaluation into account. If the branch was at this size before, it
// updates the last and possibly the best evaluation there.
func (s *Session) visited(v Visit) {
	if i := slices.IndexFunc(s.visits, func(o Visit) bool { return o.Branch == v.Branch && o.Bytes == v.Bytes }); i >= 0 {
		if before := s.visits[i]; !(v.BestLoss < before.BestLoss) {
			v.BestStep, v.BestLoss, v.BestCorrect = before.BestStep, before.BestLoss, before.BestCorrect
		}
		s.visits = slices.Delete(s.visits, i, i+1) // the latest is last
	}
	if len(s.visits) == visitLimit {
		s.visits = forget(s.visits)
	}
	s.visits = append(s.visits, v)
}

// Share lets training use so many processors: steps that are large enough are divided
// among goroutines, the branches of a race are trained side by side, and evaluations on
// which no decision depends run beside the steps that follow. Numbers, decisions and log
// do not depend on it. The goroutines end with Share(1).
func (s *Session) Share(processors int) {
	s.threads, s.teams = processors, 0
	s.divide(1)
}

// divide divides the processors among so many trainers, those that are at work.
func (s *Session) divide(trainers int) {
	if s.threads == 0 || s.teams == trainers {
		return
	}
	s.withdraw()
	s.teams = trainers
	if s.race == nil {
		s.trainer.Share(s.threads)
	}
	for _, l := range s.race {
		if !l.diverged {
			l.trainer.Share(s.threads / trainers)
		}
	}
}

// withdraw ends the goroutines of all trainers.
func (s *Session) withdraw() {
	s.teams = 0
	s.trainer.Close()
	for _, l := range s.race {
		l.trainer.Close()
	}
}

// words returns the text of a decision for the screen.
func (s *Session) words(c journal.Command) string {
	switch {
	case c.Set != nil:
		return recipe.Words(c.Set.Path, c.Set.Value)
	case c.Act == nil:
		return ""
	case c.Act.Name == journal.Rewind:
		return fmt.Sprintf("weights of step %d", c.Act.Step)
	case c.Act.Name == journal.Best:
		return fmt.Sprintf("best weights, of step %d", c.Act.Step)
	case c.Act.Name == journal.Merge:
		return "adapters merged"
	}
	if id := int(c.Act.Branch); len(s.branches) > 1 && id < len(s.branches) {
		return fmt.Sprintf("%s teaches, step %d", s.branches[id].name(), c.Act.Step)
	}
	return fmt.Sprintf("step %d teaches", c.Act.Step)
}

// Contest returns the race, also after its end until it is dismissed; nil for none.
func (s *Session) Contest() *Contest { return s.contest }

// Racing reports whether a race is running.
func (s *Session) Racing() bool { return s.race != nil }
