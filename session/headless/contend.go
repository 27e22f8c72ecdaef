package headless

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"descent/core"
	"descent/session"
	"descent/session/history"
)

// contend performs one run.
func contend(ctx context.Context, files core.Files, c Contest, e Entrant, began func(*core.Trainer)) (out result, err error) {
	t, err := session.Load(ctx, e.Recipe, files)
	if ctx.Err() != nil {
		return out, ctx.Err()
	}
	if err != nil {
		return out, session.UsageError{Err: e.blame(c, err)}
	}
	if err := fitting(t, c.At); err != nil {
		return out, session.UsageError{Err: e.blame(c, err)}
	}
	began(t)
	if lr, err := t.Settings().Find("optimizer.lr"); err == nil {
		out.rate = lr.Value.Num()
	}
	s := session.New(t, nil)
	s.Interrupt(func() bool { return ctx.Err() != nil })
	s.Memory(0) // no snapshots are needed
	s.Spare()   // nor evaluations, but for the last
	at := slices.Clone(c.At)
	slices.SortStableFunc(at, func(a, b Scheduled) int { return a.Step - b.Step })
	tail := history.Tenth(c.Steps)
	curve := make([]float64, curvePoints)
	counts := make([]int, curvePoints)
	var g history.Growth
	for step := 1; step <= c.Steps; step++ {
		if err := ctx.Err(); err != nil {
			return out, err
		}
		for ; len(at) > 0 && at[0].Step == step; at = at[1:] {
			if err := s.Do("--at", at[0].command()); err != nil {
				return out, e.blame(c, fmt.Errorf("%s: %w", at[0], err))
			}
		}
		report, err := s.Step()
		if errors.Is(err, session.ErrInterrupted) {
			return out, ctx.Err()
		}
		if err != nil {
			d := (*session.Diverged)(nil)
			if !errors.As(err, &d) {
				return out, err
			}
			g.Broken = step
			out.diverged, _ = g.Since(0, step)
			out.loss, out.curve = math.Inf(1), cutOff(curve, counts)
			return out, nil
		}
		g.Add(step, report.Loss)
		i := (step - 1) * curvePoints / c.Steps
		curve[i] += report.Loss
		counts[i]++
		if step > c.Steps-tail {
			out.loss += report.Loss / float64(tail)
		}
	}
	out.diverged, _ = g.Since(0, c.Steps)
	out.curve, out.last = means(curve, counts), t.Evaluate()
	return out, nil
}

// means divides sums by their counts; parts that were not reached are NaN, and
// short runs repeat their last value in empty parts.
func means(sums []float64, counts []int) []float64 {
	last := math.NaN()
	for i, n := range counts {
		if n > 0 {
			last = sums[i] / float64(n)
		}
		sums[i] = last
	}
	return sums
}

// cutOff returns the curve of a run that ended early: NaN from there on.
func cutOff(sums []float64, counts []int) []float64 {
	end := len(counts)
	for end > 0 && counts[end-1] == 0 {
		end--
	}
	means(sums[:end], counts[:end])
	for i := end; i < len(sums); i++ {
		sums[i] = math.NaN()
	}
	return sums
}
