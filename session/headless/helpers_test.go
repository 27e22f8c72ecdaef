package headless

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/session"
	"descent/session/journal"
	"descent/session/sessiontest"
)

type noFiles = sessiontest.NoFiles

var (
	moons   = sessiontest.Moons
	heavy   = sessiontest.Heavy
	trainer = sessiontest.Trainer
)

// logged is a session with a log in a folder of the test.
func logged(t testing.TB, r recipe.Recipe) (*session.Session, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s.jsonl")
	l, err := journal.Create(path, journal.NewHeader(r, nil), false)
	if err != nil {
		t.Fatal(err)
	}
	return session.New(trainer(t, r), l), path
}

func steps(t testing.TB, s *session.Session, n int) {
	t.Helper()
	for range n {
		if _, err := s.Step(); err != nil {
			t.Fatal(err)
		}
	}
}

func set(t testing.TB, s *session.Session, path string, v knob.Value) {
	t.Helper()
	if err := s.Set(path, v); err != nil {
		t.Fatal(err)
	}
}

// branched is a log of two branches: main with decisions at steps 5, 9 and 15,
// and one that leaves it at step 8 with decisions at 9 and 13, where it teaches.
func branched(t testing.TB) (path string, lines []string) {
	t.Helper()
	s, path := logged(t, moons(t))
	steps(t, s, 4)
	set(t, s, "optimizer.lr", knob.Num(0.1))
	steps(t, s, 4)
	set(t, s, "optimizer.name", knob.Word("adam"))
	steps(t, s, 6)
	set(t, s, "optimizer.beta1", knob.Num(0.8))
	steps(t, s, 3)
	if err := s.Seek(0, 7, nil); err != nil {
		t.Fatal(err)
	}
	set(t, s, "prune.sparsity", knob.Num(0.5))
	steps(t, s, 5)
	if err := s.Do("user", journal.Command{Act: &journal.Act{Name: journal.Teach, Branch: 0, Step: 16}}); err != nil {
		t.Fatal(err)
	}
	steps(t, s, 3)
	if err := s.Finish(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines = strings.SplitAfter(string(b), "\n")
	return path, lines[:len(lines)-1]
}

func flipped(b []byte, at int) []byte {
	out := bytes.Clone(b)
	out[at] ^= 1
	return out
}

// sums are the checksums at the ends of a log's lines.
var sums = regexp.MustCompile(`,"sum":"[0-9a-f]{8}"}`)
