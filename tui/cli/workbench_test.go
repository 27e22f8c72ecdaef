package cli

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"descent/core/recipe"
	"descent/session/journal"
)

// Whoever leaves the last session is told to resume it without its name.
func TestTheLineAtTheEndIsShortForTheLastSession(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	begin := func() string {
		r := recipe.New()
		r.Name = "moons"
		l, err := journal.Begin(journal.NewHeader(r, nil))
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		return l.Path
	}
	first := begin()
	time.Sleep(10 * time.Millisecond) // for the dates of the files
	last := begin()
	if got := saved(last); !strings.Contains(got, "`descent resume` continues it") {
		t.Errorf("of the last: %q", got)
	}
	if got := saved(first); !strings.Contains(got, "`descent resume "+strings.TrimSuffix(filepath.Base(first), ".jsonl")+"` continues it") {
		t.Errorf("of another: %q", got)
	}
	for _, none := range []string{"", filepath.Join(filepath.Dir(last), "removed.jsonl")} {
		if got := saved(none); got != "" {
			t.Errorf("of none: %q", got)
		}
	}
}
