package nn

import "descent/core/kernel"

// sliding is how a kernel moves over an image.
type sliding struct {
	channels, height, width           int // of the input
	rows, cols                        int // of the output
	kernel, stride, padding, dilation [2]int

	down, across []reach // of each line and column of the kernel
}

// reach are the places along an axis from which a line of the kernel, or a column, is
// within the image, and where in the image it is at the first of them.
type reach struct{ from, to, at int }

// place finds how far the kernel reaches.
func (s *sliding) place() {
	for axis, length := range [2]int{s.height, s.width} {
		var of []reach
		for i := range s.kernel[axis] {
			away := i*s.dilation[axis] - s.padding[axis]
			from, to := inside(away, s.stride[axis], length, [2]int{s.rows, s.cols}[axis])
			of = append(of, reach{from, to, from*s.stride[axis] + away})
		}
		if axis == 0 {
			s.down = of
		} else {
			s.across = of
		}
	}
}

// taps are how many numbers of an image the kernel sees at a place.
func (s *sliding) taps() int { return s.channels * s.kernel[0] * s.kernel[1] }

// tap is one of these: the channel, and its line and column of the kernel.
type tap struct{ channel, line, column int }

func (s *sliding) tap(k int) tap {
	area := s.kernel[0] * s.kernel[1]
	return tap{k / area, k % area / s.kernel[1], k % s.kernel[1]}
}

// next is the tap behind it.
func (s *sliding) next(t tap) tap {
	if t.column++; t.column == s.kernel[1] {
		t.column = 0
		if t.line++; t.line == s.kernel[0] {
			t.line = 0
			t.channel++
		}
	}
	return t
}

// inside are the places along an axis from which what lies that far away is within the
// image.
func inside(away, stride, length, places int) (from, to int) {
	if away < 0 {
		from = min((stride-1-away)/stride, places)
	}
	if last := length - 1 - away; last >= 0 {
		to = min(last/stride+1, places)
	}
	return from, max(from, to)
}

// places are how often the kernel is applied to an image.
func (s *sliding) places() int { return s.rows * s.cols }

// same tells whether the kernel sees at each place that place alone.
func (s *sliding) same() bool {
	one := [2]int{1, 1}
	return s.kernel == one && s.stride == one && s.padding == [2]int{}
}

// bandNumbers is how many numbers of unrolled images are in the cache at a time.
const bandNumbers = 1 << 15

// bands are into how many bands of lines the places fall, so that the unrolled image
// of one stays in the cache.
func (s *sliding) bands() int {
	lines := min(max(bandNumbers/(s.taps()*s.cols), 1), s.rows)
	return (s.rows + lines - 1) / lines
}

// band are some lines of places, with room for what the taps see from there.
type band[T kernel.Float] struct {
	from, to int
	columns  kernel.Matrix[T] // a row for each tap, a column for each place
}

// bandOf is the i-th of the bands. The matrix lies in memory for the largest.
func bandOf[T kernel.Float](s *sliding, i int, memory []T) band[T] {
	n := s.bands()
	at := band[T]{from: s.rows * i / n, to: s.rows * (i + 1) / n}
	cols := (at.to - at.from) * s.cols
	at.columns = kernel.Matrix[T]{Rows: s.taps(), Cols: cols, Stride: spread(cols), Data: memory}
	return at
}

// spread is a step between rows by which columns do not fall into the same few sets of
// the cache.
func spread(cols int) int {
	if cols%64 == 0 {
		return cols + spreadBy
	}
	return cols
}

const spreadBy = 8

// room is how many numbers the matrix of a band takes.
func (s *sliding) room() int {
	n := s.bands()
	return s.taps() * ((s.rows+n-1)/n*s.cols + spreadBy)
}

// run is where the k-th tap meets the band: that part of its row of the columns as a
// matrix of a row a line, and where in the image it begins, with the step between lines.
func (at *band[T]) run(s *sliding, k int, t tap) (part kernel.Matrix[T], image, step int) {
	down, across := &s.down[t.line], &s.across[t.column]
	top, bottom := max(down.from, at.from), min(down.to, at.to)
	if top >= bottom || across.from == across.to {
		return part, 0, 0
	}
	step = s.stride[0] * s.width
	part = kernel.Matrix[T]{Rows: bottom - top, Cols: across.to - across.from, Stride: s.cols}
	first := k*at.columns.Stride + (top-at.from)*s.cols + across.from
	part.Data = at.columns.Data[first : first+(part.Rows-1)*part.Stride+part.Cols]
	return part, (t.channel*s.height+down.at)*s.width + (top-down.from)*step + across.at, step
}

// unroll writes what the taps from and before to see of an image. Where that is padding
// the columns of the only band hold zeros, and keep them.
func (at *band[T]) unroll(s *sliding, image []T, from, to int) {
	if at.to-at.from < s.rows && s.padding != [2]int{} {
		clear(at.columns.Data[from*at.columns.Stride : (to-1)*at.columns.Stride+at.columns.Cols])
	}
	for k, t := from, s.tap(from); k < to; k, t = k+1, s.next(t) {
		part, first, step := at.run(s, k, t)
		if part.Rows == 0 {
			continue
		}
		if s.stride[1] == 1 {
			kernel.CopyRows(part, kernel.Matrix[T]{Rows: part.Rows, Cols: part.Cols, Stride: step, Data: image[first:]})
			continue
		}
		for r := range part.Rows {
			src := image[first+r*step:]
			for j, dst := 0, rowOf(part, r); j < len(dst); j++ {
				dst[j] = src[j*s.stride[1]]
			}
		}
	}
}

// roll adds the columns to the image, tap by tap.
func (at *band[T]) roll(s *sliding, image []T) {
	for k, t := 0, (tap{}); k < s.taps(); k, t = k+1, s.next(t) {
		part, first, step := at.run(s, k, t)
		if part.Rows == 0 {
			continue
		}
		if s.stride[1] == 1 {
			kernel.AddRows(kernel.Matrix[T]{Rows: part.Rows, Cols: part.Cols, Stride: step, Data: image[first:]}, part)
			continue
		}
		for r := range part.Rows {
			dst := image[first+r*step:]
			for j, d := range rowOf(part, r) {
				dst[j*s.stride[1]] += d
			}
		}
	}
}
