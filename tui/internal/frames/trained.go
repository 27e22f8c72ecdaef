package frames

import (
	"context"
	"testing"

	"descent/core"
	"descent/presets"
	"descent/session/live"
)

// Trained is a frame of a preset after so many steps, with the trainer.
func Trained(tb testing.TB, preset string, steps int) (*live.Frame, *core.Trainer) {
	tb.Helper()
	r, err := presets.Load(preset)
	if err != nil {
		tb.Fatal(err)
	}
	tr, err := core.New(r, presets.Files{})
	if err != nil {
		tb.Fatal(err)
	}
	f := &live.Frame{Recipe: r, Data: tr.Data(), Findings: map[live.Probe]live.Finding{}}
	trail := func() {
		f.Point.Step = tr.StepCount()
		f.Point.X, f.Point.Y, _ = tr.Point()
		f.Curves.Trajectory = append(f.Curves.Trajectory, f.Point)
	}
	trail()
	for range steps {
		tr.Step()
		trail()
	}
	f.Step, f.Last, f.Layers = steps, tr.Last(), tr.Layers()
	return f, tr
}

// Watcher is what wants probes for a view of w×h cells.
type Watcher interface {
	Probes(f *live.Frame, w, h int) []live.Probe
}

// Measure adds to a frame what a pane watches.
func Measure(pane Watcher, f *live.Frame, tr *core.Trainer, w, h int) {
	for _, p := range pane.Probes(f, w, h) {
		f.Findings[p] = live.Finding{Step: f.Step, Value: p.Measure(context.Background(), tr.Copy())}
	}
}
