package session

import (
	"os"
	"path/filepath"
	"testing"

	"descent/core/knob"
	"descent/session/journal"
)

// A session that was opened and left before anything was done leaves no file.
func TestOfASessionInWhichNothingWasDoneNothingIsKept(t *testing.T) {
	for what, c := range map[string]struct {
		do   func(s *Session)
		kept bool
	}{
		"nothing":    {func(*Session) {}, false},
		"a step":     {func(s *Session) { steps(t, s, 1) }, true},
		"a decision": {func(s *Session) { set(t, s, "optimizer.lr", knob.Num(0.2)) }, true},
		"steps that were taken back": {func(s *Session) {
			steps(t, s, 3)
			if err := s.Seek(0, 0, nil); err != nil {
				t.Fatal(err)
			}
		}, true},
	} {
		state := t.TempDir()
		t.Setenv("XDG_STATE_HOME", state)
		log, err := journal.Begin(journal.NewHeader(moons(t), nil))
		if err != nil {
			t.Fatal(err)
		}
		s := New(trainer(t, moons(t)), log)
		if err := s.State(StateBytes).Save(log.Path); err != nil {
			t.Fatal(err)
		}
		c.do(s)
		if err := s.Finish(); err != nil {
			t.Error(err)
		}
		left, err := filepath.Glob(filepath.Join(state, "descent", "sessions", "*"))
		if err != nil || (len(left) > 0) != c.kept {
			t.Errorf("%s: %v is left (%v)", what, left, err)
		}
	}
	s, path := logged(t, moons(t)) // somebody asked for this one
	if err := s.Finish(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestANameThatAUserGaveStays(t *testing.T) {
	s := New(trainer(t, moons(t)), nil)
	s.Fork("")
	if err := s.Label(s.at.id, "mine"); err != nil {
		t.Fatal(err)
	}
	set(t, s, "optimizer.lr", knob.Num(0.2))
	if got := s.at.name(); got != "mine" {
		t.Errorf("the branch is called %q", got)
	}
}
