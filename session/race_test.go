package session

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"descent/core/knob"
	"descent/core/parallel"
	"descent/core/recipe"
	"descent/session/sessiontest"
)

// A racer of the workbench is judged by the same rule, until it recovers.
func TestABranchThatDivergesSaysSo(t *testing.T) {
	r := ravine(t)
	s := New(trainer(t, r), nil)
	steps(t, s, 10)
	if err := s.Race(Over("optimizer.lr", []knob.Value{knob.Num(0.001), knob.Num(1)})); err != nil {
		t.Fatal(err)
	}
	steps(t, s, 20)
	lines := s.Branches()
	if lines[0].Diverged != 0 || lines[1].Diverged != 0 || lines[2].Diverged < 11 || lines[2].Diverged > 13 {
		t.Errorf("diverged from steps %d, %d, %d", lines[0].Diverged, lines[1].Diverged, lines[2].Diverged)
	}
	steps(t, s, 500) // it is not finite any more
	if lines = s.Branches(); lines[2].Diverged < 11 || lines[2].Diverged > 13 {
		t.Errorf("then from step %d", lines[2].Diverged)
	}
}

// A racer may change several knobs at once, and the race is known after its end
// until it is dismissed or undone.
func TestARacerOfSeveralChanges(t *testing.T) {
	s := New(trainer(t, ravine(t)), nil)
	steps(t, s, 10)
	at := func(name string, rate float64) Racer {
		return Racer{Label: name, Changes: []recipe.Change{{Path: "optimizer.name", Value: knob.Word(name)}, {Path: "optimizer.lr", Value: knob.Num(rate)}}}
	}
	if err := s.Race([]Racer{at("sgd", 0.001), at("adam", 0.05), {Changes: []recipe.Change{{Path: "optimizer.name", Value: knob.Word("no such")}}}}); err == nil || len(s.branches) != 1 {
		t.Errorf("%v, %d branches", err, len(s.branches))
	}
	if err := s.Race([]Racer{at("sgd", 0.001), at("adam", 0.05)}); err != nil {
		t.Fatal(err)
	}
	adam := s.race[1].trainer.Settings()
	name, _ := adam.Find("optimizer.name")
	rate, _ := adam.Find("optimizer.lr")
	if name.Value.Word() != "adam" || rate.Value.Num() != 0.05 {
		t.Errorf("it races with %s at %s", name.Value, rate.Value)
	}
	c := s.Contest()
	if !c.Running() || c.From != 10 || len(c.Racers) != 2 || c.Over != "optimizer.name" {
		t.Errorf("%+v", c)
	}
	for !s.RaceOver() {
		steps(t, s, 1)
	}
	if got := s.trainer.StepCount(); got != 10+c.Steps {
		t.Errorf("it ends at step %d, want %d after %d", got, c.Steps, c.From)
	}
	others := s.Others()
	if len(others) != 1 || others[0].Label != "adam" || others[0].Hue != 1 || len(others[0].Path) < 2 || len(others[0].Path) > pathPoints+1 {
		t.Errorf("the others are %+v", others)
	}
	s.EndRace()
	if c := s.Contest(); c.Running() || c.End != 10+c.Steps {
		t.Errorf("%+v", c)
	}
	if err := s.Undo(); err != nil || s.Contest() != nil {
		t.Errorf("%v: undone, it is %+v", err, s.Contest())
	}
}

// everything is all that is kept of a session, but for its log.
func everything(t testing.TB, s *Session) string {
	t.Helper()
	var out bytes.Buffer
	state := s.State(StateBytes)
	state.Created = ""
	if err := gob.NewEncoder(&out).Encode(state); err != nil {
		t.Fatal(err)
	}
	for _, c := range append([]*cursor{s.cursor}, s.race...) {
		fmt.Fprintln(&out, c.at.id, c.trainer.StepCount(), c.trainer.Hash(), c.diverged, c.stopped, c.plateau, c.stopping, c.recent, c.trainer.Last())
	}
	for _, b := range s.Branches() {
		b.Settings = nil // a pointer
		fmt.Fprintln(&out, b)
	}
	for _, u := range s.undo {
		fmt.Fprintln(&out, u.branch.id, u.step, u.applied)
	}
	if s.last != nil {
		fmt.Fprintln(&out, s.last.Words, s.last.Step)
	}
	fmt.Fprintln(&out, s.Events())
	return out.String()
}

// raced is a race with racers that a schedule decides for, that diverge, that keep
// their best weights and whose networks shrink, and what is done meanwhile. It is
// trained by train, to a number of steps of each branch.
func raced(t *testing.T, processors int, train func(s *Session, steps int)) (log, all string) {
	r := moons(t)
	for _, c := range []recipe.Change{
		{Path: "schedule.name", Value: knob.Word("plateau")},
		{Path: "schedule.patience", Value: knob.Num(2)},
		{Path: "train.eval_every", Value: knob.Num(3)},
		{Path: "loss.name", Value: knob.Word("mse")},
		{Path: "train.steps", Value: knob.Num(600)},
	} {
		if err := r.Set(c.Path, c.Value); err != nil {
			t.Fatal(err)
		}
	}
	s, path := logged(t, r)
	s.Share(processors)
	defer s.Share(1)
	train(s, 10)
	racers := append(Over("optimizer.lr", []knob.Value{knob.Num(0.3), knob.Num(1e6), knob.Num(0.001)}),
		Racer{Changes: []recipe.Change{{Path: "prune.when", Value: knob.Word("gradual")}, {Path: "prune.sparsity", Value: knob.Num(0.8)}, {Path: "prune.every", Value: knob.Num(7)}}},
		Racer{Changes: []recipe.Change{{Path: "train.keep", Value: knob.Word("best")}, {Path: "schedule.name", Value: knob.Word("constant")}}})
	if err := s.Race(racers); err != nil {
		t.Fatal(err)
	}
	train(s, 290)
	set(t, s, "optimizer.lr", knob.Num(0.05))
	train(s, 30)
	if err := s.Seek(s.race[3].at.id, 0, nil); err != nil {
		t.Fatal(err)
	}
	set(t, s, "train.batch", knob.Num(5))
	train(s, 280)
	if !s.RaceOver() {
		t.Error("the race is not over")
	}
	all = everything(t, s)
	s.EndRace()
	train(s, 20)
	all += everything(t, s)
	if err := s.Finish(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, entries, _ := strings.Cut(string(text), "\n") // the header says when it began
	return entries, all
}

func TestARaceIsTheSameOnAnyNumberOfProcessors(t *testing.T) {
	log, all := raced(t, 0, func(s *Session, n int) {
		for range n {
			_, _ = s.Step() // one diverges
		}
	})
	for _, what := range []string{`"actor":"plateau"`, `"actor":"race"`, `"actor":"user"`} {
		if !strings.Contains(log, what) {
			t.Errorf("there is no %s in the log", what)
		}
	}
	if !strings.Contains(all, "is not finite") {
		t.Error("no branch diverges")
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for _, processors := range []int{1, 2, 3, 9} {
		gotLog, gotAll := raced(t, processors, func(s *Session, n int) {
			for n > 0 {
				steps, _, err := s.Train(min(1+rng.IntN(100), n), nil)
				if err != nil || steps == 0 {
					t.Fatal(steps, err)
				}
				n -= steps
			}
		})
		if gotLog != log {
			t.Errorf("on %d processors the log is\n%s\nwant\n%s", processors, gotLog, log)
		}
		if gotAll != all {
			t.Errorf("on %d processors curves, states or events differ", processors)
		}
	}
}

// A step that is interrupted is taken later; no branch gets ahead by more than one.
func TestARaceThatIsInterruptedGoesOn(t *testing.T) {
	s := New(trainer(t, sessiontest.Heavy(t)), nil)
	s.Share(2)
	defer s.Share(1)
	if err := s.Race(Over("train.accumulate", []knob.Value{knob.Num(1 << 20), knob.Num(1), knob.Num(2)})); err != nil {
		t.Fatal(err)
	}
	s.Interrupt(func() bool { return true })
	for range 3 {
		if _, err := s.Step(); !errors.Is(err, ErrInterrupted) {
			t.Fatal(err)
		}
		for i, want := range []int{0, 1, 1} {
			if got := s.race[i].trainer.StepCount(); got != want {
				t.Errorf("branch %d is at step %d", i, got)
			}
		}
	}
	if err := s.Set("train.accumulate", knob.Num(1)); err != nil {
		t.Fatal(err)
	}
	s.Interrupt(nil)
	if n, _, err := s.Train(5, nil); n != 1 || err != nil {
		t.Errorf("%d steps, %v", n, err)
	}
	if n, _, err := s.Train(5, nil); n != 5 || err != nil || s.race[0].trainer.StepCount() != 6 || s.race[2].trainer.StepCount() != 6 {
		t.Errorf("%d steps, %v", n, err)
	}
}

func TestAPanicOfABranchComesToWhoTrains(t *testing.T) {
	s := New(trainer(t, moons(t)), nil)
	s.Share(2)
	defer s.Share(1)
	if err := s.Race(Over("optimizer.lr", []knob.Value{knob.Num(0.01), knob.Num(0.02), knob.Num(0.03)})); err != nil {
		t.Fatal(err)
	}
	s.race[1].recent = nil
	s.race[1].tip.Scores = nil
	s.race[1].at.curves = nil // as a mistake might
	defer func() {
		if p, ok := recover().(*parallel.Panic); !ok || !strings.Contains(string(p.Stack), "turn") {
			t.Errorf("it panics with %v", p)
		}
	}()
	_, _, _ = s.Train(50, nil)
}
