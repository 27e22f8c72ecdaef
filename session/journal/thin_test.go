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
	for _, name := range []string{"named", "damaged", "running"} {
		if !slices.Contains(names, name) {
			t.Errorf("%s is gone", name)
		}
	}
	if len(names) != 23 {
		t.Errorf("%d are left: %s", len(names), strings.Join(names, ", "))
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
