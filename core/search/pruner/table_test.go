package pruner

import (
	"compress/gzip"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"testing"
)

// known are the curves of real trainings, a value for each of some steps, NaN from a
// divergence on. tools/bench-search makes the files, and describes them.
func known(t *testing.T, name string) (curves [][]float64) {
	t.Helper()
	f, err := os.Open("../../../tools/bench-search/testdata/" + name + ".json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var table struct{ Points []struct{ Curve []*float64 } }
	if err := json.NewDecoder(z).Decode(&table); err != nil {
		t.Fatal(err)
	}
	for _, p := range table.Points {
		var c []float64
		for _, v := range p.Curve {
			if v == nil {
				c = append(c, math.NaN())
				continue
			}
			c = append(c, *v)
		}
		curves = append(curves, c)
	}
	return curves
}

// Sixty-four settings of five knobs, drawn from a grid that was trained whole.
func TestRealTrainingsArePrunedWithoutLosingTheBest(t *testing.T) {
	for _, table := range []string{"spiral", "digits"} {
		curves := known(t, table)
		steps := len(curves[0]) // of which 1/9 and 1/3 are rungs
		for _, c := range []struct {
			pruner string
			most   float64 // of all steps, that are trained
		}{{"asha", 1. / 3}, {"hyperband", 0.55}} {
			const seeds, trials = 30, 64
			near, trained, again := 0, 0, 0
			for seed := range uint64(seeds) {
				rng := rand.New(rand.NewPCG(seed, 3))
				drawn := rng.Perm(len(curves))[:trials]
				best := math.Inf(1)
				for _, i := range drawn {
					if v := curves[i][steps-1]; v < best {
						best = v
					}
				}
				o := search{New(c.pruner), trials, steps, 2, func(n, step int) float64 { return curves[drawn[n]][step-1] }, rng}.run(t)
				if o.trained >= o.repeated {
					t.Errorf("%s on %s, seed %d: %d steps are trained, and %d by trials that begin again", c.pruner, table, seed, o.trained, o.repeated)
				}
				if found, _ := o.complete(); found <= 1.01*best {
					near++
				}
				trained, again = trained+o.trained, again+o.repeated
			}
			all := float64(seeds * trials * steps)
			t.Logf("%s on %s: %.2f of the steps, %.2f if trials began again, within 1 %% of the best in %d of %d",
				c.pruner, table, float64(trained)/all, float64(again)/all, near, seeds)
			if share := float64(trained) / all; share > c.most {
				t.Errorf("%s trains %.2f of the steps of %s, and %.2f are enough", c.pruner, share, table, c.most)
			}
			if near < seeds*4/5 {
				t.Errorf("%s ends within 1 %% of the best of %s for %d of %d seeds", c.pruner, table, near, seeds)
			}
		}
	}
}
