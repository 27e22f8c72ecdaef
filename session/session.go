// Package session is an experiment as it is lived: its branches, the decisions
// taken on them, and the ways back and forth between their states.
package session

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"descent/core"
	"descent/core/knob"
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
	*lane            // the one that is looked at
	race     []*lane // all that run, the one looked at among them; nil without a race
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
	s := &Session{lane: &lane{trainer: t, at: first}, log: log, created: log.Created(), branches: []*branch{first}, budget: DefaultMemory}
	t.Interrupt(s.stops)
	s.mark(first)
	s.keep(s.lane)
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

// Log is where decisions are written, nil for nowhere.
func (s *Session) Log() *journal.Log { return s.log }

// LogPath is the path of the log, "" where there is none.
func (s *Session) LogPath() string {
	if s.log == nil {
		return ""
	}
	return s.log.Path
}

// LogError says why nothing is being saved, nil if all is.
func (s *Session) LogError() error { return s.logErr }

// Trainer is the trainer, for reading.
func (s *Session) Trainer() *core.Trainer { return s.trainer }

// Step trains one step, with the decisions that hold from it. If the step is
// not finite, the session goes back to the step before and the error is a
// *Diverged; the report returned is that of the failed step.
func (s *Session) Step() (core.Report, error) {
	if s.rewound || s.at.sealed && s.trainer.StepCount() >= s.at.head {
		s.fork(s.lane, s.position(), "")
		s.keep(s.lane)
	}
	s.settle()
	if s.race != nil {
		return s.stepAll()
	}
	return s.step(s.lane)
}

func (s *Session) step(l *lane) (core.Report, error) {
	if l.trainer.StepCount()%snapshotEvery == 0 {
		s.keep(l)
	}
	report, err := l.advance(s)
	if err != nil {
		return report, err
	}
	l.recent.Add(report)
	lr, asks := l.observe(report)
	b := l.at
	for b.from >= report.Step {
		b = b.parent
	}
	if l.record(b, report) {
		s.evaluated(l, b, report)
		l.again = false
	} else {
		l.tip.Clock(l.at.curves, report.Step, report.Step-1, l.tip.Spent)
		l.again = true
	}
	l.at.head = max(l.at.head, report.Step)
	if asks && !s.silent && !l.behind() {
		if err := s.do(l, "plateau", journal.Turn("optimizer.lr", knob.Num(lr))); err != nil {
			return report, err
		}
	}
	return report, nil
}

// lanesOn is how many lanes stand on a branch.
func (s *Session) lanesOn(b *branch) int {
	n := 0
	if s.at == b {
		n++
	}
	for _, l := range s.race {
		if l != s.lane && l.at == b {
			n++
		}
	}
	return n
}

// Do takes a decision that holds from the next step on. If the session stands
// before the end of its branch, a new branch begins here, named after the
// decision, and the old future stays. On an error nothing has changed.
func (s *Session) Do(actor string, c journal.Command) error {
	if c.Set == nil && c.Act == nil {
		return errors.New("this command is not for a user")
	}
	return s.do(s.lane, actor, c)
}

func (s *Session) do(l *lane, actor string, c journal.Command) error {
	if c.Act != nil && s.library == nil {
		if err := s.refuses(l, c.Act); err != nil {
			return err
		}
	}
	before := l.position()
	before.last = s.last
	s.keep(l)
	hash := l.trainer.Hash()
	if err := s.apply(l, c, s.goOn); err != nil {
		return err
	}
	words := s.words(c)
	switch {
	case l.behind() || l.rewound:
		s.fork(l, before, words)
	case l.at.unnamed && len(l.at.entries.own) == 0:
		l.at.unnamed = false
		if err := s.Label(l.at.id, words); err != nil {
			return err
		}
	}
	s.settle()
	d := &Decision{journal.Entry{Branch: l.at.id, Step: before.step + 1, Actor: actor, Hash: hash, Command: c}, words}
	again := l == s.lane && len(s.undo) > 0 && s.last != nil && s.last.Step == d.Step && s.last.Branch == d.Branch &&
		s.last.Set != nil && c.Set != nil && s.last.Set.Path == c.Set.Path && l.applied == l.at.entries.count()
	if n := len(l.at.entries.own); again && n > 0 && l.at.label == l.at.entries.own[n-1].Words {
		l.at.label = words // the branch is named after what was decided in the end
	}
	l.decide(d)
	s.write(d.Entry)
	if l != s.lane {
		return nil
	}
	if !again { // turning one knob several times at one step is one decision
		s.push(undoable{position: before})
	}
	s.last, l.diverged = d, false
	return nil
}

// settle tells the log where the session stands, before it goes on from there.
func (s *Session) settle() {
	if !s.moved {
		return
	}
	s.moved = false
	step := s.trainer.StepCount()
	s.write(journal.Entry{Branch: s.at.id, Step: step + 1, Actor: "user", Command: journal.Command{Seek: &journal.Seek{Step: step, Decisions: s.applied, Undo: s.rewound}}})
}

// travel puts a lane at a position: the nearest snapshot of the branch or of
// those it comes from, then replay. go on is asked now and then, with how many
// steps of how many are done; if it says no, the error is ErrCancelled. On an
// error the lane is back where it was.
func (s *Session) travel(l *lane, p position, goOn func(done, total int) bool) error {
	from, _ := s.nearest(p)
	if l.trainer.StepCount() <= p.step && l.at == p.branch && l.trainer.StepCount() >= from.state.Step && l.applied <= p.applied {
		from = kept{l.applied, nil, l.plateau, l.tip} // it stands nearer than any snapshot
	}
	l.park()
	defer func(outer func(done, total int) bool) { s.onWay = outer }(s.onWay)
	s.onWay = goOn
	before, back := *l, l.trainer.Snapshot()
	undone := func(err error) error {
		*l = before
		l.trainer.Restore(back)
		return err
	}
	if l.at != p.branch {
		s.leave(l)
	}
	known := slices.Clone(l.recent.UpTo(min(p.step, parting(l.at, p.branch))))
	l.at, l.diverged, l.rewound, l.recent = p.branch, false, false, nil
	if from.state == nil {
		l.recent = slices.Clone(known)
	} else {
		l.trainer.Restore(from.state)
		l.applied, l.plateau = from.applied, from.plateau
	}
	l.tip = from.tip
	along := ownersTo(p, l.tip.Step)
	evaluate, whole := l.tip.Toward(p.branch.curves, p.step)
	start := l.trainer.StepCount()
	defer s.Interrupt(s.stop)
	s.stop = nil
	if goOn != nil {
		s.stop = func() bool { return !goOn(l.trainer.StepCount()-start, p.step-start) }
	}
	for l.trainer.StepCount() < p.step {
		step := l.trainer.StepCount() + 1
		if err := s.catchUp(l, step, p.applied); err != nil {
			return undone(err)
		}
		b := along.of(step)
		report := l.replay(step >= evaluate || step > b.curves.Drawn)
		if l.trainer.Broken() {
			return undone(ErrCancelled)
		}
		if l.record(b, report) {
			s.evaluated(l, b, report)
		}
		if step >= evaluate {
			l.recent.Add(report)
		}
		if step%snapshotEvery == 0 && step >= whole {
			s.keep(l)
		}
		if goOn != nil && !goOn(step-start, p.step-start) {
			return undone(ErrCancelled)
		}
	}
	l.tip.Clock(p.branch.curves, p.step, from.tip.Step, from.tip.Spent)
	if err := s.catchUp(l, math.MaxInt, p.applied); err != nil {
		return undone(err)
	}
	if n := len(known); n > 0 && known[n-1].Step == p.step {
		l.recent = known
	}
	return nil
}

// ErrCancelled is what a way through time ends with that was broken off.
var ErrCancelled = errors.New("cancelled; the session is back where it was")

// Seek goes to the state after a step of a branch, with the decisions up to
// it. goOn may be nil; see travel.
func (s *Session) Seek(id journal.BranchID, step int, goOn func(done, total int) bool) error {
	b, err := s.find(id)
	if err != nil {
		return err
	}
	if step < 0 || step > b.head {
		return fmt.Errorf("%s goes from step 0 to %d, not to %d", b.name(), b.head, step)
	}
	p := position{branch: b, step: step, applied: b.entries.upTo(step)}
	if step == b.head {
		p.applied = b.entries.count()
	}
	return s.goTo(p, goOn)
}

// goTo goes to a position. In a race, going to one of its branches is to look
// at that one, wherever it stands; going elsewhere ends the race.
func (s *Session) goTo(p position, goOn func(done, total int) bool) error {
	for _, l := range s.race {
		if l.at == p.branch {
			s.lane = l
			s.moved = true
			return nil
		}
	}
	s.EndRace()
	if err := s.travel(s.lane, p, goOn); err != nil {
		return err
	}
	s.moved = true
	return nil
}

// Undo goes back to before the last decision, training included. What was
// trained since stays on its branch; to go on from here begins another.
func (s *Session) Undo() error {
	if len(s.undo) == 0 {
		return errors.New("there is no decision to take back")
	}
	s.EndRace()
	u := s.undo[len(s.undo)-1]
	here := s.position()
	here.last = s.last
	if u.deleted != nil {
		s.setDeleted(u.deleted, false)
		s.redo = append(s.redo, undoable{deleted: u.deleted, position: here})
	} else {
		if err := s.travel(s.lane, u.position, s.goOn); err != nil {
			return err
		}
		if s.at.deleted {
			s.setDeleted(s.at, false)
		}
		s.redo = append(s.redo, undoable{position: here})
		s.rewound = s.behind()
		s.moved = true
		s.settle()
	}
	s.undo = s.undo[:len(s.undo)-1]
	s.last = u.last
	return nil
}

// Redo takes back the last undo.
func (s *Session) Redo() error {
	if len(s.redo) == 0 {
		return errors.New("there is nothing to do again")
	}
	s.EndRace()
	u := s.redo[len(s.redo)-1]
	rest := s.redo[:len(s.redo)-1]
	here := s.position()
	here.last = s.last
	if u.deleted != nil {
		if s.at == u.deleted {
			return errors.New("you are on the branch that was deleted; go to another one first")
		}
		s.setDeleted(u.deleted, true)
		s.push(undoable{deleted: u.deleted, position: here})
	} else {
		if err := s.travel(s.lane, u.position, s.goOn); err != nil {
			return err
		}
		if s.at.deleted {
			s.setDeleted(s.at, false)
		}
		s.push(undoable{position: here})
		s.moved = true
		s.settle()
	}
	s.redo, s.last = rest, u.last
	return nil
}

// CanUndo tells whether there is a decision to take back.
func (s *Session) CanUndo() bool { return len(s.undo) > 0 }

// Undoes is the decision that Undo takes back, nil if there is none.
func (s *Session) Undoes() *Decision {
	if len(s.undo) == 0 {
		return nil
	}
	return s.last
}

// Start is the state in which training began.
func (s *Session) Start() *core.Snapshot {
	k, _ := s.nearest(position{branch: s.branches[0]})
	return k.state
}

// Reset begins again at step 0 with the knobs as they stand: a new branch. It
// can be taken back.
func (s *Session) Reset() error {
	s.EndRace()
	before := s.position()
	before.last = s.last
	s.keep(s.lane)
	want := s.trainer.Settings()
	start := position{branch: s.branches[0]}
	if err := s.travel(s.lane, start, s.goOn); err != nil {
		return err
	}
	s.fork(s.lane, start, "again from 0")
	s.keep(s.lane)
	for _, c := range s.trainer.Settings().Changes(want) {
		if err := s.trainer.Set(c.Path, c.Value); err != nil {
			return err
		}
		d := &Decision{journal.Entry{Branch: s.at.id, Step: 1, Actor: "user", Command: journal.Command{Set: &c}}, recipe.Words(c.Path, c.Value)}
		s.decide(d)
		s.write(d.Entry)
	}
	s.push(undoable{position: before})
	s.note(s.at.id, before.step, "reset")
	return nil
}

// Finish writes the end of the log and closes it.
func (s *Session) Finish() error {
	if s.log == nil {
		return nil
	}
	step := s.trainer.StepCount()
	if s.at.head > step {
		s.leave(s.lane)
	}
	s.write(journal.Entry{Branch: s.at.id, Step: step + 1, Actor: "descent", Command: journal.Command{
		End: &journal.End{Step: step, Decisions: s.applied, Hash: s.trainer.Hash(), Loss: journal.Float(s.trainer.Last().Loss), Diverged: s.diverged},
	}})
	err := s.log.Close() // it says what still could not be written
	s.log = nil
	return err
}

// write appends to the log. Training goes on when it fails; the screen says so.
func (s *Session) write(e journal.Entry) {
	if s.log != nil {
		s.logLines++
		s.logErr = s.log.Append(e)
	}
}

// Look notices that the log is gone, between two writes.
func (s *Session) Look() {
	if s.log != nil && s.log.Gone() == nil && s.log.Check() != nil {
		s.logErr = s.log.Flush() // which says so
	}
}

// Retry tries again to write what waits.
func (s *Session) Retry() {
	if s.log != nil && s.logErr != nil {
		s.logErr = s.log.Flush()
	}
}

// Set is Do for a user who turns a knob.
func (s *Session) Set(path string, v knob.Value) error { return s.Do("user", journal.Turn(path, v)) }

// Unsaved notes why there is no log, for the screen; nil changes nothing.
func (s *Session) Unsaved(err error) *Session {
	s.logErr = err
	return s
}

// Took notes how long the last step took, each branch of a race its share. One
// that was computed again has its time already.
func (s *Session) Took(d time.Duration) {
	if s.race == nil {
		s.lane.spend(d)
		return
	}
	for _, l := range s.race {
		l.spend(d / time.Duration(len(s.race)))
	}
}

func (l *lane) spend(d time.Duration) {
	if !l.again {
		l.tip.Spent += d
	}
}

// Reached is how far the session has come.
func (s *Session) Reached() journal.Reached {
	out := journal.Reached{Created: s.created, Lines: s.logLines, Branch: s.at.id, Step: s.trainer.StepCount(), Decisions: s.applied, Undo: s.rewound}
	for _, l := range s.race {
		out.Racers = append(out.Racers, journal.Racing{Branch: l.at.id, Step: l.trainer.StepCount()})
	}
	return out
}
