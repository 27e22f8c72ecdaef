// Package augment changes the rows of a batch so that what they show stays the
// same: images are moved, turned, bent, covered, and any inputs shaken. What
// happens to a row hangs on the seed, the step and its place in the batch alone.
// Rows can also be mixed with each other, and their targets with them.
package augment

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/blas"

	"descent/core/kernel"
	"descent/core/knob"
)

// Augment holds the strengths; all are off at 0. Not for two goroutines at once.
type Augment struct {
	Flip, Turnover            float64 // probabilities
	Crop                      int     // pixels
	Rotate, Scale, Shear      float64 // degrees, a share, degrees
	Elastic, Smooth           float64 // pixels
	Erase, Brightness         float64 // shares
	Noise, Drop               float64
	Mixup, Cutmix             float64 // α of Beta(α, α)
	source                    rand.PCG
	rng                       *rand.Rand
	bell                      bell
	image, across, down, half []float64
	batch                     []float64 // as it was before it was mixed
	partner                   []int
	planes, mean, deviation   []float64 // of an image whose channels come last
}

// New holds the defaults.
func New() *Augment {
	a := &Augment{Smooth: 4}
	a.rng = rand.New(&a.source)
	return a
}

// Images are the knobs that only images have.
var Images = []string{
	"augment.flip", "augment.flip_vertical", "augment.crop", "augment.rotate", "augment.scale", "augment.shear",
	"augment.elastic", "augment.smooth", "augment.erase", "augment.brightness", "augment.cutmix",
}

// Sums are the knobs that whole numbers which stand for vectors do not bear.
var Sums = []string{"augment.noise", "augment.mixup"}

// Knobs are the [augment] table, bound to a.
func (a *Augment) Knobs() []knob.Knob {
	share := func(path string, v *float64, help string) knob.Knob {
		return knob.Float(path, v, 0, 1, knob.Linear, help).WithZero("off").WithStep(0.05)
	}
	return []knob.Knob{
		knob.Int("augment.crop", &a.Crop, 0, 64, "images: up to so many pixels to any side, as a random crop of the padded image").WithZero("off"),
		share("augment.flip", &a.Flip, "images: how often left and right change places (of digits this makes others)"),
		share("augment.flip_vertical", &a.Turnover, "images: how often above and below change places"),
		knob.Float("augment.rotate", &a.Rotate, 0, 180, knob.Linear, "images: up to so many degrees either way").WithZero("off").WithStep(5),
		knob.Float("augment.scale", &a.Scale, 0, 0.9, knob.Linear, "images: larger or smaller by up to this share").WithZero("off").WithStep(0.05),
		knob.Float("augment.shear", &a.Shear, 0, 60, knob.Linear, "images: slanted by up to so many degrees").WithZero("off").WithStep(5),
		knob.Float("augment.elastic", &a.Elastic, 0, 100, knob.Log, "images: bent, each pixel by up to about so many").WithZero("off").WithScale(knob.Log, 0.1),
		knob.Float("augment.smooth", &a.Smooth, 0.5, 100, knob.Log, "images: over how many pixels they bend alike").WithScale(knob.Log, 0.5),
		share("augment.erase", &a.Erase, "images: a rectangle of up to this share of each side is blanked"),
		share("augment.brightness", &a.Brightness, "images: brighter or darker by up to this share"),
		knob.Float("augment.noise", &a.Noise, 0, 1e6, knob.Log, "deviation of normal noise on every input").WithZero("off").WithScale(knob.Log, 1e-3),
		share("augment.drop", &a.Drop, "how often an input is set to 0, its mean where inputs are standardized"),
		knob.Float("augment.mixup", &a.Mixup, 0, 100, knob.Log, "α: rows become means of two, with the labels of both; shares of Beta(α, α), near 0 and 1 for a small α").WithZero("off").WithScale(knob.Log, 0.05),
		knob.Float("augment.cutmix", &a.Cutmix, 0, 100, knob.Log, "α: images get a rectangle of another, with the labels of both; its share of Beta(α, α), any alike at 1").WithZero("off").WithScale(knob.Log, 0.05),
	}
}

// On tells whether anything would change.
func (a *Augment) On(s Shape) bool {
	return a.Noise > 0 && !s.Whole || a.Drop > 0 || a.mixes(s) ||
		s.Height > 0 && (a.moves() || a.Erase > 0 || a.Brightness > 0)
}

// moves tells whether pixels come from elsewhere.
func (a *Augment) moves() bool {
	return a.Flip > 0 || a.Turnover > 0 || a.Crop > 0 || a.Rotate > 0 || a.Scale > 0 || a.Shear > 0 || a.Elastic > 0
}

// Shape is that of the rows: images of channels×height×width, with Last of
// height×width×channels, or, with a height of 0, plain inputs.
type Shape struct {
	Channels, Height, Width int
	// Last says that the channels of a pixel lie side by side. What becomes of an
	// image does not depend on it.
	Last bool
	// Whole numbers that stand for vectors: there is nothing between two of them.
	Whole bool
	// What standardizing took off each input and divided it by; nil if it did
	// not. Images are changed as they were before it.
	Mean, Deviation []float64
}

// Row changes one row in place: the i-th of the batch of a step.
func (a *Augment) Row(x []float64, s Shape, seed uint64, step, i int) {
	if s.Last && s.Channels > 1 {
		a.planes = append(a.planes[:0], x...)
		s.apart(a.planes, x)
		a.mean, a.deviation = s.apartAll(a.mean, s.Mean), s.apartAll(a.deviation, s.Deviation)
		a.row(a.planes, Shape{Channels: s.Channels, Height: s.Height, Width: s.Width, Whole: s.Whole, Mean: a.mean, Deviation: a.deviation}, seed, step, i)
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
	if a.Noise > 0 && !s.Whole {
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

// within is uniform between −most and most.
func (a *Augment) within(most float64) float64 {
	return most * (float64(2*a.rng.Float64()) - 1)
}

// move fills every pixel from the place it comes from, by linear interpolation
// between the four about it; beyond the edge there is 0. All motions are one
// affine map about the middle and, with elastic, a field of displacements:
// Simard, Steinkraus, Platt 2003.
func (a *Augment) move(x []float64, s Shape) {
	flip, turnover := a.rng.Float64() < a.Flip, a.rng.Float64() < a.Turnover
	right, low := 0.0, 0.0
	if a.Crop > 0 {
		right, low = float64(a.rng.IntN(2*a.Crop+1)-a.Crop), float64(a.rng.IntN(2*a.Crop+1)-a.Crop)
	}
	const degree = 3.14159265358979323846 / 180
	angle, slant := float64(a.within(a.Rotate)*degree), float64(a.within(a.Shear)*degree)
	size := 1 + a.within(a.Scale)
	sin, cos := kernel.SinCos(angle)
	sin, cos = sin/size, cos/size
	rise, run := kernel.SinCos(slant)
	tan := rise / run
	// Where the pixel at (u, v) from the middle comes from: rotation and size,
	// then slant, then the flips.
	xx, xy := cos+float64(tan*sin), sin-float64(tan*cos)
	yx, yy := -sin, cos
	if flip {
		xx, xy = -xx, -xy
	}
	if turnover {
		yx, yy = -yx, -yy
	}
	area := s.Height * s.Width
	if a.Elastic > 0 {
		a.across, a.down = a.field(a.across, s), a.field(a.down, s)
	}
	a.image = append(a.image[:0], x...)
	midX, midY := float64(float64(s.Width-1)/2), float64(float64(s.Height-1)/2)
	for row := range s.Height {
		for col := range s.Width {
			u, v := float64(col)-midX-right, float64(row)-midY-low
			fromX := float64(xx*u) + float64(xy*v) + midX
			fromY := float64(yx*u) + float64(yy*v) + midY
			if a.Elastic > 0 {
				fromX += a.across[row*s.Width+col]
				fromY += a.down[row*s.Width+col]
			}
			for c := range s.Channels {
				x[c*area+row*s.Width+col] = sample(a.image[c*area:(c+1)*area], s, fromX, fromY)
			}
		}
	}
}

// sample is the image at a place between pixels.
func sample(image []float64, s Shape, x, y float64) float64 {
	if !(x > -1 && y > -1 && x < float64(s.Width) && y < float64(s.Height)) {
		return 0
	}
	left, top := int(x+1)-1, int(y+1)-1
	dx, dy := x-float64(left), y-float64(top)
	at := func(row, col int) float64 {
		if row < 0 || col < 0 || row >= s.Height || col >= s.Width {
			return 0
		}
		return image[row*s.Width+col]
	}
	above := float64((1-dx)*at(top, left)) + float64(dx*at(top, left+1))
	below := float64((1-dx)*at(top+1, left)) + float64(dx*at(top+1, left+1))
	return float64((1-dy)*above) + float64(dy*below)
}

// field is a smooth random displacement for each pixel: uniform noise averaged
// by a bell of deviation Smooth, both ways, so scaled that single pixels move by
// about Elastic.
func (a *Augment) field(to []float64, s Shape) []float64 {
	h, w := s.Height, s.Width
	if len(to) != h*w {
		to = make([]float64, h*w)
	}
	if len(a.half) != h*w {
		a.half = make([]float64, h*w)
	}
	for i := range to {
		to[i] = a.within(a.Elastic)
	}
	side := max(h, w)
	bell := a.bell.of(side, a.Smooth)
	kernel.BLAS{}.Dgemm(blas.NoTrans, blas.NoTrans, h, w, w, 1, to, w, bell, side, 0, a.half, w)
	kernel.BLAS{}.Dgemm(blas.NoTrans, blas.NoTrans, h, w, h, 1, bell, side, a.half, w, 0, to, w)
	return to
}

// part is a length of up to the share Erase of a side.
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
