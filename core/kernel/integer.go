package kernel

import (
	"fmt"
	"math"
	"unsafe"
)

// Multiply is
//
//	c[i, j] = max(floor, start + Σ a[i, 2p] b[p, j, 0] + a[i, 2p+1] b[p, j, 1])
//
// for a of rows×2·pairs numbers, b of pairs×cols pairs and c of rows×cols. No partial
// sum may exceed 32 bits. It panics if a slice is too short.
func (s Sums) Multiply(c []int32, a, b []int16) {
	starts := s.Cols
	if s.ByRow {
		starts = s.Rows
	}
	if s.Rows < 0 || s.Cols < 0 || s.Pairs < 1 || len(c) < s.Rows*s.Cols || len(a) < 2*s.Rows*s.Pairs || len(b) < 2*s.Pairs*s.Cols || len(s.Start) < starts {
		panic(fmt.Sprintf("kernel: integers %d×%d pairs by %d, from %d, %d and %d into %d", s.Rows, s.Pairs, s.Cols, len(a), len(b), len(s.Start), len(c)))
	}
	if s.Rows == 0 || s.Cols == 0 {
		return
	}
	if vector {
		s.panels(c, a, b)
		return
	}
	for i := 0; i < s.Rows; i += 2 {
		s.plain(c, a, b, i, min(i+1, s.Rows-1))
	}
}

// PairUp returns the transpose of a, rows×cols, as pairs, the right factor of
// Multiply: pair p of column r is a[r, 2p] and a[r, 2p+1], padded with 0.
func PairUp(a []int16, rows, cols int) []int16 {
	pairs := (cols + 1) / 2
	out := make([]int16, 2*pairs*rows)
	for r := range rows {
		for i, v := range a[r*cols : (r+1)*cols] {
			out[2*(i/2*rows+r)+i%2] = v
		}
	}
	return out
}

// Levels are quantization levels: the integers from Low to High, of 16 bits. NaN is
// quantized to None.
type Levels struct{ Low, High, None float64 }

func (s Levels) nearest(x float64) int16 {
	switch {
	case x != x:
		return int16(s.None)
	case x < s.Low:
		return int16(s.Low)
	case x > s.High:
		return int16(s.High)
	}
	return int16(math.RoundToEven(x))
}

func (s Levels) check(dst, src, rows, cols, step int) {
	if rows < 0 || cols < 0 || step < cols || dst < rows*step || src < rows*cols {
		panic(fmt.Sprintf("kernel: %d×%d numbers of %d to levels %d apart of %d", rows, cols, src, step, dst))
	}
	if !(s.Low >= math.MinInt16 && s.Low <= s.High && s.High <= math.MaxInt16) || !(math.Abs(s.None) <= math.MaxInt16) {
		panic(fmt.Sprintf("kernel: levels from %v to %v and %v for none are not of 16 bits", s.Low, s.High, s.None))
	}
}

// Quantize writes the level nearest to x / scale, half to even, into dst. x is
// rows×cols; the rows of dst are step numbers apart.
func (s Levels) Quantize(dst []int16, step int, x []float64, scale float64, rows, cols int) {
	s.check(len(dst), len(x), rows, cols, step)
	from := 0
	if vector && rows > 0 && cols >= 8 {
		from = cols &^ 7
		vquantize(&levelArgs{&dst[0], 2 * step, unsafe.Pointer(&x[0]), 8 * cols, nil, rows, from, scale, s.Low, s.High, s.None})
	}
	for r := range rows {
		for j := from; j < cols; j++ {
			dst[r*step+j] = s.nearest(x[r*cols+j] / scale)
		}
	}
}

// Requantize does the same for v times the factor of its column.
func (s Levels) Requantize(dst []int16, step int, v []int32, factors []float64, rows, cols int) {
	s.check(len(dst), len(v), rows, cols, step)
	factors = factors[:cols]
	from := 0
	if vector && rows > 0 && cols >= 8 {
		from = cols &^ 7
		vrequantize(&levelArgs{&dst[0], 2 * step, unsafe.Pointer(&v[0]), 4 * cols, &factors[0], rows, from, 1, s.Low, s.High, s.None})
	}
	for r := range rows {
		for j := from; j < cols; j++ {
			dst[r*step+j] = s.nearest(float64(float64(v[r*cols+j]) * factors[j]))
		}
	}
}

// Interleave writes the pairs of a and b, both lines×width, into dst, whose lines are
// step pairs apart.
func Interleave(dst []int16, step int, a, b []int16, lines, width int) {
	if lines < 0 || width < 0 || step < width || len(a) < lines*width || len(b) < lines*width || lines > 0 && len(dst) < 2*((lines-1)*step+width) {
		panic(fmt.Sprintf("kernel: %d×%d pairs of %d and %d numbers, %d apart, into %d", lines, width, len(a), len(b), step, len(dst)))
	}
	switch {
	case lines == 0:
	case vector && width >= 8:
		vinterleave8(&dst[0], &a[0], &b[0], lines, width, 4*step)
	case vector && width >= 4:
		vinterleave4(&dst[0], &a[0], &b[0], lines, width, 4*step)
	default:
		for l := range lines {
			for i := range width {
				dst[2*(l*step+i)], dst[2*(l*step+i)+1] = a[l*width+i], b[l*width+i]
			}
		}
	}
}

// Windows are runs of pairs within an array, each from its corner, as im2col copies
// them.
type Windows struct {
	corners []int32
	width   int
	reach   int // length of the array that they need, in pairs
}

// NewWindows returns windows of width pairs. It keeps corners.
func NewWindows(corners []int32, width int) Windows {
	w := Windows{corners, width, 0}
	for _, c := range corners {
		if c < 0 || width < 1 {
			panic(fmt.Sprintf("kernel: a run of %d from %d", width, c))
		}
		w.reach = max(w.reach, int(c)+width)
	}
	return w
}

// Pairs is the total number of pairs.
func (w *Windows) Pairs() int { return len(w.corners) * w.width }

// Copy writes the windows of src to dst, one after the other.
func (w *Windows) Copy(dst, src []int16) {
	if len(dst) < 2*w.Pairs() || len(src) < 2*w.reach {
		panic(fmt.Sprintf("kernel: %d runs of %d pairs that reach to %d, of %d numbers into %d", len(w.corners), w.width, w.reach, len(src), len(dst)))
	}
	switch {
	case len(w.corners) == 0:
	case vector && w.width >= 8:
		vwindows8(&dst[0], &src[0], &w.corners[0], len(w.corners), w.width)
	case vector && w.width >= 4:
		vwindows4(&dst[0], &src[0], &w.corners[0], len(w.corners), w.width)
	default:
		at := 0
		for _, c := range w.corners {
			for _, v := range src[2*c : 2*(int(c)+w.width)] {
				dst[at] = v
				at++
			}
		}
	}
}

// MaxPool is 2×2 max pooling with stride 2 of planes of height×width; an odd last line
// or column is left out.
func MaxPool(dst, src []int32, planes, height, width int) {
	rows, cols := height/2, width/2
	if planes < 0 || height < 2 || width < 2 || len(dst) < planes*rows*cols || len(src) < planes*height*width {
		panic(fmt.Sprintf("kernel: the largest of %d planes of %d×%d of %d numbers into %d", planes, height, width, len(src), len(dst)))
	}
	if height%2 == 0 {
		planes, rows, height = 1, planes*rows, planes*height
	}
	if rows == 0 {
		return
	}
	for p := range planes {
		to, from := dst[p*rows*cols:(p+1)*rows*cols], src[p*height*width:(p+1)*height*width]
		switch {
		case vector && cols >= 8:
			vpool8(&to[0], &from[0], rows, cols, 4*width)
		case vector && cols >= 4:
			vpool4(&to[0], &from[0], rows, cols, 4*width)
		default:
			for i := range rows {
				above, below := from[2*i*width:(2*i+1)*width], from[(2*i+1)*width:(2*i+2)*width]
				for j := range cols {
					to[i*cols+j] = max(above[2*j], above[2*j+1], below[2*j], below[2*j+1])
				}
			}
		}
	}
}
