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

// hashed passes files on and remembers the hash of each; with want it refuses
// a file that has changed since, and a kept lesson that is another.
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
	text := hashOf(content)
	if want := h.want.Files[path]; want != "" && want != text {
		return nil, fmt.Errorf("%s has changed since the log was written: its SHA-256 was %s…; put the old file back to replay", path, want[:min(12, len(want))])
	}
	h.seen.Files[path] = text
	return content, nil
}

// Kept passes on what a shelf has, if there is one behind. What is not what the
// log was written with is learned again.
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

// Keep passes on what was learned to a shelf, if there is one behind.
func (h *hashed) Keep(key string, content []byte) {
	text := hashOf(content)
	if want := h.want.Lessons[key]; want != "" && want != text {
		h.notes = append(h.notes, "a preset that is trained first comes to other weights than in the log: what follows may differ")
	}
	h.seen.Lessons[key] = text
	if s, ok := h.Files.(core.Shelf); ok {
		s.Keep(key, content)
	}
}

// Learning passes on how far a lesson is.
func (h *hashed) Learning(preset string, done, total int) error {
	if s, ok := h.Files.(core.Shelf); ok {
		return s.Learning(preset, done, total)
	}
	return nil
}

// UsageError marks what is wrong with a command or a file, as against a
// failure while running.
type UsageError struct{ Err error }

func (u UsageError) Error() string { return u.Err.Error() }

func (u UsageError) Unwrap() error { return u.Err }

// Open makes a trainer, and says the hashes of what was read for it.
func Open(r recipe.Recipe, files core.Files) (*core.Trainer, *journal.Inputs, error) {
	h := &hashed{Files: files, seen: newInputs()}
	t, err := core.New(r, h)
	if err != nil {
		return nil, nil, UsageError{err}
	}
	return t, h.seen, nil
}

// OpenWhile is Open that gives up when ctx ends, with the context's error.
// Reading large files goes on behind it and comes to nothing.
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

// Load is a trainer of a recipe, unless ctx ends before it is made.
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

// OpenRecord makes the trainer of a log. The notes say what was read for it that is
// not as it was when the log was written.
func OpenRecord(ctx context.Context, rec *journal.Record, files core.Files) (t *core.Trainer, notes []string, err error) {
	h := &hashed{Files: files, seen: newInputs(), want: rec.Header.Inputs()}
	t, err = Load(ctx, rec.Header.Recipe, h)
	return t, h.notes, err
}
