package session

import (
	"testing"

	"descent/core/knob"
	"descent/core/recipe"
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
