package live

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/core/search"
	"descent/session/journal"
	"descent/session/study"
)

// pretended is a search that trains nothing.
type pretended struct {
	mu      sync.Mutex
	now     *study.Reading
	of      recipe.Recipe
	base    []byte
	workers int
	closed  bool
}

func (p *pretended) Reading() *study.Reading {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

// change replaces the reading by a modified copy.
func (p *pretended) change(f func(*study.Reading)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	next := *p.now
	f(&next)
	p.now = &next
}

func (p *pretended) Recipe() recipe.Recipe { return p.of }
func (p *pretended) Base() []byte          { return p.base }

func (p *pretended) Log(*study.Trial) ([]byte, error) { return nil, errors.New("it has no log") }

func (p *pretended) Decide(d study.Decision) error {
	p.change(func(r *study.Reading) {
		r.Events = append(slices.Clone(r.Events), d)
		if d.Pause != nil {
			r.Plan.Paused = *d.Pause
		}
	})
	return nil
}

func (p *pretended) Work(workers int) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.workers = workers
	return nil
}

func (p *pretended) Working() (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.workers, nil
}

func (p *pretended) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	return nil
}

// pretend are searches that train nothing, the last one of which is in last.
func pretend(last **pretended) Searches {
	return Searches{
		Begin: func(dir string, spec study.Spec, r recipe.Recipe, base []byte) (Search, error) {
			if spec.Steps == 0 {
				return nil, errors.New("a trial has at least one step")
			}
			*last = &pretended{of: r, base: base, now: &study.Reading{Dir: dir, Spec: spec, Best: -1}}
			return *last, os.MkdirAll(dir, 0o700)
		},
		Open: func(dir string) (Search, error) {
			*last = &pretended{now: &study.Reading{Dir: dir, Best: -1}}
			return *last, nil
		},
	}
}

func TestASearchIsInTheFramesWhileTrainingRests(t *testing.T) {
	s, path := logged(t, moons(t))
	r := Run(s, false)
	var fake *pretended
	searches := pretend(&fake)
	if err := r.Decide(study.Decision{Words: "pause"}).Wait(); err == nil {
		t.Error("a decision without a search is taken")
	}
	if err := r.BeginSearch(searches, study.Spec{}, false, 2).Wait(); err == nil {
		t.Error("a search that cannot begin is none")
	}
	if err := r.BeginSearch(searches, study.Spec{Steps: 10}, false, 2).Wait(); err != nil {
		t.Fatal(err)
	}
	f := r.Frame()
	if f.Tuning == nil || f.Tuning.Workers != 2 || f.Tuning.Study.Spec.Name != "moons" || filepath.Dir(filepath.Dir(f.Tuning.Study.Dir)) != filepath.Dir(path) {
		t.Fatalf("the search is %+v", f.Tuning)
	}
	fake.change(func(r *study.Reading) { r.Steps = 77 })
	await(t, r, "what a worker has done", func(f *Frame) bool { return f.Tuning.Study.Steps == 77 })
	yes := true
	if err := r.Decide(study.Decision{Actor: "user", Words: "search paused", Pause: &yes}).Wait(); err != nil || !r.Frame().Tuning.Paused {
		t.Errorf("it is not paused: %v", err)
	}
	events := r.Frame().Events
	if len(events) == 0 || events[len(events)-1].Words != "search: search paused" {
		t.Errorf("the record does not have the decision: %+v", events)
	}
	first := fake
	if err := r.BeginSearch(searches, study.Spec{Steps: 10}, false, 1).Wait(); err != nil {
		t.Fatal(err)
	}
	if !first.closed || filepath.Base(r.Frame().Tuning.Study.Dir) != "2" {
		t.Error("the one before is still open")
	}
	if err := r.Close(); err != nil || !fake.closed {
		t.Errorf("closed %v, %v", fake.closed, err)
	}
	again := Run(s, false)
	defer again.Close()
	if got := journal.Studies(path); len(got) != 2 {
		t.Errorf("the studies are %q", got)
	}
}

func TestATrialIsAdoptedWithItsWeightsAndUndoTakesItBack(t *testing.T) {
	for _, here := range []bool{false, true} {
		r0 := moons(t)
		s, _ := logged(t, r0)
		r := Run(s, false)
		var fake *pretended
		for range 9 {
			_ = r.Step().Wait()
		}
		_ = r.Set("optimizer.lr", knob.Num(0.05)).Wait()
		before := r.Frame()
		if err := r.BeginSearch(pretend(&fake), study.Spec{Steps: 25}, here, 0).Wait(); err != nil {
			t.Fatal(err)
		}
		want := before.Recipe
		begin := 0
		if here {
			want, begin = r0, 9
		}
		point := search.Point{"optimizer.name": knob.Word("adam"), "optimizer.lr": knob.Num(0.01), "optimizer.beta2": knob.Num(0.9)}
		hash := ""
		if !here {
			for _, c := range Ordered(point) {
				if err := want.Set(c.Path, c.Value); err != nil {
					t.Fatal(err)
				}
			}
			hash = straight(t, want, 25)
		}
		fake.change(func(r *study.Reading) {
			for i, p := range []search.Point{point, {"model.layers": knob.Items([]string{"2", "4", "2"})}, {}} {
				one := &study.Trial{Trial: search.Trial{Number: i, Point: p, State: search.Complete, Step: 25, Values: []float64{math.NaN()}}, Claim: study.Claim{Steps: 25}, Hash: hash}
				if i == 2 {
					one.State, one.Claim.Steps = search.Running, 25
				}
				r.Trials = append(r.Trials, one)
			}
		})
		await(t, r, "trials", func(f *Frame) bool { return len(f.Tuning.Study.Trials) == 3 })
		said := ""
		if err := r.Adopt(0, func(text string) { said = text }).Wait(); err != nil {
			t.Fatal(err)
		}
		f := r.Frame()
		if f.Step != begin+25 || f.Branches[f.Branch].Label != "trial 0" || f.Branches[f.Branch].From != begin || !here && !strings.Contains(said, "to the bit") {
			t.Errorf("here %v: at step %d of %+v: %s", here, f.Step, f.Branches[f.Branch], said)
		}
		if err := r.Undo().Wait(); err != nil || r.Frame().Step != 9 || r.Frame().Branch != 0 {
			t.Errorf("undo leads to step %d: %v", r.Frame().Step, err)
		}
		var fixed *Fixed
		if err := r.Adopt(1, nil).Wait(); !errors.As(err, &fixed) || fixed.Knob != "model.layers" || len(fixed.Recipe.Model.Layers) != 3 || r.Frame().Step != 9 {
			t.Errorf("a trial with another network: %v", err)
		}
		for _, number := range []int{2, 3} {
			if err := r.Adopt(number, nil).Wait(); err == nil {
				t.Errorf("trial %d is adopted", number)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestHowFarATrialHasTrained(t *testing.T) {
	reports := []study.Report{{Step: 10}, {Step: 20}, {Seed: 1, Step: 25}}
	for _, c := range []struct {
		what   string
		trial  study.Trial
		seeds  int
		steps  int
		hashed bool
	}{
		{"stopped between two reports", study.Trial{Trial: search.Trial{State: search.Pruned, Step: 23}, Reports: reports[:2], Stopped: true}, 1, 23, true},
		{"stopped with several seeds", study.Trial{Trial: search.Trial{State: search.Pruned, Step: 40}, Reports: reports, Stopped: true}, 2, 20, false},
		{"runs on from a rung", study.Trial{Trial: search.Trial{State: search.Running, Step: 20}, Reports: reports[:2], Claim: study.Claim{Steps: 50}}, 1, 20, false},
		{"complete", study.Trial{Trial: search.Trial{State: search.Complete, Step: 100}, Reports: reports, Claim: study.Claim{Steps: 50}}, 2, 50, true},
		{"not trained, since it is too large", study.Trial{Trial: search.Trial{State: search.Complete}, Claim: study.Claim{Steps: 50}}, 1, 0, true},
	} {
		c.trial.Hash = "of its state"
		if steps, hashed := trained(&c.trial, c.seeds); steps != c.steps || hashed != c.hashed {
			t.Errorf("%s: %d steps, hashed %v", c.what, steps, hashed)
		}
	}
}
