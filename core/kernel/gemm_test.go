package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// guarded is a matrix between two zones that nobody may touch.
func guarded(rng *rand.Rand, n int) (all, matrix []float64) { return guardedOf[float64](rng, n) }

func guardedOf[T Float](rng *rand.Rand, n int) (all, matrix []T) {
	const zone = 64
	all = make([]T, n+2*zone)
	for i := range all {
		all[i] = T(rng.NormFloat64())
	}
	return all, all[zone : zone+n]
}

// plain is the definition: one chain an element.
func plain[T Float](tA, tB bool, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) {
	for i := range m {
		for j := range n {
			acc := T(0)
			if beta != 0 {
				acc = beta * c[i*ldc+j]
			}
			for p := range k {
				x, y := i*lda+p, p*ldb+j
				if tA {
					x = p*lda + i
				}
				if tB {
					y = j*ldb + p
				}
				acc = fused(a[x], alpha*b[y], acc)
			}
			c[i*ldc+j] = acc
		}
	}
}

// fused is x y + z, rounded once.
func fused[T Float](x, y, z T) T {
	if size[T]() == 8 {
		return T(math.FMA(float64(x), float64(y), float64(z)))
	}
	return T(fma32(float32(x), float32(y), float32(z)))
}

func bitsOf[T Float](x T) uint64 {
	if size[T]() == 8 {
		return math.Float64bits(float64(x))
	}
	return uint64(math.Float32bits(float32(x)))
}

func both(t *testing.T, f func(t *testing.T)) {
	wasVector, wasWide, wasDots, wasPresent := vector, wide, dots, present
	defer func() { vector, wide, dots, present = wasVector, wasWide, wasDots, wasPresent }()
	for _, v := range []struct{ vector, present, wide bool }{{}, {true, false, false}, {true, true, false}, {true, true, true}} {
		if v.vector && !supported() || v.present && !present512() {
			continue
		}
		vector, present, wide, dots = v.vector, v.present, v.wide, v.wide && supportedVNNI()
		t.Run(Name(), f)
	}
}

func TestEveryProductIsItsChainsToTheBit(t *testing.T) {
	both(t, func(t *testing.T) {
		t.Run("float64", func(t *testing.T) { products[float64](t, 600, 300) })
		t.Run("float32", func(t *testing.T) { products[float32](t, 300, 129) })
	})
}

// products checks products of random shapes, with sides up to most.
func products[T Float](t *testing.T, trials, most int) {
	rng := rand.New(rand.NewPCG(1, 2))
	sizes := []int{1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 13, 15, 16, 17, 20, 23, 24, 25, 31, 33, 64, 129, 131, 145, 257, 300}
	sizes = slices.DeleteFunc(sizes, func(n int) bool { return n > most })
	for trial := range trials {
		m, n, k := sizes[rng.IntN(len(sizes))], sizes[rng.IntN(len(sizes))], sizes[rng.IntN(len(sizes))]
		tA, tB := trial&1 != 0, trial&2 != 0
		alpha := []T{1, 1, 1, -0.5}[rng.IntN(4)]
		beta := []T{0, 1, 0.25}[rng.IntN(3)]
		pad := rng.IntN(4)
		shape := func(t bool, r, c int) (int, int) {
			if t {
				r, c = c, r
			}
			return r*(c+pad) - pad, c + pad
		}
		an, lda := shape(tA, m, k)
		bn, ldb := shape(tB, k, n)
		cn, ldc := shape(false, m, n)
		_, a := guardedOf[T](rng, an)
		_, b := guardedOf[T](rng, bn)
		all, c := guardedOf[T](rng, cn)
		want := append([]T(nil), all...)
		plain(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, want[64:64+cn], ldc)
		op := map[bool]blas.Transpose{false: blas.NoTrans, true: blas.Trans}
		gemm(op[tA], op[tB], m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		for i := range all {
			if bitsOf(all[i]) != bitsOf(want[i]) {
				t.Fatalf("%d×%d×%d tA %v tB %v alpha %v beta %v pad %d: element %d is %v, want %v", m, n, k, tA, tB, alpha, beta, pad, i-64, all[i], want[i])
			}
		}
	}
}

func TestAffineStartsItsChainsFromTheBias(t *testing.T) {
	both(t, func(t *testing.T) {
		t.Run("float64", affines[float64])
		t.Run("float32", affines[float32])
	})
}

func affines[T Float](t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, s := range [][3]int{{1, 1, 1}, {5, 7, 3}, {33, 10, 20}, {130, 131, 300}, {64, 145, 9}} {
		m, n, k := s[0], s[1], s[2]
		_, x := guardedOf[T](rng, m*k)
		_, w := guardedOf[T](rng, n*k)
		_, bias := guardedOf[T](rng, n)
		all, y := guardedOf[T](rng, m*n)
		want := append([]T(nil), all...)
		for i := range m {
			copy(want[64+i*n:], bias)
		}
		plain(false, true, m, n, k, 1, x, k, w, k, 1, want[64:64+m*n], n)
		Affine(plainly(m, n, y), plainly(m, k, x), plainly(n, k, w), bias)
		for i := range all {
			if bitsOf(all[i]) != bitsOf(want[i]) {
				t.Fatalf("%v: element %d is %v, want %v", s, i-64, all[i], want[i])
			}
		}
		_, in := guardedOf[T](rng, k*n)
		_, each := guardedOf[T](rng, m)
		for i := range m {
			for j := range n {
				want[64+i*n+j] = each[i]
			}
		}
		plain(false, false, m, n, k, 1, x, k, in, n, 1, want[64:64+m*n], n)
		AffineEach(plainly(m, n, y), plainly(m, k, x), plainly(k, n, in), each)
		for i := range all {
			if bitsOf(all[i]) != bitsOf(want[i]) {
				t.Fatalf("%v, a bias for each row: element %d is %v, want %v", s, i-64, all[i], want[i])
			}
		}
		sums, plainSums := make([]T, n), make([]T, n)
		ColumnSums(sums, plainly(m, n, y))
		for i, v := range y {
			plainSums[i%n] += v
		}
		for j := range sums {
			if sums[j] != plainSums[j] {
				t.Fatalf("%v: column %d sums to %v, want %v", s, j, sums[j], plainSums[j])
			}
		}
	}
}

func TestFiniteSeesOneInAThousand(t *testing.T) {
	both(t, func(t *testing.T) {
		for n := range 60 {
			x := make([]float64, n)
			if !Finite(x) {
				t.Fatalf("%d zeros are finite", n)
			}
			for i := range x {
				for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
					x[i] = bad
					if Finite(x) {
						t.Fatalf("%v at %d of %d went unseen", bad, i, n)
					}
				}
				x[i] = math.MaxFloat64
			}
		}
	})
}

func TestNaNPassesThrough(t *testing.T) {
	both(t, func(t *testing.T) {
		a := []float64{math.NaN(), 1}
		c := []float64{0}
		BLAS{}.Dgemm(blas.NoTrans, blas.NoTrans, 1, 1, 2, 1, a, 2, []float64{0, 1}, 1, 0, c, 1)
		if !math.IsNaN(c[0]) {
			t.Errorf("NaN·0 + 1 gave %v", c[0])
		}
	})
}

func TestAProductAllocatesNothing(t *testing.T) {
	a := make([]float64, 200*200)
	c := make([]float64, 200*200)
	if n := testing.AllocsPerRun(20, func() {
		BLAS{}.Dgemm(blas.NoTrans, blas.Trans, 200, 200, 200, 1, a, 200, a, 200, 1, c, 200)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkDgemm(b *testing.B) {
	for _, s := range []struct {
		m, n, k int
		tA, tB  blas.Transpose
	}{
		{64, 20, 10, blas.NoTrans, blas.Trans},
		{20, 10, 64, blas.Trans, blas.NoTrans},
		{32, 64, 64, blas.NoTrans, blas.Trans},
		{128, 128, 64, blas.NoTrans, blas.Trans},
		{128, 256, 784, blas.NoTrans, blas.Trans},
		{256, 784, 128, blas.Trans, blas.NoTrans},
		{512, 512, 512, blas.NoTrans, blas.NoTrans},
	} {
		name := fmt.Sprintf("%dx%dx%d%c%c/", s.m, s.n, s.k, s.tA, s.tB)
		b.Run(name+"own", func(b *testing.B) { benchmarkGemm(b, s.m, s.n, s.k, s.tA, s.tB, gemm[float64]) })
		b.Run(name+"single", func(b *testing.B) { benchmarkGemm(b, s.m, s.n, s.k, s.tA, s.tB, gemm[float32]) })
		b.Run(name+"gonum", func(b *testing.B) {
			benchmarkGemm(b, s.m, s.n, s.k, s.tA, s.tB, gonum.Implementation{}.Dgemm)
		})
	}
}

func benchmarkGemm[T Float](b *testing.B, m, n, k int, tA, tB blas.Transpose,
	gemm func(tA, tB blas.Transpose, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int),
) {
	x, y, c := make([]T, m*k), make([]T, n*k), make([]T, m*n)
	for i := range x {
		x[i] = T(i%7) - 3
	}
	lda, ldb := k, n
	if tA == blas.Trans {
		lda = m
	}
	if tB == blas.Trans {
		ldb = k
	}
	for b.Loop() {
		gemm(tA, tB, m, n, k, 1, x, lda, y, ldb, 0, c, n)
	}
	b.ReportMetric(2*float64(m*n*k)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}

// plainly is a matrix whose rows lie behind each other.
func plainly[T Float](rows, cols int, data []T) Matrix[T] {
	return Matrix[T]{Rows: rows, Cols: cols, Stride: cols, Data: data}
}
