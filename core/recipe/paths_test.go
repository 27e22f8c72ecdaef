package recipe

import (
	"slices"
	"testing"

	"descent/core/knob"
)

// Each key of text that is not a known other thing names a file, and nothing
// that is written may replace it.
func TestFilesAreAllThatARecipeNames(t *testing.T) {
	others := []string{
		"name", "title", "summary", "surface.name", "pretrain.preset", "teacher.preset", "data.set", "data.x", "data.y",
		"data.separator", "data.quote", "data.comment", "data.decimal", "data.thousands", "data.time", "data.group", "data.weight",
	}
	r := New()
	for _, k := range r.fixed() {
		if k.Kind != knob.Text || slices.Contains(others, k.Path) {
			continue
		}
		if err := k.Set(knob.Word(k.Path)); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(r.Files(), k.Path) {
			t.Errorf("%s is not among the files", k.Path)
		}
	}
	if len(r.Files()) < 6 {
		t.Errorf("files: %q", r.Files())
	}
}
