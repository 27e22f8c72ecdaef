package live

import (
	"errors"
	"strings"
	"testing"

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
