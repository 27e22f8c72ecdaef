package core

import (
	"math"
	"math/rand/v2"
	"strings"

	"descent/core/kernel"
	"descent/core/knob"
)

// SurfaceSpec is the [surface] table of a recipe: a function of two numbers to
// go down on, instead of a network on data.
type SurfaceSpec struct {
	Name string
	X, Y float64 // where it starts
}

// Knobs are the keys of the table, bound to the spec.
func (s *SurfaceSpec) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.String("surface.name", &s.Name, "a function of two numbers to go down on, instead of data and model").AsFixed(),
		knob.Float("surface.x", &s.X, -1e6, 1e6, knob.Linear, "where it starts").AsFixed(),
		knob.Float("surface.y", &s.Y, -1e6, 1e6, knob.Linear, "where it starts").AsFixed(),
	}
}

// Box is a part of the plane.
type Box struct{ Left, Right, Bottom, Top float64 }

// around is a square about the origin.
func around(r float64) Box { return Box{-r, r, -r, r} }

// function is one surface: where it is usually looked at, the places where it
// is least, its value and slopes.
type function struct {
	name, help string
	box        Box
	least      [][2]float64
	at         func(x, y, kappa float64) (value, dx, dy float64)
}

func square2(x float64) float64 { return float64(x * x) }

var functions = []function{
	{"bowl", "½(x² + y²): as kind as it gets", around(2), [][2]float64{{0, 0}}, func(x, y, _ float64) (float64, float64, float64) {
		return (square2(x) + square2(y)) / 2, x, y
	}},
	{"ravine", "½(x² + κ y²): steep one way, flat the other", around(1.5), [][2]float64{{0, 0}}, func(x, y, kappa float64) (float64, float64, float64) {
		return (square2(x) + float64(kappa*square2(y))) / 2, x, kappa * y
	}},
	{"saddle", "x² − y²: level at the origin, down on both sides", around(2), nil, func(x, y, _ float64) (float64, float64, float64) {
		return square2(x) - square2(y), 2 * x, -2 * y
	}},
	{"plateau", "1 − exp(−½(x² + y²)): a hole in a plain that is flat far out", around(4), [][2]float64{{0, 0}}, func(x, y, _ float64) (float64, float64, float64) {
		e := kernel.Exp(-(square2(x) + square2(y)) / 2)
		return 1 - e, x * e, y * e
	}},
	// Rosenbrock 1960.
	{"rosenbrock", "(1 − x)² + 100 (y − x²)²: a bent valley, least at (1, 1)", Box{-2, 2, -1, 3}, [][2]float64{{1, 1}}, func(x, y, _ float64) (float64, float64, float64) {
		a, b := 1-x, y-square2(x)
		return square2(a) + float64(100*square2(b)), float64(-2*a) - float64(400*float64(x*b)), 200 * b
	}},
	// Beale 1958.
	{"beale", "steep walls round a flat floor, least at (3, 0.5)", around(4.5), [][2]float64{{3, 0.5}}, func(x, y, _ float64) (value, dx, dy float64) {
		power, slope := 1.0, 0.0 // y^i and its derivative
		for i, c := range []float64{1.5, 2.25, 2.625} {
			slope = float64(float64(i+1) * power)
			power = float64(power * y)
			r := c - x + float64(x*power)
			value += square2(r)
			dx += float64(2 * float64(r*(power-1)))
			dy += float64(2 * float64(r*float64(x*slope)))
		}
		return value, dx, dy
	}},
	// Himmelblau 1972.
	{"himmelblau", "(x² + y − 11)² + (x + y² − 7)²: four holes equally deep", around(5), [][2]float64{{3, 2}, {-2.805118, 3.131313}, {-3.779310, -3.283186}, {3.584428, -1.848127}}, func(x, y, _ float64) (float64, float64, float64) {
		a, b := square2(x)+y-11, x+square2(y)-7
		return square2(a) + square2(b), float64(4*float64(a*x)) + float64(2*b), float64(2*a) + float64(4*float64(b*y))
	}},
	// Rastrigin 1974.
	{"rastrigin", "20 + Σ (x² − 10 cos 2πx): a bowl full of dents, least at the origin", around(5.12), [][2]float64{{0, 0}}, func(x, y, _ float64) (value, dx, dy float64) {
		value = 20
		slope := [2]float64{}
		for i, v := range []float64{x, y} {
			angle := float64(2 * math.Pi * v)
			value += square2(v) - float64(10*kernel.Cos(angle))
			slope[i] = float64(2*v) + float64(20*math.Pi*kernel.Cos(angle-math.Pi/2))
		}
		return value, slope[0], slope[1]
	}},
	// Styblinski, Tang 1990.
	{"styblinski-tang", "½ Σ (x⁴ − 16 x² + 5 x): four holes, the deepest near (−2.9, −2.9)", around(5), [][2]float64{{-2.903534, -2.903534}}, func(x, y, _ float64) (value, dx, dy float64) {
		slope := [2]float64{}
		for i, v := range []float64{x, y} {
			s := square2(v)
			value += float64((square2(s) - float64(16*s) + float64(5*v)) / 2)
			slope[i] = (float64(4*float64(s*v)) - float64(32*v) + 5) / 2
		}
		return value, slope[0], slope[1]
	}},
}

// Surfaces are the names a recipe may use, with their help.
func Surfaces() []knob.Option {
	out := make([]knob.Option, len(functions))
	for i, f := range functions {
		out[i] = knob.Option{Name: f.name, Help: f.help}
	}
	return out
}

// Ground is the part of the plane in which a surface is usually looked at, and
// the places where it is least; none for a surface without a bottom.
func Ground(name string) (box Box, least [][2]float64) {
	f, _ := findSurface(name)
	return f.box, f.least
}

func findSurface(name string) (function, bool) {
	for _, f := range functions {
		if f.name == name {
			return f, true
		}
	}
	return function{}, false
}

// surface is a function of two numbers as a subject, its gradient with noise.
type surface struct {
	function
	SurfaceSpec
	seed         uint64
	kappa, noise float64
	source       rand.PCG
	rng          *rand.Rand
}

func newSurface(s SurfaceSpec, seed uint64) *surface {
	f, _ := findSurface(s.Name) // checked with the recipe
	out := &surface{function: f, SurfaceSpec: s, seed: seed}
	out.rng = rand.New(&out.source)
	return out
}

// Layout is one point of two numbers, which no mask or quantizer touches.
func (s *surface) Layout() knob.Layout {
	return knob.Layout{{Name: "point", Layer: "point", Role: "point", Shape: []int{2}}}
}

// Eval is the value without noise, and the gradient with it.
func (s *surface) Eval(params, grad []float64, step, _ int) float64 {
	value, dx, dy := s.at(params[0], params[1], s.kappa)
	if s.noise > 0 {
		s.source.Seed(s.seed, uint64(step))
		dx += float64(s.noise * kernel.Normal(s.rng))
		dy += float64(s.noise * kernel.Normal(s.rng))
	}
	grad[0], grad[1] = dx, dy
	return value
}

func (s *surface) begin(params []float64, _ Recipe, _ Files) error {
	params[0], params[1] = s.X, s.Y
	return nil
}

func (s *surface) work(bool) int     { return 0 }
func (s *surface) watch(func() bool) {}
func (s *surface) follow(g *rig, _ func(string) bool) {
	s.kappa, s.noise = g.surface.Kappa, g.surface.Noise
}
func (s *surface) join(*kernel.Team)          {}
func (s *surface) fits(string) error          { return nil }
func (s *surface) batch() int                 { return 1 }
func (s *surface) epoch() int                 { return 1 }
func (s *surface) batches() int               { return 1 }
func (s *surface) measure([]float64, *Report) {}
func (s *surface) state() []knob.Buffer       { return nil }
func (s *surface) restore([]knob.Buffer)      {}
func (s *surface) fisher([]float64) []float64 { return nil }
func (s *surface) inert(path string) string {
	if path == "surface.kappa" && s.function.name != "ravine" {
		return s.function.name + " has no κ"
	}
	return ""
}

func (s *surface) blame(w, _ []float64) (string, bool) {
	return "the surface " + s.function.name + ", which is unbounded below in this direction or too steep for this learning rate", kernel.Finite(w)
}

func (s *surface) parts() []part {
	return []part{{name: "point", kind: s.function.name, in: 2, out: 2, from: []int{2}, to: []int{2}}}
}

// absent are the knobs of losses, batches and compression.
func (s *surface) absent(path string) bool {
	table, _, _ := strings.Cut(path, ".")
	switch table {
	case "loss", "prune", "quant", "distill", "augment", "finetune":
		return true
	}
	return path == "train.batch" || path == "train.shuffle" || strings.HasPrefix(path, "train.accumulate") ||
		path == "train.noise" || path == "train.noise_decay" || path == "train.eval_every"
}
