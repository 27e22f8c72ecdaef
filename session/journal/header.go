package journal

import (
	"encoding/json"
	"fmt"
	"runtime"
	"time"

	"descent/core/kernel"
	"descent/core/recipe"
)

// Version is the format version of the logs written. A log of a later version is
// rejected.
const Version = 1

// Header is the first line of a log: everything needed to recompute the session
// except the decisions, which follow, one per line.
type Header struct {
	Version    int               `json:"descent"`
	Created    string            `json:"created,omitempty"` // RFC 3339
	Arch       string            `json:"arch"`
	Kernel     string            `json:"kernel"`     // "avx2" or "go"; the results are bitwise identical
	Arithmetic string            `json:"arithmetic"` // logs of the same arithmetic replay bit for bit
	Recipe     recipe.Recipe     `json:"recipe"`
	Files      map[string]string `json:"files,omitempty"`   // SHA-256 of every file read, by path
	Lessons    map[string]string `json:"lessons,omitempty"` // SHA-256 of pretrained weights, as in Inputs
}

// Inputs are the hashes of the inputs of a session beside its recipe: SHA-256, in
// hexadecimal.
type Inputs struct {
	Files   map[string]string // by path
	Lessons map[string]string // of the weights of presets that are trained first, by their cache key
}

// Inputs returns the hashes in the header.
func (h *Header) Inputs() Inputs { return Inputs{h.Files, h.Lessons} }

// NewHeader describes a session that starts now; of may be nil if nothing was read.
func NewHeader(r recipe.Recipe, of *Inputs) Header {
	if of == nil {
		of = &Inputs{}
	}
	return Header{
		Version: Version, Created: time.Now().UTC().Format(time.RFC3339Nano),
		Arch: runtime.GOARCH, Kernel: kernel.Name(), Arithmetic: r.Computes(), Recipe: r, Files: of.Files, Lessons: of.Lessons,
	}
}

// read parses the first line of a log.
func (h *Header) read(name string, text []byte) error {
	var v struct {
		Version int `json:"descent"`
	}
	err := json.Unmarshal(text, &v)
	if broken(text) && v.Version <= Version {
		return fmt.Errorf("%s:1: the recipe is damaged: %w; nothing can be recomputed without it: look for another copy of the file", name, errSum)
	}
	if err != nil || v.Version < 1 {
		return fmt.Errorf("%s:1: this is not a log of descent", name)
	}
	if v.Version > Version {
		return fmt.Errorf("%s:1: the log is of version %d and this descent reads up to %d; use a newer one", name, v.Version, Version)
	}
	if err := json.Unmarshal(text, h); err != nil {
		return fmt.Errorf("%s:1: the recipe is damaged: %w", name, inWords(err))
	}
	h.Recipe.Arithmetic = h.Arithmetic
	return nil
}
