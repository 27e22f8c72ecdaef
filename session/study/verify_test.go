package study

import (
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"descent/core/knob"
	"descent/core/search"
)

// verified runs a study with several workers, each as a process of its own would, and
// proposes all its trials again.
func verified(t *testing.T, spec Spec, workers int) *Study {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "s")
	if _, err := Create(quick{}, dir, spec, preset(t, "spiral"), nil); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			s, err := Open(quick{}, dir)
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
	if n, err := Verify(s); err != nil || n < len(s.Reading().Trials) {
		t.Errorf("%d workers: %d claims compared: %v", workers, n, err)
	}
	return s
}

func TestAStudyProposesTheSameTrialsAgain(t *testing.T) {
	defer func(n int) { wholeEvery = n }(wholeEvery)
	wholeEvery = 4
	r := preset(t, "spiral")
	for _, row := range search.Catalogue {
		t.Run(row.Name, func(t *testing.T) {
			for _, workers := range []int{1, 3} {
				over := []string{"optimizer.lr=1e-5..1", "optimizer.beta1=0.5..0.99"}
				if row.Name == "tpe" || row.Name == "random" || row.Name == "auto" {
					over = append(over, "optimizer.name=sgd,adam", "optimizer.beta2=0.9..0.999")
				}
				spec := specOf(t, r, row.Name, "asha", 16, over...)
				if row.Name == "list" {
					for _, rate := range []float64{0.1, 0.2, 0.01} {
						spec.List = append(spec.List, search.Point{"optimizer.lr": knob.Num(rate), "optimizer.beta1": knob.Num(0.9)})
					}
				}
				verified(t, spec, workers)
			}
		})
	}
}

func TestATrialThatWasNotProposedIsNamed(t *testing.T) {
	r := preset(t, "spiral")
	s := verified(t, specOf(t, r, "random", "asha", 12, "optimizer.lr=1e-5..1"), 1)
	s.trials[7].rungs[0].claims[0].Point = search.Point{"optimizer.lr": knob.Num(0.5)}
	if _, err := Verify(s); err == nil || !strings.Contains(err.Error(), "trial 7 differs") {
		t.Error(err)
	}
}

func TestDecisionsArePartOfWhatIsProposedAgain(t *testing.T) {
	r := preset(t, "spiral")
	dir := filepath.Join(t.TempDir(), "s")
	s, err := Create(quick{}, dir, specOf(t, r, "random", "none", 30, "optimizer.lr=1e-5..1"), r, nil)
	if err != nil {
		t.Fatal(err)
	}
	some := func() func() bool {
		left := 6
		return func() bool { left--; return left >= 0 }
	}
	work(t, s, some())
	axes, err := ParseAxes(r, []string{"optimizer.lr=1e-3..1e-2"})
	if err != nil {
		t.Fatal(err)
	}
	asked := search.Point{"optimizer.lr": knob.Num(0.5)}
	for _, d := range []Decision{{Axes: axes}, {Enqueue: asked}, {Sampler: &Sampling{Name: "halton"}}} {
		if err := s.Decide(d); err != nil {
			t.Fatal(err)
		}
		work(t, s, some())
	}
	work(t, s, always)
	if s, err = Open(quick{}, dir); err != nil {
		t.Fatal(err)
	}
	if n, err := Verify(s); err != nil {
		t.Errorf("%d: %v", n, err)
	}
	got := s.Reading()
	if !got.Trials[12].Point.Equal(asked) || !got.Trials[12].Outside || got.Trials[5].Point["optimizer.lr"].Num() == 0 {
		t.Errorf("trial 12 is %s", got.Trials[12].Point)
	}
}

func TestAPopulationIsTrainedInIntervals(t *testing.T) {
	r := preset(t, "spiral")
	for _, workers := range []int{1, 3} {
		spec := specOf(t, r, "random", "none", 0, "optimizer.lr=1e-5..1")
		spec.Population, spec.Interval, spec.Steps = 10, 100, 600
		s := verified(t, spec, workers)
		got := s.Reading()
		forks := 0
		for _, tr := range s.trials {
			if len(tr.rungs) != 6 {
				t.Errorf("a member has %d intervals", len(tr.rungs))
			}
			for _, j := range tr.rungs {
				if p := j.claims[0].Parent; p != nil {
					forks++
				}
			}
		}
		// Workers side by side end their intervals in the order of the moment, and who is
		// ahead finds fewer results to fork from.
		least := 4
		if workers > 1 {
			least = 1
		}
		if !got.Over || got.Counts.Total != 10 || got.Counts.Complete != 10 || forks < least {
			t.Errorf("%+v, over %v, %d forks", got.Counts, got.Over, forks)
		}
	}
}
