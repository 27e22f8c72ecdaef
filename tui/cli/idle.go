package cli

import (
	"strings"

	"descent/core"
)

// idle tells of keys that were given and do nothing, so that nobody concludes
// from them.
type idle struct {
	paths []string
	why   map[string]string // why a path did nothing where it was looked at
	busy  map[string]bool   // it did something there
}

// idle are the keys of --set, and more.
func (f *training) idle(more ...string) *idle {
	w := &idle{why: map[string]string{}, busy: map[string]bool{}}
	for _, text := range f.set {
		path, _, _ := strings.Cut(text, "=")
		w.paths = append(w.paths, path)
	}
	w.paths = append(w.paths, more...)
	return w
}

// look notes which of them do nothing at the start of a run.
func (w *idle) look(t *core.Trainer) {
	for _, path := range w.paths {
		set, err := t.Settings().Find(path)
		switch why := t.Inert(path); {
		case err == nil && set.Knob.Zero != "" && set.Value.Num() == 0: // off: that is what was asked for
		case why != "":
			w.why[path] = why
		default:
			w.busy[path] = true
		}
	}
}

// say writes a line for each that did nothing wherever it was looked at.
// decisions tells that some are still to come, which may change that.
func (w *idle) say(decisions bool) (said bool) {
	when := ""
	if decisions {
		when = ", at the start"
	}
	for _, path := range w.paths {
		if w.busy[path] || w.why[path] == "" {
			continue
		}
		stderr.printf("note: %s has no effect%s: %s\n", path, when, w.why[path])
		w.busy[path], said = true, true // once
	}
	return said
}
