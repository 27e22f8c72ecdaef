package session

import (
	"testing"

	"descent/core/knob"
)

// A racer of the workbench is judged by the same rule, until it recovers.
func TestABranchThatDivergesSaysSo(t *testing.T) {
	r := ravine(t)
	s := New(trainer(t, r), nil)
	steps(t, s, 10)
	if err := s.Race("optimizer.lr", []knob.Value{knob.Num(0.001), knob.Num(1)}); err != nil {
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
