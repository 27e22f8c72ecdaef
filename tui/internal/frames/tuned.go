package frames

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"descent/core/knob"
	"descent/core/search"
	"descent/session/journal"
	"descent/session/live"
	"descent/session/study"
)

// tunedSteps is how long a complete trial trains.
const tunedSteps = 2000

// words are choices.
func words(names ...string) []knob.Value {
	var out []knob.Value
	for _, n := range names {
		out = append(out, knob.Word(n))
	}
	return out
}

// tunedAxes are axes of every kind, one of them under a condition.
func tunedAxes() []search.Axis {
	return []search.Axis{
		{Path: "optimizer.lr", Kind: search.Float, Low: 1e-5, High: 1, Log: true},
		{Path: "optimizer.name", Kind: search.Choice, Choices: words("sgd", "momentum", "adam", "lion")},
		{Path: "optimizer.beta2", Kind: search.Float, Low: 0.9, High: 0.9999, Complement: true, Condition: &search.Condition{Path: "optimizer.name", In: words("adam", "lion")}},
		{Path: "train.batch", Kind: search.Int, Low: 8, High: 128, Step: 8},
		{Path: "prune.sparsity", Kind: search.Float, Low: 0, High: 0.9},
	}
}

// Study is a search in the midst of n trials, of every state, with so many objectives.
func Study(n, objectives int) *study.Reading {
	spec := study.Spec{
		Version: 1, Name: "digits", Seed: 1, Objectives: []string{"val_loss", "bytes"}[:objectives],
		Steps: tunedSteps, Seeds: 1, Trials: n + 20, Axes: tunedAxes(), Sampler: "random", Pruner: "none", Confirm: 3, Fresh: 5,
	}
	r := &study.Reading{
		Dir: "studies/digits-1", Spec: spec, Best: -1,
		Plan: study.Plan{
			Space: search.Space{Axes: spec.Axes}, Sampler: "random", Pruner: "none", Trials: spec.Trials,
			Stop: map[int]bool{}, Pinned: map[int]bool{},
		},
	}
	rng := rand.New(rand.NewPCG(4, 9))
	for i := range n {
		u := make([]float64, len(spec.Axes))
		for k := range u {
			u[k] = rng.Float64()
		}
		if i > n/4 { // where it went well
			u[0] = 0.35 + 0.3*u[0]*u[0]
			u[1] = 0.4 + 0.6*u[1]
		}
		r.Trials = append(r.Trials, tried(r, i, n, u, rng))
	}
	Counted(r)
	return r
}

// tried is the trial at a place of the space.
func tried(r *study.Reading, i, n int, u []float64, rng *rand.Rand) *study.Trial {
	t := &study.Trial{Metrics: map[string]float64{}}
	t.Number, t.Point, t.State, t.Step = i, r.Plan.Space.At(u), search.Complete, tunedSteps
	t.Claim = study.Claim{Job: study.Job{Trial: i}, Worker: []string{"local-1", "local-2", "node7-31"}[i%3], Point: t.Point, Steps: tunedSteps}
	end := 0.06 + 0.9*math.Pow(u[0]-0.55, 2) + 0.03*math.Abs(u[1]-0.7) + 0.08*u[4]*u[4] + 0.02*rng.Float64()
	if u[0] > 0.85 {
		end = math.Inf(1)
	}
	until := tunedSteps
	switch {
	case math.IsInf(end, 1):
		t.State, t.Why, until = search.Failed, "diverged at step 120", 120
	case i >= n-3 && n > 3:
		t.State, until = search.Running, 400+500*(i-n+3)
	case i%11 == 7:
		t.State, until, t.Waits, t.Rung = search.Waiting, tunedSteps/4, true, 1
	case i%29 == 16:
		t.State, until, t.Stopped, t.Why = search.Pruned, 700, true, "stopped by user"
	case end > 0.2 && i > 5:
		t.State, until, t.Why = search.Pruned, 500, "0.41 after 500 steps, the median is 0.22"
	}
	bytes := 26280 * (1 - 0.7*u[4])
	for step := 100; step <= until; step += 100 {
		v := end + (2.3-min(end, 1))*math.Exp(-float64(step)/(150+300*u[3])) + 0.004*math.Sin(float64(step+37*i))
		if t.State == search.Failed {
			v = 2.3 * math.Exp(float64(step)/70)
		}
		values := []journal.Float{journal.Float(v), journal.Float(bytes)}
		t.Reports = append(t.Reports, study.Report{Step: step, Values: values[:len(r.Spec.Objectives)]})
	}
	t.Step = until
	if last := len(t.Reports) - 1; last >= 0 && t.State != search.Running {
		for _, v := range t.Reports[last].Values {
			t.Values = append(t.Values, float64(v))
		}
		t.Seeds = [][]float64{t.Values}
		t.Metrics["val_loss"], t.Metrics["val_accuracy"], t.Metrics["bytes"] = t.Values[0], 1-t.Values[0]/4, bytes
	}
	if t.State == search.Failed {
		t.Values = nil
	}
	t.Outside = i%17 == 3
	return t
}

// Counted fills in what follows from the trials.
func Counted(r *study.Reading) {
	r.Counts, r.Best, r.Front, r.Steps = study.Counts{Total: len(r.Trials)}, -1, nil, 0
	var values [][]float64
	var of []int
	for _, t := range r.Trials {
		r.Steps += t.Step
		switch {
		case t.Waits:
			r.Counts.Waiting++
		case t.State == search.Running:
			r.Counts.Running++
		case t.State == search.Complete:
			r.Counts.Complete++
			if t.Violation == 0 && len(t.Values) > 0 {
				values, of = append(values, t.Values), append(of, t.Number)
			}
		case t.State == search.Pruned:
			r.Counts.Pruned++
		case t.State == search.Failed:
			r.Counts.Failed++
		}
	}
	for _, i := range search.Front(values) {
		r.Front = append(r.Front, of[i])
	}
	if len(r.Front) > 0 {
		r.Best = r.Front[0]
		if len(r.Spec.Objectives) == 1 {
			r.Front = r.Front[:1]
		}
	}
}

// Tuned is a frame of a search in the midst of 60 trials, with decisions taken, workers
// and candidates on fresh seeds.
func Tuned(t testing.TB) *live.Frame {
	f := Still(t)
	r := Study(60, 1)
	r.Plan.Space.Around = &search.Around{Width: 0.15, Center: search.Point{
		"optimizer.lr": knob.Num(1e-3), "optimizer.name": knob.Word("adam"), "optimizer.beta2": knob.Num(0.999), "train.batch": knob.Num(32), "prune.sparsity": knob.Num(0),
	}}
	r.Plan.Space.Axes = slices.Clone(r.Plan.Space.Axes)
	r.Plan.Space.Axes[0].Low, r.Plan.Space.Axes[0].High = 1e-4, 0.1
	r.Plan.Pinned[12], r.Plan.Greed, r.Plan.Decisions = true, 0.3, 3
	job := study.Job{Trial: 58}
	r.Workers = []study.Working{
		{Worker: study.Worker{ID: "local-1", Host: "here"}, Job: &job},
		{Worker: study.Worker{ID: "local-2", Host: "here"}},
		{Worker: study.Worker{ID: "node7-31", Host: "node7"}, Lost: true},
	}
	r.Notes = []string{"the report of trial 31 ends in the middle of a line"}
	f.Tuning = &live.Tuning{Recipe: f.Recipe, Study: r, Workers: 2}
	return f
}

// TunedOver is a frame of a search that is over, with its candidates on fresh seeds.
func TunedOver(t testing.TB) *live.Frame {
	f := Tuned(t)
	r := *f.Tuning.Study
	r.Trials = slices.Clone(r.Trials)
	for i, one := range r.Trials {
		if one.State == search.Running || one.State == search.Waiting {
			o := *one
			o.State, o.Why, o.Waits = search.Pruned, "not promoted", false
			r.Trials[i] = &o
		}
	}
	Counted(&r)
	r.Over, r.Notes, r.Workers = true, nil, nil
	own := search.Point{"optimizer.lr": knob.Num(1e-3), "optimizer.name": knob.Word("adam"), "optimizer.beta2": knob.Num(0.999), "train.batch": knob.Num(32), "prune.sparsity": knob.Num(0.7)}
	r.Candidates = []study.Candidate{{Trial: -1, Point: own, Values: []float64{0.141, 0.152, 0.139, 0.16, 0.148}, Median: 0.148, Low: 0.139, High: 0.16, Of: 5, Claimed: math.NaN()}}
	for i, n := range []int{r.Best, 30, 41} {
		v := 0.07 + 0.01*float64(i)
		r.Candidates = append(r.Candidates, study.Candidate{Trial: n, Point: r.Trials[n].Point, Values: []float64{v, v + 0.01, v - 0.004, v + 0.002, v}, Median: v, Low: v - 0.004, High: v + 0.01, Of: 5, Claimed: v - 0.006})
	}
	r.Candidates[3].Values, r.Candidates[3].Of = r.Candidates[3].Values[:2], 5
	f.Tuning = &live.Tuning{Recipe: f.Recipe, Study: &r}
	return f
}

// TunedTwo is a frame of a search with two objectives.
func TunedTwo(t testing.TB) *live.Frame {
	f := Still(t)
	f.Tuning = &live.Tuning{Recipe: f.Recipe, Study: Study(60, 2), Workers: 1, Paused: true}
	return f
}

// TunedMany is a frame of a search of n trials.
func TunedMany(t testing.TB, n int) *live.Frame {
	f := Still(t)
	f.Tuning = &live.Tuning{Recipe: f.Recipe, Study: Study(n, 1), Workers: 2}
	return f
}

// TunedSurface is a frame of a search for the rate and the momentum on a test surface.
func TunedSurface(t testing.TB) *live.Frame {
	f, _ := Trained(t, "ravine", 3)
	r := Study(0, 1)
	r.Spec.Name, r.Spec.Objectives, r.Spec.Steps = "ravine", []string{"loss"}, 100
	r.Plan.Space = search.Space{Axes: []search.Axis{
		{Path: "optimizer.lr", Kind: search.Float, Low: 1e-4, High: 1, Log: true},
		{Path: "optimizer.momentum", Kind: search.Float, Low: 0, High: 0.999, Complement: true},
	}}
	r.Spec.Axes = r.Plan.Space.Axes
	rng := rand.New(rand.NewPCG(7, 7))
	for i := range 30 {
		u := []float64{rng.Float64(), rng.Float64()}
		one := &study.Trial{}
		one.Number, one.Point, one.State, one.Step = i, r.Plan.Space.At(u), search.Complete, 100
		one.Claim = study.Claim{Job: study.Job{Trial: i}, Worker: "local-1", Steps: 100}
		v := math.Pow(10, -6+8*math.Hypot(u[0]-0.6, u[1]-0.7))
		for step := 10; step <= 100; step += 10 {
			one.Reports = append(one.Reports, study.Report{Step: step, Values: []journal.Float{journal.Float(v + 10*math.Exp(-float64(step)/20))}})
		}
		one.Values, one.Seeds = []float64{v}, [][]float64{{v}}
		r.Trials = append(r.Trials, one)
	}
	Counted(r)
	f.Tuning = &live.Tuning{Recipe: f.Recipe, Study: r}
	return f
}

// OddTuned are frames of searches that are hard to draw: nothing yet, a single trial,
// values that are no numbers, names that would have their way with a terminal.
func OddTuned(t testing.TB, hostile string, extremes []float64) []*live.Frame {
	framed := func(r *study.Reading) *live.Frame {
		f := Still(t)
		f.Tuning = &live.Tuning{Recipe: f.Recipe, Study: r}
		return f
	}
	bare := framed(&study.Reading{Best: -1})
	empty, one := framed(Study(0, 1)), framed(Study(1, 2))
	same := Study(12, 1)
	for _, trial := range same.Trials {
		trial.Values, trial.Reports = []float64{0.5}, nil
		trial.Point = same.Trials[0].Point
	}
	Counted(same)
	out := []*live.Frame{bare, empty, one, framed(same)}
	for _, objectives := range []int{1, 2} {
		wild := Study(40, objectives)
		wild.Spec.Name, wild.Spec.Objectives[0], wild.Dir = hostile, "-"+hostile, hostile
		wild.Plan.Space.Axes = append(slices.Clone(wild.Plan.Space.Axes),
			search.Axis{Path: "model." + hostile, Kind: search.Choice, Choices: words(hostile, hostile+hostile, "")},
			search.Axis{Path: "one", Kind: search.Float, Low: 1, High: 1},
			search.Axis{Path: "none", Kind: search.Choice})
		wild.Plan.Sampler, wild.Plan.Pruner, wild.Plan.Greed = hostile, hostile, math.Inf(1)
		wild.Notes = []string{hostile, hostile}
		wild.Workers = []study.Working{{Worker: study.Worker{ID: hostile, Host: hostile}, Lost: true}}
		for i, trial := range wild.Trials {
			v := func(k int) float64 { return extremes[(i*7+k)%len(extremes)] }
			trial.State = []search.State{search.Complete, search.Complete, search.Pruned, search.Running, search.Failed, search.Waiting}[i%6]
			trial.Why, trial.Claim.Worker, trial.Claim.Note, trial.Violation = hostile, hostile, hostile, max(v(5), 0)
			trial.Point = search.Point{"model." + hostile: knob.Word(hostile), "one": knob.Num(v(3)), "optimizer.lr": knob.Num(v(4))}
			trial.Values, trial.Seeds = []float64{v(0), v(1)}[:objectives], [][]float64{{v(0)}, {v(1)}, nil}
			trial.Metrics = map[string]float64{"bytes": v(2), hostile: v(1)}
			trial.Reports = nil
			for s := range 12 {
				trial.Reports = append(trial.Reports, study.Report{Seed: s / 8, Step: s * s, Values: []journal.Float{journal.Float(v(s)), journal.Float(v(s + 1))}[:objectives]})
			}
			trial.Reports = append(trial.Reports, study.Report{Step: 1 << 50})
		}
		Counted(wild)
		wild.Best, wild.Front = 3, []int{3, 4, 999, -1}
		for i := range 5 {
			wild.Candidates = append(wild.Candidates, study.Candidate{Trial: i - 1, Median: extremes[i], Low: extremes[i+5], High: extremes[i+9], Claimed: extremes[i+2], Values: extremes[:i], Of: i})
		}
		out = append(out, framed(wild))
		out[len(out)-1].Tuning.Err = fmt.Errorf("no space left: %s", hostile)
	}
	return out
}
