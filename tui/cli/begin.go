package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"descent/core/recipe"
	"descent/presets"
	"descent/session"
	"descent/session/journal"
	"descent/session/live"
)

// begin begins a session and its log.
func begin(r recipe.Recipe, files presets.Files) (*session.Session, error) {
	t, hashes, err := session.Open(r, files)
	if err != nil {
		return nil, err
	}
	_ = journal.Tidy() // what cannot be removed does no harm
	log, logErr := journal.Begin(journal.NewHeader(r, hashes))
	return session.New(t, log).SetLogError(logErr), nil
}

// searches has hyperparameters searched with what a preset may need.
func searches() live.Searches { return live.Studies(presets.Files{Cache: presets.CacheDir()}) }

// saved says how to go on with the session of a log, "" where none is kept.
func saved(path string) string {
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	name := strings.TrimSuffix(filepath.Base(path), ".jsonl")
	if journal.Find(name) != path { // it is not among the others
		name = path
	}
	resume := "descent resume"
	if last, _, err := journal.Latest(); err != nil || last != path {
		resume += " " + quoted(name)
	}
	return fmt.Sprintf("session saved; `%s` continues it, `descent replay %s` recomputes it", resume, quoted(name))
}
