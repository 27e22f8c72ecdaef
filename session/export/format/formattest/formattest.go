// Package formattest makes sessions for the tests of what they are exported to.
package formattest

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"descent/core/model"
	"descent/presets"
	"descent/session"
	"descent/session/export/format"
	"descent/session/journal"
)

// Subject is the session of a log on the disk. It is closed when the test ends.
func Subject(t testing.TB, path string) format.Subject {
	t.Helper()
	log, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	record, err := journal.Parse(path, bytes.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	back, err := session.Peek(path, presets.Files{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = back.Session.Abandon() })
	s := format.Subject{Name: filepath.Base(path), Session: back.Session, Record: record, Files: presets.Files{}, Log: log}
	if _, ok := back.Session.Trainer().Network(); ok {
		if s.Model, err = model.Of(back.Session.Trainer(), "test"); err != nil {
			t.Fatal(err)
		}
	}
	return s
}
