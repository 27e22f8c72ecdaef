// Package bench measures the speed of a network.
package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"descent/core"
	"descent/core/knob"
	"descent/core/probe"

	"gonum.org/v1/gonum/blas/blas64"
)

// IntegerReport compares integer inference with its simulation, by the predictions
// on the validation rows, and with float inference, by the speed on one processor.
type IntegerReport struct {
	probe.Agreement
	Integer, Float, Simulation float64 // rows per second
}

func (r IntegerReport) String() string {
	text := fmt.Sprintf("integer inference: %d of %d rows as simulated, to %.1g", r.Agree, r.Rows, r.Difference)
	if r.HasAccuracy {
		text += fmt.Sprintf("; accuracy %.4f", r.Accuracy)
	}
	return text + fmt.Sprintf("; rows per second: %.0f, in float %.0f, simulated %.0f", r.Integer, r.Float, r.Simulation)
}

const (
	timedRows = 256
	timed     = 200 * time.Millisecond
)

// Integer compares and times on copies: the trainer is not modified.
func Integer(ctx context.Context, t *core.Trainer) (r IntegerReport, err error) {
	copied := t.Copy()
	copied.Abandon(func() bool { return ctx.Err() != nil })
	r.Agreement, _ = probe.Integer{All: true}.Measure(ctx, copied).(probe.Agreement)
	if r.Why != "" {
		return r, errors.New(r.Why)
	}
	net, err := copied.Integer()
	if err != nil {
		return r, err
	}
	train := copied.Data().Train
	x := train.Cut(0, min(train.Rows(), timedRows)).X
	r.Integer, r.Simulation = speed(ctx, x, net.Forward), speed(ctx, x, net.Simulate)
	for path, off := range map[string]knob.Value{"quant.bits": knob.Num(0), "quant.activations": knob.Num(0), "quant.layers": knob.Items(nil)} {
		if err := copied.Set(path, off); err != nil {
			return r, err
		}
	}
	r.Float = speed(ctx, x, copied.Outputs)
	return r, ctx.Err()
}

// speed returns the rows per second, after a warm-up.
func speed(ctx context.Context, x blas64.General, forward func(blas64.General) blas64.General) float64 {
	forward(x)
	rows, start := 0, time.Now()
	for {
		forward(x)
		rows += x.Rows
		if past := time.Since(start); past > timed || ctx.Err() != nil {
			return float64(rows) / past.Seconds()
		}
	}
}

// IntegerSpeed is Integer as a probe. It returns an IntegerReport, whose Why
// explains why integer inference is not possible.
type IntegerSpeed struct{}

// Measure returns the complete report.
func (IntegerSpeed) Measure(ctx context.Context, t *core.Trainer) any {
	r, err := Integer(ctx, t)
	if err != nil {
		r.Why = err.Error()
	}
	return r
}

// Follow reports no partial results.
func (w IntegerSpeed) Follow(ctx context.Context, t *core.Trainer, _ func(any)) any {
	return w.Measure(ctx, t)
}
