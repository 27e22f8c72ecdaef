package gauss

import (
	"math"

	"gonum.org/v1/gonum/blas"

	"descent/core/kernel"
)

// block is the size of the diagonal blocks that are factored number by number; the
// rest of a factorisation are matrix products.
const block = 32

// square is a matrix of n rows and columns, row by row.
type square struct {
	n    int
	data []float64
}

func newSquare(n int) square { return square{n, make([]float64, n*n)} }

func (a square) row(i int) []float64 { return a.data[i*a.n : i*a.n+a.n] }

// product is c = alpha op(a) op(b) + beta c on parts of matrices with the same length
// of a row.
func product(tA, tB blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	if m > 0 && n > 0 && k > 0 {
		kernel.BLAS{}.Dgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
	}
}

// factor turns the lower half of a positive definite matrix into L, with a = L Lᵀ, and
// returns L⁻¹, whose upper half is 0. ok is false, and a is spoilt, if the matrix is
// not positive definite.
func factor(a square) (inverse square, ok bool) {
	n := a.n
	inverse = newSquare(n)
	scratch := make([]float64, block*n)
	for k := 0; k < n; k += block {
		size := min(block, n-k)
		if !factorBlock(a, k, size) {
			return inverse, false
		}
		invertBlock(a, inverse, k, size)
		corner := inverse.data[k*n+k:]
		// Rows of L⁻¹: −L⁻¹(k, k) L(k, <k) L⁻¹(<k, <k).
		product(blas.NoTrans, blas.NoTrans, size, k, k, 1, a.data[k*n:], n, inverse.data, n, 0, scratch, n)
		product(blas.NoTrans, blas.NoTrans, size, k, size, -1, corner, n, scratch, n, 0, inverse.data[k*n:], n)
		// The panel below, and what it takes from the rest.
		below := n - k - size
		if below == 0 {
			break
		}
		panel := a.data[(k+size)*n+k:]
		copied := make([]float64, below*size)
		for i := range below {
			copy(copied[i*size:(i+1)*size], panel[i*n:])
		}
		product(blas.NoTrans, blas.Trans, below, size, size, 1, copied, size, corner, n, 0, panel, n)
		for j := k + size; j < n; j += block {
			width := min(block, n-j)
			product(blas.NoTrans, blas.Trans, n-j, width, size, -1, a.data[j*n+k:], n, a.data[j*n+k:], n, 1, a.data[j*n+j:], n)
		}
	}
	return inverse, true
}

// factorBlock factors the block on the diagonal that begins at k.
func factorBlock(a square, k, size int) bool {
	for i := k; i < k+size; i++ {
		ri := a.row(i)
		for j := k; j <= i; j++ {
			rj := a.row(j)
			sum := ri[j]
			for l := k; l < j; l++ {
				sum = math.FMA(-ri[l], rj[l], sum)
			}
			if j < i {
				ri[j] = sum / rj[j]
				continue
			}
			if !(sum > 0) {
				return false
			}
			ri[i] = math.Sqrt(sum)
		}
	}
	return true
}

// invertBlock writes the inverse of a factored block on the diagonal.
func invertBlock(a, inverse square, k, size int) {
	for j := k; j < k+size; j++ {
		inverse.row(j)[j] = 1 / a.row(j)[j]
		for i := j + 1; i < k+size; i++ {
			ri := a.row(i)
			sum := 0.0
			for l := j; l < i; l++ {
				sum = math.FMA(-ri[l], inverse.row(l)[j], sum)
			}
			inverse.row(i)[j] = sum / ri[i]
		}
	}
}

// gram is Lᵀ L of a lower triangular matrix: with L⁻¹ the inverse of L Lᵀ.
func gram(l square) square {
	n := l.n
	out := newSquare(n)
	for i := 0; i < n; i += block {
		size := min(block, n-i)
		product(blas.Trans, blas.NoTrans, size, i+size, n-i, 1, l.data[i*n+i:], n, l.data[i*n:], n, 0, out.data[i*n:], n)
	}
	for i := range n {
		for j := range i {
			out.data[j*n+i] = out.data[i*n+j]
		}
	}
	return out
}
