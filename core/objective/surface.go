package objective

import (
	"math/rand/v2"

	"descent/core/kernel"
	"descent/core/knob"
	"descent/core/surface"
)

// Surface is a function of two numbers, its gradient with noise.
type Surface struct {
	surface.Row
	x, y         float64 // where training starts
	seed         uint64
	kappa, noise float64
	source       rand.PCG
	rng          *rand.Rand
}

// NewSurface begins at the point (x, y); seed is that of the noise.
func NewSurface(row surface.Row, x, y float64, seed uint64) *Surface {
	s := &Surface{Row: row, x: x, y: y, seed: seed}
	s.rng = rand.New(&s.source)
	return s
}

// Layout is one point of two numbers, which no mask or quantizer touches.
func (s *Surface) Layout() knob.Layout {
	return knob.Layout{{Name: "point", Layer: "point", Role: "point", Shape: []int{2}}}
}

// Eval is the value without noise, and the gradient with it.
func (s *Surface) Eval(params, grad []float64, step, _ int) float64 {
	value, dx, dy := s.At(params[0], params[1], s.kappa)
	if s.noise > 0 {
		s.source.Seed(s.seed, uint64(step))
		dx += float64(s.noise * kernel.Normal(s.rng))
		dy += float64(s.noise * kernel.Normal(s.rng))
	}
	grad[0], grad[1] = dx, dy
	return value
}

// Begin is at the point that the recipe names.
func (s *Surface) Begin(params []float64) { params[0], params[1] = s.x, s.y }

// Follow takes over the condition number and the noise.
func (s *Surface) Follow(k Settings) { s.kappa, s.noise = k.Kappa, k.Deviation }

// Copy is the same surface with a source of noise of its own.
func (s *Surface) Copy() Objective { return NewSurface(s.Row, s.x, s.y, s.seed) }

// Value is the height at a point, without noise.
func (s *Surface) Value(x, y float64) float64 {
	v, _, _ := s.At(x, y, s.kappa)
	return v
}

// Exact is the value at a point and its derivatives, without noise.
func (s *Surface) Exact(x, y float64) (value, dx, dy float64) { return s.At(x, y, s.kappa) }

// Work is nothing worth sharing.
func (s *Surface) Work(bool) int { return 0 }

// Watch has nothing to break off.
func (s *Surface) Watch(func() bool) {}

// Join has nothing to share.
func (s *Surface) Join(*kernel.Team) {}

// Fits: a surface has no loss to choose.
func (s *Surface) Fits(string) error { return nil }

// Batch is one: a step is as long as an epoch.
func (s *Surface) Batch() int { return 1 }

// Epoch is one step.
func (s *Surface) Epoch() int { return 1 }

// Batches is one.
func (s *Surface) Batches() int { return 1 }

// Measure finds nothing that the loss does not say.
func (s *Surface) Measure([]float64, *Measures) {}

// State is empty.
func (s *Surface) State() []knob.Buffer { return nil }

// Restore has nothing to bring back.
func (s *Surface) Restore([]knob.Buffer) {}

// Fisher is nil: there is no old task.
func (s *Surface) Fisher([]float64) []float64 { return nil }

// Inert: only one surface has a condition number.
func (s *Surface) Inert(path string) string {
	if path == "surface.kappa" && s.Name != "ravine" {
		return s.Name + " has no κ"
	}
	return ""
}

// Blame names the surface.
func (s *Surface) Blame(w, _ []float64) (string, bool) {
	return "the surface " + s.Name + ", which is unbounded below in this direction or too steep for this learning rate", kernel.Finite(w)
}

// Parts is the point.
func (s *Surface) Parts() []Part {
	return []Part{{Name: "point", Kind: s.Name, In: 2, Out: 2, From: []int{2}, To: []int{2}}}
}
