package probe

import (
	"context"
	"math"

	"descent/core"
	"descent/core/data"
	"descent/core/kernel"
)

// Integer asks whether the network in integer arithmetic answers as the simulation
// of the same grids in float64 does: over the rows that probes judge by, or
// over all of validation. It finds an Agreement.
type Integer struct{ All bool }

// Agreement is what integer arithmetic and the simulation make of the same rows.
type Agreement struct {
	Why                 string // the network does not run in integer arithmetic; then nothing else is found
	Rows, Agree         int    // Agree: the same class, or for other targets the same outputs
	Difference          float64
	HasAccuracy         bool
	Accuracy, Simulated float64 // of integer arithmetic and of the simulation, by class
}

// rounding is how far two ways to add the same numbers in float64 may be apart,
// as a share of the largest. Two classes of equal integers are as far apart
// in the simulation, and either is right.
const rounding = 1e-9

// Measure compares block by block. Difference is the largest between two
// outputs, as a share of the largest output of that row.
func (p Integer) Measure(ctx context.Context, t *core.Trainer) any {
	network, err := t.Integer()
	if err != nil {
		return Agreement{Why: err.Error()}
	}
	part := Held(t)
	if p.All {
		if part = t.Data().Val; part.Rows() == 0 {
			part = t.Data().Train
		}
	}
	byClass, _ := reads(t)
	var a Agreement
	right, simulatedRight := 0, 0
	a.HasAccuracy = byClass
	for from := 0; from < part.Rows() && ctx.Err() == nil; from += blockRows {
		block := part.Cut(from, min(from+blockRows, part.Rows()))
		whole, simulated := network.Forward(block.X), network.Simulate(block.X)
		for r := range block.Rows() {
			w, s := row(whole, r), row(simulated, r)
			apart := difference(w, s)
			a.Difference = max(a.Difference, apart)
			a.Rows++
			if apart <= rounding || byClass && kernel.Argmax(w) == kernel.Argmax(s) {
				a.Agree++
			}
			if byClass {
				right += same(kernel.Argmax(w), block, r)
				simulatedRight += same(kernel.Argmax(s), block, r)
			}
		}
	}
	if byClass && a.Rows > 0 {
		a.Accuracy, a.Simulated = float64(right)/float64(a.Rows), float64(simulatedRight)/float64(a.Rows)
	}
	return a
}

func same(guess int, p data.Part, r int) int {
	if p.Classes[r] == guess {
		return 1
	}
	return 0
}

func difference(a, b []float64) float64 {
	top, apart := 0.0, 0.0
	for i, v := range b {
		top, apart = max(top, math.Abs(v)), max(apart, math.Abs(v-a[i]))
	}
	if apart == 0 {
		return 0
	}
	return apart / top
}
