package augment

import (
	"math"

	"descent/core/kernel"
)

// Mixed says how a batch is mixed with itself: of every row the fraction Share is
// its own, and the rest that of row Partner[i] as it was before. The targets
// count in the same fractions.
type Mixed struct {
	Share   float64 // λ; 1 where nothing is mixed
	Partner []int   // for each row; nil where nothing is mixed
	Pasted  bool    // by a rectangle, not by a mean
}

// mixStream keeps the chance of mixing apart from that of the rows.
const mixStream = 0x3c6ef372fe94f82b

// least is the smallest α told apart from it: of a smaller one λ is 0 or 1 too.
const least = 1e-300

// Mix mixes the rows of the batch of a step, which follow each other in x, in
// place. The whole batch shares one λ of Beta(α, α); partners are a permutation
// of the rows. With both kinds on, each is taken half of the time. What it
// returns is valid until the next call.
//
// mixup takes the mean of two rows, λ of the one and 1 − λ of the other: Zhang,
// Cissé, Dauphin, Lopez-Paz 2018. cutmix pastes a rectangle of the fraction 1 − λ
// of the image from the other, clipped where it hangs over; the fraction is then
// that of the pixels left: Yun, Han, Oh, Chun, Choe, Yoo 2019, algorithm 1.
func (a *Augment) Mix(x []float64, rows int, s Shape, seed uint64, step int) Mixed {
	if rows == 0 || !a.mixes(s) {
		return Mixed{Share: 1}
	}
	a.source.Seed(seed^mixStream, uint64(step))
	paste := a.Cutmix > 0 && s.Height > 0
	if paste && a.Mixup > 0 {
		paste = a.rng.Uint64()&1 == 1
	}
	alpha := a.Mixup
	if paste {
		alpha = a.Cutmix
	}
	m := Mixed{Share: a.beta(alpha), Pasted: paste, Partner: a.permute(rows)}
	a.batch = append(a.batch[:0], x...)
	width := len(x) / rows
	if paste {
		m.Share = a.paste(x, width, m, s)
		return m
	}
	if m.Share == 1 {
		return m
	}
	for i, p := range m.Partner {
		row, other := x[i*width:(i+1)*width], a.batch[p*width:(p+1)*width]
		for j, v := range other {
			row[j] = v + float64(m.Share*(row[j]-v)) // what both have stays to the bit
		}
	}
	return m
}

// paste copies one rectangle into every row and returns the fraction of the pixels
// that it leaves.
func (a *Augment) paste(x []float64, width int, m Mixed, s Shape) float64 {
	side := math.Sqrt(1 - m.Share)
	left, right := a.stretch(s.Width, side)
	top, bottom := a.stretch(s.Height, side)
	lines, pixel := s.Channels*s.Height, 1 // runs of pixels, and the numbers that a pixel takes in one
	if s.Last {
		lines, pixel = s.Height, s.Channels
	}
	for i, p := range m.Partner {
		for line := range lines {
			if row := line % s.Height; row >= top && row < bottom {
				from, to := (line*s.Width+left)*pixel, (line*s.Width+right)*pixel
				copy(x[i*width+from:i*width+to], a.batch[p*width+from:p*width+to])
			}
		}
	}
	area := s.Height * s.Width
	return float64(area-(right-left)*(bottom-top)) / float64(area)
}

// stretch is a fraction of a side, about a place chosen evenly, as far as it lies
// on the image.
func (a *Augment) stretch(side int, fraction float64) (from, to int) {
	length := int(math.Round(fraction * float64(side)))
	from = a.rng.IntN(side) - length/2
	return max(from, 0), min(from+length, side)
}

// permute is a random order of so many rows (Fisher, Yates).
func (a *Augment) permute(rows int) []int {
	if cap(a.partner) < rows {
		a.partner = make([]int, rows)
	}
	a.partner = a.partner[:rows]
	for i := range a.partner {
		j := a.rng.IntN(i + 1)
		a.partner[i] = a.partner[j]
		a.partner[j] = i
	}
	return a.partner
}

// beta draws from Beta(α, α): G / (G + H) of two draws from Gamma(α), by their
// logarithms, which do not underflow where α is small.
func (a *Augment) beta(alpha float64) float64 {
	alpha = max(alpha, least)
	g := a.logGamma(alpha)
	return kernel.Sigmoid(g - a.logGamma(alpha))
}

// logGamma is the logarithm of a draw from Gamma(α). Marsaglia, Tsang, "A
// Simple Method for Generating Gamma Variables", 2000; for α < 1 by a draw from
// Gamma(α + 1) times U^(1/α), section 6.
func (a *Augment) logGamma(alpha float64) float64 {
	boost := 0.0
	if alpha < 1 {
		boost = kernel.Log(1-a.rng.Float64()) / alpha // exact: a product by a power of two
		alpha++
	}
	d := alpha - 1.0/3
	c := 1 / math.Sqrt(float64(9*d))
	for {
		x := kernel.Normal(a.rng)
		v := 1 + float64(c*x)
		if v <= 0 {
			continue
		}
		log := float64(3 * kernel.Log(v))
		v = float64(float64(v*v) * v)
		u := 1 - a.rng.Float64() // exact: its product is by a power of two
		if kernel.Log(u) < float64(0.5*float64(x*x))+d-float64(d*v)+float64(d*log) {
			return kernel.Log(d) + log + boost
		}
	}
}
