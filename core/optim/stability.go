package optim

// Stability is how curved a loss may be for an optimizer to be stable on it: on a
// quadratic function with constant preconditioner it converges while the largest
// eigenvalue of D H D, H the Hessian, is below Limit, and diverges above.
type Stability struct {
	// Limit is that eigenvalue for the learning rate of the step, 0 where None says
	// why there is none.
	Limit   float64
	Formula string // of the limit, "2/η"
	Source  string // paper and equation
	// Scale is the diagonal of D², P⁻¹ of an adaptive optimizer with the shares of
	// the learning rate of each parameter; nil is 1 for all.
	// It is read-only.
	Scale    []float64
	Adaptive bool   // the optimizer has a preconditioner: D H D is not H
	None     string // a sentence: why there is no limit
}

// stable is a transform that moves the weights by a linear recursion of the
// gradient, and so has a limit of stability.
type stable interface {
	// stability returns the limit for a learning rate of 1, and as Scale the inverse
	// of its preconditioner as it stands, nil for none. size is that of the flat
	// vector.
	stability(size int, at At) Stability
}

// Stabilizer is an optimizer that knows its limit of stability.
type Stabilizer interface {
	// Stability returns the limit of the step that at describes.
	Stability(at At) Stability
}

const (
	edgePaper         = "J. Cohen, S. Kaur, Y. Li, J. Z. Kolter, A. Talwalkar, “Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability”, ICLR 2021"
	adaptiveEdgePaper = "J. Cohen et al., “Adaptive Gradient Methods at the Edge of Stability”, arXiv 2207.14484, 2022"
)

// unstated is for optimizers whose update is no linear recursion of the gradient.
const unstated = "this optimizer has no known limit of stability: its update is not a linear recursion of the gradient with a diagonal preconditioner"

// Stability is that of the algorithm; what stands around it does not change the
// limit: the gradient is taken as not clipped.
func (c *Chain) Stability(at At) Stability {
	c.leave()
	for _, l := range c.transforms {
		switch l.(type) {
		case *Clip, l2, decoupled, *UpdateMask, *Average:
			continue
		}
		if s, ok := l.(stable); ok {
			return s.stability(len(c.grad), at).at(at, len(c.grad))
		}
		break
	}
	return Stability{None: unstated}
}

// StabilityOf is the limit of any optimizer; see Stability. Without one, Scale tells
// what trains all the same.
func StabilityOf(m Method, at At) (s Stability) {
	s.None = unstated
	if m, ok := m.(Stabilizer); ok {
		s = m.Stability(at)
	}
	if s.None != "" {
		s.Scale = at.LRScale
	}
	return s
}

// at divides by the learning rate and multiplies in the shares of each parameter.
func (s Stability) at(at At, size int) Stability {
	if s.None != "" {
		return s
	}
	if s.Adaptive = s.Scale != nil; s.Adaptive && !at.begun() {
		return Stability{None: "before its first step this optimizer has no preconditioner, and so no limit"}
	}
	if at.LR == 0 {
		return Stability{None: "the learning rate is 0: nothing moves"}
	}
	s.Limit /= at.LR
	if at.LRScale != nil {
		if s.Scale == nil {
			s.Scale = make([]float64, size)
			for i := range s.Scale {
				s.Scale[i] = 1
			}
		}
		for i, share := range at.LRScale {
			s.Scale[i] *= share
		}
	}
	return s
}

// begun reports whether some tensor has been updated.
func (a At) begun() bool {
	for _, s := range a.spans(0, 0) {
		if s.Age > 0 {
			return true
		}
	}
	return false
}

// inverse returns 1/p of a preconditioner, which is told of each parameter that
// trains; others, and those without one yet, have 0.
func (a At) inverse(size int, p func(s Span, i int) float64) []float64 {
	out := make([]float64, size)
	for _, s := range a.spans(size, 0) {
		for i := s.From; i < s.To; i++ {
			if v := p(s, i); v > 0 {
				out[i] = 1 / v
			}
		}
	}
	return out
}

// The plain chain ends in the learning rate alone: gradient descent. All other
// algorithms stand before it in their chains.
func (rate) stability(int, At) Stability {
	return Stability{Limit: 2, Formula: "2/η", Source: edgePaper + ", section 2"}
}

// heavyBall is the limit of momentum, for a buffer that takes in a share of the
// gradient.
func heavyBall(mu, share float64) float64 { return 2 * (1 + mu) / share }
