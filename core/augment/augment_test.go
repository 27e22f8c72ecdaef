package augment_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"descent/core/augment"
)

var shape = augment.Shape{Channels: 2, Height: 5, Width: 7}

func picture() []float64 {
	rng := rand.New(rand.NewPCG(1, 1))
	out := make([]float64, 2*5*7)
	for i := range out {
		out[i] = rng.Float64() + 0.1
	}
	return out
}

func TestAtStrengthZeroNothingChangesByABit(t *testing.T) {
	a := augment.New()
	x := picture()
	a.Row(x, shape, 1, 1, 0)
	if a.On(shape) || !slices.Equal(x, picture()) {
		t.Error("it does")
	}
}

func TestAFlipIsAMirrorAndTwoAreNone(t *testing.T) {
	for _, vertical := range []bool{false, true} {
		a := augment.New()
		a.Flip = 1
		if vertical {
			a.Flip, a.Turnover = 0, 1
		}
		x := picture()
		a.Row(x, shape, 1, 1, 0)
		for c := range 2 {
			for row := range 5 {
				for col := range 7 {
					from := (c*5+row)*7 + 6 - col
					if vertical {
						from = (c*5+4-row)*7 + col
					}
					if got, want := x[(c*5+row)*7+col], picture()[from]; got != want {
						t.Fatalf("vertical %v: pixel %d %d is %v, want %v", vertical, row, col, got, want)
					}
				}
			}
		}
		if a.Row(x, shape, 1, 2, 0); !slices.Equal(x, picture()) {
			t.Error("flipped twice it is another picture")
		}
	}
}

func TestACropShiftsByWholePixels(t *testing.T) {
	a := augment.New()
	a.Crop = 2
	seen := map[[2]int]bool{}
	for step := range 300 {
		x := picture()
		a.Row(x, shape, 1, step, 0)
		found := false
		for right := -2; right <= 2 && !found; right++ {
			for low := -2; low <= 2 && !found; low++ {
				same := true
				for row := range 5 {
					for col := range 7 {
						want := 0.0
						if r, c := row-low, col-right; r >= 0 && r < 5 && c >= 0 && c < 7 {
							want = picture()[r*7+c]
						}
						same = same && x[row*7+col] == want
					}
				}
				if same {
					found, seen[[2]int{right, low}] = true, true
				}
			}
		}
		if !found {
			t.Fatalf("step %d is no shift of the picture", step)
		}
	}
	if len(seen) != 25 {
		t.Errorf("%d of 25 shifts came up", len(seen))
	}
}

// Turned by any angle, the middle of an odd picture stays, and a picture that
// is round stays nearly what it was.
func TestATurnTurnsAboutTheMiddle(t *testing.T) {
	s := augment.Shape{Channels: 1, Height: 15, Width: 15}
	round := make([]float64, 225)
	for i := range round {
		dx, dy := float64(i%15-7), float64(i/15-7)
		round[i] = math.Exp(-(dx*dx + dy*dy) / 20)
	}
	a := augment.New()
	a.Rotate = 180
	for step := range 20 {
		x := slices.Clone(round)
		a.Row(x, s, 3, step, 0)
		if math.Abs(x[7*15+7]-1) > 1e-12 {
			t.Fatalf("the middle is %v", x[7*15+7])
		}
		for row := 3; row < 12; row++ {
			for col := 3; col < 12; col++ {
				if d := x[row*15+col] - round[row*15+col]; math.Abs(d) > 0.05 {
					t.Fatalf("step %d: pixel %d %d is off by %v", step, row, col, d)
				}
			}
		}
	}
}

func TestEveryStrengthKeepsWhatIsFiniteFiniteAndHangsOnSeedStepAndRow(t *testing.T) {
	a := augment.New()
	a.Flip, a.Turnover, a.Crop, a.Rotate, a.Scale, a.Shear = 0.5, 0.5, 1, 20, 0.2, 15
	a.Elastic, a.Erase, a.Brightness, a.Noise, a.Drop = 1, 0.4, 0.3, 0.1, 0.1
	once := func(seed uint64, step, row int) []float64 {
		x := picture()
		a.Row(x, shape, seed, step, row)
		return x
	}
	base := once(1, 5, 2)
	for _, v := range base {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Fatal("it made a NaN")
		}
	}
	if !slices.Equal(base, once(1, 5, 2)) || slices.Equal(base, once(2, 5, 2)) || slices.Equal(base, once(1, 6, 2)) || slices.Equal(base, once(1, 5, 3)) {
		t.Error("it does not hang on seed, step and row alone")
	}
	if n := testing.AllocsPerRun(20, func() { a.Row(base, shape, 1, 1, 1) }); n != 0 {
		t.Errorf("%v allocations a row", n)
	}
}

func TestBendingMovesPixelsByAboutWhatItSays(t *testing.T) {
	s := augment.Shape{Channels: 1, Height: 28, Width: 28}
	a := augment.New()
	a.Elastic = 1.5
	sum, n := 0.0, 0
	for step := range 30 { // a slope of 1 pixel shows the displacement itself
		x := make([]float64, 784)
		for i := range x {
			x[i] = float64(i % 28)
		}
		a.Row(x, s, 1, step, 0)
		for row := 8; row < 20; row++ {
			for col := 8; col < 20; col++ {
				d := x[row*28+col] - float64(col)
				sum, n = sum+d*d, n+1
			}
		}
	}
	if got := math.Sqrt(sum / float64(n)); got < 0.4 || got > 1.6 {
		t.Errorf("pixels move by %v in the root of the mean square, of at most about 1.5", got)
	}
}

func TestImagesAreChangedAsTheyWereBeforeStandardizing(t *testing.T) {
	plain := augment.New()
	plain.Crop = 2
	x := picture()
	plain.Row(x, shape, 1, 9, 0)
	s := shape
	y := picture()
	for i, v := range y {
		s.Mean, s.Deviation = append(s.Mean, 0.3+float64(i)/100), append(s.Deviation, 1+float64(i)/10)
		y[i] = (v - s.Mean[i]) / s.Deviation[i]
	}
	plain.Row(y, s, 1, 9, 0)
	for i, v := range y {
		if want := (x[i] - s.Mean[i]) / s.Deviation[i]; math.Abs(v-want) > 1e-12 {
			t.Fatalf("pixel %d: %v, want %v", i, v, want)
		}
	}
}

// A row of a preset's digits, and one of a larger picture.
func BenchmarkRow(b *testing.B) {
	for _, side := range []int{8, 28} {
		b.Run(strconv.Itoa(side), func(b *testing.B) {
			a := augment.New()
			a.Rotate, a.Elastic, a.Smooth, a.Noise = 12, 0.5, 2, 0.3
			s := augment.Shape{Channels: 1, Height: side, Width: side}
			x := make([]float64, side*side)
			b.ReportAllocs()
			for i := range b.N {
				a.Row(x, s, 1, i, 0)
			}
		})
	}
}
