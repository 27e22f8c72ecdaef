package kernel

import (
	"fmt"
	"sync/atomic"
	"unsafe"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/blas/gonum"
)

// BLAS is gonum's, with a matrix product of its own: each element one chain of
// fused multiply-adds, on one thread, without allocation.
type BLAS struct{ gonum.Implementation }

func init() { blas64.Use(BLAS{}) }

const (
	blockK    = 256     // inner indices of a packed panel of b
	blockRows = 256     // rows of a that stay in the cache with it
	direct    = 128     // up to so many columns b is read where it lies,
	few       = 32      // and for so few rows that packing it would not pay
	farApart  = 1024    // bytes from number to number of a chain of a, from which it is copied too
	nearBytes = 1 << 18 // what a small b takes, which stays in the cache from one product to the next
	lineBytes = 64
)

// Dgemm is Gemm for the interface of BLAS.
func (BLAS) Dgemm(tA, tB blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	gemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}

// Gemm is C = alpha op(A) op(B) + beta C on one thread. The chain of an element
// starts from beta·c and runs through (alpha·a)·b in the order of k. It panics if the
// shapes do not match.
func Gemm[T Float](tA, tB blas.Transpose, alpha T, a, b Matrix[T], beta T, c Matrix[T]) {
	m, k, n := a.Rows, a.Cols, b.Cols
	if tA != blas.NoTrans {
		m, k = k, m
	}
	depth := b.Rows
	if tB != blas.NoTrans {
		depth, n = b.Cols, b.Rows
	}
	if depth != k || m != c.Rows || n != c.Cols {
		panic(fmt.Sprintf("kernel: a product of %d×%d and %d×%d into %d×%d", m, k, depth, n, c.Rows, c.Cols))
	}
	gemm(tA, tB, m, n, k, alpha, a.Data, a.Stride, b.Data, b.Stride, beta, c.Data, c.Stride)
}

func gemm[T Float](tA, tB blas.Transpose, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) {
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
	av := view[T]{a, m, k, lda, 1}
	if tA != blas.NoTrans {
		av.row, av.col = 1, lda
	}
	from := fromC
	if beta == 0 {
		from = fromZero
	}
	multiply(av, tB != blas.NoTrans, b, ldb, alpha, view[T]{c, m, n, ldc, 1}, from, nil)
}

// Affine is y = x wᵀ + bias, x of shape [rows, in], w [out, in], y [rows, out]. The
// chains start from the bias. It panics if the shapes do not match.
func Affine[T Float](y, x, w Matrix[T], bias []T) {
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
	multiply(view[T]{x.Data, x.Rows, x.Cols, x.Stride, 1}, true, w.Data, w.Stride, 1,
		view[T]{y.Data, y.Rows, y.Cols, y.Stride, 1}, fromRow, bias)
}

// AffineEach is y = w x + bias, w of shape [out, in], x [in, places], y [out, places],
// where bias is one number for each row of y, from which its chains start. It panics if
// the shapes do not match.
func AffineEach[T Float](y, w, x Matrix[T], bias []T) {
	check("w", blas.NoTrans, w.Rows, w.Cols, w.Data, w.Stride)
	check("x", blas.NoTrans, x.Rows, x.Cols, x.Data, x.Stride)
	check("y", blas.NoTrans, y.Rows, y.Cols, y.Data, y.Stride)
	if w.Rows != y.Rows || w.Cols != x.Rows || x.Cols != y.Cols || len(bias) != y.Rows || w.Cols == 0 {
		panic(fmt.Sprintf("kernel: %d×%d by %d×%d and a bias of %d into %d×%d",
			w.Rows, w.Cols, x.Rows, x.Cols, len(bias), y.Rows, y.Cols))
	}
	if y.Rows == 0 || y.Cols == 0 {
		return
	}
	multiply(view[T]{w.Data, w.Rows, w.Cols, w.Stride, 1}, false, x.Data, x.Stride, 1,
		view[T]{y.Data, y.Rows, y.Cols, y.Stride, 1}, fromEach, bias)
}

// multiply is c = a op(b) times alpha, for k of at least 1. A panel of b at a time is
// copied, for as many rows of a as stay in the cache beside it, and while it is
// multiplied the next one is fetched.
func multiply[T Float](a view[T], trans bool, b []T, ldb int, alpha T, c view[T], from start, row []T) {
	n, k, width := c.cols, a.cols, panelBytes/size[T]()
	if !trans && alpha == 1 && (n <= direct || c.rows <= few) {
		panels(k, a, b, ldb, c, from, row, ahead{})
		return
	}
	packed := borrow[T](min(k, blockK) * min(n, width))
	near := k*n*size[T]() <= nearBytes
	var gather *buffer[T]
	if a.row == 1 && a.col*size[T]() >= farApart && n > 4*width {
		gather = borrow[T](min(k, blockK) * (min(c.rows, blockRows) + lineBytes/size[T]()))
	}
	for p := 0; p < k; p += blockK {
		depth := min(blockK, k-p)
		if p > 0 {
			from = fromC
		}
		for i := 0; i < c.rows; i += blockRows {
			rows := min(blockRows, c.rows-i)
			block := view[T]{a.data[i*a.row+p*a.col:], rows, depth, a.row, a.col}
			if gather != nil {
				block = gathered(gather.data, block)
			}
			for j := 0; j < n; j += width {
				cols := min(width, n-j)
				pack(packed.data, b, ldb, trans, p, depth, j, cols, alpha)
				part := view[T]{c.data[i*c.row+j:], rows, cols, c.row, 1}
				var head []T
				switch from {
				case fromRow:
					head = row[j : j+cols]
				case fromEach:
					head = row[i : i+rows]
				}
				switch {
				case near: // in the cache already
					panels(depth, block, packed.data, cols, part, from, head, ahead{})
				case j+width < n:
					fetching(depth, block, packed.data, part, from, head, after(b, ldb, trans, p, j+width))
				case i+blockRows < c.rows:
					fetching(depth, block, packed.data, part, from, head, after(b, ldb, trans, p, 0))
				case p+blockK < k:
					fetching(depth, block, packed.data, part, from, head, after(b, ldb, trans, p+blockK, 0))
				default:
					panels(depth, block, packed.data, cols, part, from, head, ahead{})
				}
			}
		}
	}
	packed.giveBack()
	if gather != nil {
		gather.giveBack()
	}
}

// after is how the panel of b from row p and column j on is fetched: three lines of a
// row of it for each step, or where it lies transposed three rows for each block.
func after[T Float](b []T, ldb int, trans bool, p, j int) ahead {
	step := size[T]() * ldb
	if trans {
		return ahead{uintptr(unsafe.Pointer(&b[j*ldb+p])), step, size[T](), 3 * step}
	}
	return ahead{uintptr(unsafe.Pointer(&b[p*ldb+j])), lineBytes, step, 0}
}

// fetching is panels for one panel that fetches the next, which is done by the first
// rows.
func fetching[T Float](depth int, a view[T], packed []T, c view[T], from start, row []T, next ahead) {
	soon := a.rows
	if next.down == 0 {
		soon = min(soon, 8)
	} else {
		soon = min(soon, 8*panelBytes/size[T]()/3)
	}
	first, part := a, c
	first.rows, part.rows = soon, soon
	panels(depth, first, packed, c.cols, part, from, row, next)
	if soon < a.rows {
		if from == fromEach {
			row = row[soon:]
		}
		a.data, c.data = a.data[soon*a.row:], c.data[soon*c.row:]
		a.rows, c.rows = a.rows-soon, c.rows-soon
		panels(depth, a, packed, c.cols, c, from, row, ahead{})
	}
}

// gathered is a copy of a whose numbers lie gatherr together.
func gathered[T Float](dst []T, a view[T]) view[T] {
	stride := a.rows + lineBytes/size[T]()
	CopyRows(Matrix[T]{a.cols, a.rows, dst, stride}, Matrix[T]{a.cols, a.rows, a.data, a.col})
	return view[T]{dst, a.rows, a.cols, 1, stride}
}

// pack copies rows p to p+depth of cols columns of op(B), from the j-th on, times alpha.
func pack[T Float](dst, b []T, ldb int, trans bool, p, depth, j, cols int, alpha T) {
	dst = dst[:depth*cols]
	if trans {
		transposed(dst, b[j*ldb+p:], cols, ldb, cols, depth)
	} else {
		CopyRows(Matrix[T]{depth, cols, dst, cols}, Matrix[T]{depth, cols, b[p*ldb+j:], ldb})
	}
	if alpha != 1 {
		for i := range dst {
			dst[i] *= alpha
		}
	}
}

// buffer is scratch memory, kept between calls so that they do not allocate.
type buffer[T Float] struct {
	data []T
	busy atomic.Bool
}

var (
	doubles [16]buffer[float64]
	singles [16]buffer[float32]
)

func borrow[T Float](n int) *buffer[T] {
	kept, ok := any(&doubles).(*[16]buffer[T])
	if !ok {
		kept = any(&singles).(*[16]buffer[T])
	}
	for i := range kept {
		if b := &kept[i]; b.busy.CompareAndSwap(false, true) {
			if len(b.data) < n {
				b.data = make([]T, n)
			}
			return b
		}
	}
	return &buffer[T]{data: make([]T, n)} // more callers at once than buffers
}

func (b *buffer[T]) giveBack() { b.busy.Store(false) }

// GemmBy is Gemm, divided among the members of a team.
func GemmBy[T Float](t *Team, tA, tB blas.Transpose, alpha T, a, b Matrix[T], beta T, c Matrix[T]) {
	k := a.Cols
	if tA != blas.NoTrans {
		k = a.Rows
	}
	if t == nil || c.Rows*c.Cols*k < Worth {
		Gemm(tA, tB, alpha, a, b, beta, c)
		return
	}
	one := current[T](t)
	*one = product[T]{tA: tA, tB: tB, alpha: alpha, a: a, b: b, beta: beta, c: c}
	one.run(t, k)
}

// AffineBy is Affine, divided among the members of a team.
func AffineBy[T Float](t *Team, y, x, w Matrix[T], bias []T) {
	if t == nil || y.Rows*y.Cols*x.Cols < Worth {
		Affine(y, x, w, bias)
		return
	}
	one := current[T](t)
	*one = product[T]{a: x, b: w, c: y, bias: bias}
	one.run(t, x.Cols)
}

// current is the team's product of a precision.
func current[T Float](t *Team) *product[T] {
	kept := &t.kept[size[T]()/8]
	if *kept == nil {
		*kept = new(product[T])
	}
	return (*kept).(*product[T])
}

// product is a matrix product as a task; with a bias it is Affine. The parts are rows
// of C where A is transposed, as in the gradient of weights, whose rows are then with
// the member that needs them in the next step; else columns, each of which reads columns
// of B of its own. Where these are few it is the other way round. The chains of the
// elements are the same whoever runs them.
type product[T Float] struct {
	tA, tB      blas.Transpose
	alpha, beta T
	a, b, c     Matrix[T]
	bias        []T
}

// run divides it into more parts than members where they are large enough: long chains
// pay for packing, which the parts of a few rows or columns do without.
func (p *product[T]) run(t *Team, inner int) {
	parts := p.c.Cols / (2 * p.columns() * t.Members())
	if inner > few {
		parts = p.c.Cols / (8 * p.columns() * t.Members())
	}
	if p.byRows(t.Members()) {
		parts = p.c.Rows / (few * t.Members())
		if inner > few {
			parts /= 2
		}
	}
	kind := size[T]() // and what is transposed, or that there is a bias
	for i, is := range []bool{p.tA == blas.Trans, p.tB == blas.Trans, p.bias != nil} {
		if is {
			kind |= 1 << i << 4
		}
	}
	t.run(p, min(max(parts, 1), 4), uint64(p.c.Rows)<<44^uint64(p.c.Cols)<<26^uint64(inner)<<8^uint64(kind))
}

// columns is how many columns a panel has.
func (p *product[T]) columns() int { return panelBytes / size[T]() }

// byRows tells whether n parts are rows of C.
func (p *product[T]) byRows(n int) bool {
	return p.c.Cols < 2*p.columns()*n || p.tA != blas.NoTrans && p.bias == nil && p.c.Rows >= few/2*n
}

// Part does the i-th of n parts.
func (p *product[T]) Part(i, n, _ int) {
	a, b, c, bias := p.a, p.b, p.c, p.bias
	if !p.byRows(n) {
		from, to := share(c.Cols, p.columns(), i, n)
		if from == to {
			return
		}
		c.Data, c.Cols = c.Data[from:], to-from
		if p.tB == blas.NoTrans && bias == nil {
			b.Data, b.Cols = b.Data[from:], to-from
		} else {
			b.Data, b.Rows = b.Data[from*b.Stride:], to-from
		}
		if bias != nil {
			bias = bias[from:to]
		}
	} else {
		from, to := share(c.Rows, 4, i, n)
		if from == to {
			return
		}
		c.Data, c.Rows = c.Data[from*c.Stride:], to-from
		if p.tA == blas.NoTrans || bias != nil {
			a.Data, a.Rows = a.Data[from*a.Stride:], to-from
		} else {
			a.Data, a.Cols = a.Data[from:], to-from
		}
	}
	if bias != nil {
		Affine(c, a, b, bias)
		return
	}
	Gemm(p.tA, p.tB, p.alpha, a, b, p.beta, c)
}

// share is the i-th of n parts of a length, in complete blocks but for the last.
func share(length, block, i, n int) (from, to int) {
	blocks := (length + block - 1) / block
	return min(blocks*i/n*block, length), min(blocks*(i+1)/n*block, length)
}
