package intent

import (
	"math"

	"descent/core/curvature"
	"descent/session/live"
)

// Curvature is what was measured of the sharpness on the way to the current state, a
// value for each of Steps, which ascend; NaN is missing. It grows while a pane watches
// curvature.Sharpness.
type Curvature struct {
	Steps    []int
	Largest  []float64 // λmax of the Hessian, preconditioned for adaptive optimizers
	Limit    []float64 // the optimizer's limit of it; NaN where it has none
	Gradient []float64 // ‖∇L‖
}

// CurvatureOf collects it from a frame.
func CurvatureOf(f *live.Frame) (c Curvature) {
	for _, r := range f.Past(curvature.Sharpness{}) {
		s, ok := r.Value.(curvature.Sharp)
		if !ok {
			continue
		}
		limit := s.Limit.Limit
		if s.Limit.None != "" {
			limit = math.NaN()
		}
		c.Steps = append(c.Steps, r.Step)
		c.Largest, c.Limit, c.Gradient = append(c.Largest, s.Counts().Value), append(c.Limit, limit), append(c.Gradient, s.Gradient)
	}
	return c
}
