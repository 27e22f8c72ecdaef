package kernel

import (
	"fmt"
	"math"
	"unsafe"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// Float is the two precisions of the arithmetic.
type Float interface{ float32 | float64 }

// Matrix is a row-major matrix: element (i, j) is Data[i·Stride + j]. One of float64
// converts to blas64.General and back.
type Matrix[T Float] struct {
	Rows, Cols int
	Data       []T
	Stride     int
}

var _ = blas64.General(Matrix[float64]{})

// check panics unless a matrix of that shape, transposed or not, is in its numbers.
func check[T Float](name string, t blas.Transpose, rows, cols int, data []T, ld int) {
	if t != blas.NoTrans {
		rows, cols = cols, rows
	}
	if rows < 0 || cols < 0 || ld < max(1, cols) || rows > 0 && cols > 0 && len(data) < (rows-1)*ld+cols {
		panic(fmt.Sprintf("kernel: %s is %d×%d with stride %d in %d numbers", name, rows, cols, ld, len(data)))
	}
}

// size is the bytes of a number.
func size[T Float]() int { return int(unsafe.Sizeof(T(0))) }

// FMA is x·y + z, rounded once.
func FMA[T Float](x, y, z T) T {
	if size[T]() == 4 {
		return T(fma32(float32(x), float32(y), float32(z)))
	}
	return T(math.FMA(float64(x), float64(y), float64(z)))
}

// fma32 is x·y + z of float32, rounded once. The product is exact in float64; the sum
// there is rounded to odd where it is not exact, so that rounding it again is as
// rounding once. S. Boldo, G. Melquiond, "Emulation of a FMA and Correctly Rounded
// Sums: Proved Algorithms Using Rounding to Odd", IEEE Transactions on Computers 57(4),
// 2008.
func fma32(x, y, z float32) float32 {
	p, c := float64(float64(x)*float64(y)), float64(z)
	s := p + c
	const below = 1<<29 - 1 // the bits that float32 has not
	if bits := math.Float64bits(s); bits&below != 1<<28 && (math.Abs(s) >= 0x1p-126 || s == 0) {
		return float32(s) // between two numbers, but not half way
	}
	return float32(odd(s, p, c))
}

// odd is p + c rounded to odd, where s is its rounding to nearest.
func odd(s, p, c float64) float64 {
	back := s - p
	lost := (p - (s - back)) + (c - back) // what rounding took, exactly: Knuth's TwoSum
	if lost == 0 || lost != lost || math.Float64bits(s)&1 == 1 {
		return s
	}
	if (lost > 0) == (s > 0) {
		return math.Float64frombits(math.Float64bits(s) + 1)
	}
	return math.Float64frombits(math.Float64bits(s) - 1)
}

// view is a matrix with any strides, in elements.
type view[T Float] struct {
	data       []T
	rows, cols int
	row, col   int
}

// panelBytes is what a row of a packed panel takes: a multiple of what both instruction
// sets take at once.
const panelBytes = 192

// start is what the chains of a product start from.
type start int

const (
	fromZero start = iota
	fromC          // the present elements of c
	fromRow        // one number for each column
	fromEach       // one number for each row
)

// ahead is what a panel fetches on its way: at each step of a chain three lines of the
// cache. Its numbers are bytes.
type ahead struct {
	at     uintptr
	across int // from one of the three to the next
	along  int // for each step of the chain; 0 to fetch nothing
	down   int // for each block of rows
}

// chains is the portable version of the assembly: c = a b, for chains of length k that
// start from zero, from c, from a row or for each row from one number of it.
func chains[T Float](k int, a view[T], b []T, bStep int, c view[T], from start, row []T) {
	for i := range c.rows {
		out := c.data[i*c.row : i*c.row+c.cols]
		switch from {
		case fromZero:
			clear(out)
		case fromRow:
			copy(out, row)
		case fromEach:
			for j := range out {
				out[j] = row[i]
			}
		}
		for p := range k {
			x := a.data[i*a.row+p*a.col]
			link(out, b[p*bStep:p*bStep+len(out)], x)
		}
	}
}

// link is out ← x b + out, each rounded once.
func link[T Float](out, b []T, x T) {
	switch out := any(out).(type) {
	case []float64:
		x := float64(x)
		for j, y := range any(b).([]float64) {
			out[j] = math.FMA(x, y, out[j])
		}
	case []float32:
		x := float32(x)
		for j, y := range any(b).([]float32) {
			out[j] = fma32(x, y, out[j])
		}
	}
}

// loops are a function of each number in assembly, with four at a time and with eight,
// and its definition.
type loops struct {
	four, eight func(dst, src *float64, n int)
	one         func(float64) float64
}

// each runs over dst and src of the same length: with the widest registers what fills
// them, by the definition what is left.
func (l loops) each(dst, src []float64) {
	if len(dst) != len(src) {
		panic(fmt.Sprintf("kernel: %d numbers into %d", len(src), len(dst)))
	}
	i := 0
	if n := len(dst) &^ 7; vector && present && n > 0 {
		l.eight(&dst[0], &src[0], n)
		i = n
	}
	if n := len(dst) &^ 3; vector && n > i {
		l.four(&dst[i], &src[i], n-i)
		i = n
	}
	for ; i < len(dst); i++ {
		dst[i] = l.one(src[i])
	}
}

func relu[T Float](x T) T {
	if x <= 0 {
		return 0
	}
	return x
}

func sameLength[T, U Float](dst []T, x []U) {
	if len(dst) != len(x) {
		panic(fmt.Sprintf("kernel: %d numbers and %d", len(dst), len(x)))
	}
}
