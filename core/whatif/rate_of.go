package whatif

import (
	"context"

	"descent/core"
)

// RateOf is the range test of a racer: Path is set to the value that Text stands for,
// then the rates are tried. It finds a RateCurve.
type RateOf struct {
	RateFinder
	Path, Text string
}

// Measure uses the copy up.
func (m RateOf) Measure(ctx context.Context, t *core.Trainer) any {
	k, err := t.Settings().Find(m.Path)
	if err != nil {
		return RateCurve{Note: err.Error()}
	}
	v, err := k.Knob.Parse(m.Text)
	if err == nil {
		err = t.Set(m.Path, v)
	}
	if err != nil {
		return RateCurve{Note: err.Error()}
	}
	return m.RateFinder.Measure(ctx, t)
}

// Follow is Measure: one that takes its time, and tells nothing on the way.
func (m RateOf) Follow(ctx context.Context, t *core.Trainer, _ func(sofar any)) any {
	return m.Measure(ctx, t)
}
