package session

import (
	"errors"
	"os"
	"testing"

	"descent/core/knob"
	"descent/core/recipe"
)

func TestARunFromElsewhereBecomesABranchBitForBit(t *testing.T) {
	r := moons(t)
	want := r
	for _, c := range []recipe.Change{{Path: "optimizer.name", Value: knob.Word("adam")}, {Path: "optimizer.lr", Value: knob.Num(0.02)}, {Path: "optimizer.beta1", Value: knob.Num(0.8)}, {Path: "train.batch", Value: knob.Num(16)}} {
		if err := want.Set(c.Path, c.Value); err != nil {
			t.Fatal(err)
		}
	}
	elsewhere := trainer(t, want)
	for range 30 {
		elsewhere.Step()
	}
	s := New(trainer(t, r), nil)
	steps(t, s, 12)
	set(t, s, "optimizer.lr", knob.Num(0.5))
	steps(t, s, 5)
	before := s.Trainer().Hash()
	run := []Segment{{Changes: []recipe.Change{
		{Path: "optimizer.beta1", Value: knob.Num(0.8)},
		{Path: "train.batch", Value: knob.Num(16)},
		{Path: "optimizer.lr", Value: knob.Num(0.02)},
		{Path: "optimizer.name", Value: knob.Word("adam")},
	}, Steps: 30}}
	told := 0
	if err := s.Adopt(Position{}, run, "trial 12", func(done, total int) bool { told = max(told, total); return done <= total }); err != nil {
		t.Fatal(err)
	}
	if s.Trainer().Hash() != elsewhere.Hash() {
		t.Error("the branch ends in another state than the run")
	}
	if told != 30 || s.Trainer().StepCount() != 30 || s.at.name() != "trial 12" {
		t.Errorf("told of %d steps; at step %d of %s", told, s.Trainer().StepCount(), s.at.name())
	}
	if err := s.Undo(); err != nil {
		t.Fatal(err)
	}
	if s.Trainer().Hash() != before || s.Position() != (Position{0, 17, 1}) {
		t.Errorf("undo leads to %+v", s.Position())
	}
	if err := s.Redo(); err != nil {
		t.Fatal(err)
	}
	steps(t, s, 3)
	for range 3 {
		elsewhere.Step()
	}
	if s.Trainer().Hash() != elsewhere.Hash() {
		t.Error("trained on, it is another run")
	}
}

func TestAnAdoptionThatIsCancelledLeavesNothing(t *testing.T) {
	s := New(trainer(t, moons(t)), nil)
	steps(t, s, 7)
	set(t, s, "optimizer.lr", knob.Num(0.5))
	before, at := s.Trainer().Hash(), s.Position()
	for _, most := range []int{0, 3} {
		run := []Segment{{Changes: []recipe.Change{{Path: "optimizer.lr", Value: knob.Num(0.1)}}, Steps: 20}}
		if err := s.Adopt(Position{Step: 5}, run, "trial 1", func(done, total int) bool { return total != 20 || done < most }); !errors.Is(err, ErrCancelled) {
			t.Fatalf("the error is %v", err)
		}
		if s.Trainer().Hash() != before || s.Position() != at || !s.CanUndo() || s.LastUndoable() == nil {
			t.Errorf("after a cancellation: %+v, %v", s.Position(), s.LastUndoable())
		}
		for _, b := range s.Branches() {
			if b.Label == "trial 1" && !b.Deleted {
				t.Error("the branch is still there")
			}
		}
	}
	if err := s.Adopt(Position{}, []Segment{{Changes: []recipe.Change{{Path: "model.layers", Value: knob.Items([]string{"2", "2"})}}}}, "x", nil); err == nil || s.Position() != at {
		t.Errorf("a fixed knob is set: %v", err)
	}
}

func TestALogOfThePresentStepLeadsThere(t *testing.T) {
	s, path := logged(t, moons(t))
	steps(t, s, 20)
	if err := s.Seek(0, 8, nil); err != nil {
		t.Fatal(err)
	}
	set(t, s, "optimizer.lr", knob.Num(0.3))
	content, err := s.LogHere()
	if err != nil {
		t.Fatal(err)
	}
	at, hash := s.Position(), s.Trainer().Hash()
	steps(t, s, 4)
	other := path + ".here"
	if err := os.WriteFile(other, content, 0o600); err != nil {
		t.Fatal(err)
	}
	back, err := Peek(other, noFiles{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if back.Session.Position() != at || back.Session.Trainer().Hash() != hash || len(back.Notes) > 0 {
		t.Errorf("it leads to %+v, want %+v; %v", back.Session.Position(), at, back.Notes)
	}
	if err := s.Finish(); err != nil {
		t.Fatal(err)
	}
	if _, err := Peek(path, noFiles{}, nil); err != nil {
		t.Error(err)
	}
}
