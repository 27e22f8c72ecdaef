package frames

import (
	"math"
	"testing"

	"descent/core/knob"
	"descent/session"
	"descent/session/history"
	"descent/session/journal"
	"descent/session/live"
)

// Raced is a frame in the midst of a race of five, one of which has diverged, or after
// its end.
func Raced(t testing.TB, over bool) *live.Frame {
	t.Helper()
	f := Still(t)
	f.Visits, f.Findings, f.Marks = nil, nil, nil
	f.Step, f.Branch, f.Playing, f.Racing = 3000, 2, !over, !over
	f.Race = &session.Contest{From: 1000, Steps: 2500, Over: "optimizer.name"}
	if over {
		f.Race.End = 3000
	}
	settings := f.Recipe.Settings
	f.Branches = []session.BranchSummary{{Label: "main", Head: 1000, Loss: 1.2, Last: 1.3, Settings: &settings}}
	for i, r := range []struct {
		name  string
		rate  float64
		speed float64
	}{{"sgd", 0.01, 900}, {"adam", 0.001, 400}, {"lion", 1e-4, 500}, {"momentum", 1, 0}, {"schedule-free", 0.0025, 700}} {
		id := journal.BranchID(i + 1)
		own := settings
		for path, v := range map[string]knob.Value{"optimizer.name": knob.Word(r.name), "optimizer.lr": knob.Num(r.rate)} {
			next, err := own.With(path, v)
			if err != nil {
				t.Fatal(err)
			}
			own = next
		}
		b := session.BranchSummary{ID: id, From: 1000, Head: 3000, Label: r.name, Racing: !over, Settings: &own, Marks: []session.Mark{{Step: 1001, Text: r.name}}}
		var train, val, accuracy history.Series
		for step := 1; step <= 3000; step++ {
			v := 2.3 * math.Exp(-float64(step)/2000)
			if step > 1000 {
				v = 1.2*math.Exp(-float64(step-1000)/r.speed) + 0.02 + 0.005*math.Sin(float64(step)/7)
				if r.speed == 0 {
					v = 1.2 * math.Exp(float64(step-1000)/40)
				}
			}
			if r.speed == 0 && step > 1200 {
				break
			}
			train.Add(step, v)
			if step%50 == 0 {
				val.Add(step, v+0.1)
				accuracy.Add(step, 1-v/4)
			}
		}
		if b.Loss, b.Last = 1.2*math.Exp(-2000/r.speed)+0.12, 0.02; r.speed == 0 {
			b.Diverged, b.Head, b.Loss, b.Last = 1100, 1200, 1.2, 178
		}
		curves := history.Curves{Train: train.Buckets(), Val: val.Buckets(), ValAccuracy: accuracy.Buckets()}
		f.Branches = append(f.Branches, b)
		f.Race.Racers = append(f.Race.Racers, session.Entered{Branch: id, Rate: r.rate})
		if id == f.Branch {
			f.Curves = curves
			continue
		}
		f.Others = append(f.Others, session.Other{ID: id, Label: r.name, Hue: i, Curves: curves.After(1000)})
	}
	return f
}

// Repeated is a frame after a race that was repeated with two other seeds, one of
// which is another racer's.
func Repeated(t testing.TB) *live.Frame {
	f := Raced(t, true)
	f.Race.From = 0
	f.Heats = &live.Heats{Seed: 3}
	for seed := range 2 {
		h := live.Heat{Seed: uint64(seed + 2)}
		for i := range f.Race.Racers {
			o := live.Outcome{Loss: 0.1 + float64((i+2*seed)%5)/10, Accuracy: 0.97, Curve: make([]float64, 60)}
			for k := range o.Curve {
				o.Curve[k] = 2 * math.Exp(-float64(k)/float64(10+5*i+seed))
			}
			if i == 3 {
				o.Diverged, o.Loss = 40, math.Inf(1)
			}
			h.Outcomes = append(h.Outcomes, o)
		}
		f.Heats.Runs = append(f.Heats.Runs, h)
	}
	return f
}
