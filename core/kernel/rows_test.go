package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// rugged is a matrix with guards around and between its rows, of numbers of all kinds.
func rugged[T Float](rng *rand.Rand, rows, cols int) (all []T, m Matrix[T]) {
	stride := cols + rng.IntN(5)
	all = make([]T, 64+rows*stride+64)
	odd := []float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), 5e-324, 1e-42, 1, 1, 2, -1}
	for i := range all {
		all[i] = T(rng.NormFloat64())
		if rng.IntN(3) == 0 {
			all[i] = T(odd[rng.IntN(len(odd))])
		}
	}
	return all, Matrix[T]{Rows: rows, Cols: cols, Stride: stride, Data: all[64 : 64+rows*stride]}
}

func TestLoopsOverRowsGiveTheBitsOfTheirTwins(t *testing.T) {
	if !supported() {
		t.Skip("this processor has no AVX2")
	}
	t.Run("float64", loopsOverRows[float64])
	t.Run("float32", loopsOverRows[float32])
}

func loopsOverRows[T Float](t *testing.T) {
	was := vector
	defer func() { vector = was }()
	for cols := 1; cols < 40; cols++ {
		for rows := range 4 {
			var results [2][5][]T
			var places [2][]int32
			for i, v := range []bool{false, true} {
				vector = v
				rng := rand.New(rand.NewPCG(uint64(rows), uint64(cols)))
				all, src := rugged[T](rng, rows, cols)
				copied, to := rugged[T](rng, rows, cols)
				added, sums := rugged[T](rng, rows, cols)
				turned, back := rugged[T](rng, cols, rows)
				back.Stride, back.Data = max(rows, 1), turned[64:64+cols*rows]
				CopyRows(to, src)
				AddRows(sums, src)
				if rows > 0 {
					Transpose(back, src)
				}
				Multiply(added[:rows*cols], added[:rows*cols], all[:rows*cols])
				halved := make([]T, 64+rows*cols)
				from := make([]int32, 64+rows*cols)
				_, image := rugged[T](rng, 2*rows, 2*cols+rows%2)
				Halve(Matrix[T]{Rows: rows, Cols: cols, Stride: cols, Data: halved[:rows*cols]}, from, image, 7)
				results[i], places[i] = [5][]T{all, copied, added, turned, halved}, from
			}
			for j := range results[0] {
				for i := range results[0][j] {
					if !same(float64(results[0][j][i]), float64(results[1][j][i])) {
						t.Fatalf("%d×%d: array %d element %d: %v and %v", rows, cols, j, i, results[0][j][i], results[1][j][i])
					}
				}
			}
			for i, at := range places[0] {
				if at != places[1][i] {
					t.Fatalf("%d×%d: %d is largest, and %d", rows, cols, at, places[1][i])
				}
			}
		}
	}
}

func TestHalveTakesTheFirstOfEqualNumbersAndTheLastNaN(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		window [4]float64
		at     int32
	}{
		{[4]float64{1, 2, 3, 4}, 3},
		{[4]float64{4, 4, 4, 4}, 0},
		{[4]float64{0, math.Copysign(0, -1), 0, 0}, 0},
		{[4]float64{1, 5, 5, 1}, 1},
		{[4]float64{nan, 5, 6, 1}, 0},
		{[4]float64{9, nan, nan, 10}, 2},
		{[4]float64{math.Inf(-1), math.Inf(-1), math.Inf(-1), math.Inf(1)}, 3},
	} {
		image, y, from := make([]float64, 20), make([]float64, 5), make([]int32, 5)
		for i := range 5 {
			image[2*i], image[2*i+1], image[10+2*i], image[11+2*i] = c.window[0], c.window[1], c.window[2], c.window[3]
		}
		Halve(Matrix[float64]{1, 5, y, 5}, from, Matrix[float64]{2, 10, image, 10}, 100)
		for i, at := range from {
			if want := 100 + 2*int32(i) + c.at%2 + c.at/2*10; at != want || !same(y[i], c.window[c.at]) {
				t.Errorf("of %v it is %v at %d, want %d", c.window, y[i], at, want)
			}
		}
	}
}
