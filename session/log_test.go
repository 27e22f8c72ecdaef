package session

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
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

// What happened is listed in words, live as after a resume.
func TestEventsTellWhatHappened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.jsonl")
	l, err := journal.Create(path, journal.NewHeader(moons(t), nil), false)
	if err != nil {
		t.Fatal(err)
	}
	s := New(trainer(t, moons(t)), l)
	steps(t, s, 5)
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(s.Set("optimizer.lr", knob.Num(0.5)))
	steps(t, s, 5)
	check(s.Undo())
	steps(t, s, 1)
	check(s.Set("train.batch", knob.Num(4)))
	steps(t, s, 1)
	said := func(s *Session) string {
		var out []string
		for _, e := range s.Events() {
			text := fmt.Sprintf("%d %s", e.Step, e.Words)
			if e.Number > 0 {
				text = fmt.Sprintf("#%d %s", e.Number, text)
			}
			if e.Undone {
				text += " (undone)"
			}
			out = append(out, text)
		}
		return strings.Join(out, "; ")
	}
	live := said(s)
	for _, want := range []string{"#1 5 lr 0.5 (undone)", "5 undone: back to step 5 of main", "#2 6 batch 4"} {
		if !strings.Contains(live, want) {
			t.Errorf("%q is not among %s", want, live)
		}
	}
	if strings.Contains(live, "batch 4 (undone)") {
		t.Errorf("%s", live)
	}
	check(s.Finish())
	back, err := Resume(path, noFiles{}, nil)
	check(err)
	if got := said(back.Session); !strings.HasPrefix(got, live) {
		t.Errorf("after a resume: %s\nwant %s", got, live)
	}
	check(back.Session.Abandon())
}
