// Package session is an experiment as it is lived: its branches, the decisions
// taken on them, and the ways back and forth between their states.
package session

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"descent/core"
	"descent/core/recipe"
	"descent/session/journal"
)

// DefaultMemory bounds the snapshots of all branches together, in bytes.
const DefaultMemory = 64 << 20

// maxUndo bounds how many decisions can be taken back.
const maxUndo = 1000

// Session is one experiment with its branches. It has one owner: a Runner, or
// whoever calls it.
type Session struct {
	*cursor            // the one that is looked at
	race     []*cursor // all that run, the one looked at among them; nil without a race
	log      *journal.Log
	logErr   error // why nothing is being saved
	branches []*branch
	undo     []undoable
	redo     []undoable
	last     *Decision                  // the last decision, for the screen
	budget   int                        // bytes for snapshots
	held     int                        // bytes of those there are
	holders  []*branch                  // that have any
	silent   bool                       // what helpers decided is in the log that is replayed
	loose    bool                       // the log was written with another arithmetic: its hashes are others
	moved    bool                       // the session stands where the log does not know yet
	goOn     func(done, total int) bool // asked on the way to the state that a decision acts on; see travel
	stop     func() bool                // asked in the midst of a step that takes long: whether it is to be broken off
	library  *Session                   // has every branch of the log that is replayed
	onWay    func(done, total int) bool // asked on the way to states that decisions passed on the way act on
	nested   int                        // states that acts wait for, each needed to compute the one before

	sources     map[source]kept
	sourceBytes int

	mismatch string // what did not come out again as it was
	created  string // as the log's header says
	logLines int    // entries of the log
	visits   []Visit
}

// New begins a session of a recipe. log may be nil.
func New(t *core.Trainer, log *journal.Log) *Session {
	first := begun(0, nil, 0, 0, journal.FirstLabel)
	s := &Session{cursor: &cursor{trainer: t, at: first}, log: log, created: log.Created(), branches: []*branch{first}, budget: DefaultMemory}
	t.Interrupt(s.stops)
	s.mark(first)
	s.keep(s.cursor)
	return s
}

// ErrInterrupted is what Step ends with that was broken off; the session is where
// it was.
var ErrInterrupted = errors.New("the step was broken off")

func (s *Session) stops() bool { return s.stop != nil && s.stop() }

// Interrupt lets a step that takes long be broken off: where stop, which is asked
// now and then in the midst of it, says so, Step ends with ErrInterrupted. nil is
// never.
func (s *Session) Interrupt(stop func() bool) { s.stop = stop }

// Ask says what is asked on the way to the state that a decision acts on, where
// that takes long: with how many steps of how many are done, and whether to go on.
// Where the answer is no the decision ends with ErrCancelled. nil is for nobody.
func (s *Session) Ask(goOn func(done, total int) bool) { s.goOn = goOn }

// Memory bounds the snapshots of all branches together, in bytes.
func (s *Session) Memory(bytes int) { s.budget = bytes }

// Trainer is the trainer, for reading.
func (s *Session) Trainer() *core.Trainer { return s.trainer }

// cursorsOn is how many cursors stand on a branch.
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

// find is a branch that is there.
func (s *Session) find(id journal.BranchID) (*branch, error) {
	if id < 0 || int(id) >= len(s.branches) {
		return nil, fmt.Errorf("there is no branch %d", id)
	}
	switch b := s.branches[id]; {
	case b.lost:
		return nil, fmt.Errorf("branch %d of the log does not hold any more", id)
	case !b.deleted:
		return b, nil
	}
	return nil, fmt.Errorf("branch %d was deleted", id)
}

// keep takes a snapshot of where a cursor stands.
func (s *Session) keep(l *cursor) {
	if l.at.kept.takes(l.trainer.StepCount(), l.applied) {
		s.hold(l.at, kept{l.applied, l.trainer.Snapshot(), l.plateau, l.tip})
	}
}

// hold adds a snapshot to a branch and thins out, where there are too many or
// all together are over the budget, a sixteenth of them at once: what a snapshot
// costs does not grow with their number.
func (s *Session) hold(b *branch, k kept) {
	if len(b.kept.list) == 0 {
		s.holders = append(s.holders, b)
	}
	before := b.kept.bytes
	b.kept.add(k)
	if len(b.kept.list) > snapshotLimit {
		b.kept.thin(math.MaxInt, snapshotLimit-snapshotLimit/16, true)
	}
	s.held += b.kept.bytes - before
	if s.held > s.budget {
		s.thin()
	}
}

// thin thins out the branches that hold the most, until all are within the budget.
func (s *Session) thin() {
	left, count := s.budget, 0
	for _, b := range s.holders {
		count += len(b.kept.list)
	}
	if count >= 64 { // else each counts
		left -= s.budget / 16
	}
	slices.SortStableFunc(s.holders, func(a, b *branch) int { return cmp.Compare(a.kept.bytes, b.kept.bytes) })
	s.held = 0
	for i, b := range s.holders {
		b.kept.thin(max(left, 0)/(len(s.holders)-i), snapshotLimit, b == s.branches[0] || s.cursorsOn(b) > 0)
		left -= b.kept.bytes
		s.held += b.kept.bytes
	}
	s.holders = slices.DeleteFunc(s.holders, func(b *branch) bool { return len(b.kept.list) == 0 })
}

// nearest is the latest snapshot at or before a position, of its branch or of
// those it comes from.
func (s *Session) nearest(p position) (kept, bool) {
	for b, step, applied := p.branch, p.step, p.applied; b != nil; b = b.parent {
		if k, ok := b.kept.before(step, applied); ok {
			return k, true
		}
		step, applied = min(step, b.from), min(applied, b.entries.inherit)
	}
	return kept{}, false
}

// Start is the state in which training began.
func (s *Session) Start() *core.Snapshot {
	k, _ := s.nearest(position{branch: s.branches[0]})
	return k.state
}

// LongestGap is the most steps between two snapshots of the branch, which is
// the most that going anywhere on it has to compute again.
func (s *Session) LongestGap() int {
	gap, at := 0, 0
	for _, k := range s.at.kept.list {
		gap, at = max(gap, k.state.Step-at), k.state.Step
	}
	return max(gap, s.at.head-at)
}

// park leaves the tips of all cursors with their branches.
func (s *Session) park() {
	s.cursor.park()
	for _, l := range s.race {
		l.park()
	}
}

// note makes something the last decision that has no line of its own in the log.
func (s *Session) note(id journal.BranchID, step int, words string) {
	s.last = &Decision{journal.Entry{Branch: id, Step: step + 1}, words}
}

// push makes room for something to take back; what was taken back is then gone.
func (s *Session) push(u undoable) {
	s.undo = append(s.undo, u)
	s.undo = s.undo[max(0, len(s.undo)-maxUndo):]
	s.redo = nil
}

// Took notes how long the last step took, each branch of a race its share. One
// that was computed again has its time already.
func (s *Session) Took(d time.Duration) {
	if s.race == nil {
		s.cursor.spend(d)
		return
	}
	for _, l := range s.race {
		l.spend(d / time.Duration(len(s.race)))
	}
}

// evaluated notes an evaluation on a branch. At a size where the branch was before, it is the
// last one there, and perhaps the best.
func (s *Session) evaluated(l *cursor, b *branch, r core.Report) {
	if !r.Evaluated || r.Step == 0 || l.trainer.Data() == nil {
		return
	}
	size := l.trainer.Size()
	loss, accuracy := r.Loss, r.Accuracy
	if r.HasVal {
		loss, accuracy = r.ValLoss, r.ValAccuracy
	}
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return
	}
	i := slices.IndexFunc(s.visits, func(v Visit) bool { return v.Branch == b.id && v.Bytes == size.Bytes })
	v := Visit{BestLoss: math.Inf(1)}
	if i >= 0 {
		v = s.visits[i]
		s.visits = slices.Delete(s.visits, i, i+1) // the last one stands last
	}
	v.Branch, v.Bytes, v.Dense, v.Kept = b.id, size.Bytes, size.Dense, float64(size.Kept)/float64(max(size.Params, 1))
	v.Bits = size.Bits
	v.Step, v.Loss, v.Accuracy, v.HasAccuracy = r.Step, loss, accuracy, r.HasAccuracy
	if loss < v.BestLoss {
		v.BestStep, v.BestLoss, v.BestCorrect = r.Step, loss, accuracy
	}
	if len(s.visits) == visitLimit {
		s.visits = forget(s.visits)
	}
	s.visits = append(s.visits, v)
}

// words are a decision as the screen says it.
func (s *Session) words(c journal.Command) string {
	switch {
	case c.Set != nil:
		return recipe.Words(c.Set.Path, c.Set.Value)
	case c.Act == nil:
		return ""
	case c.Act.Name == journal.Rewind:
		return fmt.Sprintf("weights of step %d", c.Act.Step)
	case c.Act.Name == journal.Merge:
		return "adapters merged"
	}
	if id := int(c.Act.Branch); len(s.branches) > 1 && id < len(s.branches) {
		return fmt.Sprintf("%s teaches, step %d", s.branches[id].name(), c.Act.Step)
	}
	return fmt.Sprintf("step %d teaches", c.Act.Step)
}

// Racing tells whether a race is on.
func (s *Session) Racing() bool { return s.race != nil }
