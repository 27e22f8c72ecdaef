package nn

import "descent/core/kernel"

// sliding is how a kernel moves over an image.
type sliding struct {
	channels, height, width           int // of the input
	rows, cols                        int // of the output
	kernel, stride, padding, dilation [2]int

	down, across []reach        // of each line and column of the kernel
	runs         [][]kernel.Run // of each band what each tap meets, in its columns and in the image
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
	for i := range s.bands() {
		s.runs = append(s.runs, s.meets(i))
	}
}

// taps are how many numbers of an image the kernel sees at a place.
func (s *sliding) taps() int { return s.channels * s.kernel[0] * s.kernel[1] }

// tap is one of these: the channel, and its line and column of the kernel.
type tap struct{ channel, line, column int }

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

// meets are, of the i-th of the bands, what each tap meets: a row for each line of places,
// in the tap's row of the columns and in the image. Rows of the image are step apart.
func (s *sliding) meets(i int) (out []kernel.Run) {
	from, to := s.band(i)
	for k, t := 0, (tap{}); k < s.taps(); k, t = k+1, s.next(t) {
		down, across := &s.down[t.line], &s.across[t.column]
		top, bottom := max(down.from, from), min(down.to, to)
		if top >= bottom || across.from == across.to {
			out = append(out, kernel.Run{})
			continue
		}
		out = append(out, kernel.Run{
			Here:  k*spread((to-from)*s.cols) + (top-from)*s.cols + across.from,
			There: (t.channel*s.height+down.at)*s.width + (top-down.from)*s.step() + across.at,
			Rows:  bottom - top, Cols: across.to - across.from,
		})
	}
	return out
}

// step is from a line of places to the next in the image.
func (s *sliding) step() int { return s.stride[0] * s.width }

// band is which lines the i-th of the bands has.
func (s *sliding) band(i int) (from, to int) {
	n := s.bands()
	return s.rows * i / n, s.rows * (i + 1) / n
}

// band are some lines of places, with room for what the taps see from there.
type band[T kernel.Float] struct {
	from, to int
	runs     []kernel.Run
	columns  kernel.Matrix[T] // a row for each tap, a column for each place
}

// bandOf is the i-th of the bands. The matrix lies in memory for the largest.
func bandOf[T kernel.Float](s *sliding, i int, memory []T) band[T] {
	from, to := s.band(i)
	cols := (to - from) * s.cols
	return band[T]{from, to, s.runs[i], kernel.Matrix[T]{Rows: s.taps(), Cols: cols, Stride: spread(cols), Data: memory}}
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

// unroll writes what the taps from and before to see of an image. Where that is padding
// the columns of the only band hold zeros, and keep them.
func (at *band[T]) unroll(s *sliding, image []T, from, to int) {
	if at.to-at.from < s.rows && s.padding != [2]int{} {
		clear(at.columns.Data[from*at.columns.Stride : (to-1)*at.columns.Stride+at.columns.Cols])
	}
	if s.stride[1] == 1 {
		kernel.CopyRuns(at.columns.Data, s.cols, image, s.step(), at.runs[from:to])
		return
	}
	for _, run := range at.runs[from:to] {
		for r := range run.Rows {
			src := image[run.There+r*s.step():]
			for j := range run.Cols {
				at.columns.Data[run.Here+r*s.cols+j] = src[j*s.stride[1]]
			}
		}
	}
}

// roll adds the columns to the image, tap by tap.
func (at *band[T]) roll(s *sliding, image []T) {
	if s.stride[1] == 1 {
		kernel.AddRuns(image, s.step(), at.columns.Data, s.cols, at.runs)
		return
	}
	for _, run := range at.runs {
		for r := range run.Rows {
			dst := image[run.There+r*s.step():]
			for j := range run.Cols {
				dst[j*s.stride[1]] += at.columns.Data[run.Here+r*s.cols+j]
			}
		}
	}
}
