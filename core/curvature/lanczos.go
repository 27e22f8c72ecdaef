package curvature

import (
	"context"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/gonum"
)

// Eigen is the largest eigenvalue of a symmetric matrix that is known by its
// products alone.
type Eigen struct {
	Value    float64
	Residual float64 // ‖A v − λ v‖ of a vector v of length 1: an eigenvalue is no farther away
	Products int     // of the matrix with a vector
	Least    float64 // the smallest Ritz value: an upper bound of the smallest eigenvalue
	Done     bool    // the residual is small enough
}

const (
	// tolerance is the residual, as a share of the eigenvalue, at which it is found:
	// its error is then of the order of the square of that.
	tolerance = 2e-3
	// mostProducts ends the search all the same.
	mostProducts = 160
	// basisRoom bounds the numbers of the vectors that are kept.
	basisRoom = 1 << 22
)

// largest finds the largest eigenvalue of a symmetric map of n numbers by Lanczos's
// method with full reorthogonalisation, begun anew from the best vector where there is
// no room for more (Golub, Van Loan, “Matrix Computations”, 4th edition, section
// 10.3). open is 0 where the map is. tell is told after every product.
func largest(ctx context.Context, n int, open []float64, apply func(dst, v []float64), tell func(Eigen)) Eigen {
	start := make([]float64, n)
	normals(start, rand.New(rand.NewPCG(1, uint64(n))))
	dimension := 0
	for i, o := range open {
		if o == 0 {
			start[i] = 0
		} else {
			dimension++
		}
	}
	var e Eigen
	if dimension == 0 {
		e.Done = true
		return e
	}
	room := min(max(basisRoom/n, 8), dimension, mostProducts)
	for {
		ritz := krylov(ctx, start, room, apply, &e, tell)
		if e.Done || ritz == nil || e.Products >= mostProducts || ctx.Err() != nil {
			return e
		}
		start = ritz
	}
}

// krylov goes through one basis of at most so many vectors, and returns the best
// vector in it; nil where the products are not finite.
func krylov(ctx context.Context, start []float64, room int, apply func(dst, v []float64), e *Eigen, tell func(Eigen)) []float64 {
	var basis [][]float64
	var diagonal, beside []float64
	next := start
	length := norm(next)
	for {
		v := make([]float64, len(next))
		copy(v, next)
		scale(v, 1/length)
		basis = append(basis, v)
		next = make([]float64, len(v))
		apply(next, v)
		e.Products++
		if ctx.Err() != nil {
			return nil
		}
		diagonal = append(diagonal, dot(next, v))
		for range 2 { // once more for what rounding left
			for _, b := range basis {
				addScaled(next, -dot(next, b), b)
			}
		}
		length = norm(next)
		if math.IsNaN(length) || math.IsInf(length, 0) {
			*e = Eigen{Value: math.NaN(), Residual: math.NaN(), Least: math.NaN(), Products: e.Products, Done: true}
			return nil
		}
		values, last := tridiagonal(diagonal, beside)
		k := len(values)
		e.Value, e.Least, e.Residual = values[k-1], values[0], length*math.Abs(last[k-1])
		e.Done = e.Residual <= tolerance*max(math.Abs(e.Value), 1e-300) || length <= 1e-14*math.Abs(e.Value) || e.Value == 0 && length == 0
		tell(*e)
		if e.Done {
			return next
		}
		if k == room || e.Products >= mostProducts {
			return best(basis, diagonal, beside)
		}
		beside = append(beside, length)
	}
}

// tridiagonal returns the eigenvalues of a symmetric tridiagonal matrix, ascending,
// and the last number of each of its eigenvectors.
func tridiagonal(diagonal, beside []float64) (values, last []float64) {
	k := len(diagonal)
	values, z := decompose(diagonal, beside)
	return values, z[(k-1)*k:]
}

// decompose returns the eigenvalues and, in columns, the eigenvectors.
func decompose(diagonal, beside []float64) (values, vectors []float64) {
	k := len(diagonal)
	values = append([]float64(nil), diagonal...)
	vectors = make([]float64, k*k)
	e := append(make([]float64, 0, k), beside...)
	gonum.Implementation{}.Dsteqr(lapack.EVTridiag, k, values, e[:max(k-1, 0)], vectors, k, make([]float64, max(1, 2*k-2)))
	return values, vectors
}

// best is the Ritz vector of the largest value.
func best(basis [][]float64, diagonal, beside []float64) []float64 {
	k := len(basis)
	_, z := decompose(diagonal, beside)
	out := make([]float64, len(basis[0]))
	for i, b := range basis {
		addScaled(out, z[i*k+k-1], b)
	}
	return out
}
