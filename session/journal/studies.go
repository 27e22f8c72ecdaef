package journal

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"descent/session/disk"
)

// StudiesPath returns the directory of the studies of a session: for a log of the
// workbench in the state directory, for another beside it. Without a log it is a
// directory of the state directory that is named after the preset and the time.
func StudiesPath(log, preset string) (string, error) {
	dir, err := stateDir()
	stem := strings.TrimSuffix(filepath.Base(log), ".jsonl")
	switch {
	case log != "" && (err != nil || filepath.Dir(log) != filepath.Join(dir, "sessions")):
		return filepath.Join(filepath.Dir(log), stem+".studies"), nil
	case log == "":
		stem = time.Now().Format("20060102-150405") + "-" + disk.CutAt(preset, longestName)
	}
	return filepath.Join(dir, "studies", stem), err
}

// Studies lists the studies of the session with a log, the latest last.
func Studies(log string) []string {
	dir, err := StudiesPath(log, "")
	if err != nil || log == "" {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var numbers []int
	for _, e := range entries {
		if n, err := strconv.Atoi(e.Name()); err == nil && e.IsDir() && strconv.Itoa(n) == e.Name() {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	var out []string
	for _, n := range numbers {
		out = append(out, filepath.Join(dir, strconv.Itoa(n)))
	}
	return out
}
