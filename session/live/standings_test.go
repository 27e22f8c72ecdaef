package live

import (
	"math"
	"testing"

	"descent/session"
	"descent/session/history"
	"descent/session/journal"
)

// raced is a frame after a race over the losses of each racer, a step each, from
// step 10.
func raced(losses ...[]float64) *Frame {
	f := &Frame{Race: &session.Contest{From: 10, Steps: 40, End: 50, Over: "optimizer.name"}}
	for i, own := range losses {
		var s history.Series
		for step := 1; step <= 10; step++ {
			s.Add(step, 1e-9) // before the race
		}
		for k, v := range own {
			s.Add(11+k, v)
		}
		id := journal.BranchID(i)
		b := session.BranchSummary{ID: id, Parent: id, Label: string(rune('a' + i)), From: 10, Head: 10 + len(own)}
		if math.IsNaN(own[len(own)-1]) {
			b.Diverged = 10 + len(own)
		}
		f.Branches = append(f.Branches, b)
		f.Race.Racers = append(f.Race.Racers, session.Entered{Branch: id, Rate: 0.1})
		if i == 0 {
			f.Curves = history.Curves{Train: s.Buckets()}
			continue
		}
		f.Others = append(f.Others, session.Other{ID: id, Label: b.Label, Hue: i, Curves: history.Curves{Train: s.Buckets()}})
	}
	return f
}

func falling(from, by float64) []float64 {
	var out []float64
	for range 40 {
		out = append(out, from)
		from *= by
	}
	return out
}

func TestRacersAreRankedByTheLossOfTheRace(t *testing.T) {
	f := raced(falling(8, 0.9), falling(8, 0.7), []float64{8, 9, math.NaN()}, falling(8, 0.8))
	s := f.Standings()
	if s.By != "training loss" || len(s.Rows) != 4 {
		t.Fatalf("%+v", s)
	}
	names := ""
	for _, r := range s.Rows {
		names += r.Label
	}
	if names != "bdac" {
		t.Errorf("the order is %s, want b, d, a, and c, which diverged", names)
	}
	lead, middle, far := s.Rows[0], s.Rows[1], s.Rows[2]
	if lead.Place != 1 || lead.Share != 1 || far.Share <= 0 || far.Share >= middle.Share || s.Rows[3].Share != 0 {
		t.Errorf("the shares are %v, %v, %v, %v", lead.Share, middle.Share, far.Share, s.Rows[3].Share)
	}
	if s.Target != middle.Loss || !(lead.Steps > 0 && lead.Steps < middle.Steps) || far.Steps != 0 {
		t.Errorf("%v is reached after %d, %d and %d steps", s.Target, lead.Steps, middle.Steps, far.Steps)
	}
	if lead.Best < 1e-6 {
		t.Errorf("a loss from before the race counts: %v", lead.Best)
	}
}

func TestEqualRacersShareAPlace(t *testing.T) {
	s := raced(falling(8, 0.9), falling(8, 0.9), falling(8, 0.95)).Standings()
	if s.Rows[0].Place != 1 || s.Rows[1].Place != 1 || s.Rows[2].Place != 3 {
		t.Errorf("the places are %d, %d and %d", s.Rows[0].Place, s.Rows[1].Place, s.Rows[2].Place)
	}
}

func TestThereAreNoStandingsWithoutARace(t *testing.T) {
	if s := (&Frame{}).Standings(); len(s.Rows) != 0 || !math.IsNaN(s.Target) {
		t.Errorf("%+v", s)
	}
	f := raced([]float64{math.Inf(1)}, []float64{math.NaN()})
	for _, r := range f.Standings().Rows {
		if r.Share != 0 || r.Steps != 0 {
			t.Errorf("%+v", r)
		}
	}
}
