package main_test

import (
	"encoding/json"
	"testing"
)

// racer is what race --json says of one value.
type racer struct {
	Value    string
	Loss     struct{ Median any }
	ValLoss  *struct{ Median any } `json:"val_loss"`
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
