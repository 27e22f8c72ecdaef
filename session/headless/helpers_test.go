package headless

import (
	"bytes"
	"path/filepath"
	"regexp"
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

// branched is the log of sessiontest.Branched, and its lines.
func branched(t testing.TB) (path string, lines []string) {
	t.Helper()
	s, path := logged(t, moons(t))
	return path, sessiontest.Branched(t, s, path)
}

func flipped(b []byte, at int) []byte {
	out := bytes.Clone(b)
	out[at] ^= 1
	return out
}

// sums are the checksums at the ends of a log's lines.
var sums = regexp.MustCompile(`,"sum":"[0-9a-f]{8}"}`)
