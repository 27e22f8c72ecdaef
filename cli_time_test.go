package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestARaceComesOutTheSameTwiceAndNamesTheLeader(t *testing.T) {
	dir := t.TempDir()
	args := []string{"race", "ravine", "--over", "optimizer.name=gd,momentum,nesterov,adam", "--steps", "300", "--quiet"}
	a, b := succeed(t, dir, args...), succeed(t, dir, append(args, "--threads", "1")...)
	if a.out != b.out || strings.Count(a.out, "\n") != 5 || !strings.Contains(a.out, "OPTIMIZER.NAME") {
		t.Errorf("first\n%s\nthen\n%s", a.out, b.out)
	}
	var racers []struct {
		Value string
		Loss  struct{ Median json.RawMessage }
	}
	r := succeed(t, dir, append(args, "--json", "--seeds", "2")...)
	if err := json.Unmarshal([]byte(r.out), &racers); err != nil || len(racers) != 4 {
		t.Errorf("%d racers, %v", len(racers), err)
	}
	for over, want := range map[string]string{
		"optimizer.nme=sgd,adam": `did you mean "optimizer.name"`, "optimizer.name=sgd,adm": `did you mean "adam"`,
		"optimizer.lr": "the form is", "optimizer.lr=-1,2": "from 0",
	} {
		r := descent(t, dir, "race", "seed", "--over", over)
		oneSentence(t, r.err)
		if r.code != 2 || !strings.Contains(r.err, want) {
			t.Errorf("--over %s: exit %d, %q", over, r.code, r.err)
		}
	}
}

func TestTheRateFinderDrawsAndSuggests(t *testing.T) {
	dir := t.TempDir()
	r := succeed(t, dir, "find-lr", "digits", "--steps", "150")
	for _, want := range []string{"valley", "steepest", "a tenth of the minimum", "1e-3"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("%q is missing in\n%s", want, r.out)
		}
	}
	var found struct{ Steepest, Valley, Tenth float64 }
	r = succeed(t, dir, "find-lr", "digits", "--steps", "150", "--json")
	if err := json.Unmarshal([]byte(r.out), &found); err != nil || !(found.Steepest > 1e-4 && found.Steepest < 0.1) {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestARateFinderThatFindsNothingSaysSo(t *testing.T) {
	r := succeed(t, t.TempDir(), "find-lr", "concrete", "--set", "prune.sparsity=1")
	if want := "no rate to suggest: from 1e-06 to 10 the loss did not fall by more than its noise; "; !strings.HasPrefix(r.err, want) {
		t.Errorf("stderr is %q, want %q", r.err, want)
	}
	r = succeed(t, t.TempDir(), "find-lr", "saddle", "--json")
	var found struct {
		Rates                   []float64
		Steepest, Valley, Tenth *float64
		Note                    string
	}
	if err := json.Unmarshal([]byte(r.out), &found); err != nil || found.Steepest != nil || found.Valley != nil || found.Tenth != nil || len(found.Rates) != 300 || !strings.Contains(r.err, found.Note) {
		t.Errorf("a surface without a least: %v, %.200s\n%s", err, r.out, r.err)
	}
	dir := t.TempDir()
	write(t, dir, "d.csv", "a,b,y\n1e19,2,3e19\n2e19,1,4e19\n3e19,3,9e19\n4e19,1,7e19\n")
	write(t, dir, "p.toml", table)
	r = succeed(t, dir, "find-lr", "p.toml", "--set", "optimizer.name=sgd")
	if !strings.Contains(r.err, "no rate to suggest: the loss is not finite from a rate of 1") || strings.Contains(r.out, "valley") {
		t.Errorf("inputs of 1e19: %s\n%s", r.out, r.err)
	}
}

func TestWhatIsSuggestedWasTriedAndLiesBehindTheNoise(t *testing.T) {
	dir := t.TempDir()
	for _, preset := range []string{"concrete", "rosenbrock", "ravine", "moons", "seed"} {
		var found struct {
			Rates, Smooth           []float64
			Steepest, Valley, Tenth float64
		}
		r := succeed(t, dir, "find-lr", preset, "--json")
		if err := json.Unmarshal([]byte(r.out), &found); err != nil {
			t.Fatal(err)
		}
		low := slices.Index(found.Smooth, slices.Min(found.Smooth))
		for name, rate := range map[string]float64{"steepest": found.Steepest, "valley": found.Valley, "tenth": found.Tenth} {
			if !(rate >= found.Rates[0] && rate <= found.Rates[low]) {
				t.Errorf("%s: %s suggests %g; the loss is least at %g", preset, name, rate, found.Rates[low])
			}
		}
		if at := slices.Index(found.Rates, found.Steepest); found.Smooth[at] > found.Smooth[0] {
			t.Errorf("%s: at the steepest, %g, nothing has fallen yet", preset, found.Steepest)
		}
	}
}

func TestSessionsAreListedResumedThinnedAndRemoved(t *testing.T) {
	dir := t.TempDir()
	if r := succeed(t, dir, "sessions"); !strings.Contains(r.err, "there are no saved sessions") {
		t.Errorf("%q", r.err)
	}
	if r := descent(t, dir, "resume", "--dry-run"); r.code != 2 || !strings.Contains(r.err, "there is no session yet") {
		t.Errorf("exit %d, %q", r.code, r.err)
	}
	kept := filepath.Join(dir, "state", "descent", "sessions")
	if err := os.MkdirAll(kept, 0o755); err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"a", "b", "c"} {
		succeed(t, dir, "run", "moons", "--steps", []string{"40", "50", "60"}[i], "--at", "20:optimizer.lr=0.1", "--log", filepath.Join(kept, name+".jsonl"), "--quiet")
	}
	r := succeed(t, dir, "sessions")
	for _, want := range []string{"SESSION", "a  ", "moons", "ended"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("%q is missing in\n%s", want, r.out)
		}
	}
	if r := succeed(t, dir, "resume", filepath.Join(kept, "b.jsonl"), "--dry-run"); !strings.HasPrefix(r.out, "step 50 of main") || !strings.Contains(r.out, "decisions: 1") {
		t.Errorf("%q", r.out)
	}
	succeed(t, dir, "sessions", "rm", "b")
	succeed(t, dir, "sessions", "--keep", "1")
	var left []struct{ Name string }
	if err := json.Unmarshal([]byte(succeed(t, dir, "sessions", "--json").out), &left); err != nil || len(left) != 1 || left[0].Name != "c" {
		t.Errorf("left: %v, %v", left, err)
	}
	r = descent(t, dir, "sessions", "rm", "b")
	oneSentence(t, r.err)
	if r.code != 2 || !strings.Contains(r.err, `no session "b"`) {
		t.Errorf("exit %d, %q", r.code, r.err)
	}
}

func TestALogAsksForItsFileWhereItHasMoved(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "mine.csv", "x,y\n1,2\n2,4\n3,6\n4,8\n5,10\n6,12\n")
	write(t, dir, "mine.toml", "[data]\nfile = \"mine.csv\"\n[model]\nlayers = [1, 4, 1]\n[loss]\nname = \"mse\"\n")
	succeed(t, dir, "run", "mine.toml", "--steps", "30", "--log", "l.jsonl", "--quiet")
	if err := os.Rename(filepath.Join(dir, "mine.csv"), filepath.Join(dir, "moved.csv")); err != nil {
		t.Fatal(err)
	}
	r := descent(t, dir, "replay", "l.jsonl", "--quiet")
	oneSentence(t, r.err)
	if r.code == 0 || !strings.Contains(r.err, "--file") || !strings.Contains(r.err, "mine.csv") {
		t.Errorf("exit %d, %q", r.code, r.err)
	}
	old := filepath.Join(dir, "mine.csv")
	if r := succeed(t, dir, "replay", "l.jsonl", "--quiet", "--file", old+"=moved.csv"); !strings.Contains(r.err, "matched bit for bit") {
		t.Errorf("%q", r.err)
	}
	write(t, dir, "moved.csv", "x,y\n1,2\n2,4\n3,6\n4,8\n5,10\n6,13\n")
	r = descent(t, dir, "resume", "l.jsonl", "--dry-run", "--file", old+"=moved.csv")
	oneSentence(t, r.err)
	if r.code == 0 || !strings.Contains(r.err, "has changed since the log was written") {
		t.Errorf("exit %d, %q", r.code, r.err)
	}
}
