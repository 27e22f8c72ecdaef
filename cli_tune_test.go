package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tuned is what tune --json says.
type tuned struct {
	Best, Baseline struct {
		Number *int
		Params map[string]any
		Value  float64
		Fresh  struct{ Median float64 }
	}
	Trials []struct {
		Number int
		Params map[string]any
		Value  float64
		State  string
	}
}

// tune is a search that takes no time.
func tune(dir string, more ...string) []string {
	return append([]string{
		"tune", "spiral", "--quiet", "--steps", "20", "--set", "data.samples=60", "--over", "optimizer.lr=1e-3..1e-1", "--over", "optimizer.name=sgd,adam",
		"--sampler", "random", "--trials", "4", "--dir", dir,
	}, more...)
}

func TestASearchIsTheSameWhoeverTrains(t *testing.T) {
	dir := t.TempDir()
	one := succeed(t, dir, tune("one", "--workers", "1", "--json")...)
	two := succeed(t, dir, tune("two", "--workers", "2", "--json")...)
	if one.out != two.out {
		t.Errorf("one worker:\n%s\ntwo:\n%s", one.out, two.out)
	}
	var got tuned
	if err := json.Unmarshal([]byte(one.out), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Trials) != 4 || got.Trials[3].State != "complete" || got.Best.Number == nil || got.Baseline.Fresh.Median == 0 || got.Baseline.Params["optimizer.lr"] != 0.005 {
		t.Errorf("%+v", got)
	}
	if again := succeed(t, dir, "tune", "spiral", "--quiet", "--dir", "one", "--json"); again.out != one.out {
		t.Errorf("from its folder:\n%s", again.out)
	}
	more := succeed(t, dir, "tune", "spiral", "--quiet", "--dir", "one", "--trials", "6", "--preset-out", "best.toml")
	for _, word := range []string{"preset", "fresh seeds", "cost: 6 trials", "120 steps", "written: best.toml"} {
		if !strings.Contains(more.out, word) {
			t.Errorf("it does not say %q:\n%s", word, more.out)
		}
	}
	succeed(t, dir, "run", "best.toml", "--quiet")
	logs, err := filepath.Glob(filepath.Join(dir, "one", "trials", "*", "*.log.jsonl"))
	if err != nil || len(logs) == 0 {
		t.Fatalf("%d logs, %v", len(logs), err)
	}
	succeed(t, dir, "replay", logs[0])
}

func TestASearchIsRefusedInASentence(t *testing.T) {
	dir := t.TempDir()
	succeed(t, dir, tune("s", "--confirm", "0")...)
	if err := os.Mkdir(filepath.Join(dir, "other"), 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "other"), "file", "text")
	for _, c := range []struct{ args, want string }{
		{"tune spiral --over optimizer.lr=1..0.1", "empty range"},
		{"tune spiral --over optimizer.rate", "optimizer.rate"},
		{"tune spiral --over pretrain.preset=iris,wine", "pretrain.preset"},
		{"tune spiral --where weight<=3", "no metric"},
		{"tune spiral --where params<=3 --where params>=5", "contradict"},
		{"tune spiral --objective old_loss", "[pretrain]"},
		{"tune rosenbrock --objective val_loss", "validation rows"},
		{"tune spiral --objective val_los", "did you mean val_loss?"},
		{"tune spiral --objective val_loss,val_loss", "cannot be both objectives"},
		{"tune spiral --objective loss,bytes,params", "one objective or two, not 3"},
		{"tune spiral --over train.steps=20..50", "the same for all trials"},
		{"tune spiral --over seed", "each trial has its own seeds"},
		{"tune spiral --over model.layers", "model.layers=VALUE,VALUE"},
		{"tune spiral --population 1", "at least 2"},
		{"tune spiral --population 4 --trials 8", "leave --trials out"},
		{"tune spiral --sampler best", "no sampler"},
		{"tune spiral --population 4 --pruner asha", "exclude each other"},
		{"tune spiral --preset-out none/best.toml", "no folder"},
		{"tune spiral --sampler rndom", "did you mean random?"},
		{"tune spiral --pruner best", "no pruner"},
		{"tune spiral --seeds 0", "seeds"},
		{"tune spiral --greed 2", "--greed"},
		{"tune spiral --around 0", "--around"},
		{"tune spiral --workers -1", "--workers"},
		{"tune spiral --list none.txt", "none.txt"},
		{"tune spiral --dir other", "not empty"},
		{"tune digits --dir s", "a study of spiral"},
		{"tune spiral --dir s --pruner asha", "another --pruner"},
		{"tune spiral --dir s --over optimizer.lr=1e-3..1", "another --over"},
		{"tune spiral --dir s --set data.samples=70", "another --set"},
	} {
		r := descent(t, dir, strings.Fields(c.args)...)
		if r.code != 2 || !strings.Contains(r.err, c.want) || strings.Count(r.err, "\n") != 1 {
			t.Errorf("%s: exit %d: %s", c.args, r.code, r.err)
		}
	}
}
