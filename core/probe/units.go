package probe

import (
	"context"
	"math"

	"descent/core"

	"gonum.org/v1/gonum/blas/blas64"
)

// Units looks for units that do not answer: dead ones, that are 0 for every
// row, and saturated ones, of a bounded activation, that lie within a hundredth
// of an end of its range for 95 of 100 rows. Of images and sequences a unit is a
// channel, all its places together. It finds []LayerUnits.
// Glorot, Bordes, Bengio 2011 (dead); Glorot, Bengio 2010, section 3 (saturated).
type Units struct{}

// LayerUnits is one activation layer.
type LayerUnits struct {
	Layer                  string
	Units, Dead, Saturated int
}

// bounded are the ends between which an activation lies.
var bounded = map[string][2]float64{"tanh": {-1, 1}, "sigmoid": {0, 1}}

// Measure goes through the first 256 rows.
func (Units) Measure(_ context.Context, t *core.Trainer) any {
	p := Held(t)
	p = p.Cut(0, min(p.Rows(), 2*blockRows))
	var out []LayerUnits
	n, _ := t.Network()
	n.Activations(t.Weights(), p.X, func(layer, kind string, shape []int, units blas64.General) {
		l := LayerUnits{Layer: layer, Units: units.Cols}
		if len(shape) > 1 {
			l.Units = shape[0]
		}
		places := units.Cols / l.Units
		ends, ok := bounded[kind]
		near := float64(0.01 * (ends[1] - ends[0]) / 2)
		for j := range l.Units {
			zeros, edge, all := 0, 0, units.Rows*places
			for r := range units.Rows {
				for _, v := range row(units, r)[j*places : (j+1)*places] {
					if v == 0 {
						zeros++
					}
					if ok && (math.Abs(v-ends[0]) < near || math.Abs(v-ends[1]) < near) {
						edge++
					}
				}
			}
			if zeros == all {
				l.Dead++
			}
			if edge*20 >= all*19 {
				l.Saturated++
			}
		}
		out = append(out, l)
	})
	return out
}
