package study

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"descent/core/recipe"
	"descent/core/search"
	"descent/presets"
	"descent/session/disk"
	"descent/session/journal"
)

// quick is the machine's disk without waiting for it.
type quick struct{ disk.Machine }

func (quick) SyncDir(string) error { return nil }

func (quick) Create(path string, flags int, mode fs.FileMode) (disk.File, error) {
	f, err := disk.Machine{}.Create(path, flags, mode)
	return unsynced{f}, err
}

type unsynced struct{ disk.File }

func (unsynced) Sync() error { return nil }

func preset(t testing.TB, name string) recipe.Recipe {
	t.Helper()
	r, err := presets.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func specOf(t testing.TB, r recipe.Recipe, sampler, pruner string, trials int, over ...string) Spec {
	t.Helper()
	axes, err := ParseAxes(r, over)
	if err != nil {
		t.Fatal(err)
	}
	return Spec{Name: r.Name, Seed: 7, Objectives: []string{"val_loss"}, Steps: 1600, Seeds: 1, Trials: trials, Axes: axes, Sampler: sampler, Pruner: pruner, Confirm: 2, Fresh: 2}
}

// loss is a made-up objective: best at a rate of 0.01, and falling with the steps.
func loss(p search.Point, step int) float64 {
	d := math.Log10(p["optimizer.lr"].Num()) + 2
	return d*d + 10/float64(step)
}

// work does the jobs of a study without training anything; left counts those it may do.
func work(t *testing.T, s *Study, left func() bool) {
	h, err := s.Register("")
	if err != nil {
		t.Error(err)
		return
	}
	defer h.Close()
	for left() {
		c, wait, over, err := h.Next()
		switch {
		case err != nil:
			t.Error(err)
			return
		case over:
			return
		case wait:
			time.Sleep(time.Millisecond) // as a worker would, only shorter
			continue
		}
		p := c.Point
		if c.Rung > 0 && !c.Fresh {
			p = s.Reading().Trials[c.Trial].Point
		}
		if len(p) == 0 {
			p = search.Point{"optimizer.lr": s.Spec().Axes[0].At(0.1)}
		}
		r := Result{Outcome: Done, Steps: c.Steps}
		if c.Steps < s.Spec().Steps {
			r.Outcome = Waiting
		}
		v := []journal.Float{journal.Float(loss(p, c.Steps))}
		r.Values, r.Reports = v, []Report{{Step: c.Steps, Values: v}}
		if out, why, err := h.Report(c, r.Reports[0]); err != nil {
			t.Error(err)
		} else if out != "" {
			r.Outcome, r.Why = out, why
		}
		if err := h.End(c, r); err != nil {
			t.Error(err)
		}
	}
}

func always() bool { return true }

func TestWorkersShareAStudy(t *testing.T) {
	r := preset(t, "spiral")
	for _, pruner := range []string{"none", "asha", "median"} {
		for _, workers := range []int{1, 3} {
			dir := filepath.Join(t.TempDir(), "s")
			if _, err := Create(quick{}, dir, specOf(t, r, "random", pruner, 30, "optimizer.lr=1e-5..1"), r, nil); err != nil {
				t.Fatal(err)
			}
			var wg sync.WaitGroup
			for range workers {
				wg.Go(func() {
					s, err := Open(quick{}, dir) // as processes of their own would
					if err != nil {
						t.Error(err)
						return
					}
					work(t, s, always)
				})
			}
			wg.Wait()
			s, err := Open(quick{}, dir)
			if err != nil {
				t.Fatal(err)
			}
			got := s.Reading()
			if !got.Over || got.Counts.Total != 30 || got.Counts.Running != 0 || len(got.Notes) > 0 {
				t.Errorf("%s, %d workers: %+v over %v, notes %q", pruner, workers, got.Counts, got.Over, got.Notes)
			}
			if len(got.Candidates) == 0 || got.Candidates[0].Trial != -1 || len(got.Candidates[0].Values) != 2 {
				t.Errorf("%s: candidates %+v", pruner, got.Candidates)
			}
			for n, tr := range got.Trials {
				u := search.Question{Space: got.Plan.Space, Number: n, Seed: 7}
				p, _ := search.Catalogue[0].New(search.Options{}).Ask(u)
				if search.Catalogue[0].Name == "random" && !p.Point.Equal(tr.Point) {
					t.Errorf("trial %d is %s, not %s", n, tr.Point, p.Point)
				}
			}
		}
	}
}

func TestWhatWasKnownReadsBack(t *testing.T) {
	all := []knowledge{{}, {2}, {0, 0}, {2, 2, 2, 0, 4, 4, 2}, {6, 0, 2, 3}, {3, 5, 5}}
	for _, k := range all {
		for _, earlier := range append(all, nil) {
			if len(earlier) > len(k) {
				continue
			}
			again, err := parseKnowledge(k.since(earlier), earlier, len(k))
			if err != nil || fmt.Sprint(again) != fmt.Sprint(k) {
				t.Errorf("%v since %v reads back as %v: %v", k, earlier, again, err)
			}
		}
	}
	if (knowledge{2, 2, 0, 5}).since(nil) != "0-1,3@2+" || (knowledge{2, 0, 5}).since(knowledge{2, 2}) != "1@0,2@2+" {
		t.Error((knowledge{2, 2, 0, 5}).since(nil), (knowledge{2, 0, 5}).since(knowledge{2, 2}))
	}
}

func TestASpecReadsBack(t *testing.T) {
	r := preset(t, "spiral")
	s := specOf(t, r, "random", "asha", 10, "optimizer.lr=1e-4..0.1", "optimizer.name=sgd,adam", "optimizer.beta2=0.9..0.999", "model.layers=[2,16,2],[2,32,32,2]", "train.batch=8..128 step 8")
	dir := filepath.Join(t.TempDir(), "s")
	st, err := Create(quick{}, dir, s, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Version, s.Release, s.Arithmetic = version, Release(), recipe.Arithmetic
	got, _ := json.Marshal(st.Spec())
	want, _ := json.Marshal(s)
	if !bytes.Equal(got, want) {
		b, _ := os.ReadFile(filepath.Join(dir, specFile))
		t.Errorf("%s\nis not\n%s\n%s", got, want, b)
	}
}

func TestATrialWhoseWorkerEndedWaits(t *testing.T) {
	r := preset(t, "spiral")
	dir := filepath.Join(t.TempDir(), "s")
	s, err := Create(disk.Machine{}, dir, specOf(t, r, "random", "none", 5, "optimizer.lr=1e-5..1"), r, nil)
	if err != nil {
		t.Fatal(err)
	}
	h, err := s.Register("")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := h.Next(); err != nil {
		t.Fatal(err)
	}
	if c := s.Reading().Counts; c.Running != 1 || c.Waiting != 0 {
		t.Errorf("while it runs: %+v", c)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if c := s.Reading().Counts; c.Running != 0 || c.Waiting != 1 {
		t.Errorf("afterwards: %+v", c)
	}
}
