package headless

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"descent/core"
	"descent/core/kernel"
	"descent/core/knob"
	"descent/core/recipe"
	"descent/session"
	"descent/session/journal"
)

// evaluated is a recipe whose evaluations are worth a twin.
func evaluated(t *testing.T) recipe.Recipe {
	r := moons(t)
	r.Data.Samples, r.Model.Layers, r.Model.Activation = 700, nil, "identity"
	r.Model.Input, r.Model.Stack = []int{2}, []string{"dense 12", "batch-norm", "tanh", "dense 12", "dropout 0.1", "tanh", "dense 2"}
	for path, v := range map[string]knob.Value{"train.eval_every": knob.Num(4), "train.ema": knob.Num(0.9)} {
		if err := r.Set(path, v); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// Evaluations run beside the steps that follow, where there are threads for it: metrics,
// log and replay are the same to the byte, also where helpers hang on evaluations, where
// training diverges and where it is broken off.
func TestEvaluationsBesideTrainingChangeNothing(t *testing.T) {
	at := func(step int, path string, v knob.Value) Scheduled {
		return Scheduled{Step: step, Path: path, Value: v}
	}
	plateau := []Scheduled{
		at(50, "schedule.name", knob.Word("plateau")), at(50, "schedule.patience", knob.Num(1)),
		at(300, "schedule.name", knob.Word("constant")), at(301, "prune.sparsity", knob.Num(0.5)),
	}
	for what, c := range map[string]struct {
		at    []Scheduled
		steps int
		ends  func(r core.Report) bool // breaks it off
		told  string                   // that the metrics end so
	}{
		"trained":    {at: plateau, steps: 402, told: `"step":402`},
		"stopped":    {at: append(plateau, at(320, "train.stop", knob.Num(2)), at(320, "train.keep", knob.Word("best"))), steps: 1200},
		"diverged":   {at: []Scheduled{at(90, "optimizer.name", knob.Word("sgd")), at(91, "optimizer.lr", knob.Num(1e6)), at(91, "loss.name", knob.Word("mse"))}, steps: 200},
		"broken off": {at: plateau[:2], steps: 1 << 30, ends: func(r core.Report) bool { return r.Step == 77 }},
	} {
		run := func(threads int) (metrics, log []byte) {
			before := kernel.Threads()
			kernel.SetThreads(threads)
			defer kernel.SetThreads(before)
			dir := t.TempDir()
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			o := Options{Log: filepath.Join(dir, "a.jsonl"), Metrics: filepath.Join(dir, "a.json"), At: c.at}
			step := 0
			o.Progress = func(done, _ int, r core.Report) {
				if step++; done != step || r.Step != step {
					t.Fatalf("%s: step %d is told as the %dth", what, r.Step, step)
				}
				if c.ends != nil && c.ends(r) {
					stop()
				}
			}
			err := Run(ctx, evaluated(t), c.steps, noFiles{}, o)
			var d *session.Diverged
			if errors.As(err, &d) != (what == "diverged") || errors.Is(err, context.Canceled) != (c.ends != nil) || err != nil && d == nil && c.ends == nil {
				t.Fatalf("%s: %v", what, err)
			}
			log, err = os.ReadFile(o.Log)
			if err != nil {
				t.Fatal(err)
			}
			metrics, err = os.ReadFile(o.Metrics)
			if err != nil {
				t.Fatal(err)
			}
			if again, err := replayed(t, o.Log); err != nil || !bytes.Equal(again, metrics) {
				t.Errorf("%s on %d threads: the replay has other metrics: %v", what, threads, err)
			}
			return metrics, log
		}
		alone, log := run(1)
		beside, same := run(3)
		if c.ends != nil { // the last step is one soon after
			n := min(bytes.Count(alone, []byte("\n")), bytes.Count(beside, []byte("\n"))) - 1
			alone, beside, log, same = lines(alone, n), lines(beside, n), nil, nil
			if n < 76 {
				t.Errorf("%s: there are %d lines", what, n)
			}
		}
		if !bytes.Equal(alone, beside) || !strings.Contains(string(alone), c.told) {
			t.Errorf("%s: other metrics where evaluations run beside training", what)
		}
		if !bytes.Equal(entries(log), entries(same)) {
			t.Errorf("%s: another log where evaluations run beside training:\n%s\n%s", what, log, same)
		}
	}
}

// replayed are the metrics of a log that is replayed.
func replayed(t *testing.T, log string) ([]byte, error) {
	content, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := journal.Parse(log, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	_, err = Replay(t.Context(), rec, noFiles{}, Options{Metrics: "-", Out: &out})
	return out.Bytes(), err
}

// lines are the first n.
func lines(b []byte, n int) []byte {
	return bytes.Join(bytes.SplitAfter(b, []byte("\n"))[:n], nil)
}

// entries are the lines of a log behind its header, which has the time.
func entries(log []byte) []byte {
	_, rest, _ := bytes.Cut(log, []byte("\n"))
	return rest
}
