package sessiontest

import (
	"os"
	"strings"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/session/journal"
)

// Session is what Branched asks of a session, which this package cannot import: the
// tests of session itself use it.
type Session interface {
	Step() (core.Report, error)
	Set(path string, v knob.Value) error
	Seek(b journal.BranchID, step int, goOn func(done, total int) bool) error
	Do(actor string, c journal.Command) error
	Finish() error
}

// Branched trains a session that logs to a path and finishes it. It returns the
// lines of the log, of two branches: main with decisions at steps 5, 9 and 15, and
// one that leaves it at step 8 with decisions at 9 and 13, where it teaches.
func Branched(t testing.TB, s Session, path string) []string {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	steps := func(n int) {
		t.Helper()
		for range n {
			_, err := s.Step()
			must(err)
		}
	}
	steps(4)
	must(s.Set("optimizer.lr", knob.Num(0.1)))
	steps(4)
	must(s.Set("optimizer.name", knob.Word("adam")))
	steps(6)
	must(s.Set("optimizer.beta1", knob.Num(0.8)))
	steps(3)
	must(s.Seek(0, 7, nil))
	must(s.Set("prune.sparsity", knob.Num(0.5)))
	steps(5)
	must(s.Do("user", journal.Command{Act: &journal.Act{Name: journal.Teach, Branch: 0, Step: 16}}))
	steps(3)
	must(s.Finish())
	b, err := os.ReadFile(path)
	must(err)
	lines := strings.SplitAfter(string(b), "\n")
	return lines[:len(lines)-1]
}
