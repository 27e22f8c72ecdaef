// Package presettest provides trainers of presets for tests.
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

// Trainer makes the trainer of a preset.
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

// Trained makes a trainer and trains it for a number of steps.
func Trained(t testing.TB, toml string, steps int) *core.Trainer {
	t.Helper()
	tr := Trainer(t, toml)
	for range steps {
		tr.Step()
	}
	return tr
}

// Find returns the finding of a probe.
func Find[T any](p interface {
	Measure(context.Context, *core.Trainer) any
}, t *core.Trainer,
) T {
	return p.Measure(context.Background(), t).(T)
}

// Set sets a knob.
func Set(t testing.TB, tr *core.Trainer, path string, v knob.Value) {
	t.Helper()
	if err := tr.Set(path, v); err != nil {
		t.Fatal(err)
	}
}
