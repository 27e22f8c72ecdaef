package session

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"descent/core/knob"
	"descent/session/journal"
	"descent/session/sessiontest"
)

// branched is the log of sessiontest.Branched, and its lines.
func branched(t *testing.T) (path string, lines []string) {
	t.Helper()
	s, path := logged(t, moons(t))
	return path, sessiontest.Branched(t, s, path)
}

// What does not hold in a log ends its branch before it: the session opens up to
// there, says so, and goes on without touching what the file holds.
func TestWhatNoLongerHoldsEndsItsBranchAndStaysInTheFile(t *testing.T) {
	path, lines := branched(t)
	tried := 0
	for _, f := range sessiontest.Forgeries {
		for i := 1; i < len(lines); i++ {
			if f.In != "" && !strings.Contains(lines[i], `"`+f.In+`":`) || f.In == "" && i%2 == 1 {
				continue
			}
			forged := append([]string(nil), lines...)
			forged[i] = sessiontest.Forge(t, lines[i], f.Do)
			tried++
			name := fmt.Sprintf("%s, line %d", f.What, i+1)
			content := strings.Join(forged, "")
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Replay(context.Background(), readLog(t, path), noFiles{}, nil, nil)
			if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("s.jsonl:%d: the line ", i+1)) {
				t.Errorf("%s: the replay says %v", name, err)
			}
			back, err := Resume(path, noFiles{}, nil)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			s := back.Session
			if len(back.Notes) == 0 || !strings.Contains(back.Notes[0], fmt.Sprintf("s.jsonl:%d: the line ", i+1)) {
				t.Errorf("%s: notes %q", name, back.Notes)
			}
			for _, b := range s.branches {
				if b.lost {
					continue
				}
				if err := s.Seek(b.id, b.head, nil); err != nil {
					t.Errorf("%s: branch %d: %v", name, b.id, err)
				}
			}
			sealed := s.at.sealed
			id := s.at.id
			steps(t, s, 2)
			if sealed && s.at.id == id {
				t.Errorf("%s: the session goes on on a branch that the log goes on with", name)
			}
			set(t, s, "train.clip_norm", knob.Num(0.7))
			steps(t, s, 2)
			want, branches := s.trainer.Hash(), len(s.branches)
			if err := s.Finish(); err != nil {
				t.Fatal(err)
			}
			now, err := os.ReadFile(path)
			if err != nil || !bytes.HasPrefix(now, []byte(content)) {
				t.Errorf("%s: what the file held is gone (%v)", name, err)
			}
			again, err := Resume(path, noFiles{}, nil)
			if err != nil {
				t.Fatalf("%s: opened again: %v", name, err)
			}
			if got := again.Session.trainer.Hash(); got != want || len(again.Session.branches) != branches {
				t.Errorf("%s: opened again it is another session: %q", name, again.Notes)
			}
			if n := len(again.Notes); n != len(back.Notes) {
				t.Errorf("%s: %d notes the second time, %d the first: %q", name, n, len(back.Notes), again.Notes)
			}
			if err := again.Session.Abandon(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if tried < 70 {
		t.Errorf("only %d forgeries were tried", tried)
	}
}

// Two branches that teach each other in circles, and acts that wait for each
// other: no computation goes round.
func TestActsNeverWaitForThemselves(t *testing.T) {
	header := readHeader(t)
	for what, lines := range map[string][]string{
		"in a circle": {
			`{"branch":1,"step":1,"actor":"user","fork":{"parent":0,"step":0,"inherit":0,"label":""}}`,
			`{"branch":0,"step":5,"actor":"user","act":{"name":"teach","branch":1,"step":50}}`,
			`{"branch":1,"step":10,"actor":"user","act":{"name":"teach","branch":0,"step":20}}`,
			`{"branch":1,"step":60,"actor":"user","seek":{"step":60,"decisions":1}}`,
		},
		"ahead of itself": {
			`{"branch":0,"step":2,"actor":"user","act":{"name":"rewind","step":40}}`,
			`{"branch":0,"step":50,"actor":"user","seek":{"step":50,"decisions":1}}`,
		},
		"behind a later fork": {
			`{"branch":1,"step":1,"actor":"user","fork":{"parent":0,"step":0,"inherit":0,"label":""}}`,
			`{"branch":0,"step":3,"actor":"user","act":{"name":"teach","branch":1,"step":9}}`,
			`{"branch":2,"step":10,"actor":"user","fork":{"parent":0,"step":9,"inherit":1,"label":""}}`,
			`{"branch":1,"step":4,"actor":"user","act":{"name":"teach","branch":2,"step":30}}`,
		},
	} {
		path := t.TempDir() + "/s.jsonl"
		text := header
		for _, line := range lines {
			text += line + "\n"
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		back, err := Resume(path, noFiles{}, nil)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if len(back.Notes) == 0 {
			t.Errorf("%s: nothing is said", what)
		}
		if err := back.Session.Abandon(); err != nil {
			t.Error(err)
		}
	}
}

func readHeader(t testing.TB) string {
	t.Helper()
	b, err := json.Marshal(journal.NewHeader(moons(t), nil))
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n"
}

// A long chain of branches, each taught by the one before, costs no more memory
// than a few networks.
func TestALongChainOfTeachersIsBounded(t *testing.T) {
	const generations = 300
	text := readHeader(t)
	for id := 1; id <= generations; id++ {
		text += fmt.Sprintf(`{"branch":%d,"step":1,"actor":"user","fork":{"parent":0,"step":0,"inherit":0,"label":""}}`+"\n", id)
		text += fmt.Sprintf(`{"branch":%d,"step":1,"actor":"user","act":{"name":"teach","branch":%d,"step":1}}`+"\n", id, id-1)
	}
	path := t.TempDir() + "/s.jsonl"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	back, err := Resume(path, noFiles{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(back.Notes) != 1 || !strings.Contains(back.Notes[0], "refer to each other's states") || back.Session.trainer.StepCount() != 0 {
		t.Errorf("notes %q", back.Notes)
	}
	if err := back.Session.Abandon(); err != nil {
		t.Error(err)
	}
}

func TestALossThatDoesNotFitEndsItsBranch(t *testing.T) {
	r := moons(t)
	r.Data.Set, r.Model.Layers = "sine", []int{1, 4, 1}
	if err := r.Set("loss.name", knob.Word("mse")); err != nil {
		t.Fatal(err)
	}
	read := (&journal.Record{Name: "s", Entries: []journal.Entry{{Step: 5, Command: journal.SetKnob("loss.name", knob.Word("cross-entropy"))}}}).Read(trainer(t, r), false)
	if err := read.Err(); err == nil || !strings.Contains(err.Error(), "s:2: the line cannot be applied: ") || read.At.Step != 4 {
		t.Errorf("%v; it ends at step %d", err, read.At.Step)
	}
}
