package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// zone is how many numbers lie on either side of those that a test hands over.
const zone = 64

// fenced is n numbers between two zones that nobody may touch.
func fenced[T int16 | int32](n int, draw func() T) (all, part []T) {
	all = make([]T, n+2*zone)
	for i := range all {
		all[i] = draw()
	}
	return all, all[zone : zone+n : zone+n]
}

// extremes draws any numbers up to top, what 8 bits less a zero point give, or
// the ends.
func extremes(rng *rand.Rand, top int) func() int16 {
	kind := rng.IntN(4)
	return func() int16 {
		switch kind {
		case 0:
			return int16(rng.IntN(2*top+1) - top)
		case 1:
			return int16(rng.IntN(511) - 255)
		case 2:
			return []int16{-128, -127, 127, 0, 255, -255}[rng.IntN(6)]
		}
		return int16([]int{-top, top}[rng.IntN(2)])
	}
}

func any32(rng *rand.Rand) func() int32 { return func() int32 { return int32(rng.Uint32()) } }

// multiplied holds one product against its sums, one number after the other.
func multiplied(t *testing.T, rng *rand.Rand, m, n, k int) {
	t.Helper()
	pairs := (k + 1) / 2
	top := min(int(math.Sqrt((1<<30)/float64(k+1))), math.MaxInt16) // so that sums and starts fit
	_, a := fenced(2*m*pairs, extremes(rng, top))
	if k%2 != 0 {
		for i := range m {
			a[(i+1)*2*pairs-1] = 0
		}
	}
	_, w := fenced(n*k, extremes(rng, top))
	b := PairUp(w, n, k)
	s := Sums{Rows: m, Cols: n, Pairs: pairs, ByRow: rng.IntN(2) == 0, Floor: []int32{math.MinInt32, 0}[rng.IntN(2)]}
	starts := n
	if s.ByRow {
		starts = m
	}
	_, s.Start = fenced(starts, func() int32 { return int32(rng.Uint32()) >> 1 })
	all, c := fenced(m*n, any32(rng))
	want := slices.Clone(all)
	for i := range m {
		for j := range n {
			start := s.Start[j%starts]
			if s.ByRow {
				start = s.Start[i]
			}
			sum := start
			for p := range k {
				sum += int32(a[i*2*pairs+p]) * int32(w[j*k+p])
			}
			want[zone+i*n+j] = max(sum, s.Floor)
		}
	}
	s.Multiply(c, a, b)
	if at := different(all, want); at >= 0 {
		t.Fatalf("%d×%d×%d by row %v: number %d is %d, want %d", m, n, k, s.ByRow, at-zone, all[at], want[at])
	}
}

func different[T comparable](a, b []T) int {
	for i, v := range a {
		if v != b[i] {
			return i
		}
	}
	return -1
}

func TestIntegerProductsAreTheirSums(t *testing.T) {
	both(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(11, 12))
		for m := 1; m <= 18; m++ {
			for n := 1; n <= 34; n++ {
				for _, k := range []int{1, 2, 3, 8, 9} {
					multiplied(t, rng, m, n, k)
				}
			}
		}
		for range 300 {
			multiplied(t, rng, 1+rng.IntN(40), 1+rng.IntN(200), 1+rng.IntN(120))
		}
		for k := 1; k <= 70; k++ {
			multiplied(t, rng, 1+rng.IntN(9), 1+rng.IntN(50), k)
		}
	})
}

// hard are numbers that round in every way, and those that are none.
func hard(rng *rand.Rand) float64 {
	switch rng.IntN(12) {
	case 0:
		return float64(rng.IntN(600)-300) + 0.5
	case 1:
		return math.Nextafter(float64(rng.IntN(600)-300)+0.5, float64(rng.IntN(2000)-1000))
	case 2:
		return []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 1e300, -1e300, 5e-324, 0x1p31, -0x1p31, 0x1p63}[rng.IntN(10)]
	}
	return rng.NormFloat64() * 150
}

// stop is the definition: rounded, then held between the ends.
func stop(s Levels, x float64) int16 {
	if x != x {
		return int16(s.None)
	}
	return int16(min(max(math.RoundToEven(x), s.Low), s.High))
}

func TestLevelsAreRoundedThenHeld(t *testing.T) {
	both(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(13, 14))
		for _, s := range []Levels{{-127, 127, 0}, {0, 255, 128}, {-200, 55, -72}, {0, 0, 0}, {-3, 4, 1}, {math.MinInt16, math.MaxInt16, -1}} {
			for cols := range 40 {
				rows, step := rng.IntN(5), cols+rng.IntN(3)
				if cols == 0 {
					step++
				}
				x, factors := make([]float64, rows*cols), make([]float64, cols)
				for i := range x {
					x[i] = hard(rng)
				}
				for i := range factors {
					factors[i] = rng.ExpFloat64() / 1e7
					if rng.IntN(20) == 0 {
						factors[i] = []float64{0.5, 0x1p-1040, math.Inf(1), 1e300}[rng.IntN(4)]
					}
				}
				_, v := fenced(rows*cols, any32(rng))
				for i := range v {
					if rng.IntN(4) == 0 {
						v[i] >>= rng.IntN(32)
					}
				}
				for name, f := range map[string]func(dst []int16, r, j int, all bool) int16{
					"reals": func(dst []int16, r, j int, all bool) int16 {
						if all {
							s.Quantize(dst, step, x, 0.75, rows, cols)
							return 0
						}
						return stop(s, x[r*cols+j]/0.75)
					},
					"sums": func(dst []int16, r, j int, all bool) int16 {
						if all {
							s.Requantize(dst, step, v, factors, rows, cols)
							return 0
						}
						return stop(s, float64(v[r*cols+j])*factors[j])
					},
				} {
					all, dst := fenced(rows*step, func() int16 { return 999 })
					want := slices.Clone(all)
					for r := range rows {
						for j := range cols {
							want[zone+r*step+j] = f(nil, r, j, false)
						}
					}
					f(dst, 0, 0, true)
					if at := different(all, want); at >= 0 {
						t.Fatalf("%s, %v, %d×%d, %d apart: number %d is %d, want %d", name, s, rows, cols, step, at-zone, all[at], want[at])
					}
				}
			}
		}
	})
}

func TestPairsAndWindowsAreCopies(t *testing.T) {
	both(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(15, 16))
		for width := 1; width < 40; width++ {
			lines, step := rng.IntN(6), width+rng.IntN(4)
			_, a := fenced(lines*width, extremes(rng, math.MaxInt16))
			_, b := fenced(lines*width, extremes(rng, math.MaxInt16))
			all, dst := fenced(2*lines*step, extremes(rng, math.MaxInt16))
			want := slices.Clone(all)
			for l := range lines {
				for i := range width {
					want[zone+2*(l*step+i)], want[zone+2*(l*step+i)+1] = a[l*width+i], b[l*width+i]
				}
			}
			Interleave(dst, step, a, b, lines, width)
			if at := different(all, want); at >= 0 {
				t.Fatalf("%d pairs of %d, %d apart: number %d", lines, width, step, at-zone)
			}
			corners := make([]int32, rng.IntN(9))
			for i := range corners {
				corners[i] = int32(rng.IntN(50))
			}
			w := NewWindows(corners, width)
			_, src := fenced(2*(50+width), extremes(rng, math.MaxInt16))
			all, dst = fenced(2*w.Pairs(), extremes(rng, math.MaxInt16))
			want = append(want[:0], all[:zone]...)
			for _, c := range corners {
				want = append(want, src[2*c:2*(int(c)+width)]...)
			}
			want = append(want, all[zone+2*w.Pairs():]...)
			w.Copy(dst, src)
			if at := different(all, want); at >= 0 {
				t.Fatalf("%d runs of %d: number %d", len(corners), width, at-zone)
			}
		}
	})
}

func TestTheLargestOfFour(t *testing.T) {
	both(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(17, 18))
		for width := 2; width < 45; width++ {
			for height := 2; height < 8; height++ {
				planes := rng.IntN(4)
				_, src := fenced(planes*height*width, any32(rng))
				all, dst := fenced(planes*(height/2)*(width/2), any32(rng))
				want := slices.Clone(all)
				at := zone
				for p := range planes {
					for i := range height / 2 {
						for j := range width / 2 {
							corner := (p*height+2*i)*width + 2*j
							want[at] = max(src[corner], src[corner+1], src[corner+width], src[corner+width+1])
							at++
						}
					}
				}
				MaxPool(dst, src, planes, height, width)
				if at := different(all, want); at >= 0 {
					t.Fatalf("%d of %d×%d: number %d", planes, height, width, at-zone)
				}
			}
		}
	})
}

func TestWrongLengthsOfIntegersPanic(t *testing.T) {
	for name, f := range map[string]func(){
		"product": func() {
			Sums{Rows: 2, Cols: 2, Pairs: 1, Start: make([]int32, 2)}.Multiply(make([]int32, 3), make([]int16, 4), make([]int16, 4))
		},
		"levels":      func() { Levels{0, 1, 0}.Quantize(make([]int16, 3), 2, make([]float64, 4), 1, 2, 2) },
		"wide levels": func() { Levels{0, 40000, 0}.Quantize(make([]int16, 4), 2, make([]float64, 4), 1, 2, 2) },
		"pairs":       func() { Interleave(make([]int16, 7), 2, make([]int16, 4), make([]int16, 4), 2, 2) },
		"corner":      func() { NewWindows([]int32{-1}, 4) },
		"windows":     func() { w := NewWindows([]int32{3}, 4); w.Copy(make([]int16, 8), make([]int16, 13)) },
		"pool":        func() { MaxPool(make([]int32, 1), make([]int32, 7), 1, 2, 4) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: accepted", name)
				}
			}()
			f()
		}()
	}
}

func FuzzIntegerProducts(f *testing.F) {
	f.Add(uint64(1), uint8(3), uint8(17), uint8(9))
	f.Fuzz(func(t *testing.T, seed uint64, m, n, k uint8) {
		both(t, func(t *testing.T) {
			multiplied(t, rand.New(rand.NewPCG(seed, 1)), 1+int(m)%40, 1+int(n), 1+int(k))
		})
	})
}

func BenchmarkIntegerProduct(b *testing.B) {
	for _, s := range [][3]int{{64, 64, 64}, {64, 10, 32}, {8, 784, 18}, {16, 196, 72}, {128, 256, 784}} {
		m, n, k := s[0], s[1], s[2]
		b.Run(fmt.Sprintf("%dx%dx%d", m, n, k), func(b *testing.B) {
			p := Sums{Rows: m, Cols: n, Pairs: k / 2, Start: make([]int32, n)}
			x, w, c := make([]int16, m*k), make([]int16, n*k), make([]int32, m*n)
			for b.Loop() {
				p.Multiply(c, x, w)
			}
			b.ReportMetric(float64(m*n*k)*float64(b.N)/b.Elapsed().Seconds()/1e9, "Gmac/s")
		})
	}
}
