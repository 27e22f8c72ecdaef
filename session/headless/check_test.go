package headless

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"descent/core/knob"
	"descent/session"
	"descent/session/journal"
	"descent/session/sessiontest"
)

// checked checks a log that has to be readable.
func checked(t *testing.T, path string, o CheckOptions) Checked {
	t.Helper()
	c, err := Check(t.Context(), path, noFiles{}, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestASoundSessionIsSound(t *testing.T) {
	path, lines := branched(t)
	c := checked(t, path, CheckOptions{Replay: true, Repair: true})
	if !c.Sound || c.Lines != len(lines) || c.Decisions != 5 || c.Branches != 2 || !strings.Contains(c.Replayed, "bit for bit") || c.Repaired != "" {
		t.Errorf("%+v", c)
	}
}

// Whatever a line says that cannot be applied is found, and the repaired copy is
// sound and opens where the original does. The original is not touched.
func TestWhatCannotBeAppliedIsFoundAndLeftOutOfTheCopy(t *testing.T) {
	path, lines := branched(t)
	for n, f := range sessiontest.Forgeries {
		for i := 1; i < len(lines); i++ {
			if f.In != "" && !strings.Contains(lines[i], `"`+f.In+`":`) || (n+i)%4 != 0 {
				continue
			}
			forged := append([]string(nil), lines...)
			forged[i] = sessiontest.Forge(t, lines[i], f.Do)
			content := []byte(strings.Join(forged, ""))
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			c := checked(t, path, CheckOptions{Repair: true})
			if c.Sound || c.Repaired == "" || len(c.Defects) == 0 || c.Defects[0].Line != i+1 {
				t.Errorf("%s, line %d: %+v", f.What, i+1, c)
				continue
			}
			if now, _ := os.ReadFile(path); !bytes.Equal(now, content) {
				t.Errorf("%s, line %d: the original has changed", f.What, i+1)
			}
			if again := checked(t, c.Repaired, CheckOptions{}); !again.Sound {
				t.Errorf("%s, line %d: the copy has %v", f.What, i+1, again.Defects)
			}
			was, err := session.Resume(path, noFiles{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			now, err := session.Resume(c.Repaired, noFiles{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if was.Session.Trainer().Hash() != now.Session.Trainer().Hash() {
				t.Errorf("%s, line %d: the copy stands elsewhere", f.What, i+1)
			}
			for _, s := range []*session.Session{was.Session, now.Session} {
				if err := s.Abandon(); err != nil {
					t.Error(err)
				}
			}
			if err := os.Remove(c.Repaired); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A log of lines without checksums is repaired too, and gets them.
func TestACopyHasChecksumsThroughout(t *testing.T) {
	path, lines := branched(t)
	last := sessiontest.Forge(t, lines[len(lines)-1], func(m map[string]any) { sessiontest.Within(m, "end")["decisions"] = 99 })
	text := sums.ReplaceAllString(strings.Join(append(lines[:len(lines)-1:len(lines)-1], last), ""), "}")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c := checked(t, path, CheckOptions{Repair: true})
	again := checked(t, c.Repaired, CheckOptions{Replay: true})
	if !again.Sound || again.Decisions != 5 || again.Branches != 2 {
		t.Errorf("%+v", again)
	}
	content, err := os.ReadFile(c.Repaired)
	if err != nil || len(sums.FindAll(content, -1)) != again.Lines {
		t.Errorf("%v: %d of %d lines have a checksum", err, len(sums.FindAll(content, -1)), again.Lines)
	}
}

// A byte that has changed is found, wherever it is.
func TestEveryChangedByteIsFound(t *testing.T) {
	path, lines := branched(t)
	log := []byte(strings.Join(lines, ""))
	header := len(lines[0])
	for at := 0; at < len(log); at += 1 + at%17 {
		if at > 200 && at < header-200 && at%10 != 0 {
			continue
		}
		for _, bit := range []byte{1, 0x80} {
			b := bytes.Clone(log)
			b[at] ^= bit
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			if c := checked(t, path, CheckOptions{}); c.Sound {
				t.Errorf("byte %d of %d has changed, and nothing is said", at, len(log))
			}
		}
	}
}

func TestStatesAndFilesAreChecked(t *testing.T) {
	s, path := logged(t, moons(t))
	steps(t, s, 4)
	set(t, s, "quant.bits", knob.Num(6))
	steps(t, s, 4)
	if err := s.Undo(); err != nil {
		t.Fatal(err)
	}
	steps(t, s, 3)
	if err := s.State(session.StateBytes).Save(path); err != nil {
		t.Fatal(err)
	}
	if err := s.Finish(); err != nil {
		t.Fatal(err)
	}
	if c := checked(t, path, CheckOptions{}); !c.Sound {
		t.Errorf("a sound state: %v", c.Defects)
	}
	state, _ := os.ReadFile(journal.StatePath(path))
	if err := os.WriteFile(journal.StatePath(path), flipped(state, len(state)/2), 0o600); err != nil {
		t.Fatal(err)
	}
	c := checked(t, path, CheckOptions{})
	if c.Sound || len(c.Defects) != 1 || c.Defects[0].File != journal.StatePath(path) {
		t.Errorf("a damaged state: %+v", c)
	}
	r := moons(t)
	r.Data.Set, r.Data.File = "", "/nowhere.csv"
	log, err := journal.Create(filepath.Join(t.TempDir(), "s.jsonl"), journal.NewHeader(r, nil), false)
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Append(journal.Entry{Step: 4, Command: journal.SetKnob("optimizer.lr", knob.Num(0.1))}); err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	if c := checked(t, log.Path, CheckOptions{}); c.Sound || !strings.Contains(c.Defects[0].What, "/nowhere.csv is not there") {
		t.Errorf("a file that is not there: %+v", c)
	}
}

// Whatever bytes a log holds, it is checked, or refused in a sentence.
func FuzzCheck(f *testing.F) {
	logs, err := filepath.Glob("../testdata/golden/*/*.jsonl")
	if err != nil || len(logs) == 0 {
		f.Fatalf("there are no golden logs (%v)", err)
	}
	for _, path := range logs {
		content, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(sums.ReplaceAll(content, []byte("}")))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		rec, err := journal.Parse("s.jsonl", bytes.NewReader(content))
		if err != nil || !sessiontest.Cheap(rec) {
			return
		}
		path := filepath.Join(t.TempDir(), "s.jsonl")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Check(t.Context(), path, sessiontest.Bounded{}, CheckOptions{Repair: true}); err != nil && (err.Error() == "" || strings.Contains(err.Error(), "\n")) {
			t.Errorf("not one sentence: %q", err)
		}
	})
}
