// Package presettest is for tests that need a trainer of a preset.
package presettest

import (
	"context"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/presets"
)

// ThreeClasses is a network on three clouds of points in the plane.
const ThreeClasses = `
[data]
set = "gaussians"
classes = 3
samples = 300
validation = 0.4
[model]
layers = [2, 9, 3]
activation = "tanh"
[loss]
name = "cross-entropy"
[train]
batch = 20
`

// Trainer is that of a preset.
func Trainer(t testing.TB, toml string) *core.Trainer {
	t.Helper()
	r, err := presets.Decode("test.toml", []byte(toml))
	if err != nil {
		t.Fatal(err)
	}
	out, err := core.New(r, presets.Files{})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Trained is a trainer after so many steps.
func Trained(t testing.TB, toml string, steps int) *core.Trainer {
	t.Helper()
	tr := Trainer(t, toml)
	for range steps {
		tr.Step()
	}
	return tr
}

// Find is what a probe finds.
func Find[T any](p interface {
	Measure(context.Context, *core.Trainer) any
}, t *core.Trainer,
) T {
	return p.Measure(context.Background(), t).(T)
}

// Set turns a knob.
func Set(t testing.TB, tr *core.Trainer, path string, v knob.Value) {
	t.Helper()
	if err := tr.Set(path, v); err != nil {
		t.Fatal(err)
	}
}
