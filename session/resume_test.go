package session

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"descent/core/knob"
	"descent/session/disk"
	"descent/session/disk/disktest"
	"descent/session/journal"

	"pgregory.net/rapid"
)

// act takes one random step in the life of a session.
func act(rt *rapid.T, s *Session) {
	switch rapid.SampledFrom([]string{"step", "step", "step", "turn", "turn", "undo", "redo", "reset", "seek", "fork", "delete", "label", "race", "end race", "do"}).Draw(rt, "act") {
	case "step":
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			if _, err := s.Step(); err != nil {
				return
			}
		}
	case "turn":
		panel := s.trainer.Settings().Panel()
		k := panel[rapid.IntRange(0, len(panel)-1).Draw(rt, "knob")]
		_ = s.Set(k.Knob.Path, k.Knob.Turn(k.Value, rapid.IntRange(-3, 3).Draw(rt, "stops")))
	case "undo":
		_ = s.Undo()
	case "redo":
		_ = s.Redo()
	case "reset":
		_ = s.Reset()
	case "seek":
		b := s.branches[rapid.IntRange(0, len(s.branches)-1).Draw(rt, "branch")]
		_ = s.Seek(b.id, rapid.IntRange(0, b.head).Draw(rt, "to"), nil)
	case "fork":
		s.Fork("")
	case "delete":
		_ = s.Delete(journal.BranchID(rapid.IntRange(0, len(s.branches)-1).Draw(rt, "deleted")))
	case "race":
		_ = s.Race(Over("optimizer.lr", []knob.Value{knob.Num(0.01), knob.Num(0.3)}))
	case "end race":
		s.EndRace()
	case "do":
		_ = s.Do("user", someAct(rt, s))
	case "label":
		_ = s.Label(s.at.id, "mine")
	}
}

// A machine that dies leaves the log up to some byte, and perhaps a state from
// some time before. What is opened again holds every decision of the complete
// lines, and each branch is what a straight run of its decisions gives.
func TestWhateverIsLeftAfterACrashIsResumed(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		r := moons(t)
		path := filepath.Join(dir, "s.jsonl")
		_ = os.Remove(journal.StatePath(path))
		l, err := journal.Create(path, journal.NewHeader(r, nil), true)
		if err != nil {
			rt.Fatal(err)
		}
		s := New(trainer(t, r), l)
		saved := 0 // bytes of the log when the state was written
		for range rapid.IntRange(1, 25).Draw(rt, "acts") {
			act(rt, s)
			if rapid.IntRange(0, 4).Draw(rt, "save") == 0 {
				if err := s.State(StateBytes).save(disk.Machine{}, path); err != nil {
					rt.Fatal(err)
				}
				saved = int(size(rt, path))
			}
		}
		stands, step := s.at.id, s.trainer.StepCount()
		whole := rapid.Bool().Draw(rt, "whole")
		if whole {
			if err := s.State(StateBytes).save(disk.Machine{}, path); err != nil {
				rt.Fatal(err)
			}
		}
		hash := s.trainer.Hash()
		l.Close()
		content, _ := os.ReadFile(path)
		header := bytes.IndexByte(content, '\n') + 1
		left := len(content)
		if !whole {
			left = rapid.IntRange(max(header, saved), len(content)).Draw(rt, "left")
		}
		if err := os.WriteFile(path, content[:left], 0o644); err != nil {
			rt.Fatal(err)
		}
		back, err := Resume(path, noFiles{}, nil)
		if err != nil {
			rt.Fatal(err)
		}
		b := back.Session
		defer b.log.Close()
		if b.mismatch != "" {
			rt.Fatal(b.mismatch)
		}
		if whole && (b.at.id != stands || b.trainer.StepCount() != step || b.trainer.Hash() != hash) {
			rt.Fatalf("it stands at step %d of branch %d, it stood at %d of %d", b.trainer.StepCount(), b.at.id, step, stands)
		}
		for i, was := range b.branches {
			if n := was.entries.count(); n > s.branches[i].entries.count() {
				rt.Fatalf("branch %d has %d decisions, it had %d", i, n, s.branches[i].entries.count())
			}
			was.deleted = false
			check(rt, b.Seek(was.id, was.head, nil))
			if got, want := b.trainer.Hash(), straight(t, b, r, was.entries.all(), was.head); got != want {
				rt.Fatalf("branch %d at step %d: %s, a straight run gives %s", was.id, was.head, got, want)
			}
		}
		for len(b.undo) > 0 {
			check(rt, b.Undo())
		}
		act(rt, b)
	})
}

// scripted lives a short life on a disk and returns how many decisions were
// acknowledged: the log said that they are on the disk.
func scripted(t *testing.T, d *disktest.Disk) (s *Session, acknowledged int) {
	t.Helper()
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	l, _ := journal.BeginOn(d, journal.NewHeader(moons(t), nil)) // it waits until it can be written
	s = New(trainer(t, moons(t)), l)
	for i := range 6 {
		steps(t, s, 3)
		set(t, s, "optimizer.lr", knob.Num(0.01*float64(i+2)))
		if s.logErr == nil {
			acknowledged = i + 1
		}
		_ = s.State(StateBytes).save(d, l.Path) // an error is said, and nothing else
	}
	d.Left = -1 // there is room again
	return s, acknowledged
}

func TestWhicheverWriteFailsNothingAcknowledgedIsLost(t *testing.T) {
	for _, forever := range []bool{false, true} {
		for n := range 60 {
			d := disktest.New(n, forever)
			s, acknowledged := scripted(t, d)
			if s.trainer.StepCount() != 18 {
				t.Fatalf("operation %d: training came to step %d", n, s.trainer.StepCount())
			}
			if forever && s.logErr == nil && n < 20 {
				t.Errorf("operation %d: nothing is said", n)
			}
			if s.logErr != nil && !strings.Contains(s.logErr.Error(), "no space left") {
				t.Errorf("operation %d: %v", n, s.logErr)
			}
			path := s.log.Path
			if log := d.Survives(path); len(log) > 0 && bytes.IndexByte(log, '\n') > 0 {
				rec, err := journal.Parse(path, bytes.NewReader(log))
				if err != nil {
					t.Fatalf("operation %d: %v", n, err)
				}
				if len(rec.Entries) < acknowledged {
					t.Errorf("operation %d: %d decisions are left, %d were acknowledged", n, len(rec.Entries), acknowledged)
				}
			} else if acknowledged > 0 {
				t.Errorf("operation %d: no log is left of %d decisions", n, acknowledged)
			}
			if d.Survives(journal.StatePath(path)) != nil {
				if err := whole(t, d.Survives(journal.StatePath(path))); err != nil {
					t.Errorf("operation %d: the state: %v", n, err)
				}
			}
			if s.Retry(); s.logErr != nil {
				t.Errorf("operation %d: with room again: %v", n, s.logErr)
			}
			rec, err := journal.Parse(s.log.Path, bytes.NewReader(d.Survives(s.log.Path)))
			if err != nil || len(rec.Entries) != 6 {
				t.Errorf("operation %d: saving did not resume: %v", n, err)
			}
			_ = s.log.Close()
		}
	}
}

// whole tells what is wrong with the content of a state file.
func whole(t *testing.T, state []byte) error {
	log := filepath.Join(t.TempDir(), "s.jsonl")
	if err := os.WriteFile(journal.StatePath(log), state, 0o600); err != nil {
		return err
	}
	body, err := journal.ReadState(log)
	if err == nil {
		_, err = decodeState(body)
	}
	return err
}

func size(t interface{ Fatal(...any) }, path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func TestASecondDescentIsToldWhoWritesTheLog(t *testing.T) {
	s, path := logged(t, moons(t))
	defer s.Finish()
	_, err := Resume(path, noFiles{}, nil)
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("(process %d)", os.Getpid())) {
		t.Errorf("a second one: %v", err)
	}
}

func TestADamagedStateIsLeftAsideAndSaid(t *testing.T) {
	s, path := logged(t, moons(t))
	steps(t, s, 5)
	set(t, s, "optimizer.lr", knob.Num(0.1))
	steps(t, s, 300)
	want := s.trainer.Hash()
	if err := s.State(StateBytes).save(disk.Machine{}, path); err != nil {
		t.Fatal(err)
	}
	if err := s.Finish(); err != nil {
		t.Fatal(err)
	}
	state, _ := os.ReadFile(journal.StatePath(path))
	for what, b := range map[string][]byte{"flipped": flipped(state, len(state)/2), "short": state[:len(state)-3], "empty": nil, "other": []byte("hello")} {
		if err := os.WriteFile(journal.StatePath(path), b, 0o644); err != nil {
			t.Fatal(err)
		}
		back, err := Resume(path, noFiles{}, nil)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if got := back.Session.trainer.Hash(); got != want || len(back.Notes) != 1 {
			t.Errorf("%s: state %s, want %s; notes %q", what, got, want, back.Notes)
		}
		back.Session.log.Close()
	}
}

func flipped(b []byte, at int) []byte {
	out := bytes.Clone(b)
	out[at] ^= 1
	return out
}

func TestAResumedSessionGoesOnInTheSameLog(t *testing.T) {
	s, path := logged(t, moons(t))
	steps(t, s, 5)
	set(t, s, "optimizer.lr", knob.Num(0.1))
	if err := s.Finish(); err != nil {
		t.Fatal(err)
	}
	back, err := Resume(path, noFiles{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	steps(t, back.Session, 5)
	set(t, back.Session, "optimizer.lr", knob.Num(0.2))
	steps(t, back.Session, 5)
	want := back.Session.trainer.Hash()
	if err := back.Session.Finish(); err != nil {
		t.Fatal(err)
	}
	out, err := Replay(t.Context(), readLog(t, path), noFiles{}, nil, nil)
	if err != nil || out.Steps != 15 || out.Decisions != 2 || !out.Exact {
		t.Errorf("%+v, %v", out, err)
	}
	if end := readLog(t, path).Entries; end[len(end)-1].End.Hash != want {
		t.Error("the log ends elsewhere")
	}
}

func TestAReadOnlyFolderIsSaidAndTheLogWaits(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_STATE_HOME", blocked)
	l, err := journal.Begin(journal.NewHeader(moons(t), nil))
	if err == nil || l == nil {
		t.Fatalf("log %v, error %v", l, err)
	}
	s := New(trainer(t, moons(t)), l).SetLogError(err)
	steps(t, s, 3)
	set(t, s, "optimizer.lr", knob.Num(0.1))
	if s.LogError() == nil {
		t.Error("it is not said that nothing is saved")
	}
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	if s.Retry(); s.logErr != nil {
		t.Fatal(s.logErr)
	}
	if n := len(readLog(t, l.Path).Entries); n != 1 {
		t.Errorf("%d decisions were written once there was a place, want 1", n)
	}
	if err := errors.Join(s.Finish()); err != nil {
		t.Error(err)
	}
}

// What lay on the disk when the process was killed is where the session is opened
// again, however young the state beside the log is.
func TestAKilledSessionIsResumedWhereItStood(t *testing.T) {
	for _, race := range []bool{false, true} {
		s, path := logged(t, moons(t))
		steps(t, s, 300)
		if race {
			if err := s.Race(Over("optimizer.lr", []knob.Value{knob.Num(0.01), knob.Num(0.02)})); err != nil {
				t.Fatal(err)
			}
			steps(t, s, 300)
		}
		journal.NewProgressFile(disk.Machine{}).Write(s.log, s.Progress())
		here := s.Position()
		dead := filepath.Join(t.TempDir(), "s.jsonl")
		for _, end := range []string{"", ".reached"} { // and no state at all
			content, err := os.ReadFile(path + end)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(dead+end, content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		back, err := Resume(dead, noFiles{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		b := back.Session
		if got := b.Position(); got != here || len(back.Notes) != 0 {
			t.Errorf("resumed at %+v, it stood at %+v; %q", got, here, back.Notes)
		}
		if race && b.branches[2].head != here.Step {
			t.Errorf("the other racer had come to step %d, it is known to %d", here.Step, b.branches[2].head)
		}
		if got, want := b.trainer.Hash(), straight(t, b, moons(t), b.at.entries.all(), b.trainer.StepCount()); got != want {
			t.Error("the state is not that of a straight run")
		}
		// A line that is damaged, or of another moment, is left aside.
		for name, line := range map[string]string{
			"empty": "", "torn": `{"created":"x"`, "other": `{"created":"x","lines":0,"branch":0,"step":5}` + "\n", "far": `{"created":"` + b.created + `","lines":0,"branch":9,"step":-5}` + "\n",
		} {
			if err := os.WriteFile(journal.ProgressPath(dead), []byte(line), 0o644); err != nil {
				t.Fatal(err)
			}
			n := len(readLog(t, dead).Entries)
			if at := b.follow(dead, n, standing{}); at != (standing{}) {
				t.Errorf("%s: it stands at %+v", name, at)
			}
		}
		b.log.Close()
	}
}
