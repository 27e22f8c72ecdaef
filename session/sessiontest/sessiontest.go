// Package sessiontest contains helpers for the tests of session and its
// subpackages.
package sessiontest

import (
	"errors"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/core/recipe"
)

// NoFiles is a library for recipes that read no files.
type NoFiles struct{}

// Table always fails.
func (NoFiles) Table(string) ([]byte, []string, bool) { return nil, nil, false }

// File always fails.
func (NoFiles) File(path string) ([]byte, error) { return nil, errors.New(path + " is not there") }

// Moons returns a small recipe that trains fast.
func Moons(t testing.TB) recipe.Recipe {
	t.Helper()
	r := recipe.New()
	r.Name = "moons"
	r.Data.Set, r.Data.Samples, r.Data.Validation = "moons", 60, 0.2
	r.Model.Layers, r.Model.Activation = []int{2, 8, 2}, "tanh"
	for path, v := range map[string]knob.Value{
		"loss.name": knob.Word("cross-entropy"), "train.batch": knob.Num(8), "train.eval_every": knob.Num(5),
	} {
		if err := r.Set(path, v); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// Heavy returns a recipe with steps that take minutes.
func Heavy(t testing.TB) recipe.Recipe {
	t.Helper()
	r := Moons(t)
	if err := r.Set("train.accumulate", knob.Num(1<<20)); err != nil {
		t.Fatal(err)
	}
	return r
}

// Trainer makes the trainer of a recipe that reads no files.
func Trainer(t testing.TB, r recipe.Recipe) *core.Trainer {
	t.Helper()
	tr, err := core.New(r, NoFiles{})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}
