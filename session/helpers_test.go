package session

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/core/recipe"
	"descent/session/journal"
	"descent/session/sessiontest"

	"pgregory.net/rapid"
)

type noFiles = sessiontest.NoFiles

var (
	moons   = sessiontest.Moons
	trainer = sessiontest.Trainer
)

// Much is allocated here and little kept: garbage is collected less often.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

// logged is a session with a log in a folder of the test.
func logged(t testing.TB, r recipe.Recipe) (*Session, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s.jsonl")
	l, err := journal.Create(path, journal.NewHeader(r, nil), false)
	if err != nil {
		t.Fatal(err)
	}
	return New(trainer(t, r), l), path
}

func readLog(t testing.TB, path string) *journal.Record {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := journal.Parse(path, bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func steps(t testing.TB, s *Session, n int) {
	t.Helper()
	for range n {
		if _, err := s.Step(); err != nil {
			t.Fatal(err)
		}
	}
}

func set(t testing.TB, s *Session, path string, v knob.Value) {
	t.Helper()
	if err := s.Set(path, v); err != nil {
		t.Fatal(err)
	}
}

// straight computes a branch's decisions without ever looking back.
func straight(t testing.TB, s *Session, r recipe.Recipe, entries []*Decision, step int) string {
	t.Helper()
	return run(t, s, r, entries, step, true).Hash()
}

// run is a straight run of decisions to a step, with those after it or without;
// s knows the branches that teach.
func run(t testing.TB, s *Session, r recipe.Recipe, entries []*Decision, step int, after bool) *core.Trainer {
	t.Helper()
	tr := trainer(t, r)
	states := []*core.Snapshot{tr.Snapshot()}
	turn := func(upto int) {
		for len(entries) > 0 && entries[0].Step <= upto {
			var err error
			switch c := entries[0].Command; {
			case c.Set != nil:
				err = tr.Set(c.Set.Path, c.Set.Value)
			case c.Act.Name == journal.Merge:
				err = tr.Merge()
			case c.Act.Name == journal.Rewind:
				err = tr.Rewind(states[c.Act.Step])
			case c.Act.Name == journal.Best:
				err = tr.Best(states[c.Act.Step])
			case c.Act.Name == journal.Teach:
				err = tr.SetTeacher(run(t, s, r, s.branches[c.Act.Branch].entries.all(), c.Act.Step, false).Snapshot())
			}
			if err != nil {
				t.Fatal(err)
			}
			entries = entries[1:]
		}
	}
	for tr.StepCount() < step {
		turn(tr.StepCount() + 1)
		tr.Step()
		states = append(states, tr.Snapshot())
	}
	if after {
		turn(step + 1)
	}
	return tr
}

// someAct is a decision that is no knob's, which may be refused.
func someAct(rt *rapid.T, s *Session) journal.Command {
	b := s.branches[rapid.IntRange(0, len(s.branches)-1).Draw(rt, "of")]
	return journal.Command{Act: &journal.Act{
		Name: rapid.SampledFrom([]string{journal.Rewind, journal.Best, journal.Merge, journal.Teach}).Draw(rt, "name"),
		Step: rapid.IntRange(0, b.head).Draw(rt, "of step"), Branch: b.id,
	}}
}
