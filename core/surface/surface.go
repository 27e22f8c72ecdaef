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
		Name: "bowl", Help: "½(x² + y²): as kind as it gets",
		Box: around(2), Minima: [][2]float64{{0, 0}},
		At: func(x, y, _ float64) (float64, float64, float64) {
			return (square(x) + square(y)) / 2, x, y
		},
	},
	{
		Name: "ravine", Help: "½(x² + κ y²): steep one way, flat the other",
		Box: around(1.5), Minima: [][2]float64{{0, 0}},
		At: func(x, y, kappa float64) (float64, float64, float64) {
			return (square(x) + float64(kappa*square(y))) / 2, x, kappa * y
		},
	},
	{
		Name: "saddle", Help: "x² − y²: level at the origin, down on both sides",
		Box: around(2), Minima: nil,
		At: func(x, y, _ float64) (float64, float64, float64) {
			return square(x) - square(y), 2 * x, -2 * y
		},
	},
	{
		Name: "plateau", Help: "1 − exp(−½(x² + y²)): a hole in a plain that is flat far out",
		Box: around(4), Minima: [][2]float64{{0, 0}},
		At: func(x, y, _ float64) (float64, float64, float64) {
			e := kernel.Exp(-(square(x) + square(y)) / 2)
			return 1 - e, x * e, y * e
		},
	},
	// Rosenbrock 1960.
	{
		Name: "rosenbrock", Help: "(1 − x)² + 100 (y − x²)²: a bent valley, least at (1, 1)",
		Box: Box{Left: -2, Right: 2, Bottom: -1, Top: 3}, Minima: [][2]float64{{1, 1}},
		At: func(x, y, _ float64) (float64, float64, float64) {
			a, b := 1-x, y-square(x)
			return square(a) + float64(100*square(b)), float64(-2*a) - float64(400*float64(x*b)), 200 * b
		},
	},
	// Beale 1958.
	{
		Name: "beale", Help: "steep walls round a flat floor, least at (3, 0.5)",
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
	// Himmelblau 1972.
	{
		Name: "himmelblau", Help: "(x² + y − 11)² + (x + y² − 7)²: four holes equally deep",
		Box: around(5), Minima: [][2]float64{{3, 2}, {-2.805118, 3.131313}, {-3.779310, -3.283186}, {3.584428, -1.848127}},
		At: func(x, y, _ float64) (float64, float64, float64) {
			a, b := square(x)+y-11, x+square(y)-7
			return square(a) + square(b), float64(4*float64(a*x)) + float64(2*b), float64(2*a) + float64(4*float64(b*y))
		},
	},
	// Rastrigin 1974.
	{
		Name: "rastrigin", Help: "20 + Σ (x² − 10 cos 2πx): a bowl full of dents, least at the origin",
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
	// Styblinski, Tang 1990.
	{
		Name: "styblinski-tang", Help: "½ Σ (x⁴ − 16 x² + 5 x): four holes, the deepest near (−2.9, −2.9)",
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
