package kernel

import (
	"fmt"
	"sync/atomic"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/blas/gonum"
)

// BLAS is gonum's, with a matrix product of its own: each element one chain of
// fused multiply-adds, on one thread, without allocation.
type BLAS struct{ gonum.Implementation }

func init() { blas64.Use(BLAS{}) }

const (
	blockK    = 256 // inner indices of a packed block of b
	blockRows = 128 // rows of a that stay in the cache with it
	direct    = 128 // up to so many columns b is read where it lies,
	few       = 32  // and for so few rows that packing it would not pay
	panelCols = 24  // of a packed panel: a multiple of what both sets take at once
)

// Dgemm is C = alpha op(A) op(B) + beta C, row-major. The chain of an element
// starts from beta·c and runs through (alpha·a)·b in the order of k.
func (BLAS) Dgemm(tA, tB blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	check("A", tA, m, k, a, lda)
	check("B", tB, k, n, b, ldb)
	check("C", blas.NoTrans, m, n, c, ldc)
	if m == 0 || n == 0 {
		return
	}
	if beta != 0 && beta != 1 {
		for i := range m {
			for j := range n {
				c[i*ldc+j] *= beta
			}
		}
	}
	if alpha == 0 || k == 0 {
		if beta == 0 {
			for i := range m {
				clear(c[i*ldc : i*ldc+n])
			}
		}
		return
	}
	av := view{a, m, k, lda, 1}
	if tA != blas.NoTrans {
		av.row, av.col = 1, lda
	}
	from := fromC
	if beta == 0 {
		from = fromZero
	}
	multiply(av, tB != blas.NoTrans, b, ldb, alpha, view{c, m, n, ldc, 1}, from, nil)
}

// Affine is y = x wᵀ + bias, x of shape [rows, in], w [out, in], y [rows, out]. The
// chains start from the bias. It panics if the shapes do not match.
func Affine(y, x, w blas64.General, bias []float64) {
	check("x", blas.NoTrans, x.Rows, x.Cols, x.Data, x.Stride)
	check("w", blas.NoTrans, w.Rows, w.Cols, w.Data, w.Stride)
	check("y", blas.NoTrans, y.Rows, y.Cols, y.Data, y.Stride)
	if x.Rows != y.Rows || x.Cols != w.Cols || w.Rows != y.Cols || len(bias) != y.Cols {
		panic(fmt.Sprintf("kernel: %d×%d by the transpose of %d×%d and a bias of %d into %d×%d",
			x.Rows, x.Cols, w.Rows, w.Cols, len(bias), y.Rows, y.Cols))
	}
	if y.Rows == 0 || y.Cols == 0 {
		return
	}
	multiply(view{x.Data, x.Rows, x.Cols, x.Stride, 1}, true, w.Data, w.Stride, 1,
		view{y.Data, y.Rows, y.Cols, y.Stride, 1}, fromRow, bias)
}

// ColumnSums is dst[j] = Σᵢ m[i, j], in the order of the rows. It panics unless dst has
// one element for each column.
func ColumnSums(dst []float64, m blas64.General) {
	check("m", blas.NoTrans, m.Rows, m.Cols, m.Data, m.Stride)
	if len(dst) != m.Cols {
		panic(fmt.Sprintf("kernel: the columns of %d×%d into %d sums", m.Rows, m.Cols, len(dst)))
	}
	j := 0
	if vector && m.Cols >= 4 && m.Rows > 0 {
		j = m.Cols &^ 3
		vcolumnSums(&dst[0], &m.Data[0], 8*m.Stride, m.Rows, j)
		if last := m.Cols - 4; j < m.Cols { // the last four, some of them once more
			vcolumnSums(&dst[last], &m.Data[last], 8*m.Stride, m.Rows, 4)
			j = m.Cols
		}
	}
	for ; j < m.Cols; j++ {
		sum := 0.0
		for r := range m.Rows {
			sum += m.Data[r*m.Stride+j]
		}
		dst[j] = sum
	}
}

// multiply is c = a op(b) times alpha, for k of at least 1.
func multiply(a view, trans bool, b []float64, ldb int, alpha float64, c view, from start, row []float64) {
	n, k := c.cols, a.cols
	if !trans && alpha == 1 && (n <= direct || c.rows <= few) {
		panels(k, a, b, ldb, c, from, row)
		return
	}
	scratch := borrow(min(k, blockK) * (n + panelCols))
	for p := 0; p < k; p += blockK {
		depth := min(blockK, k-p)
		packed := scratch.data[:depth*n]
		pack(packed, b, ldb, trans, p, depth, n, alpha)
		if p > 0 {
			from = fromC
		}
		for i := 0; i < c.rows; i += blockRows {
			rows := min(blockRows, c.rows-i)
			block := view{a.data[i*a.row+p*a.col:], rows, depth, a.row, a.col}
			into := view{c.data[i*c.row:], rows, n, c.row, 1}
			if n <= direct {
				panels(depth, block, packed, n, into, from, row)
				continue
			}
			for j := 0; j < n; j += panelCols {
				width := min(panelCols, n-j)
				part := view{into.data[j:], rows, width, c.row, 1}
				var head []float64
				if from == fromRow {
					head = row[j : j+width]
				}
				panels(depth, block, packed[j*depth:], width, part, from, head)
			}
		}
	}
	scratch.giveBack()
}

// pack copies rows p to p+depth of op(B), times alpha: row by row while all of
// it is narrow, else panel by panel.
func pack(dst, b []float64, ldb int, trans bool, p, depth, n int, alpha float64) {
	width := panelCols
	if n <= direct {
		width = n
	}
	for j := 0; j < n; j += width {
		cols := min(width, n-j)
		part := dst[j*depth : j*depth+depth*cols]
		if trans {
			transposed(part, b[j*ldb+p:], cols, ldb, cols, depth)
		} else {
			for r := range depth {
				copy(part[r*cols:(r+1)*cols], b[(p+r)*ldb+j:(p+r)*ldb+j+cols])
			}
		}
	}
	if alpha != 1 {
		for i := range dst {
			dst[i] *= alpha
		}
	}
}

func check(name string, t blas.Transpose, rows, cols int, data []float64, ld int) {
	if t != blas.NoTrans {
		rows, cols = cols, rows
	}
	if rows < 0 || cols < 0 || ld < max(1, cols) || rows > 0 && cols > 0 && len(data) < (rows-1)*ld+cols {
		panic(fmt.Sprintf("kernel: %s is %d×%d with stride %d in %d numbers", name, rows, cols, ld, len(data)))
	}
}

// buffer is scratch memory, kept between calls so that they do not allocate.
type buffer struct {
	data []float64
	busy atomic.Bool
}

var buffers [16]buffer

func borrow(n int) *buffer {
	for i := range buffers {
		if b := &buffers[i]; b.busy.CompareAndSwap(false, true) {
			if len(b.data) < n {
				b.data = make([]float64, n)
			}
			return b
		}
	}
	return &buffer{data: make([]float64, n)} // more callers at once than buffers
}

func (b *buffer) giveBack() { b.busy.Store(false) }
