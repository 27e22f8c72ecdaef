package core

import (
	"math/rand/v2"
	"strings"

	"descent/core/kernel"
	"descent/core/knob"
	"descent/core/recipe"
	functions "descent/core/surface"
)

// surface is a function of two numbers as a subject, its gradient with noise.
type surface struct {
	functions.Row
	recipe.SurfaceSpec
	seed         uint64
	kappa, noise float64
	source       rand.PCG
	rng          *rand.Rand
}

func newSurface(s recipe.SurfaceSpec, seed uint64) *surface {
	row, _ := functions.Find(s.Name) // checked with the recipe
	out := &surface{Row: row, SurfaceSpec: s, seed: seed}
	out.rng = rand.New(&out.source)
	return out
}

// Layout is one point of two numbers, which no mask or quantizer touches.
func (s *surface) Layout() knob.Layout {
	return knob.Layout{{Name: "point", Layer: "point", Role: "point", Shape: []int{2}}}
}

// Eval is the value without noise, and the gradient with it.
func (s *surface) Eval(params, grad []float64, step, _ int) float64 {
	value, dx, dy := s.At(params[0], params[1], s.kappa)
	if s.noise > 0 {
		s.source.Seed(s.seed, uint64(step))
		dx += float64(s.noise * kernel.Normal(s.rng))
		dy += float64(s.noise * kernel.Normal(s.rng))
	}
	grad[0], grad[1] = dx, dy
	return value
}

func (s *surface) begin(params []float64, _ recipe.Recipe, _ Files) error {
	params[0], params[1] = s.X, s.Y
	return nil
}

func (s *surface) work(bool) int     { return 0 }
func (s *surface) watch(func() bool) {}
func (s *surface) follow(g *recipe.Parts, _ func(string) bool) {
	s.kappa, s.noise = g.Surface.Kappa, g.Surface.Noise
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
	if path == "surface.kappa" && s.Row.Name != "ravine" {
		return s.Row.Name + " has no κ"
	}
	return ""
}

func (s *surface) blame(w, _ []float64) (string, bool) {
	return "the surface " + s.Row.Name + ", which is unbounded below in this direction or too steep for this learning rate", kernel.Finite(w)
}

func (s *surface) parts() []part {
	return []part{{name: "point", kind: s.Row.Name, in: 2, out: 2, from: []int{2}, to: []int{2}}}
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
