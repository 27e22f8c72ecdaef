package core_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/core/optim"
	"descent/core/recipe"
	"descent/core/surface"
)

// on is a trainer on a surface, from a point, with some keys set.
func on(t *testing.T, name string, x, y float64, set map[string]knob.Value) *core.Trainer {
	t.Helper()
	r := recipe.New()
	r.Surface = recipe.SurfaceSpec{Name: name, X: x, Y: y}
	names := []string{"optimizer.name"} // what brings the others comes first
	for path := range set {
		if path != names[0] {
			names = append(names, path)
		}
	}
	for _, path := range names {
		if v, ok := set[path]; ok {
			if err := r.Set(path, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	tr, err := core.New(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// value is the height at a point, and the slopes there by one step of rate 1.
func value(t *testing.T, name string, x, y float64) (z, dx, dy float64) {
	tr := on(t, name, x, y, map[string]knob.Value{"optimizer.name": knob.Word("gd"), "optimizer.lr": knob.Num(1)})
	z = tr.Step().Loss
	p := tr.Params()
	return z, x - p[0], y - p[1]
}

func TestTheSlopesOfEverySurfaceAreItsDifferences(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	for _, s := range surface.Options() {
		for range 20 {
			x, y := 2*rng.NormFloat64(), 2*rng.NormFloat64()
			_, dx, dy := value(t, s.Name, x, y)
			const h = 1e-5
			at := func(x, y float64) float64 { z, _, _ := value(t, s.Name, x, y); return z }
			wantX, wantY := (at(x+h, y)-at(x-h, y))/(2*h), (at(x, y+h)-at(x, y-h))/(2*h)
			scale := 1 + math.Abs(wantX) + math.Abs(wantY) + math.Abs(at(x, y))*1e-3
			if math.Abs(dx-wantX) > 1e-6*scale || math.Abs(dy-wantY) > 1e-6*scale {
				t.Errorf("%s at (%v, %v): slopes %v, %v; differences %v, %v", s.Name, x, y, dx, dy, wantX, wantY)
			}
		}
	}
}

func TestSurfacesAreLeastWhereTheyShouldBe(t *testing.T) {
	for _, c := range []struct {
		name       string
		x, y, want float64
	}{
		{"bowl", 0, 0, 0},
		{"ravine", 0, 0, 0},
		{"plateau", 0, 0, 0},
		{"rosenbrock", 1, 1, 0},
		{"beale", 3, 0.5, 0},
		{"himmelblau", 3, 2, 0},
		{"himmelblau", -2.805118, 3.131312, 0},
		{"himmelblau", -3.779310, -3.283186, 0},
		{"himmelblau", 3.584428, -1.848126, 0},
		{"rastrigin", 0, 0, 0},
		{"styblinski-tang", -2.903534, -2.903534, -78.33233},
	} {
		z, dx, dy := value(t, c.name, c.x, c.y)
		if math.Abs(z-c.want) > 1e-5 || math.Abs(dx)+math.Abs(dy) > 1e-3 {
			t.Errorf("%s at (%v, %v): %v with slopes %v, %v; want %v and none", c.name, c.x, c.y, z, dx, dy, c.want)
		}
	}
}

// until counts the steps to a loss.
func until(tr *core.Trainer, loss float64, most int) int {
	for step := range most {
		if tr.Step().Loss <= loss {
			return step
		}
	}
	return most
}

// Along κ = 100 the best rate of gradient descent is 2/101, which shrinks the
// distance by 99/101 a step; the best heavy ball needs about its root.
func TestTheRavineTakesAsManyStepsAsTheorySays(t *testing.T) {
	distance := func(o string, set map[string]knob.Value) int {
		set["optimizer.name"] = knob.Word(o)
		tr := on(t, "ravine", 1, 1, set)
		for step := 1; step < 2000; step++ {
			tr.Step()
			if p := tr.Params(); math.Hypot(p[0], p[1]) < 1e-6*math.Sqrt2 {
				return step
			}
		}
		return 2000
	}
	if got := distance("gd", map[string]knob.Value{"optimizer.lr": knob.Num(2. / 101)}); got < 688 || got > 694 {
		t.Errorf("gradient descent takes %d steps, want 691", got)
	}
	root := (math.Sqrt(100) - 1) / (math.Sqrt(100) + 1)
	ball := map[string]knob.Value{"optimizer.lr": knob.Num(4 / (11. * 11)), "optimizer.momentum": knob.Num(root * root)}
	if got := distance("momentum", ball); got < 60 || got > 100 {
		t.Errorf("the heavy ball takes %d steps, want some 69 to 90", got)
	}
}

func TestTheSaddleHoldsDescentAndNotSigns(t *testing.T) {
	leaves := func(o string) int {
		tr := on(t, "saddle", 1, 1e-6, map[string]knob.Value{"optimizer.name": knob.Word(o), "optimizer.lr": knob.Num(0.1)})
		return until(tr, -1, 1000)
	}
	if got := leaves("gd"); got < 70 || got > 85 {
		t.Errorf("gradient descent leaves in %d steps, want about 76", got)
	}
	if got := leaves("adam"); got > 20 {
		t.Errorf("adam leaves in %d steps, want about 10", got)
	}
}

func TestDescentConvergesBelowTwoOverTheCurvature(t *testing.T) {
	for _, c := range []struct {
		rate float64
		want bool
	}{{1.99, true}, {2.01, false}} {
		tr := on(t, "bowl", 1, 1, map[string]knob.Value{"optimizer.name": knob.Word("gd"), "optimizer.lr": knob.Num(c.rate)})
		for range 2000 {
			tr.Step()
		}
		if got := tr.Last().Loss < 1; got != c.want {
			t.Errorf("rate %v: converges %v, want %v", c.rate, got, c.want)
		}
	}
}

func TestEveryOptimizerGoesDownBowlAndRavine(t *testing.T) {
	for _, row := range optim.Catalogue {
		for _, s := range []string{"bowl", "ravine"} {
			hash := [2]string{}
			for i := range hash {
				tr := on(t, s, 1, 1, map[string]knob.Value{
					"optimizer.name": knob.Word(row.Name), "optimizer.lr": knob.Num(row.RateOnSurfaces()),
				})
				first := tr.Step().Loss
				if got := until(tr, first/100, 2000); got == 2000 {
					t.Errorf("%s on the %s at rate %v: from %v to %v in 2000 steps", row.Name, s, row.RateOnSurfaces(), first, tr.Last().Loss)
				}
				hash[i] = tr.Hash()
			}
			if hash[0] != hash[1] {
				t.Errorf("%s on the %s: two runs differ", row.Name, s)
			}
		}
	}
}

func TestNoiseOnASurfaceComesFromTheSeedAndTheStep(t *testing.T) {
	run := func(seed uint64) string {
		r := recipe.New()
		r.Seed, r.Surface = seed, recipe.SurfaceSpec{Name: "bowl", X: 1, Y: 1}
		if err := r.Set("surface.noise", knob.Num(0.5)); err != nil {
			t.Fatal(err)
		}
		tr, err := core.New(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			tr.Step()
		}
		return fmt.Sprint(tr.Params())
	}
	first, again, other := run(1), run(1), run(2)
	if first != again || first == other {
		t.Error("noise does not follow the seed")
	}
}
