// Package surface is the catalogue of test surfaces: functions of two numbers, with
// their gradients, on which optimizers are compared.
package surface

import (
	"math"
	"slices"

	"descent/core/kernel"
	"descent/core/knob"
)

// Box is a part of the plane.
type Box struct{ Left, Right, Bottom, Top float64 }

// around is a square about the origin.
func around(r float64) Box { return Box{-r, r, -r, r} }

// Row is a test surface. Where a constant κ shapes it, that is surface.kappa.
type Row struct {
	Name, Help string
	Doc        knob.Doc
	Box        Box          // the part of the plane in which it is usually drawn
	Minima     [][2]float64 // its global minima; none where it has no lower bound
	// At is the value and its partial derivatives at a point.
	At func(x, y, kappa float64) (value, dx, dy float64)
}

func square(x float64) float64 { return float64(x * x) }

// Catalogue is every test surface there is, in display order.
var Catalogue = []Row{
	{
		Name: "bowl", Help: "½(x² + y²): isotropic quadratic: condition number 1",
		Doc: knob.Doc{
			Formula: "f(x, y) = ½(x² + y²)",
			Source:  "S. Boyd, L. Vandenberghe, “Convex Optimization”, Cambridge University Press, 2004, section 9.3",
			PyTorch: knob.None,
			When:    "The first test of anything: every optimizer should reach the origin; gradient descent diverges at learning rates above 2.",
			Range:   "start anywhere in the box that is drawn",
		},
		Box: around(2), Minima: [][2]float64{{0, 0}},
		At: func(x, y, _ float64) (float64, float64, float64) {
			return (square(x) + square(y)) / 2, x, y
		},
	},
	{
		Name: "ravine", Help: "½(x² + κ y²): ill-conditioned quadratic of condition number κ",
		Doc: knob.Doc{
			Formula: "f(x, y) = ½(x² + κ y²)",
			Source:  "G. Goh, “Why Momentum Really Works”, Distill, 2017",
			PyTorch: knob.None,
			When:    "To see ill-conditioning: gradient descent is limited by the steep direction (η < 2/κ) and slow along the flat one; momentum and adaptive rates help.",
			Range:   "start anywhere in the box that is drawn",
		},
		Box: around(1.5), Minima: [][2]float64{{0, 0}},
		At: func(x, y, kappa float64) (float64, float64, float64) {
			return (square(x) + float64(kappa*square(y))) / 2, x, kappa * y
		},
	},
	{
		Name: "saddle", Help: "x² − y²: saddle point at the origin, without a lower bound",
		Doc: knob.Doc{
			Formula: "f(x, y) = x² − y²",
			Source:  "Y. Dauphin et al., “Identifying and attacking the saddle point problem in high-dimensional non-convex optimization”, NIPS 2014",
			PyTorch: knob.None,
			When:    "To see how long an optimizer lingers where the gradient vanishes. There is no minimum: the values fall without bound.",
			Range:   "start anywhere in the box that is drawn",
		},
		Box: around(2), Minima: nil,
		At: func(x, y, _ float64) (float64, float64, float64) {
			return square(x) - square(y), 2 * x, -2 * y
		},
	},
	{
		Name: "plateau", Help: "1 − exp(−½(x² + y²)): minimum in a plain whose gradient vanishes far out",
		Doc: knob.Doc{
			Formula: "f(x, y) = 1 − exp(−½(x² + y²))",
			Source:  "I. Goodfellow, Y. Bengio, A. Courville, “Deep Learning”, MIT Press, 2016, section 8.2.3",
			PyTorch: knob.None,
			When:    "To see vanishing gradients: far out the slope is almost 0, and only optimizers that normalise the gradient move.",
			Range:   "start anywhere in the box that is drawn",
		},
		Box: around(4), Minima: [][2]float64{{0, 0}},
		At: func(x, y, _ float64) (float64, float64, float64) {
			e := kernel.Exp(-(square(x) + square(y)) / 2)
			return 1 - e, x * e, y * e
		},
	},
	{
		Name: "rosenbrock", Help: "(1 − x)² + 100 (y − x²)²: curved valley with its minimum at (1, 1)",
		Doc: knob.Doc{
			Formula: "f(x, y) = (1 − x)² + 100 (y − x²)²",
			Source:  "H. H. Rosenbrock, “An Automatic Method for Finding the Greatest or Least Value of a Function”, The Computer Journal 3(3), 1960",
			PyTorch: knob.None,
			When:    "The classic test problem: a curved, flat valley that is easy to find and slow to follow, unless the optimizer uses curvature. Minimum at (1, 1).",
			Range:   "start anywhere in the box that is drawn",
		},
		Box: Box{Left: -2, Right: 2, Bottom: -1, Top: 3}, Minima: [][2]float64{{1, 1}},
		At: func(x, y, _ float64) (float64, float64, float64) {
			a, b := 1-x, y-square(x)
			return square(a) + float64(100*square(b)), float64(-2*a) - float64(400*float64(x*b)), 200 * b
		},
	},
	{
		Name: "beale", Help: "(1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²: steep walls around a flat floor, minimum at (3, 0.5)",
		Doc: knob.Doc{
			Formula: "f(x, y) = (1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²",
			Source:  "E. M. L. Beale, “On an iterative method for finding a local minimum of a function of more than one variable”, Technical Report 25, Princeton University, 1958",
			PyTorch: knob.None,
			When:    "To see exploding gradients: walls that rise like x² y⁶ around a flat floor. Gradient clipping helps. Minimum at (3, 0.5).",
			Range:   "start anywhere in the box that is drawn",
		},
		Box: around(4.5), Minima: [][2]float64{{3, 0.5}},
		At: func(x, y, _ float64) (value, dx, dy float64) {
			power, slope := 1.0, 0.0 // y^i and its derivative
			for i, c := range []float64{1.5, 2.25, 2.625} {
				slope = float64(float64(i+1) * power)
				power = float64(power * y)
				r := c - x + float64(x*power)
				value += square(r)
				dx += float64(2 * float64(r*(power-1)))
				dy += float64(2 * float64(r*float64(x*slope)))
			}
			return value, dx, dy
		},
	},
	{
		Name: "himmelblau", Help: "(x² + y − 11)² + (x + y² − 7)²: four global minima of equal depth",
		Doc: knob.Doc{
			Formula: "f(x, y) = (x² + y − 11)² + (x + y² − 7)²",
			Source:  "D. M. Himmelblau, “Applied Nonlinear Programming”, McGraw-Hill, 1972",
			PyTorch: knob.None,
			When:    "To see which of several equal minima an optimizer reaches from a start, at a learning rate and momentum.",
			Range:   "start anywhere in the box that is drawn",
		},
		Box: around(5), Minima: [][2]float64{{3, 2}, {-2.805118, 3.131313}, {-3.779310, -3.283186}, {3.584428, -1.848127}},
		At: func(x, y, _ float64) (float64, float64, float64) {
			a, b := square(x)+y-11, x+square(y)-7
			return square(a) + square(b), float64(4*float64(a*x)) + float64(2*b), float64(2*a) + float64(4*float64(b*y))
		},
	},
	{
		Name: "rastrigin", Help: "20 + Σ (x² − 10 cos 2πx): many local minima in a bowl, the global one at the origin",
		Doc: knob.Doc{
			Formula: "f(x, y) = 20 + Σ (x² − 10 cos 2πx)",
			Source:  "L. A. Rastrigin, “Systems of Extremal Control”, Nauka, Moscow, 1974",
			PyTorch: knob.None,
			When:    "To see local minima: gradient methods stop in the nearest one; noise and momentum cross some. Minimum at the origin.",
			Range:   "start anywhere in the box that is drawn",
		},
		Box: around(5.12), Minima: [][2]float64{{0, 0}},
		At: func(x, y, _ float64) (value, dx, dy float64) {
			value = 20
			slope := [2]float64{}
			for i, v := range []float64{x, y} {
				angle := float64(2 * math.Pi * v)
				value += square(v) - float64(10*kernel.Cos(angle))
				slope[i] = float64(2*v) + float64(20*math.Pi*kernel.Cos(angle-math.Pi/2))
			}
			return value, slope[0], slope[1]
		},
	},
	{
		Name: "styblinski-tang", Help: "½ Σ (x⁴ − 16 x² + 5 x): four minima of different depth, the deepest near (−2.9, −2.9)",
		Doc: knob.Doc{
			Formula: "f(x, y) = ½ Σ (x⁴ − 16 x² + 5 x)",
			Source:  "M. A. Styblinski, T.-S. Tang, “Experiments in nonconvex optimization: Stochastic approximation with function smoothing and simulated annealing”, Neural Networks 3(4), 1990",
			PyTorch: knob.None,
			When:    "To see which of several minima of different depth an optimizer reaches; the deepest is near (−2.9, −2.9).",
			Range:   "start anywhere in the box that is drawn",
		},
		Box: around(5), Minima: [][2]float64{{-2.903534, -2.903534}},
		At: func(x, y, _ float64) (value, dx, dy float64) {
			slope := [2]float64{}
			for i, v := range []float64{x, y} {
				s := square(v)
				value += float64((square(s) - float64(16*s) + float64(5*v)) / 2)
				slope[i] = (float64(4*float64(s*v)) - float64(32*v) + 5) / 2
			}
			return value, slope[0], slope[1]
		},
	},
}

// Options are the names with their help.
func Options() []knob.Option {
	out := make([]knob.Option, len(Catalogue))
	for i, r := range Catalogue {
		out[i] = knob.Option{Name: r.Name, Help: r.Help, Doc: r.Doc}
	}
	return out
}

// Find is the row of that name.
func Find(name string) (Row, bool) {
	i := slices.IndexFunc(Catalogue, func(r Row) bool { return r.Name == name })
	if i < 0 {
		return Row{}, false
	}
	return Catalogue[i], true
}
