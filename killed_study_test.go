package main_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
)

// studied is a trial as `descent study DIR table --json` has it.
type studied struct {
	Number int
	State  string
	Params map[string]any
	Value  any
	Steps  int
	Hash   string
}

func trialsOf(t *testing.T, dir string) (out []studied) {
	t.Helper()
	if err := json.Unmarshal([]byte(succeed(t, dir, "study", "s", "table", "--json").out), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// Two processes work on a study, and both are killed at random moments, again and again:
// what had ended stays as it was, and in the end every trial is what it is where nobody is
// killed. KILL9_ROUNDS says how often; tools/kill9 and .ci/run set it.
func TestKilledWorkersLoseNoTrial(t *testing.T) {
	rounds := 2
	if n, err := strconv.Atoi(os.Getenv("KILL9_ROUNDS")); err == nil {
		rounds = min(n, 20)
	}
	trials := strconv.Itoa(4 + 2*rounds)
	tune := []string{
		"tune", "spiral", "--quiet", "--steps", "800", "--trials", trials, "--sampler", "random", "--over", "optimizer.lr=1e-4..1e-1",
		"--over", "train.batch=16..64", "--confirm", "1", "--fresh-seeds", "1", "--workers", "1", "--dir", "s",
	}
	calm, dir := t.TempDir(), t.TempDir()
	succeed(t, calm, tune...)
	rng := rand.New(rand.NewPCG(uint64(rounds), 0))
	var before []studied
	for round := range rounds {
		first := command(t, dir, tune...)
		second := command(t, dir, "worker", "--quiet", "--workers", "1", "--dir", "s")
		if round == 0 {
			second = command(t, dir, tune...) // which of the two makes the study is decided by chance
		}
		if err := first.Start(); err != nil {
			t.Fatal(err)
		}
		if err := second.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(100+rng.IntN(300)) * time.Millisecond)
		_, _ = first.Process.Kill(), second.Process.Kill() // fails if it is over
		_, _ = first.Wait(), second.Wait()
		if r := descent(t, dir, "study", "s"); strings.Contains(r.err, "holds no study") || strings.Contains(r.err, "there is no study") {
			continue // they were killed before it was made
		}
		now := trialsOf(t, dir)
		for i, was := range before {
			if was.State == "complete" && !reflect.DeepEqual(was, now[i]) {
				t.Errorf("round %d: %+v has become %+v", round, was, now[i])
			}
		}
		before = now
		done := 0
		for _, trial := range now {
			if trial.State == "complete" {
				done++
			}
		}
		t.Logf("round %d: %d of %d are complete", round, done, len(now))
	}
	succeed(t, dir, tune...)
	if r := succeed(t, dir, "study", "s"); !strings.Contains(r.out, trials+" of "+trials+": "+trials+" complete") || !strings.Contains(r.out, "over") || r.err != "" {
		t.Errorf("%s%s", r.out, r.err)
	}
	if got, want := trialsOf(t, dir), trialsOf(t, calm); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nis not\n%+v", got, want)
	}
	if out := succeed(t, dir, "study", "s", "verify").out; !strings.Contains(out, "the same") {
		t.Error(out)
	}
}
