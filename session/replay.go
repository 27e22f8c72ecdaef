package session

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"descent/core"
	"descent/core/kernel"
	"descent/core/recipe"
	"descent/session/journal"
)

// Outcome is the result of a replay.
type Outcome struct {
	Branches         int // of the log; if Exact, those that were replayed
	Steps, Decisions int
	Checked          int      // number of hashes compared
	Exact            bool     // all hashes matched
	Note             string   // why the comparison was not by hash, or not done
	Notes            []string // further notes, one sentence each
}

// tolerance is the relative tolerance for logs of another arithmetic, whose results
// differ in the last bits.
const tolerance = 1e-6

// TrainFunc trains a session to a step. before is called before each step, with its
// number, or at least before those that it returns as next.
type TrainFunc func(s *Session, to int, before func(step int) (next int, err error)) error

// Replay replays a log: the branch on which it ends, by train, and then the others
// up to their logged heads. It compares the hash of the state before every decision
// and at the end. For a log of another arithmetic it replays only the last branch,
// and compares the loss. told is called after each step of the others; train and
// told may be nil.
func Replay(ctx context.Context, rec *journal.Record, files core.Files, train TrainFunc, told func(done, total int, last core.Report)) (out Outcome, err error) {
	t, notes, err := OpenRecord(ctx, rec, files)
	if ctx.Err() != nil {
		return out, ctx.Err()
	}
	if err != nil {
		return out, UsageError{fmt.Errorf("%s: %w", rec.Name, err)}
	}
	out.Notes = notes
	read := rec.Read(t, t.Data() == nil)
	if err := read.Err(); err != nil {
		return out, UsageError{err}
	}
	if train == nil {
		train = plainly(ctx)
	}
	entries, end, steps := read.Lineage(), read.End, read.At.Step
	p := &replayed{rec: rec, session: New(t, nil), exact: rec.Header.Arithmetic == rec.Header.Recipe.Computes(), seen: map[decided]bool{}}
	s := p.session
	s.Share(kernel.Threads())
	defer s.Share(1)
	s.silent = true
	s.library = New(t.Copy(), nil)
	s.library.silent, s.library.loose = true, true
	last := s.library.rebuild(read)
	s.goOn = func(int, int) bool { return ctx.Err() == nil }
	s.library.onWay = s.goOn
	taken := 0
	decide := func(step int) (next int, err error) {
		for ; taken < len(entries) && entries[taken].Step <= step; taken++ {
			e := entries[taken]
			if err := p.check(t, decided{e.Branch, taken}, e.Step, e.Hash); err != nil {
				return 0, err
			}
			if err := s.Do(e.Actor, e.Command); err != nil {
				return 0, p.refused(e.Step, err)
			}
		}
		if taken == len(entries) {
			return math.MaxInt, nil
		}
		return entries[taken].Step, nil
	}
	if end != nil && end.Diverged {
		err = train(s, steps+1, decide)
		if d := (*Diverged)(nil); !errors.As(err, &d) {
			return out, errors.Join(err, fmt.Errorf("the replay does not match: step %d is finite, in the log it was not", steps+1))
		}
	} else if err := train(s, steps, decide); err != nil {
		return out, err
	}
	if _, err := decide(math.MaxInt); err != nil {
		return out, err
	}
	switch {
	case end == nil:
		out.Note = "the log has no end: the session was cut off"
	case p.exact:
		if err := p.check(t, decided{-1, 0}, end.Step+1, end.Hash); err != nil {
			return out, err
		}
	default:
		out.Note = fmt.Sprintf("written with arithmetic %q, computed with %q", rec.Header.Arithmetic, recipe.Arithmetic)
		want, got := float64(end.Loss), t.Last().Loss
		if math.Abs(want-got) > tolerance*max(math.Abs(want), math.Abs(got)) {
			return out, fmt.Errorf("the replay does not match: the last loss is %v where the log has %v (%s)", got, want, out.Note)
		}
	}
	out.Steps, out.Decisions, out.Branches = steps, len(entries), len(s.library.branches)
	if p.exact {
		if err := p.others(ctx, last.branch, steps, told); err != nil {
			return out, err
		}
		out.Steps, out.Decisions = 0, 0
		for _, b := range s.library.branches {
			out.Steps += b.head - b.from
			out.Decisions += len(b.entries.own)
		}
	}
	out.Checked = len(p.seen)
	out.Exact = p.exact && out.Checked > 0
	return out, nil
}

// plainly is the default TrainFunc.
func plainly(ctx context.Context) TrainFunc {
	return func(s *Session, to int, before func(step int) (int, error)) error {
		s.Interrupt(func() bool { return ctx.Err() != nil })
		defer s.Interrupt(nil)
		for s.trainer.StepCount() < to {
			step := s.trainer.StepCount() + 1
			next, err := before(step)
			if err != nil {
				return err
			}
			_, _, err = s.Train(min(next, to+1)-step, func() bool { return ctx.Err() == nil })
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// replayed is a replay in progress.
type replayed struct {
	rec     *journal.Record
	session *Session
	exact   bool             // hashes must match
	seen    map[decided]bool // decisions whose hashes were compared
}

// decided identifies a decision: its branch, and its index on that branch.
type decided struct {
	branch journal.BranchID
	at     int
}

// check compares the state with its hash in the log.
func (p *replayed) check(t *core.Trainer, d decided, step int, want string) error {
	if want == "" {
		return nil
	}
	p.seen[d] = true
	if got := t.Hash(); got != want && p.exact {
		on := ""
		if len(p.session.library.branches) > 1 && d.branch >= 0 {
			on = " of " + p.session.library.branches[d.branch].name()
		}
		return fmt.Errorf("the replay does not match: before step %d%s the hash of the state is %s, in the log it is %s", step, on, got, want)
	}
	return nil
}

func (p *replayed) refused(step int, err error) error {
	if errors.Is(err, ErrCancelled) {
		return context.Canceled
	}
	return UsageError{fmt.Errorf("%s: the decision at step %d cannot be replayed: %w", p.rec.Name, step, err)}
}

// others replays each branch to its head, from snapshots of its ancestors. The
// given number of steps of the last branch are done already.
func (p *replayed) others(ctx context.Context, last *branch, steps int, told func(done, total int, last core.Report)) error {
	s := p.session.library
	for _, b := range s.branches {
		if b == last && b.head <= steps {
			continue
		}
		from, _ := s.nearest(position{branch: b, step: b.head, applied: b.entries.count()})
		s.trainer.Restore(from.state)
		l := &cursor{trainer: s.trainer, at: b, applied: from.applied, plateau: from.plateau, stopping: from.stopping}
		for {
			step := s.trainer.StepCount()
			for l.applied < len(l.decisions()) && (l.line[l.applied].Step <= step+1 || step == b.head) {
				e := l.line[l.applied]
				if err := p.check(s.trainer, decided{e.Branch, l.applied}, e.Step, e.Hash); err != nil {
					return err
				}
				if err := s.apply(l, e.Command, s.onWay); err != nil {
					return p.refused(e.Step, err)
				}
				l.applied++
			}
			if step >= b.head {
				break
			}
			l.replay(false)
			if s.due(l) {
				s.keep(l)
			}
			if told != nil {
				told(step+1, b.head, s.trainer.Last())
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
	return nil
}

// String describes the outcome in one sentence.
func (o Outcome) String() string {
	text := count(o.Steps, "step") + " and " + count(o.Decisions, "decision")
	switch {
	case o.Branches > 1 && o.Exact:
		text += fmt.Sprintf(" on %d branches", o.Branches)
	case o.Branches > 1:
		text += fmt.Sprintf(" on the last current one of %d branches", o.Branches)
	}
	text += " replayed"
	switch {
	case o.Exact:
		text += fmt.Sprintf(": matched bit for bit (hashes compared: %d)", o.Checked)
	case o.Note != "":
		text += ": matched to a millionth, not bit for bit"
		if o.Checked == 0 {
			text = strings.TrimSuffix(text, ": matched to a millionth, not bit for bit")
		}
	}
	if o.Note != "" {
		text += " (" + o.Note + ")"
	}
	return text
}
