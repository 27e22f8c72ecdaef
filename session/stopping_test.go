package session

import (
	"context"
	"slices"
	"strings"
	"testing"

	"descent/core/knob"
	"descent/session/journal"
)

// stopping trains a session until it stops by itself.
func stopping(t *testing.T, s *Session) Stop {
	t.Helper()
	for range 5000 {
		if _, err := s.Step(); err != nil {
			t.Fatal(err)
		}
		if why, ok := s.Stopped(); ok {
			return why
		}
	}
	t.Fatal("it does not stop")
	return Stop{}
}

func stoppingSession(t *testing.T) (*Session, string) {
	t.Helper()
	s, path := logged(t, moons(t))
	set(t, s, "train.eval_every", knob.Num(5))
	set(t, s, "train.stop", knob.Num(3))
	set(t, s, "train.keep", knob.Word("best"))
	set(t, s, "train.ema", knob.Num(0.8))
	set(t, s, "optimizer.lr", knob.Num(3))
	return s, path
}

func TestTrainingStopsAndTheBestWeightsAreADecision(t *testing.T) {
	s, path := stoppingSession(t)
	at := map[int][]float64{} // what was evaluated
	var why Stop
	for why.Step == 0 {
		steps(t, s, 1)
		at[s.trainer.StepCount()] = slices.Clone(s.trainer.Weights())
		why, _ = s.Stopped()
	}
	best := s.stopping.Step
	if best+15 != why.Step || !strings.Contains(why.Why, "no improvement of val_loss in the last 3 evaluations") {
		t.Fatalf("it stops at step %d, best was %d: %s", why.Step, best, why.Why)
	}
	last := s.trainer.Hash()
	kept, err := s.KeepBest()
	if err != nil || kept != best || !slices.Equal(s.trainer.Weights(), at[best]) {
		t.Fatalf("kept step %d of %d: %v", kept, best, err)
	}
	if again, err := s.KeepBest(); err != nil || again != 0 {
		t.Errorf("kept twice: %d, %v", again, err)
	}
	after := s.trainer.Hash()
	if want := straight(t, s, moons(t), s.Decisions(), why.Step); want != after {
		t.Errorf("a straight run ends with %s, not %s", want, after)
	}
	if err := s.Undo(); err != nil || s.trainer.Hash() != last {
		t.Errorf("undo does not give the last weights back: %v", err)
	}
	if err := s.Redo(); err != nil || s.trainer.Hash() != after {
		t.Errorf("redo does not take the best weights again: %v", err)
	}
	// Back and forth in time, and on from the best weights, on a branch too.
	if err := s.Seek(0, best-3, nil); err != nil {
		t.Fatal(err)
	}
	for s.trainer.StepCount() < why.Step {
		steps(t, s, 1)
		if _, ok := s.Stopped(); ok && s.trainer.StepCount() < why.Step {
			t.Errorf("it stops at step %d, in the past", s.trainer.StepCount())
		}
	}
	if _, err := s.KeepBest(); err != nil || s.trainer.Hash() != after {
		t.Errorf("walking there again ends elsewhere: %v", err)
	}
	set(t, s, "optimizer.lr", knob.Num(0.1))
	steps(t, s, 40)
	if err := s.Finish(); err != nil {
		t.Fatal(err)
	}
	out, err := Replay(context.Background(), readLog(t, path), noFiles{}, nil, nil)
	if err != nil || !out.Exact {
		t.Errorf("replay: %v, %v", out, err)
	}
}

// Where the last evaluation is the best, its weights stay.
func TestTheLastWeightsStayWhereTheyAreTheBest(t *testing.T) {
	s, _ := logged(t, moons(t))
	set(t, s, "train.keep", knob.Word("best"))
	set(t, s, "train.eval_every", knob.Num(10))
	set(t, s, "train.batch", knob.Num(0))
	set(t, s, "train.monitor", knob.Word("loss")) // of all rows, which falls at every step
	steps(t, s, 33)
	if kept, err := s.KeepBest(); err != nil || kept != 0 {
		t.Errorf("step %d is kept: %v", kept, err)
	}
}

// A session that is resumed without its state stops where it would have.
func TestEarlyStoppingDoesNotDependOnWhatIsInMemory(t *testing.T) {
	a, _ := stoppingSession(t)
	want := stopping(t, a)
	b, _ := stoppingSession(t)
	steps(t, b, want.Step-7)
	if err := b.Seek(0, want.Step-12, nil); err != nil {
		t.Fatal(err)
	}
	if got := stopping(t, b); got != want {
		t.Errorf("it stops with %v, not %v", got, want)
	}
	if kept, err := b.KeepBest(); err != nil || kept != a.stopping.Step {
		t.Errorf("kept %d, not %d: %v", kept, a.stopping.Step, err)
	}
	if d := b.Decisions(); d[len(d)-1].Act == nil || d[len(d)-1].Act.Name != journal.Best {
		t.Error("the best weights are no decision")
	}
}
