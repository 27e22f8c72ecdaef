package live

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"descent/core/knob"
	"descent/session"
	"descent/session/study"
)

// A trial that took over the weights of others is a branch with all its changes.
func TestAMemberOfAPopulationIsAdopted(t *testing.T) {
	for _, here := range []bool{false, true} {
		s, _ := logged(t, moons(t))
		r := Run(s, false)
		for range 5 {
			_ = r.Step().Wait()
		}
		axes, err := study.ParseAxes(r.Frame().Recipe, []string{"optimizer.lr=1e-3..1e-1"})
		if err != nil {
			t.Fatal(err)
		}
		spec := study.Spec{Seed: 1, Objectives: []string{"val_loss"}, Steps: 40, Seeds: 1, Trials: 6, Axes: axes, Sampler: "random", Pruner: "none", Population: 6, Interval: 10}
		if err := r.BeginSearch(Studies(noFiles{}), spec, here, 1).Wait(); err != nil {
			t.Fatal(err)
		}
		f := await(t, r, "the end", func(f *Frame) bool { return f.Tuning.Study.Over })
		said := ""
		if err := r.Adopt(f.Tuning.Study.Best, func(text string) { said = text }).Wait(); err != nil {
			t.Fatalf("here %v: %v", here, err)
		}
		if !strings.Contains(said, "to the bit") {
			t.Errorf("here %v: %s", here, said)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A search is begun, is left with the session and gone on with, ends, and its best trial
// is a branch to the bit: from step 0 and from a step with decisions before it.
func TestASearchOfTheSession(t *testing.T) {
	for _, here := range []bool{false, true} {
		r0 := moons(t)
		s, path := logged(t, r0)
		searches := Studies(noFiles{})
		r := Run(s, false)
		_ = r.Set("optimizer.lr", knob.Num(0.05)).Wait()
		for range 7 {
			_ = r.Step().Wait()
		}
		_ = r.Set("train.batch", knob.Num(16)).Wait()
		axes, err := study.ParseAxes(r.Frame().Recipe, []string{"optimizer.lr=1e-3..1e-1", "optimizer.name=sgd,momentum,adam"})
		if err != nil {
			t.Fatal(err)
		}
		spec := study.Spec{Seed: 1, Objectives: []string{"val_loss"}, Steps: 30, Seeds: 1, Trials: 8, Axes: axes, Sampler: "random", Pruner: "none", Confirm: 1, Fresh: 2}
		bad := spec
		bad.Objectives = []string{"old_loss"}
		if err := r.BeginSearch(searches, bad, here, 2).Wait(); err == nil || r.Frame().Tuning != nil {
			t.Errorf("an objective that cannot be measured: %v", err)
		}
		if err := r.BeginSearch(searches, spec, here, 2).Wait(); err != nil {
			t.Fatal(err)
		}
		await(t, r, "a trial", func(f *Frame) bool { return f.Tuning.Study.Counts.Complete > 0 })
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		back, err := session.Resume(path, noFiles{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		r = Run(back.Session, false)
		if err := r.FindSearch(searches).Wait(); err != nil {
			t.Fatal(err)
		}
		f := r.Frame()
		if f.Tuning == nil || f.Tuning.Workers != 0 || len(f.Tuning.Study.Trials) == 0 {
			t.Fatalf("the search is gone: %+v", f.Tuning)
		}
		if err := r.Work(2).Wait(); err != nil {
			t.Fatal(err)
		}
		f = await(t, r, "the end", func(f *Frame) bool { return f.Tuning.Study.Over })
		if f.Tuning.Err != nil || f.Tuning.Study.Counts.Complete != 8 || len(f.Tuning.Study.Candidates) != 2 {
			t.Errorf("%+v: %v", f.Tuning.Study.Counts, f.Tuning.Err)
		}
		at := f.Step
		for number := range 8 {
			said := ""
			if err := r.Adopt(number, func(text string) { said = text }).Wait(); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(said, "the same to the bit") {
				t.Errorf("here %v: %s; %v", here, said, f.Tuning.Trial(number).Point)
			}
			if err := r.Undo().Wait(); err != nil || r.Frame().Step != at {
				t.Errorf("undo leads to %d: %v", r.Frame().Step, err)
			}
		}
		more := 10
		if err := r.Decide(study.Decision{Actor: "user", Words: "10 trials", Trials: &more}).Wait(); err != nil {
			t.Fatal(err)
		}
		await(t, r, "two more trials", func(f *Frame) bool { return f.Tuning.Study.Over && f.Tuning.Study.Counts.Complete == 10 })
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if err := r.Work(1).Wait(); !errors.Is(err, ErrClosed) {
			t.Errorf("a closed session works: %v", err)
		}
	}
}

// A search that is begun, held, steered, deleted and left many times leaves nothing behind.
func TestSearchesLeaveNothingBehind(t *testing.T) {
	s, _ := logged(t, moons(t))
	r := Run(s, false)
	axes, err := study.ParseAxes(r.Frame().Recipe, []string{"optimizer.lr=1e-3..1e-1", "optimizer.name=sgd,adam"})
	if err != nil {
		t.Fatal(err)
	}
	searches := Studies(noFiles{})
	threads := runtime.GOMAXPROCS(0)
	files := func() int {
		open, _ := os.ReadDir("/proc/self/fd")
		return len(open)
	}
	yes, zero := true, 0
	var before, opened int
	for round := range 12 {
		spec := study.Spec{Seed: uint64(round), Objectives: []string{"val_loss"}, Steps: 5000, Seeds: 1, Axes: axes, Sampler: "tpe", Pruner: "asha"}
		if err := r.BeginSearch(searches, spec, false, 3).Wait(); err != nil {
			t.Fatal(err)
		}
		f := await(t, r, "a trial", func(f *Frame) bool { return len(f.Tuning.Study.Trials) > 1 })
		for _, p := range []Pending{
			r.Decide(study.Decision{Words: "pause", Pause: &yes}), r.Work(1), r.Decide(study.Decision{Words: "stop", Stop: &zero}), r.Adopt(0, func(string) {}), r.Undo(),
			r.Decide(study.Decision{Words: "on", Pause: new(bool)}), r.Work(2), r.Step(),
		} {
			_ = p.Wait() // some cannot be done at this moment
		}
		if round%4 == 3 { // somebody moves the folder away
			if err := os.Rename(f.Tuning.Study.Dir, f.Tuning.Study.Dir+".gone"); err != nil {
				t.Fatal(err)
			}
			await(t, r, "what is wrong", func(f *Frame) bool { return f.Tuning.Err != nil || f.Tuning.Workers == 0 })
		}
		if round == 1 {
			before, opened = runtime.NumGoroutine(), files()
		}
	}
	after := 0
	for range 200 {
		if after = runtime.NumGoroutine() - before; after <= 2 {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if after > 2 || files() > opened+6 {
		stacks := make([]byte, 1<<20)
		t.Errorf("%d goroutines and %d files more than after the second search\n%s", after, files()-opened, stacks[:runtime.Stack(stacks, true)])
	}
	if err := r.Close(); err != nil && !strings.Contains(err.Error(), "cannot be") {
		t.Error(err)
	}
	if now := runtime.GOMAXPROCS(0); now != threads {
		t.Errorf("%d threads, and there were %d", now, threads)
	}
}
