package main_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
)

// racer is what race --json says of one value.
type racer struct {
	Value    string
	Loss     struct{ Median any }
	ValLoss  *struct{ Median any }     `json:"val_loss"`
	Accuracy *struct{ Median float64 } `json:"val_accuracy"`
	Diverged int
}

// raced are the racers of a race, the best first, and what was said on stderr.
func raced(t *testing.T, code int, args ...string) (racers []racer, said string) {
	t.Helper()
	r := descent(t, t.TempDir(), append([]string{"race", "--quiet", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(r.out), &racers); err != nil || r.code != code {
		t.Fatalf("exit %d, want %d; %v: %s%s", r.code, code, err, r.out, r.err)
	}
	return racers, r.err
}

// find is the racer of that value.
func find(t *testing.T, racers []racer, value string) racer {
	t.Helper()
	for _, r := range racers {
		if r.Value == value {
			return r
		}
	}
	t.Fatalf("no racer has the value %q among %+v", value, racers)
	return racer{}
}

// What comes first is part of a recipe: a race over it is as many runs of it.
func TestARaceOverWhatComesFirstIsTrainedSo(t *testing.T) {
	for _, c := range []struct{ path, a, b, more string }{
		{"teacher.preset", "iris", "wide.toml", "distill.alpha=0.9"},
		{"pretrain.preset", "iris", "other.toml", "optimizer.lr=0.001"},
		{"pretrain.only", "setosa", "virginica", "pretrain.preset=iris"},
	} {
		t.Run(c.path, func(t *testing.T) {
			dir := t.TempDir()
			for name, layers := range map[string]string{"wide": "4, 20, 3", "other": "4, 16, 3"} {
				write(t, dir, name+".toml", "seed = 5\n[data]\nset = \"iris\"\n[model]\nlayers = ["+layers+"]\nactivation = \"tanh\"\n[loss]\nname = \"cross-entropy\"\n[train]\nsteps = 20\n")
			}
			var racers []racer
			out := succeed(t, dir, "race", "iris", "--quiet", "--json", "--steps", "20", "--set", c.more, "--over", c.path+"="+c.a+","+c.b).out
			if err := json.Unmarshal([]byte(out), &racers); err != nil {
				t.Fatal(err)
			}
			for _, value := range []string{c.a, c.b} {
				run := metrics(t, succeed(t, dir, "run", "iris", "--quiet", "--metrics", "-", "--steps", "20", "--set", c.more, "--set", c.path+"="+value).out)
				if want, got := run[19]["val_loss"], find(t, racers, value).ValLoss.Median; got != want {
					t.Errorf("%s in a race: %v, alone %v", value, got, want)
				}
			}
		})
	}
}

// One seed of five may be enough to blow up, and then no number is between it
// and the others.
func TestWhatDivergesComesLast(t *testing.T) {
	args := []string{"concrete", "--set", "optimizer.name=sgd", "--steps", "40", "--seeds", "5", "--over"}
	racers, _ := raced(t, 0, append(args, "optimizer.lr=0.01,1.5,3,5")...)
	for i, r := range racers {
		if i > 0 && r.Diverged < racers[i-1].Diverged {
			t.Errorf("%s diverged %d times and comes after %s, which diverged %d times", r.Value, r.Diverged, racers[i-1].Value, racers[i-1].Diverged)
		}
		if r.Loss.Median == "NaN" || r.ValLoss == nil || r.ValLoss.Median == "NaN" {
			t.Errorf("%s: loss %v, val_loss %v", r.Value, r.Loss.Median, r.ValLoss)
		}
	}
	if racers[0].Value != "0.01" || racers[0].Diverged != 0 || racers[3].Diverged == 0 {
		t.Errorf("the racers are %+v", racers)
	}
	lines := strings.Split(strings.TrimSuffix(succeed(t, t.TempDir(), append([]string{"race", "--quiet"}, append(args, "optimizer.lr=5,0.01")...)...).out, "\n"), "\n")
	if len(lines) != 3 || !strings.Contains(lines[0], "VAL LOSS") || !strings.Contains(lines[1], "0.01") || !strings.Contains(lines[2], "diverged in ") {
		t.Errorf("the table is\n%s", strings.Join(lines, "\n"))
	}
}

func TestARaceThatNobodyFinishesFails(t *testing.T) {
	_, said := raced(t, 1, "seed", "--steps", "60", "--over", "optimizer.lr=1000,2000")
	oneSentence(t, said)
	if !strings.Contains(said, "every run diverged, with any value of optimizer.lr") {
		t.Errorf("said is %q", said)
	}
}

// Unscaled targets are why every run diverges, whatever the rate.
func TestARaceOnUnscaledDataSaysWhatToScale(t *testing.T) {
	dir := t.TempDir()
	var rows strings.Builder
	rows.WriteString("a,b,y\n")
	for i := range 40 {
		a, b := math.Sin(float64(i)), math.Cos(float64(3*i))
		fmt.Fprintf(&rows, "%.4f,%.4f,%.1f\n", a, b, 200000+30000*a-20000*b)
	}
	write(t, dir, "d.csv", rows.String())
	write(t, dir, "p.toml", "[data]\nfile = \"d.csv\"\n[model]\nlayers = [2, 8, 1]\nactivation = \"relu\"\n[loss]\nname = \"mse\"\n")
	args := []string{"race", "p.toml", "--set", "optimizer.name=sgd", "--steps", "40", "--quiet", "--over", "optimizer.lr=0.02,0.1"}
	r := descent(t, dir, args...)
	if r.code != 1 || !strings.Contains(r.err, "the targets are around 200,000 and not standardized: try --set data.standardize_target=true") {
		t.Errorf("exit status %d, stderr %q", r.code, r.err)
	}
	succeed(t, dir, append(args, "--set", "data.standardize_target=true")...)
}

func TestRacesAndRunsShowWhatWasLearntBefore(t *testing.T) {
	dir := t.TempDir()
	args := []string{"finetune-digits", "--steps", "40", "--set", "pretrain.steps=100"}
	table := succeed(t, dir, append(append([]string{"race"}, args...), "--quiet", "--over", "finetune.replay=0,0.5")...).out
	if !strings.Contains(table, "OLD LOSS") || !strings.Contains(table, "OLD ACCURACY") {
		t.Errorf("the table is\n%s", table)
	}
	var racers []struct {
		OldAccuracy *struct{ Median any } `json:"old_accuracy"`
	}
	out := succeed(t, dir, append(append([]string{"race"}, args...), "--quiet", "--json", "--over", "finetune.replay=0,0.5")...).out
	if err := json.Unmarshal([]byte(out), &racers); err != nil || racers[0].OldAccuracy == nil {
		t.Errorf("%v: %s", err, out)
	}
	if said := succeed(t, dir, append([]string{"run"}, args...)...).err; !strings.Contains(said, "step 40 of 40") || !strings.Contains(said, "  old_accuracy ") {
		t.Errorf("a run says %q", said)
	}
}

// A cross-entropy and a mean square have nothing to do with each other.
func TestLossesAreRankedByAccuracy(t *testing.T) {
	racers, _ := raced(t, 0, "digits", "--steps", "60", "--over", "loss.name=cross-entropy,mse,hinge,focal")
	for i, r := range racers {
		if i > 0 && r.Accuracy.Median > racers[i-1].Accuracy.Median {
			t.Errorf("%s with %v comes after %s with %v", r.Value, r.Accuracy.Median, racers[i-1].Value, racers[i-1].Accuracy.Median)
		}
	}
	table := succeed(t, t.TempDir(), "race", "concrete", "--quiet", "--steps", "20", "--over", "loss.name=mae,mse")
	if !strings.Contains(table.err, "note: each loss has units of its own") || strings.Index(table.out, "mae") > strings.Index(table.out, "mse") {
		t.Errorf("%s%s", table.err, table.out)
	}
}

func TestKnobsThatDoNothingAreNamed(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"run digits --set distill.alpha=0.5 --steps 1", "note: distill.alpha has no effect: there is no teacher"},
		{"run digits --set finetune.replay=0.5 --steps 1", "note: finetune.replay has no effect: nothing was learnt before"},
		{"run concrete --set augment.rotate=30 --steps 1", "note: augment.rotate has no effect: these inputs are no images"},
		{"run digits --set distill.alpha=0.5 --steps 2 --at 2:teach=1", "note: distill.alpha has no effect, at the start: there is no teacher"},
		{"race digits --over distill.alpha=0,0.5 --steps 1", "note: distill.alpha has no effect: there is no teacher"},
		{"race digits --set augment.rotate=20 --over optimizer.lr=0.1,0.01 --steps 1", ""},
		{"race digits --over prune.method=magnitude,structured --steps 5", "note: all values of prune.method gave the same result to the bit"},
		{"run digits --set distill.alpha=0 --steps 1", ""},
		{"fit iris --size 50% --steps 1 --recover 1 --set augment.rotate=20", "note: augment.rotate has no effect"},
	} {
		r := succeed(t, t.TempDir(), append(strings.Fields(c.args), "--quiet")...)
		if !strings.HasPrefix(r.err, c.want) || strings.Count(r.err, "note: ") != min(len(c.want), 1) {
			t.Errorf("%s: stderr is %q, want %q", c.args, r.err, c.want)
		}
	}
}

func TestARaceOverAListTakesItsBrackets(t *testing.T) {
	racers, _ := raced(t, 0, "digits", "--steps", "3", "--set", `quant.layers=["0:8", "2:4"]`, "--over", `finetune.freeze=["0"],["0", "2"]`)
	find(t, racers, "0")
	find(t, racers, "0,2")
	refused(t, t.TempDir(), []string{"--over prune.sparsity=0,0.5,0%: the value 0% stands twice"}, "race", "digits", "--over", "prune.sparsity=0,0.5,0%")
}

func TestSeveralKeysAreRacedInAllCombinations(t *testing.T) {
	dir := t.TempDir()
	type raced struct {
		Value  string
		Values []struct{ Path, Value string }
		LR     float64
	}
	var racers []raced
	out := succeed(t, dir, "race", "iris", "--quiet", "--json", "--steps", "10", "--over", "optimizer.lr=0.1,0.2", "--over", "train.batch=8,16,32").out
	if err := json.Unmarshal([]byte(out), &racers); err != nil || len(racers) != 6 {
		t.Fatalf("%v: %s", err, out)
	}
	seen := map[string]bool{}
	for _, r := range racers {
		seen[r.Value] = true
		if len(r.Values) != 2 || r.Values[0].Path != "optimizer.lr" || r.Value != r.Values[0].Path+"="+r.Values[0].Value+", train.batch="+r.Values[1].Value {
			t.Errorf("%+v", r)
		}
		run := metrics(t, succeed(t, dir, "run", "iris", "--quiet", "--metrics", "-", "--steps", "10", "--set", "optimizer.lr="+r.Values[0].Value, "--set", "train.batch="+r.Values[1].Value).out)
		if got := run[9]["lr"]; got != r.LR {
			t.Errorf("%s has the rate %v, a run %v", r.Value, r.LR, got)
		}
	}
	if len(seen) != 6 || !seen["optimizer.lr=0.2, train.batch=32"] {
		t.Errorf("the racers are %v", seen)
	}
	table := succeed(t, dir, "race", "iris", "--quiet", "--steps", "2", "--over", "optimizer.lr=0.1,0.2", "--over", "train.batch=8,16").out
	if !strings.Contains(table, "OPTIMIZER.LR  TRAIN.BATCH") || strings.Count(table, "\n") != 5 {
		t.Errorf("the table is\n%s", table)
	}
	var values []string
	for i := range 20 {
		values = append(values, "0.01"+strconv.Itoa(i+10))
	}
	many := strings.Join(values, ",")
	refused(t, dir, []string{"optimizer.lr is raced over already"}, "race", "iris", "--over", "optimizer.lr=0.1", "--over", "optimizer.lr=0.2")
	refused(t, dir, []string{"20 × 20", "256"}, "race", "iris", "--over", "optimizer.lr="+many, "--over", "optimizer.weight_decay="+many)
	refused(t, dir, []string{"optimizer.beta1", `"sgd"`}, "race", "iris", "--over", "optimizer.name=sgd,adam", "--over", "optimizer.beta1=0.8,0.9")
	succeed(t, dir, "race", "iris", "--quiet", "--steps", "2", "--set", "optimizer.name=sgd", "--over", "optimizer.beta1=0.8,0.9", "--over", "optimizer.name=adam,lion")
}

func TestRatesOfOptimizersAreShownAndMayBeTheirOwn(t *testing.T) {
	rates := func(said string, args ...string) map[string]float64 {
		t.Helper()
		var racers []struct {
			Value string
			LR    float64
		}
		r := succeed(t, t.TempDir(), append(strings.Fields("race concrete --quiet --json --steps 20 --over optimizer.name=sgd,adam"), args...)...)
		if err := json.Unmarshal([]byte(r.out), &racers); err != nil {
			t.Fatal(err)
		}
		if (said == "") != (r.err == "") || !strings.Contains(r.err, said) {
			t.Errorf("%v: said is %q, want %q", args, r.err, said)
		}
		out := map[string]float64{}
		for _, r := range racers {
			out[r.Value] = r.LR
		}
		return out
	}
	if got := rates("note: all optimizers are trained at the learning rate 0.003", "--set", "optimizer.lr=0.003"); got["sgd"] != 0.003 || got["adam"] != 0.003 {
		t.Errorf("at one rate: %v", got)
	}
	if got := rates("", "--rates", "default"); got["sgd"] != 0.01 || got["adam"] != 0.001 {
		t.Errorf("at their own: %v", got)
	}
	if got := rates("", "--rates", "find"); !(got["sgd"] > 1e-4 && got["adam"] > 1e-5) || got["sgd"] == got["adam"] {
		t.Errorf("at those that were found: %v", got)
	}
	dir := t.TempDir()
	if table := succeed(t, dir, strings.Fields("race concrete --quiet --steps 5 --over optimizer.name=sgd,adam --rates default")...).out; !strings.Contains(table, "LR") || !strings.Contains(table, "0.001") {
		t.Errorf("the table is\n%s", table)
	}
	refused(t, dir, []string{"--rates takes same, default or find"}, "race", "iris", "--over", "optimizer.name=sgd,adam", "--rates", "own")
	refused(t, dir, []string{"contradict"}, "race", "iris", "--over", "optimizer.name=sgd,adam", "--rates", "default", "--set", "optimizer.lr=0.1")
	refused(t, dir, []string{"contradict"}, "race", "iris", "--over", "optimizer.lr=1,2", "--rates", "find")
}

// On a test surface the default is a rate that suits these.
func TestDefaultRatesOnSurfacesSuitThem(t *testing.T) {
	r := succeed(t, t.TempDir(), strings.Fields("race ravine --quiet --json --steps 5 --over optimizer.name=lion,adam --rates default")...)
	if !strings.Contains(r.out, `"lr": 0.002`) || !strings.Contains(r.out, `"lr": 0.001`) {
		t.Errorf("%s", r.out)
	}
}

// A loss that is finite and beyond all bounds is no result.
func TestALossBeyondAllBoundsHasDiverged(t *testing.T) {
	var racers []struct {
		Value      string
		Diverged   int
		DivergedAt int `json:"diverged_at"`
		Loss       struct{ Median float64 }
	}
	out := succeed(t, t.TempDir(), strings.Fields("race concrete --quiet --json --steps 60 --set optimizer.name=gd --over optimizer.lr=1,0.01")...).out
	if err := json.Unmarshal([]byte(out), &racers); err != nil {
		t.Fatal(err)
	}
	if last := racers[1]; last.Value != "1" || last.Diverged != 1 || last.DivergedAt < 2 || last.DivergedAt > 10 || last.Loss.Median < 1e100 {
		t.Errorf("%+v", racers)
	}
	if first := racers[0]; first.Diverged != 0 || first.DivergedAt != 0 {
		t.Errorf("%+v", first)
	}
}
