package augment

import (
	"descent/core/kernel"

	"gonum.org/v1/gonum/blas"
)

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
