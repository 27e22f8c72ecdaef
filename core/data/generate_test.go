package data_test

import (
	"math"
	"slices"
	"testing"

	"descent/core/data"
)

func TestGeneratorsMakeWhatTheSpecSays(t *testing.T) {
	for _, g := range data.Generators() {
		s := data.NewSpec()
		s.Set, s.Samples, s.Inputs, s.Outputs = g.Name, 101, 3, 4
		a, ok := data.Generate(s, 1)
		if !ok || g.Help == "" {
			t.Fatalf("%s is not generated, or has no help", g.Name)
		}
		b, _ := data.Generate(s, 1)
		c, _ := data.Generate(s, 2)
		rows := 101
		if g.Name == "modular" {
			rows = 97 * 97
		}
		if a.Rows != rows || len(a.X) != rows*len(a.Inputs) {
			t.Errorf("%s: %d rows, %d numbers for %d inputs", g.Name, a.Rows, len(a.X), len(a.Inputs))
		}
		same := func(a, b *data.Table) bool {
			return slices.Equal(a.X, b.X) && slices.Equal(a.Targets[0].Numbers, b.Targets[0].Numbers)
		}
		if !same(a, b) || same(a, c) != (g.Name == "modular") {
			t.Errorf("%s is not decided by the seed", g.Name)
		}
		for _, target := range a.Targets {
			if len(target.Numbers) != rows {
				t.Errorf("%s: target %q has %d rows", g.Name, target.Name, len(target.Numbers))
			}
		}
	}
	if _, ok := data.Generate(data.Spec{Set: "no such"}, 1); ok {
		t.Error("a generator of no name")
	}
}

func TestTheLinearTeacherIsLinear(t *testing.T) {
	s := data.NewSpec()
	s.Set, s.Samples, s.Noise, s.Inputs, s.Outputs = "linear-teacher", 3, 0, 1, 2
	tab, _ := data.Generate(s, 1)
	for _, target := range tab.Targets {
		if a, b := target.Numbers[0]/tab.X[0], target.Numbers[1]/tab.X[1]; math.Abs(a-b) > 1e-12*math.Abs(a) {
			t.Errorf("%s: slopes %v and %v", target.Name, a, b)
		}
	}
}

// generate makes a set without noise, or with what turn says.
func generate(t *testing.T, name string, turn func(*data.Spec)) *data.Table {
	t.Helper()
	s := data.NewSpec()
	s.Set, s.Noise = name, 0
	if turn != nil {
		turn(&s)
	}
	tab, ok := data.Generate(s, 3)
	if !ok {
		t.Fatalf("%s is no generator", name)
	}
	return tab
}

// Each point of the plane lies where its class does.
func TestPointsLieWhereTheirClassDoes(t *testing.T) {
	near := func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }
	for name, right := range map[string]func(x, y float64, class int) bool{
		"circles": func(x, y float64, class int) bool { return near(math.Hypot(x, y), 1/float64(1+class)) },
		"moons": func(x, y float64, class int) bool {
			if class == 0 {
				return y >= 0 && near(math.Hypot(x, y), 1)
			}
			return y <= 0.5 && near(math.Hypot(x-1, y-0.5), 1)
		},
		"xor": func(x, y float64, class int) bool { return (x*y < 0) == (class == 1) && max(x, y, -x, -y) <= 1 },
		"checkerboard": func(x, y float64, class int) bool {
			return int(math.Floor(x)+math.Floor(y))&1 == class && max(x, y, -x, -y) <= 2
		},
		"gaussians": func(x, y float64, class int) bool {
			sin, cos := math.Sincos(2 * math.Pi * float64(class) / 4)
			return near(x, cos) && near(y, sin)
		},
		"spiral": func(x, y float64, class int) bool {
			radius := math.Hypot(x, y)
			sin, cos := math.Sincos(3*math.Pi*radius + math.Pi*float64(class))
			return near(x, radius*cos) && near(y, radius*sin)
		},
	} {
		tab := generate(t, name, nil)
		seen := map[int]int{}
		for r, class := range tab.Targets[0].Numbers {
			x, y := tab.X[2*r], tab.X[2*r+1]
			seen[int(class)]++
			if !right(x, y, int(class)) {
				t.Errorf("%s: class %v at (%v, %v)", name, class, x, y)
				break
			}
		}
		for class, n := range seen {
			if n < 1000/len(seen)-60 {
				t.Errorf("%s: class %d has %d points of 1000", name, class, n)
			}
		}
	}
}

func TestNoiseHasTheDeviationAsked(t *testing.T) {
	for _, name := range []string{"sine", "gaussians"} {
		exact := generate(t, name, func(s *data.Spec) { s.Samples = 20000 })
		loud := generate(t, name, func(s *data.Spec) { s.Samples, s.Noise = 20000, 0.5 })
		off, n := 0.0, 0.0
		if name == "sine" {
			for r, y := range loud.Targets[0].Numbers {
				d := y - math.Sin(loud.X[r])
				off, n = off+d*d, n+1
			}
		} else {
			for i, x := range loud.X {
				d := x - exact.X[i]
				off, n = off+d*d, n+1
			}
		}
		if got := math.Sqrt(off / n); math.Abs(got-0.5) > 0.01 {
			t.Errorf("%s: deviation %v", name, got)
		}
	}
}

func TestCurvesAreWhatTheirNamesSay(t *testing.T) {
	sine := generate(t, "sine", nil)
	for r, y := range sine.Targets[0].Numbers {
		if x := sine.X[r]; math.Abs(y-math.Sin(x)) > 1e-14 || math.Abs(x) > math.Pi {
			t.Errorf("sine of %v is %v", x, y)
		}
	}
	for _, degree := range []int{1, 2, 5, 50} {
		tab := generate(t, "chebyshev", func(s *data.Spec) { s.Samples, s.Degree = 20, degree })
		if tab.X[0] != -1 || tab.X[19] != 1 || math.Abs(tab.X[1]-tab.X[0]-2.0/19) > 1e-15 {
			t.Errorf("points %v", tab.X)
		}
		for r, y := range tab.Targets[0].Numbers {
			if want := math.Cos(float64(degree) * math.Acos(tab.X[r])); math.Abs(y-want) > 1e-11 {
				t.Errorf("T%d(%v) = %v, want %v", degree, tab.X[r], y, want)
			}
		}
	}
}

func TestModularHasEveryPairOnce(t *testing.T) {
	tab := generate(t, "modular", func(s *data.Spec) { s.Modulus = 7 })
	seen := map[[2]int]bool{}
	for r, class := range tab.Targets[0].Numbers {
		row := tab.X[14*r : 14*r+14]
		a, b := slices.Index(row[:7], 1), slices.Index(row[7:], 1)
		seen[[2]int{a, b}] = true
		sum := 0.0
		for _, x := range row {
			sum += x
		}
		if sum != 2 || int(class) != (a+b)%7 {
			t.Errorf("row %d: %v, class %v", r, row, class)
		}
	}
	if tab.Rows != 49 || len(seen) != 49 {
		t.Errorf("%d pairs in %d rows", len(seen), tab.Rows)
	}
}

func TestSparseTakesSoManyInputs(t *testing.T) {
	for _, active := range []int{1, 3, 99} {
		tab := generate(t, "sparse", func(s *data.Spec) { s.Inputs, s.Active, s.Samples = 8, active, 4000 })
		weights := 0
		for j := range 8 { // the inputs are independent: E[x y] is the weight
			sum := 0.0
			for r, y := range tab.Targets[0].Numbers {
				sum += tab.X[8*r+j] * y / 4000
			}
			if math.Abs(sum) > 0.15 {
				weights++
			}
		}
		if weights != min(active, 8) {
			t.Errorf("%d weights, want %d", weights, active)
		}
	}
}
