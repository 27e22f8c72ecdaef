package kernel

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
)

func filled[T Float](rng *rand.Rand, rows, cols, spare int) Matrix[T] {
	m := Matrix[T]{Rows: rows, Cols: cols, Stride: cols + spare, Data: make([]T, rows*(cols+spare))}
	for i := range m.Data {
		m.Data[i] = T(rng.NormFloat64())
	}
	return m
}

// kinds are products of a size in each way of transposing, and one with a bias.
func kinds[T Float](rng *rand.Rand, m, n, k int) map[string]product[T] {
	out := map[string]product[T]{"affine": {a: filled[T](rng, m, k, 0), b: filled[T](rng, n, k, 0), c: filled[T](rng, m, n, 5), bias: filled[T](rng, 1, n, 0).Data}}
	for _, tA := range []blas.Transpose{blas.NoTrans, blas.Trans} {
		for _, tB := range []blas.Transpose{blas.NoTrans, blas.Trans} {
			p := product[T]{tA: tA, tB: tB, alpha: 0.7, beta: 1, a: filled[T](rng, m, k, 3), b: filled[T](rng, k, n, 1), c: filled[T](rng, m, n, 2)}
			if tA == blas.Trans {
				p.a = filled[T](rng, k, m, 3)
			}
			if tB == blas.Trans {
				p.b = filled[T](rng, n, k, 1)
			}
			out[string([]byte{byte(tA), byte(tB)})] = p
		}
	}
	return out
}

// apart is the product into a matrix of its own, with the same numbers in it.
func (p product[T]) apart() *product[T] {
	p.c.Data = slices.Clone(p.c.Data)
	return &p
}

func equal[T Float](t *testing.T, what string, want, got Matrix[T]) {
	t.Helper()
	for i, v := range got.Data {
		if bitsOf(v) != bitsOf(want.Data[i]) {
			t.Fatalf("%s: element %d is %v, not %v", what, i, v, want.Data[i])
		}
	}
}

func TestPartsOfAProductHaveTheBitsOfTheWhole(t *testing.T) {
	parted[float64](t)
	parted[float32](t)
}

func parted[T Float](t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, size := range [][3]int{{128, 256, 784}, {331, 7, 600}, {3, 1500, 301}, {137, 141, 143}, {1, 30, 9000}, {9000, 1, 30}, {32, 64, 128}} {
		for kind, p := range kinds[T](rng, size[0], size[1], size[2]) {
			want := p.apart()
			want.Part(0, 1, 0)
			for _, n := range []int{2, 3, 8, 32} {
				got := p.apart()
				for i := range n {
					got.Part(n-1-i, n, 0)
				}
				equal(t, fmt.Sprintf("%T, %v %s in %d parts", T(0), size, kind, n), want.c, got.c)
			}
		}
	}
}

func TestATeamGivesTheSameBitsWhateverItsSize(t *testing.T) {
	teamed[float64](t)
	teamed[float32](t)
}

func teamed[T Float](t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, size := range [][3]int{{128, 96, 100}, {37, 300, 41}, {600, 20, 31}} {
		for kind, p := range kinds[T](rng, size[0], size[1], size[2]) {
			want := p.apart()
			want.Part(0, 1, 0)
			for _, members := range []int{1, 2, 3, 8} {
				team := NewTeam(members)
				for range 7 { // alone, shared, and what is faster
					got := p.apart()
					if kind == "affine" {
						AffineBy(team, got.c, got.a, got.b, got.bias)
					} else {
						GemmBy(team, got.tA, got.tB, got.alpha, got.a, got.b, got.beta, got.c)
					}
					equal(t, fmt.Sprintf("%T, %v %s with %d", T(0), size, kind, members), want.c, got.c)
				}
				team.Close()
			}
		}
	}
}

func TestATeamAllocatesNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	x, w, y := filled[float64](rng, 128, 600, 0), filled[float64](rng, 64, 600, 0), filled[float64](rng, 128, 64, 0)
	bias := make([]float64, 64)
	team := NewTeam(2)
	defer team.Close()
	if n := testing.AllocsPerRun(20, func() {
		AffineBy(team, y, x, w, bias)
		GemmBy(team, blas.Trans, blas.NoTrans, 1, y, x, 0, w)
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestThreadsAreThoseOfTheProcessUnlessTold(t *testing.T) {
	if got := Threads(); got != runtime.GOMAXPROCS(0) {
		t.Errorf("%d threads on %d processors", got, runtime.GOMAXPROCS(0))
	}
	SetThreads(3)
	defer SetThreads(0)
	if got := Threads(); got != 3 {
		t.Errorf("%d threads, not 3", got)
	}
}
