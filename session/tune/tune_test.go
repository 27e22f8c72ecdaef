package tune

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"descent/core"
	"descent/core/knob"
	"descent/core/recipe"
	"descent/core/search"
	"descent/presets"
	"descent/session"
	"descent/session/disk"
	"descent/session/journal"
	"descent/session/study"
)

var files = presets.Files{}

// small is a preset that trains in a moment.
func small(t testing.TB, set ...string) recipe.Recipe {
	t.Helper()
	r, err := presets.Override("spiral", append([]string{"data.samples=80", "model.layers=2,8,2", "train.steps=60", "train.eval_every=5"}, set...)...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// begin makes a study of a recipe.
func begin(t testing.TB, r recipe.Recipe, change func(*study.Spec), over ...string) *study.Study {
	t.Helper()
	axes, err := study.ParseAxes(r, over)
	if err != nil {
		t.Fatal(err)
	}
	spec := study.Spec{
		Name: "spiral", Seed: 3, Objectives: []string{"val_loss"}, Steps: 60, Seeds: 1, Trials: 6,
		Axes: axes, Sampler: "random", Pruner: "none", Confirm: 1, Fresh: 1,
	}
	if change != nil {
		change(&spec)
	}
	s, err := study.Create(disk.Machine{}, filepath.Join(t.TempDir(), "s"), spec, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// finish works on a study until it is over.
func finish(t testing.TB, s *study.Study, workers int) *study.Reading {
	t.Helper()
	p, err := NewPool(s, files, workers, nil)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.Done():
	case <-time.After(time.Minute):
		t.Error("the pool does not come to its end")
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	r := s.Reading()
	if !r.Over {
		t.Fatalf("the study is not over: %+v", r.Counts)
	}
	return r
}

// facts are what a study has found, as text.
func facts(t testing.TB, r *study.Reading) string {
	t.Helper()
	var out bytes.Buffer
	for _, trial := range r.Trials {
		b, err := json.Marshal(struct {
			N, Step int
			Point   search.Point
			State   search.State
			Why     string
			Values  []float64
			Reports []study.Report
			Metrics map[string]float64
			Hash    string
		}{trial.Number, trial.Step, trial.Point, trial.State, trial.Why, trial.Values, trial.Reports, trial.Metrics, trial.Hash})
		if err != nil {
			t.Fatal(err)
		}
		out.Write(append(b, '\n'))
	}
	return out.String()
}

func TestAPanicOfAWorkerEndsTheWorkAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	err := guarded(dir, func() error { panic("no such thing") })
	if err == nil || !strings.Contains(err.Error(), "no such thing (this is a bug in descent") {
		t.Errorf("it says %v", err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "crash.txt")); err != nil || !bytes.Contains(b, []byte("TestAPanicOfAWorker")) {
		t.Errorf("where is not told: %v, %s", err, b)
	}
}

func TestOneWorkerAndTwoFindTheSame(t *testing.T) {
	r := small(t)
	over := []string{"optimizer.lr=1e-3..1e-1", "optimizer.name=adam,momentum"}
	one := facts(t, finish(t, begin(t, r, nil, over...), 1))
	two := facts(t, finish(t, begin(t, r, nil, over...), 2))
	if one != two {
		t.Errorf("one worker:\n%s\ntwo workers:\n%s", one, two)
	}
}

// brief ends its context after so many reports.
type brief struct {
	*study.Hand
	left *atomic.Int32
	end  context.CancelFunc
	how  string
}

// The ways in which a process may end.
const (
	polite  = "kept"
	killed  = "killed"
	damaged = "damaged"
)

func (b brief) Keep(c study.Claim, state []byte) error {
	switch b.how {
	case killed:
		return nil
	case damaged:
		state[len(state)/2]++
	}
	return b.Hand.Keep(c, state)
}

func (b brief) Report(c study.Claim, r study.Report) (study.Outcome, string, error) {
	if b.left.Add(-1) == 0 {
		b.end()
	}
	return b.Hand.Report(c, r)
}

func TestATrialInPiecesIsATrialAtOnce(t *testing.T) {
	for name, set := range map[string][]string{
		"adam":         nil,
		"plateau":      {"schedule.name=plateau", "schedule.patience=0", "train.eval_every=2"},
		"pruned":       {"prune.sparsity=0.5", "prune.when=gradual", "prune.steps=40", "prune.every=3"},
		"averaged":     {"train.ema=0.9", "optimizer.name=momentum"},
		"on a surface": nil,
	} {
		t.Run(name, func(t *testing.T) {
			r, objective := small(t, set...), "val_loss"
			if name == "on a surface" {
				var err error
				if r, err = presets.Override("rosenbrock", "train.steps=60"); err != nil {
					t.Fatal(err)
				}
				objective = "loss"
			}
			want := func(s *study.Spec) { s.Objectives, s.Trials, s.Seeds = []string{objective}, 2, 2 }
			whole := facts(t, finish(t, begin(t, r, want, "optimizer.lr=1e-4..1e-2"), 1))
			for _, how := range []string{polite, killed, damaged} {
				if how != polite && name != "adam" {
					continue
				}
				s := begin(t, r, want, "optimizer.lr=1e-4..1e-2")
				for range 6 {
					interrupted(t, s, how)
				}
				if got := facts(t, finish(t, s, 1)); got != whole {
					t.Errorf("in pieces, %s:\n%s\nat once:\n%s", how, got, whole)
				}
			}
		})
	}
}

// interrupted works on a study until seven values were reported.
func interrupted(t *testing.T, s *study.Study, how string) {
	t.Helper()
	h, err := s.Register("")
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(context.Background())
	defer end()
	b := brief{h, &atomic.Int32{}, end, how}
	b.left.Store(7)
	if err := Work(ctx, s, b, files, Options{}); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestATrialIsWhatASessionTrains(t *testing.T) {
	r := small(t, "schedule.name=plateau", "schedule.patience=0", "train.eval_every=2", "optimizer.lr=0.1")
	s := begin(t, r, func(s *study.Spec) { s.Trials = 2 }, "optimizer.lr=1e-3..1e-1")
	for _, trial := range finish(t, s, 1).Trials {
		b, err := Log(context.Background(), s, trial, files, nil)
		if err != nil {
			t.Fatal(err)
		}
		rec, err := journal.Parse("log", bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		out, err := session.Replay(context.Background(), rec, files, nil, nil)
		if err != nil || !out.Exact {
			t.Fatalf("replay: %+v, %v", out, err)
		}
		end := rec.Entries[len(rec.Entries)-1].End
		if end == nil || end.Hash != trial.Hash || end.Step != 60 {
			t.Errorf("the log ends with %+v, the trial with %s", end, trial.Hash)
		}
		if len(rec.Entries) == 1 {
			t.Error("the schedule decided nothing")
		}
	}
}

// Members of a population go on from copies of better ones; how they came about is in
// their logs.
func TestAPopulationForksAndItsLogsReplay(t *testing.T) {
	people := func(s *study.Spec) { s.Population, s.Trials, s.Interval, s.Seeds = 6, 6, 10, 2 }
	over := []string{"optimizer.lr=1e-4..1", "train.batch=8..32"}
	s := begin(t, small(t), people, over...)
	for range 5 {
		interrupted(t, s, polite)
	}
	r := finish(t, s, 1)
	forks := 0
	for _, trial := range r.Trials {
		log, err := Log(context.Background(), s, trial, files, nil)
		if err != nil || trial.State != search.Complete {
			t.Fatalf("trial %d: %s, %v", trial.Number, trial.State, err)
		}
		rec, err := journal.Parse("log", bytes.NewReader(log))
		if err != nil {
			t.Fatal(err)
		}
		forks += len(rec.Entries) - 1
		if out, err := session.Replay(context.Background(), rec, files, nil, nil); err != nil || !out.Exact {
			t.Errorf("replay of %d: %+v, %v", trial.Number, out, err)
		}
	}
	if forks == 0 {
		t.Error("nobody took over from another one")
	}
	if again := finish(t, begin(t, small(t), people, over...), 1); facts(t, again) != facts(t, r) {
		t.Errorf("at once:\n%s\nin pieces:\n%s", facts(t, again), facts(t, r))
	}
}

// Trials that start at a step of a log are its branches.
func TestTrialsStartFromAStepOfALog(t *testing.T) {
	r := small(t)
	path := filepath.Join(t.TempDir(), "base.jsonl")
	l, err := journal.Create(path, journal.NewHeader(r, nil), false)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := core.New(r, files)
	if err != nil {
		t.Fatal(err)
	}
	at := session.New(tr, l)
	steps := func(n int) {
		for range n {
			if _, err := at.Step(); err != nil {
				t.Fatal(err)
			}
		}
	}
	steps(10)
	if err := at.Set("prune.sparsity", knob.Num(0.5)); err != nil {
		t.Fatal(err)
	}
	steps(10)
	if err := at.Set("optimizer.name", knob.Word("momentum")); err != nil {
		t.Fatal(err)
	}
	steps(10)
	if err := at.Finish(); err != nil {
		t.Fatal(err)
	}
	base, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	axes, err := study.ParseAxes(r, []string{"optimizer.lr=1e-3..1e-1", "optimizer.name=adam,momentum,sgd"})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []int{30, 15} {
		spec := study.Spec{
			Name: "spiral", Seed: 3, Objectives: []string{"val_loss"}, Steps: 20, Seeds: 1, Trials: 3,
			Axes: axes, Sampler: "random", Pruner: "none", Confirm: 1, Fresh: 1, Base: &study.Base{Log: "base.jsonl", Step: step},
		}
		s, err := Create(filepath.Join(t.TempDir(), "s"), spec, r, base)
		if err != nil {
			t.Fatal(err)
		}
		for _, trial := range finish(t, s, 2).Trials {
			if trial.State != search.Complete || trial.Step != 20 || trial.Metrics["params"] > 40 {
				t.Fatalf("%s: %s, %d steps, %v", trial.State, trial.Why, trial.Step, trial.Metrics)
			}
			b, err := Log(context.Background(), s, trial, files, nil)
			if err != nil {
				t.Fatal(err)
			}
			rec, err := journal.Parse("log", bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			out, err := session.Replay(context.Background(), rec, files, nil, nil)
			if end := rec.Entries[len(rec.Entries)-1].End; err != nil || !out.Exact || end.Step != step+20 || end.Hash != trial.Hash {
				t.Errorf("replay: %+v, %v; %+v", out, err, end)
			}
		}
	}
}

func TestLogsOfTheBestAndOfThePinnedAreKept(t *testing.T) {
	s := begin(t, small(t), func(s *study.Spec) { s.Trials = 14 }, "optimizer.lr=1e-4..1e-1")
	r := finish(t, s, 1)
	kept := 0
	for _, trial := range r.Trials {
		b, err := os.ReadFile(filepath.Join(r.Dir, study.LogFile(trial.Number)))
		if err != nil {
			continue
		}
		kept++
		rec, err := journal.Parse("log", bytes.NewReader(b))
		if err != nil || rec.Entries[len(rec.Entries)-1].End.Hash != trial.Hash {
			t.Errorf("trial %d: %v", trial.Number, err)
		}
	}
	if _, err := os.Stat(filepath.Join(r.Dir, study.LogFile(r.Best))); err != nil || kept < logsKept {
		t.Errorf("%d logs are kept, of the best: %v", kept, err)
	}
}

func TestADivergedTrialFailsAndHasALog(t *testing.T) {
	r := small(t, "optimizer.name=sgd", "model.activation=relu", "loss.name=mse", "data.standardize=false")
	s := begin(t, r, func(s *study.Spec) { s.Trials = 1 }, "optimizer.lr=9e4..1e5")
	trial := finish(t, s, 1).Trials[0]
	if trial.State != search.Failed || trial.Why == "" {
		t.Fatalf("%s: %q", trial.State, trial.Why)
	}
	b, err := Log(context.Background(), s, trial, files, nil)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := journal.Parse("log", bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if out, err := session.Replay(context.Background(), rec, files, nil, nil); err != nil || !out.Exact {
		t.Fatalf("replay: %+v, %v", out, err)
	}
}

func TestWhatIsTooLargeIsNotTrained(t *testing.T) {
	r := small(t)
	s := begin(t, r, func(s *study.Spec) {
		s.Trials, s.Where = 4, []study.Constraint{{Metric: "params", Limit: 50}}
	}, "model.layers=[2,8,2],[2,16,2]")
	for _, trial := range finish(t, s, 1).Trials {
		large := trial.Metrics["params"] > 50
		if large != (trial.Step == 0) || large != (trial.Violation > 0) || trial.State != search.Complete || large != (trial.Why != "") {
			t.Errorf("%v: %d steps, %v parameters, violation %v, %q", trial.Point, trial.Step, trial.Metrics["params"], trial.Violation, trial.Why)
		}
	}
}

func TestTrialsWaitAndGoOn(t *testing.T) {
	r := small(t)
	asha := func(s *study.Spec) { s.Pruner, s.Trials, s.Prune.Factor, s.Prune.MinSteps = "asha", 8, 2, 10 }
	one := finish(t, begin(t, r, asha, "optimizer.lr=1e-4..1e-1"), 1)
	if one.Counts.Complete == 0 || one.Steps >= 8*60 {
		t.Fatalf("%+v, %d steps", one.Counts, one.Steps)
	}
	alone := begin(t, r, func(s *study.Spec) { s.Trials = 8 }, "optimizer.lr=1e-4..1e-1")
	whole := finish(t, alone, 1)
	for i, trial := range one.Trials {
		if trial.State == search.Complete && trial.Hash != whole.Trials[i].Hash {
			t.Errorf("trial %d ends with %s, at once with %s", i, trial.Hash, whole.Trials[i].Hash)
		}
	}
}

func TestAPausedPoolHoldsBetweenTwoSteps(t *testing.T) {
	r := small(t)
	s := begin(t, r, func(s *study.Spec) { s.Trials, s.Steps = 3, 200_000 }, "optimizer.lr=1e-4..1e-2")
	p, err := NewPool(s, files, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for s.Reading().Counts.Running < 2 {
		time.Sleep(time.Millisecond)
	}
	p.Pause(true)
	time.Sleep(100 * time.Millisecond)
	before := facts(t, s.Reading())
	time.Sleep(100 * time.Millisecond)
	if after := facts(t, s.Reading()); after != before {
		t.Errorf("it trains while it is paused:\n%s\n%s", before, after)
	}
	p.Pause(false)
	zero := 0
	if err := p.Decide(study.Decision{Actor: "user", Stop: &zero}); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); !s.Reading().Trials[0].Stopped; {
		if time.Now().After(end) {
			t.Fatal("it does not stop")
		}
		time.Sleep(time.Millisecond)
	}
}

func TestAStateHoldsSeedsThatDiverged(t *testing.T) {
	b, err := encode(&state{Values: [][]float64{{math.Inf(1)}, {2}}, Metrics: []map[string]float64{nil, {"loss": 2}}, Runs: []runState{{}, {Over: true}}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := decode(b)
	if err != nil || len(s.Metrics) != 2 || !math.IsInf(s.Values[0][0], 1) || !s.Runs[1].Over {
		t.Errorf("%+v, %v", s, err)
	}
	for i := range b {
		b[i] ^= 1
		if _, err := decode(b); err == nil {
			t.Fatalf("byte %d may be wrong", i)
		}
		b[i] ^= 1
	}
	if _, err := decode(b[:len(b)-1]); err == nil {
		t.Error("it may be cut short")
	}
}

// One seed of three may blow up: the median is that of the others.
func TestTheMedianBearsADivergedSeed(t *testing.T) {
	if m := median([]float64{math.Inf(1), 1, 3}); m != 3 {
		t.Errorf("%v", m)
	}
	j := &job{spec: study.Spec{Seeds: 3}, values: [][]float64{{math.Inf(1)}}}
	if j.failed([]float64{1}) || !j.failed([]float64{math.NaN()}) {
		t.Error("half of the seeds may diverge, and no more")
	}
}
