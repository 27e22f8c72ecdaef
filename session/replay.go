package session

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"

	"descent/core"
)

// Outcome is what a replay found.
type Outcome struct {
	Steps, Decisions int
	Checked          int    // hashes compared
	Exact            bool   // every hash was the same
	Note             string // why it was compared otherwise, or not at all
}

// tolerance is for logs of another arithmetic, whose bits differ.
const tolerance = 1e-6

// Replay computes the branch on which a log ends again, and compares the hash
// of the state before every decision and at the end. A log without an end is
// computed up to its last decision.
func Replay(ctx context.Context, rec *Record, files core.Files, o Options) (out Outcome, err error) {
	h := &hashed{Files: files, seen: map[string]string{}, want: rec.Header.Files}
	t, err := core.New(rec.Header.Recipe, h)
	if err != nil {
		return out, UsageError{fmt.Errorf("%s: %w", rec.Name, err)}
	}
	entries, end, steps, err := rec.lineage()
	if err != nil {
		return out, UsageError{err}
	}
	exact := rec.Header.Arithmetic == core.Arithmetic
	t.Share(runtime.GOMAXPROCS(0))
	defer t.Close()
	s := New(t, nil)
	s.silent = true
	if rec.teaches() {
		s.library = New(t.Twin(), nil)
		s.library.silent, s.library.loose = true, true
		if _, _, err := s.library.rebuild(rec); err != nil {
			return out, UsageError{err}
		}
	}
	check := func(step int, want string) error {
		if want == "" {
			return nil
		}
		out.Checked++
		if got := t.Hash(); got != want && exact {
			return fmt.Errorf("the replay does not match: before step %d the state's hash is %s where the log has %s", step, got, want)
		}
		return nil
	}
	decide := func(step int) error {
		for ; len(entries) > 0 && entries[0].Step <= step; entries = entries[1:] {
			e := entries[0]
			if err := check(e.Step, e.Hash); err != nil {
				return err
			}
			if err := s.Do(e.Actor, e.Command); err != nil {
				return UsageError{fmt.Errorf("%s: the decision at step %d cannot be taken again: %w", rec.Name, e.Step, err)}
			}
			out.Decisions++
		}
		return nil
	}
	if end != nil && end.Diverged {
		err = loop(ctx, s, steps+1, decide, o)
		if d := (*Diverged)(nil); !errors.As(err, &d) {
			return out, errors.Join(err, fmt.Errorf("the replay does not match: step %d is finite, in the log it was not", steps+1))
		}
	} else if err := loop(ctx, s, steps, decide, o); err != nil {
		return out, err
	}
	out.Steps = steps
	if err := decide(math.MaxInt); err != nil {
		return out, err
	}
	switch {
	case end == nil:
		out.Note = "the log has no end: the session was cut off"
	case exact:
		if err := check(end.Step+1, end.Hash); err != nil {
			return out, err
		}
	default:
		out.Note = fmt.Sprintf("written with arithmetic %q, computed with %q", rec.Header.Arithmetic, core.Arithmetic)
		want, got := float64(end.Loss), t.Last().Loss
		if math.Abs(want-got) > tolerance*max(math.Abs(want), math.Abs(got)) {
			return out, fmt.Errorf("the replay does not match: the last loss is %v where the log has %v (%s)", got, want, out.Note)
		}
	}
	out.Exact = exact && out.Checked > 0
	return out, nil
}

// teaches tells whether a branch teaches another.
func (r *Record) teaches() bool {
	for _, e := range r.Entries {
		if e.Act != nil && e.Act.Name == Teach {
			return true
		}
	}
	return false
}

// lineage is every decision of the branch on which the log ends, the end if
// there is one, and the number of steps.
func (r *Record) lineage() (entries []Entry, end *End, steps int, err error) {
	branches := map[BranchID][]Entry{0: nil}
	at := BranchID(0)
	held := -1 // decisions that hold at the end, −1 for all
	for i, e := range r.Entries {
		damaged := func(what string) error { return fmt.Errorf("%s:%d: the line %s", r.Name, i+2, what) }
		line, known := branches[e.Branch]
		if e.Fork != nil {
			parent, ok := branches[e.Fork.Parent]
			if known || !ok || e.Fork.Inherit < 0 || e.Fork.Inherit > len(parent) || e.Fork.Step < 0 {
				return nil, nil, 0, damaged("begins an impossible branch")
			}
			branches[e.Branch] = append([]Entry(nil), parent[:e.Fork.Inherit]...)
			at, steps, end, held = e.Branch, e.Fork.Step, nil, -1
			continue
		}
		if !known {
			return nil, nil, 0, damaged(fmt.Sprintf("names branch %d, which never began", e.Branch))
		}
		if e.Label != nil || e.Delete != nil || e.Reach != nil {
			continue // about a branch, not about where the session stands
		}
		at, steps, end, held = e.Branch, max(0, e.Step-1), nil, -1
		switch {
		case e.Set != nil, e.Act != nil:
			if n := len(line); e.Step < 1 || n > 0 && e.Step < line[n-1].Step {
				return nil, nil, 0, damaged("decides about a step that has passed")
			}
			branches[e.Branch] = append(line, e)
		case e.Seek != nil:
			steps, held = e.Seek.Step, e.Seek.Decisions
		case e.End != nil:
			end, steps, held = e.End, e.End.Step, e.End.Decisions
		default:
			return nil, nil, 0, damaged("says nothing")
		}
		if steps < 0 {
			return nil, nil, 0, damaged("stands before the first step")
		}
		if held > len(line) || held < -1 {
			return nil, nil, 0, damaged("counts decisions that there are not")
		}
	}
	if held < 0 {
		held = len(branches[at])
	}
	return branches[at][:held], end, steps, nil
}

// String says it in a sentence.
func (o Outcome) String() string {
	text := fmt.Sprintf("%d steps and %d decisions computed again", o.Steps, o.Decisions)
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
