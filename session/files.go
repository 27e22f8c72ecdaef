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
