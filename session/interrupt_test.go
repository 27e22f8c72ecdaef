package session

import (
	"errors"
	"testing"

	"descent/core/knob"
)

// Whatever is broken off, the branches of a race come out as if nothing had been.
func TestARaceThatIsBrokenOffStaysInLockStep(t *testing.T) {
	r := moons(t)
	if err := r.Set("train.accumulate", knob.Num(4096)); err != nil { // long enough to be asked
		t.Fatal(err)
	}
	outcome := func(stop func() bool) (hashes []string) {
		s := New(trainer(t, r), nil)
		if err := s.Race(Over("optimizer.lr", []knob.Value{knob.Num(0.1), knob.Num(0.2), knob.Num(0.3)})); err != nil {
			t.Fatal(err)
		}
		for s.race[0].trainer.StepCount() < 3 || s.race[2].trainer.StepCount() < 3 {
			s.Interrupt(stop)
			if _, err := s.Step(); err != nil && !errors.Is(err, ErrInterrupted) {
				t.Fatal(err)
			}
		}
		for _, l := range s.race {
			if l.trainer.StepCount() != 3 {
				t.Errorf("step %d", l.trainer.StepCount())
			}
			hashes = append(hashes, l.trainer.Hash())
		}
		return hashes
	}
	asked, breaks := 0, 0
	now := func() bool {
		asked++
		if asked%50000 == 0 {
			breaks++
			return true
		}
		return false
	}
	straight, broken := outcome(nil), outcome(now)
	for i := range straight {
		if straight[i] != broken[i] {
			t.Errorf("branch %d comes out as another", i)
		}
	}
	if breaks == 0 {
		t.Errorf("asked %d times, never broken off", asked)
	}
}
