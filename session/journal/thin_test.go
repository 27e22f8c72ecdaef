package journal

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/session/disk"
)

func TestTidyLeavesTheLastSessionsAndThoseWithALabel(t *testing.T) {
	content, _ := lived(t, true)
	dir := shelved(t, 30, content)
	with := func(name string, entries ...Entry) {
		path := filepath.Join(dir, name+".jsonl")
		rec, err := Parse(path, bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		put(t, path, content, time.Hour)
		lock, err := Acquire(path)
		if err != nil {
			t.Fatal(err)
		}
		l, err := Continue(disk.Machine{}, rec, lock)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if err := l.Append(e); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		put(t, path, mustRead(t, path), time.Hour)
	}
	label := func(text string) Entry { return Entry{Branch: 1, Step: 15, Command: Command{Label: &text}} }
	turn := SetKnob("optimizer.lr", knob.Num(0.2))
	with("named", label("mine"))
	with("by-itself", label(recipe.Words(turn.Set.Path, turn.Set.Value)), Entry{Branch: 1, Step: 15, Command: turn}) // as a branch without a name is
	put(t, filepath.Join(dir, "damaged.jsonl"), []byte("hello\n"), time.Hour)
	put(t, filepath.Join(dir, "running.jsonl"), content, time.Hour)
	running, err := Acquire(filepath.Join(dir, "running.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer running.Release()
	put(t, filepath.Join(dir, "searched.jsonl"), content, time.Hour)
	studies, err := StudiesPath(filepath.Join(dir, "searched.jsonl"), "moons")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"1", "2", "10", "x"} {
		if err := os.MkdirAll(filepath.Join(studies, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if got := Studies(filepath.Join(dir, "searched.jsonl")); len(got) != 3 || filepath.Base(got[2]) != "10" {
		t.Errorf("the studies are %q", got)
	}
	if err := Tidy(); err != nil {
		t.Fatal(err)
	}
	names, err := Names()
	if err != nil {
		t.Fatal(err)
	}
	for i := 10; i < 30; i++ {
		if name := fmt.Sprintf("s%05d", i); !slices.Contains(names, name) {
			t.Errorf("%s, one of the last, is gone", name)
		}
	}
	for _, name := range []string{"named", "damaged", "running", "searched"} {
		if !slices.Contains(names, name) {
			t.Errorf("%s is gone", name)
		}
	}
	if len(names) != 24 {
		t.Errorf("%d are left: %s", len(names), strings.Join(names, ", "))
	}
	if err := Remove("searched"); err != nil || len(Studies(filepath.Join(dir, "searched.jsonl"))) > 0 {
		t.Errorf("its studies are left: %v", err)
	}
	if _, err := os.Stat(filepath.Join(studies, "x")); err != nil {
		t.Errorf("what is no study is gone: %v", err)
	}
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
