package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestCheckSaysWhatIsWrongAndRepairsACopy(t *testing.T) {
	dir, log := record(t)
	if r := succeed(t, dir, "check", "s.jsonl", "--replay"); !strings.Contains(r.out, "s.jsonl: sound; lines: 5, decisions: 3, branches: 1; 300 steps and 3 decisions replayed: matched bit for bit") {
		t.Errorf("check says %q", r.out)
	}
	wrong := strings.Replace(log, `"actor":"`, `"actor":"x`, 1)
	write(t, dir, "wrong.jsonl", wrong)
	r := descent(t, dir, "check", "wrong.jsonl", "--repair")
	oneSentence(t, r.err)
	if r.code != 1 || !strings.Contains(r.out, "wrong.jsonl:2: the line is damaged: its checksum does not match") || !strings.Contains(r.out, "wrong-repaired.jsonl") {
		t.Errorf("exit %d: %q %q", r.code, r.out, r.err)
	}
	if read(t, dir, "wrong.jsonl") != wrong {
		t.Error("the original was touched")
	}
	succeed(t, dir, "check", "wrong-repaired.jsonl")
	r = descent(t, dir, "check", "wrong.jsonl", "--json")
	var found []struct {
		Path    string
		Sound   bool
		Defects []struct {
			Line   int
			What   string
			Repair string
		}
	}
	if err := json.Unmarshal([]byte(r.out), &found); err != nil || r.code != 1 || len(found) != 1 || found[0].Sound || found[0].Defects[0].Line != 2 {
		t.Errorf("exit %d, %v: %s", r.code, err, r.out)
	}
	for _, args := range [][]string{{"check", "nothing.jsonl"}, {"check", "--all", "s.jsonl"}, {"check", "a", "b"}, {"check"}} {
		r := descent(t, dir, args...)
		oneSentence(t, r.err)
		if r.code != 2 {
			t.Errorf("%v: exit %d, %q", args, r.code, r.err)
		}
	}
}

func TestCheckGoesThroughAllSessions(t *testing.T) {
	dir, log := record(t)
	kept := filepath.Join(dir, "state", "descent", "sessions")
	if err := os.MkdirAll(kept, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, kept, "a.jsonl", log)
	write(t, kept, "b.jsonl", log[:len(log)-30])
	r := descent(t, dir, "check", "--all")
	if r.code != 1 || !strings.Contains(r.out, "a.jsonl: sound") || !strings.Contains(r.out, "b.jsonl:5: the last line was cut off") || !strings.Contains(r.err, "1 of 2 sessions") {
		t.Errorf("exit %d: %q %q", r.code, r.out, r.err)
	}
	if r := succeed(t, dir, "check", "a"); !strings.Contains(r.out, "sound") {
		t.Errorf("by its name: %q", r.out)
	}
}

// A session can be looked at where nothing can be written, while another descent
// has it open, and leaves nothing behind.
func TestADryRunOnlyReads(t *testing.T) {
	dir, log := record(t)
	kept := filepath.Join(dir, "kept")
	if err := os.Mkdir(kept, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, kept, "s.jsonl", log)
	if err := os.Chmod(filepath.Join(kept, "s.jsonl"), 0o400); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(kept, 0o500); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(kept, 0o700)
	if r := succeed(t, dir, "resume", "--dry-run", filepath.Join("kept", "s.jsonl")); !strings.Contains(r.out, "step 300 of main") {
		t.Errorf("it says %q", r.out)
	}
	if left, _ := filepath.Glob(filepath.Join(kept, "*")); len(left) != 1 {
		t.Errorf("%v is there", left)
	}
}

// A run whose log is deleted says so and fails.
func TestARunWhoseLogIsDeletedFails(t *testing.T) {
	dir := t.TempDir()
	cmd := command(t, dir, "run", "seed", "--steps", "100000000", "--quiet", "--log", "s.jsonl")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "s.jsonl")
	for n := 0; ; n++ {
		if info, err := os.Stat(path); err == nil && info.Size() > 0 {
			break
		}
		if n > 5000 {
			t.Fatal("it never began")
		}
		time.Sleep(2 * time.Millisecond)
	}
	time.Sleep(100 * time.Millisecond) // it trains
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	err := cmd.Wait()
	if code := exitCode(t, err); code != 1 || !strings.Contains(stderr.String(), "s.jsonl: it was deleted while it was being written") {
		t.Errorf("exit %d: %q", code, stderr.String())
	}
}
