package session

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"descent/core/knob"
	"descent/session/disk"
	"descent/session/journal"
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
	for n, f := range forgeries {
		for i := 1; i < len(lines); i++ {
			if f.in != "" && !strings.Contains(lines[i], `"`+f.in+`":`) || (n+i)%4 != 0 {
				continue
			}
			forged := append([]string(nil), lines...)
			forged[i] = forge(t, lines[i], f.do)
			content := []byte(strings.Join(forged, ""))
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			c := checked(t, path, CheckOptions{Repair: true})
			if c.Sound || c.Repaired == "" || len(c.Defects) == 0 || c.Defects[0].Line != i+1 {
				t.Errorf("%s, line %d: %+v", f.what, i+1, c)
				continue
			}
			if now, _ := os.ReadFile(path); !bytes.Equal(now, content) {
				t.Errorf("%s, line %d: the original has changed", f.what, i+1)
			}
			if again := checked(t, c.Repaired, CheckOptions{}); !again.Sound {
				t.Errorf("%s, line %d: the copy has %v", f.what, i+1, again.Defects)
			}
			was, err := Resume(path, noFiles{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			now, err := Resume(c.Repaired, noFiles{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if was.Session.trainer.Hash() != now.Session.trainer.Hash() {
				t.Errorf("%s, line %d: the copy stands elsewhere", f.what, i+1)
			}
			for _, s := range []*Session{was.Session, now.Session} {
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
	last := forge(t, lines[len(lines)-1], func(m map[string]any) { within(m, "end")["decisions"] = 99 })
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
	s, path := rich(t)
	if err := s.State(StateBytes).save(disk.Machine{}, path); err != nil {
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
	if err := log.Append(journal.Entry{Step: 4, Command: journal.Turn("optimizer.lr", knob.Num(0.1))}); err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	if c := checked(t, log.Path, CheckOptions{}); c.Sound || !strings.Contains(c.Defects[0].What, "/nowhere.csv is not there") {
		t.Errorf("a file that is not there: %+v", c)
	}
}
