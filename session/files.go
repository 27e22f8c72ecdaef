package session

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"descent/core"
)

// hashed passes files on and remembers the hash of each; with want it refuses
// a file that has changed since.
type hashed struct {
	core.Files
	seen map[string]string
	want map[string]string
}

func (h *hashed) File(path string) ([]byte, error) {
	content, err := h.Files.File(path)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(content)
	text := hex.EncodeToString(sum[:])
	if want := h.want[path]; want != "" && want != text {
		return nil, fmt.Errorf("%s has changed since the log was written: its SHA-256 was %s…; put the old file back to replay", path, want[:min(12, len(want))])
	}
	h.seen[path] = text
	return content, nil
}

// Kept, Keep and Learning pass on what a shelf does, if there is one behind.
func (h *hashed) Kept(key string) []byte {
	if s, ok := h.Files.(core.Shelf); ok {
		return s.Kept(key)
	}
	return nil
}

// Keep: see Kept.
func (h *hashed) Keep(key string, content []byte) {
	if s, ok := h.Files.(core.Shelf); ok {
		s.Keep(key, content)
	}
}

// Learning: see Kept.
func (h *hashed) Learning(preset string, done, total int) error {
	if s, ok := h.Files.(core.Shelf); ok {
		return s.Learning(preset, done, total)
	}
	return nil
}
