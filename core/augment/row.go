package augment

import (
	"math"

	"descent/core/kernel"
)

// Row changes one row in place: the i-th of the batch of a step.
func (a *Augment) Row(x []float64, s Shape, seed uint64, step, i int) {
	if s.Last && s.Channels > 1 {
		a.planes = append(a.planes[:0], x...)
		s.apart(a.planes, x)
		a.mean, a.deviation = s.apartAll(a.mean, s.Mean), s.apartAll(a.deviation, s.Deviation)
		a.row(a.planes, Shape{Channels: s.Channels, Height: s.Height, Width: s.Width, Categorical: s.Categorical, Mean: a.mean, Deviation: a.deviation}, seed, step, i)
		s.together(x, a.planes)
		return
	}
	a.row(x, s, seed, step, i)
}

// apart writes an image whose channels come last to planes, one for each channel.
func (s Shape) apart(planes, x []float64) {
	area := s.Height * s.Width
	for at, v := range x {
		planes[at%s.Channels*area+at/s.Channels] = v
	}
}

// apartAll is apart into a slice that is kept; nil stays nil.
func (s Shape) apartAll(planes, x []float64) []float64 {
	planes = append(planes[:0], x...)
	if x == nil {
		return nil
	}
	s.apart(planes, x)
	return planes
}

// together is the way back of apart.
func (s Shape) together(x, planes []float64) {
	area := s.Height * s.Width
	for at := range x {
		x[at] = planes[at%s.Channels*area+at/s.Channels]
	}
}

// row is Row for images whose channels come first, and for plain inputs.
func (a *Augment) row(x []float64, s Shape, seed uint64, step, i int) {
	a.source.Seed(seed^uint64(i)*0x9e3779b97f4a7c15, uint64(step))
	if s.Height > 0 && (a.moves() || a.Erase > 0 || a.Brightness > 0) {
		for j, d := range s.Deviation {
			x[j] = float64(x[j]*d) + s.Mean[j]
		}
		if a.moves() {
			a.move(x, s)
		}
		if a.Erase > 0 {
			a.erase(x, s)
		}
		if a.Brightness > 0 {
			kernel.Scale(x, 1+a.within(a.Brightness))
		}
		for j, d := range s.Deviation {
			x[j] = (x[j] - s.Mean[j]) / d
		}
	}
	if a.Noise > 0 && !s.Categorical {
		for j := 0; j < len(x); j += 2 {
			one, two := kernel.Normals(a.rng)
			x[j] += float64(a.Noise * one)
			if j+1 < len(x) {
				x[j+1] += float64(a.Noise * two)
			}
		}
	}
	if a.Drop > 0 {
		for j := range x {
			if a.rng.Float64() < a.Drop {
				x[j] = 0
			}
		}
	}
}

// part is a length of up to the fraction Erase of a side.
func (a *Augment) part(side int) int {
	return int(math.Round(a.Erase * a.rng.Float64() * float64(side)))
}

// erase blanks a rectangle. DeVries, Taylor 2017; Zhong et al. 2020.
func (a *Augment) erase(x []float64, s Shape) {
	h, w := a.part(s.Height), a.part(s.Width)
	top, left := a.rng.IntN(s.Height-h+1), a.rng.IntN(s.Width-w+1)
	for c := range s.Channels {
		for row := top; row < top+h; row++ {
			from := (c*s.Height+row)*s.Width + left
			clear(x[from : from+w])
		}
	}
}
