package session

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"descent/core"
	"descent/core/knob"
	"descent/core/recipe"
	"descent/session/disk"
	"descent/session/history"
	"descent/session/journal"
)

// few is a recipe whose steps take next to nothing, evaluated at every step.
func few(t testing.TB) recipe.Recipe {
	t.Helper()
	r := moons(t)
	r.Data.Samples, r.Model.Layers, r.Model.Activation = 12, []int{2, 2}, "identity"
	for path, v := range map[string]float64{"train.batch": 4, "train.eval_every": 1} {
		if err := r.Set(path, knob.Num(v)); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// ravine is a surface.
func ravine(t testing.TB) recipe.Recipe {
	t.Helper()
	r := recipe.New()
	r.Name = "ravine"
	r.Surface = recipe.SurfaceSpec{Name: "ravine", X: 1, Y: 1}
	if err := r.Set("optimizer.lr", knob.Num(0.001)); err != nil {
		t.Fatal(err)
	}
	return r
}

// reports are those of a run that never looks back, to a step.
func reports(t testing.TB, r recipe.Recipe, entries []*Decision, step int) (out []core.Report, trail []history.Point) {
	t.Helper()
	tr := trainer(t, r)
	point := func() {
		if x, y, ok := tr.Point(); ok {
			trail = append(trail, history.Point{Step: tr.StepCount(), X: x, Y: y})
		}
	}
	point()
	for tr.StepCount() < step {
		for len(entries) > 0 && entries[0].Step <= tr.StepCount()+1 {
			if err := tr.Set(entries[0].Set.Path, entries[0].Set.Value); err != nil {
				t.Fatal(err)
			}
			entries = entries[1:]
		}
		out = append(out, tr.Step())
		point()
	}
	return out, trail
}

// What history keeps of a curve and of a trajectory, at the most and at the least.
const (
	bucketLimit = 1024
	trailGrain  = 2048
)

// bucketed puts values into buckets, one after the other.
func bucketed(steps []int, values []float64) []history.Bucket {
	width := 1
	for width*bucketLimit < len(steps) {
		width *= 2
	}
	var out []history.Bucket
	for i, step := range steps {
		if i%width == 0 {
			out = append(out, history.Bucket{First: step, Min: math.Inf(1), Max: math.Inf(-1)})
		}
		b := &out[len(out)-1]
		b.Last = step
		if v := values[i]; !math.IsNaN(v) && !math.IsInf(v, 0) {
			b.Count, b.Min, b.Max, b.Sum = b.Count+1, min(b.Min, v), max(b.Max, v), b.Sum+v
		}
	}
	return out
}

// expected are the curves of reports.
func expected(all []core.Report, trail []history.Point) history.Curves {
	series := func(has func(core.Report) bool, of func(core.Report) float64) []history.Bucket {
		var steps []int
		var values []float64
		for _, r := range all {
			if has(r) {
				steps, values = append(steps, r.Step), append(values, of(r))
			}
		}
		return bucketed(steps, values)
	}
	c := history.Curves{
		Train:       series(func(core.Report) bool { return true }, func(r core.Report) float64 { return r.Loss }),
		Val:         series(func(r core.Report) bool { return r.Evaluated && r.HasVal }, func(r core.Report) float64 { return r.ValLoss }),
		Accuracy:    series(func(r core.Report) bool { return r.Evaluated && r.HasAccuracy }, func(r core.Report) float64 { return r.Accuracy }),
		ValAccuracy: series(func(r core.Report) bool { return r.Evaluated && r.HasAccuracy && r.HasVal }, func(r core.Report) float64 { return r.ValAccuracy }),
		Gradient:    series(func(r core.Report) bool { return r.HasNorms }, func(r core.Report) float64 { return r.GradientNorm }),
		Update:      series(func(r core.Report) bool { return r.HasNorms }, func(r core.Report) float64 { return r.RelativeUpdate }),
	}
	for _, name := range []string{"train_loss", "val_f1", "val_log_loss"} {
		if b := series(func(r core.Report) bool { _, ok := r.Score(name); return ok }, func(r core.Report) float64 { v, _ := r.Score(name); return v }); len(b) > 0 {
			c.Scores = append(c.Scores, history.Scored{Name: name, Buckets: b})
		}
	}
	for i := range c.Train {
		b := &c.Train[i]
		b.GradientEvaluations, b.Rate = all[b.Last-1].GradientEvaluations, all[b.Last-1].LR
	}
	apart := 1
	for apart*2*trailGrain <= len(all) {
		apart *= 2
	}
	for i, p := range trail {
		if i%apart == 0 || i == len(trail)-1 {
			c.Trajectory = append(c.Trajectory, p)
		}
	}
	return c
}

// differ says where curves differ; of the times, if asked, that each step took a
// millisecond.
func differ(got, want history.Curves, timed bool) error {
	compare := func(name string, got, want []history.Bucket) error {
		if len(got) != len(want) {
			return fmt.Errorf("%s: %d buckets, want %d", name, len(got), len(want))
		}
		for i, g := range got {
			w := want[i]
			if g.First != w.First || g.Last != w.Last || g.Count != w.Count || g.GradientEvaluations != w.GradientEvaluations ||
				w.Count > 0 && (g.Min != w.Min || g.Max != w.Max || math.Abs(g.Sum-w.Sum) > 1e-12*float64(w.Count)*max(math.Abs(w.Min), math.Abs(w.Max))) {
				return fmt.Errorf("%s: bucket %d of %d is %+v, want %+v", name, i, len(got), g, w)
			}
			if name == "train" && timed && g.Millis != g.Last-1 {
				return fmt.Errorf("step %d stands at %d ms", g.Last, g.Millis)
			}
		}
		return nil
	}
	err := errors.Join(
		compare("train", got.Train, want.Train), compare("val", got.Val, want.Val), compare("accuracy", got.Accuracy, want.Accuracy),
		compare("val accuracy", got.ValAccuracy, want.ValAccuracy), compare("old", got.Old, want.Old))
	for _, s := range want.Scores {
		err = errors.Join(err, compare(s.Name, got.Score(s.Name), s.Buckets))
	}
	for _, s := range got.Scores {
		if len(s.Buckets) > 0 && want.Score(s.Name) == nil {
			err = errors.Join(err, fmt.Errorf("%s: a curve that should not be", s.Name))
		}
	}
	if !slices.Equal(got.Trajectory, want.Trajectory) {
		err = errors.Join(err, fmt.Errorf("the trail of %d points differs, want %d", len(got.Trajectory), len(want.Trajectory)))
	}
	return err
}

// Whatever was done before, the curves of a branch are those of a run that never
// looked back.
func TestCurvesAreThoseOfAStraightRun(t *testing.T) {
	for i, r := range []recipe.Recipe{few(t), few(t), few(t), ravine(t)} {
		t.Run(fmt.Sprint(i, r.Name), func(t *testing.T) { straightCurves(t, r, rand.New(rand.NewPCG(uint64(i), 1))) })
	}
}

func straightCurves(t *testing.T, r recipe.Recipe, rng *rand.Rand) {
	path := filepath.Join(t.TempDir(), "s.jsonl")
	l, err := journal.Create(path, journal.NewHeader(r, nil), true)
	if err != nil {
		t.Fatal(err)
	}
	s := New(trainer(t, r), l)
	timed := true
	train := func(n int) {
		for range n {
			if _, err := s.Step(); err != nil {
				return
			}
			s.RecordDuration(time.Millisecond * time.Duration(max(len(s.race), 1)))
		}
	}
	lengths := []int{1, 7, 300, 1300}
	if r.Surface.Name != "" {
		lengths = []int{1, 300, 3000, 20_000}
	}
	type run struct {
		reports []core.Report
		trail   []history.Point
	}
	known := map[*branch]run{}
	verify := func(what string, b *branch, got history.Curves, step int) {
		t.Helper()
		k, ok := known[b]
		if !ok || len(k.reports) < step {
			k.reports, k.trail = reports(t, r, b.entries.all(), b.curves.Drawn)
			known[b] = k
		}
		trail := k.trail
		if trail != nil {
			trail = trail[:step+1]
		}
		if err := differ(got, expected(k.reports[:step], trail), timed); err != nil {
			t.Fatalf("after %s, branch %d at step %d (from %d): %v", what, b.id, step, b.from, err)
		}
	}
	acts := []struct {
		name string
		do   func()
	}{
		{"steps", func() { train(lengths[rng.IntN(len(lengths))]) }},
		{"a decision", func() { _ = s.Set("optimizer.lr", knob.Num(0.0001+0.01*rng.Float64())) }},
		{"a change of the loss", func() { _ = s.Set("loss.name", knob.Word([]string{"mse", "cross-entropy"}[rng.IntN(2)])) }},
		{"fewer evaluations", func() { _ = s.Set("train.eval_every", knob.Num(float64(1+rng.IntN(3)))) }},
		{"other metrics", func() {
			_ = s.Set("train.metrics", knob.Items([][]string{nil, {"f1"}, {"log_loss", "f1", "train_loss"}}[rng.IntN(3)]))
		}},
		{"undo", func() { _ = s.Undo() }},
		{"redo", func() { _ = s.Redo() }},
		{"a fork", func() { s.Fork("") }},
		{"a reset", func() { _ = s.Reset() }},
		{"a seek", func() {
			b := s.branches[rng.IntN(len(s.branches))]
			_ = s.Seek(b.id, rng.IntN(b.head+1), nil)
		}},
		{"a seek that was broken off", func() {
			left := rng.IntN(100)
			_ = s.Seek(0, rng.IntN(s.branches[0].head+1), func(int, int) bool { left--; return left >= 0 })
		}},
		{"a race", func() {
			_ = s.Race(Over("optimizer.lr", []knob.Value{knob.Num(0.001), knob.Num(0.002)}))
			train(lengths[rng.IntN(3)])
			s.EndRace()
		}},
		{"thinning", func() { s.Memory(20_000 + rng.IntN(100_000)) }},
		{"resume", func() {
			switch rng.IntN(3) {
			case 0: // with the state as it is
				check := s.State(StateBytes).save(disk.Machine{}, path)
				if check != nil {
					t.Fatal(check)
				}
			case 1:
				_ = os.Remove(journal.StatePath(path))
				timed = false
			default: // an older one, or none
				timed = false
			}
			if err := s.Finish(); err != nil {
				t.Fatal(err)
			}
			back, err := Resume(path, noFiles{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(back.Notes) > 0 {
				t.Fatal(back.Notes)
			}
			s = back.Session
			known = map[*branch]run{}
		}},
	}
	train(1000)
	for range 40 {
		a := acts[rng.IntN(len(acts))]
		a.do()
		curves, here := s.Curves(), s.Position().Step
		verify(a.name, s.at, curves, here)
		recent := known[s.at].reports[:here]
		if last := s.Recent(); len(last) > 0 && !slices.EqualFunc(last, recent[len(recent)-len(last):], core.Report.Equal) {
			t.Fatalf("after %s the last %d reports are not those of a straight run", a.name, len(last))
		}
		judged := core.Report{}
		for _, r := range recent {
			if r.Evaluated {
				judged = r
			}
		}
		if !s.LastEvaluation().Equal(judged) {
			t.Fatalf("after %s the last evaluation is %+v, want %+v", a.name, s.LastEvaluation(), judged)
		}
		if want := lowest(recent, s.decisions()[:s.applied], here); s.tip.Best != want {
			t.Fatalf("after %s at step %d the best is %+v, want %+v", a.name, here, s.tip.Best, want)
		}
		for _, b := range s.branches {
			if end := b.curves.End; end.Step > 0 && end.Step == b.curves.Drawn {
				verify(a.name, b, b.curves.To(&end), end.Step)
			}
		}
	}
}

// lowest is the best of reports up to a step, with the decisions in effect.
func lowest(all []core.Report, taken []*Decision, step int) (best history.Best) {
	anew := func(upTo int) {
		for len(taken) > 0 && taken[0].Step <= upTo {
			if taken[0].Set != nil && taken[0].Set.Path == recipe.LossName {
				best = history.Best{}
			}
			taken = taken[1:]
		}
	}
	for _, r := range all {
		anew(r.Step)
		v := r.Loss
		judged := r.Evaluated && r.HasVal
		if judged {
			v = r.ValLoss
		}
		if best.Validated && !judged || math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		if best.Step == 0 || judged && !best.Validated || v < best.Value {
			best = history.Best{Step: r.Step, Value: v, Validated: judged}
		}
	}
	anew(step + 1)
	return best
}

// What an undone future held is nowhere in the curve of the branch that begins.
func TestUndoTakesASpikeOutOfTheCurve(t *testing.T) {
	s := New(trainer(t, moons(t)), nil)
	steps(t, s, 3001)
	before := s.Curves()
	set(t, s, "optimizer.lr", knob.Num(50))
	steps(t, s, 2000)
	if err := s.Undo(); err != nil {
		t.Fatal(err)
	}
	if err := differ(s.Curves(), before, false); err != nil {
		t.Error(err)
	}
	steps(t, s, 1)
	if got := s.Curves().Train; got[len(got)-1].Max > 5 {
		t.Errorf("the branch begins with %+v", got[len(got)-1])
	}
}

func TestTimeBeginsAgainWithAReset(t *testing.T) {
	s := New(trainer(t, moons(t)), nil)
	train := func(n int) {
		for range n {
			steps(t, s, 1)
			s.RecordDuration(time.Millisecond)
		}
	}
	train(500)
	if err := s.Reset(); err != nil {
		t.Fatal(err)
	}
	train(10)
	if b := s.Curves().Train; b[9].Millis != 9 {
		t.Errorf("ten steps after a reset it is %d ms", b[9].Millis)
	}
	if err := s.Seek(0, 100, nil); err != nil {
		t.Fatal(err)
	}
	s.Fork("")
	train(10)
	if b := s.Curves().Train; b[109].Millis != 109 {
		t.Errorf("ten steps after a fork at step 100 it is %d ms", b[109].Millis)
	}
}

func TestATrailStaysBoundedAndEndsWhereItStands(t *testing.T) {
	s := New(trainer(t, ravine(t)), nil)
	steps(t, s, 100_001)
	trail := s.Curves().Trajectory
	n := len(trail)
	if n < trailGrain || n > 2*trailGrain+1 || trail[n-1].Step != 100_001 || trail[0].Step != 0 {
		t.Errorf("%d points from step %d to %d", n, trail[0].Step, trail[n-1].Step)
	}
	for i := 1; i < n-1; i++ {
		if gap := trail[i].Step - trail[i-1].Step; gap != 32 {
			t.Fatalf("a gap of %d steps", gap)
		}
	}
}
