package frames

import (
	"fmt"
	"math"
	"testing"

	"descent/core"
	"descent/session"
	"descent/session/history"
	"descent/session/journal"
	"descent/session/live"
)

// Crowd returns a frame of so many branches of so many steps, all compared.
func Crowd(t testing.TB, branches, steps int) *live.Frame {
	f := *Still(t)
	f.Branches, f.Others, f.Marks = nil, nil, nil
	for i := range branches {
		var train, val history.Series
		for step := 1; step <= steps; step++ {
			v := math.Exp(-float64(step)/(float64(steps)*(0.1+0.01*float64(i)))) + 0.01*float64(i+1) + 0.005*math.Sin(float64(step*(i+3)))
			train.Add(step, v)
			if step%100 == 0 {
				val.Add(step, 1.1*v)
			}
		}
		curves := history.Curves{Train: train.Buckets(), Val: val.Buckets()}
		b := session.BranchSummary{ID: journal.BranchID(i), Label: fmt.Sprintf("branch %d", i), Head: steps, Loss: 0.01 * float64(i+1)}
		if i > 0 {
			b.From = i * steps / branches / 2
			f.Others = append(f.Others, session.Other{ID: b.ID, Label: b.Label, Hue: i, Curves: curves})
		} else {
			f.Curves, f.Step, f.Steps, f.Branch = curves, steps, steps, b.ID
			f.Last, f.Eval = core.Report{Step: steps, Loss: 0.02}, core.Report{Step: steps}
		}
		for m := range 5 {
			b.Marks = append(b.Marks, session.Mark{Step: (m + 1) * steps / 6, Text: "lr 0.01"})
		}
		f.Branches = append(f.Branches, b)
	}
	f.Marks = f.Branches[0].Marks
	return &f
}
