package session

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"descent/core"
	"descent/core/recipe"
	"descent/session/journal"
)

func newInputs() *journal.Inputs {
	return &journal.Inputs{Files: map[string]string{}, Lessons: map[string]string{}}
}

// hashed wraps a library and records the hash of each file read; with want it
// rejects files and cached weights that have changed.
type hashed struct {
	core.Files
	seen  *journal.Inputs
	want  journal.Inputs
	notes []string
}

func hashOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func (h *hashed) File(path string) ([]byte, error) {
	content, err := h.Files.File(path)
	if err != nil {
		return nil, err
	}
	return content, h.check(path, content)
}

// Album hashes what the images of a folder come to.
func (h *hashed) Album(path string, size []int, grey bool) (content []byte, notes []string, ok bool, err error) {
	albums, can := h.Files.(core.Albums)
	if !can {
		return nil, nil, false, nil
	}
	if content, notes, ok, err = albums.Album(path, size, grey); ok && err == nil {
		err = h.check(path, content)
	}
	return content, notes, ok, err
}

func (h *hashed) check(path string, content []byte) error {
	text := hashOf(content)
	if want := h.want.Files[path]; want != "" && want != text {
		return fmt.Errorf("%s has changed since the log was written: its SHA-256 was %s…; restore the old file to replay", path, want[:min(12, len(want))])
	}
	h.seen.Files[path] = text
	return nil
}

// Kept returns cached weights, if there is a cache. Weights other than those of the
// log are ignored and trained again.
func (h *hashed) Kept(key string) []byte {
	s, ok := h.Files.(core.Shelf)
	if !ok {
		return nil
	}
	content := s.Kept(key)
	if content == nil {
		return nil
	}
	text := hashOf(content)
	if want := h.want.Lessons[key]; want != "" && want != text {
		h.notes = append(h.notes, "the cached weights of a preset that is trained first are not those of the log; it was trained again")
		return nil
	}
	h.seen.Lessons[key] = text
	return content
}

// Keep stores trained weights in the cache, if there is one.
func (h *hashed) Keep(key string, content []byte) {
	text := hashOf(content)
	if want := h.want.Lessons[key]; want != "" && want != text {
		h.notes = append(h.notes, "a preset that is trained first has other weights than in the log: results may differ")
	}
	h.seen.Lessons[key] = text
	if s, ok := h.Files.(core.Shelf); ok {
		s.Keep(key, content)
	}
}

// Reading passes on how far the reading of a file is.
func (h *hashed) Reading(file string, done, total int64) error {
	if w, ok := h.Files.(core.Watcher); ok {
		return w.Reading(file, done, total)
	}
	return nil
}

// Learning passes on the progress of the training of a preset.
func (h *hashed) Learning(preset string, done, total int) error {
	if s, ok := h.Files.(core.Shelf); ok {
		return s.Learning(preset, done, total)
	}
	return nil
}

// UsageError marks an error in a command or a file, as opposed to a failure at run
// time.
type UsageError struct{ Err error }

func (u UsageError) Error() string { return u.Err.Error() }

func (u UsageError) Unwrap() error { return u.Err }

// Open makes a trainer, and returns the hashes of its inputs.
func Open(r recipe.Recipe, files core.Files) (*core.Trainer, *journal.Inputs, error) {
	h := &hashed{Files: files, seen: newInputs()}
	t, err := core.New(r, h)
	if err != nil {
		return nil, nil, UsageError{err}
	}
	return t, h.seen, nil
}

// OpenWhile is Open that returns the context's error when ctx ends. Reading of
// large files continues in the background, and its result is discarded.
func OpenWhile(ctx context.Context, r recipe.Recipe, files core.Files) (t *core.Trainer, of *journal.Inputs, err error) {
	h := &hashed{Files: files, seen: newInputs()}
	if t, err = Load(ctx, r, h); err != nil {
		if ctx.Err() == nil {
			err = UsageError{err}
		}
		return nil, nil, err
	}
	return t, h.seen, nil
}

// Load makes a trainer of a recipe, unless ctx ends first.
func Load(ctx context.Context, r recipe.Recipe, files core.Files) (*core.Trainer, error) {
	type made struct {
		trainer *core.Trainer
		err     error
	}
	done := make(chan made, 1)
	go func() {
		t, err := core.New(r, files)
		done <- made{t, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case m := <-done:
		return m.trainer, m.err
	}
}

// OpenRecord makes the trainer of a log. The notes list inputs that have changed
// since the log was written.
func OpenRecord(ctx context.Context, rec *journal.Record, files core.Files) (t *core.Trainer, notes []string, err error) {
	h := &hashed{Files: files, seen: newInputs(), want: rec.Header.Inputs()}
	t, err = Load(ctx, rec.Header.Recipe, h)
	return t, h.notes, err
}
