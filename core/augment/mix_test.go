package augment_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"descent/core/augment"
	"descent/core/knob"
)

// batch is so many pictures, each of one number throughout: 100 times its place.
func batch(rows int) []float64 {
	out := make([]float64, 0, rows*70)
	for i := range rows {
		for range 70 {
			out = append(out, float64(100*i))
		}
	}
	return out
}

// λ of Beta(α, α) has mean 1/2 and variance 1/(4(2α + 1)).
func TestTheShareOfABatchIsDrawnFromBeta(t *testing.T) {
	for _, alpha := range []float64{1e-3, 0.05, 0.2, 0.7, 1, 1.5, 4, 100} {
		a := augment.New()
		a.Mixup = alpha
		const n = 40000
		sum, square := 0.0, 0.0
		for step := range n {
			share := a.Mix([]float64{1}, 1, augment.Shape{}, 7, step).Share
			if !(share >= 0 && share <= 1) {
				t.Fatalf("α %v: a share of %v", alpha, share)
			}
			sum, square = sum+share, square+(share-0.5)*(share-0.5)
		}
		want := 1 / (4 * (2*alpha + 1))
		mean, variance := sum/n, square/n
		if math.Abs(mean-0.5) > 5*math.Sqrt(want/n) || math.Abs(variance/want-1) > 0.04 {
			t.Errorf("α %v: mean %v and variance %v, want 0.5 and %v", alpha, mean, variance, want)
		}
	}
	a := augment.New()
	a.Mixup = math.SmallestNonzeroFloat64
	for step := range 1000 {
		if share := a.Mix([]float64{1}, 1, augment.Shape{}, 7, step).Share; share != 0 && share != 1 {
			t.Fatalf("the smallest α: a share of %v", share)
		}
	}
}

// The second Beta there is to know by heart: at α = 1 every share is as likely.
func TestAtAlphaOneEveryShareIsAsLikely(t *testing.T) {
	a := augment.New()
	a.Mixup = 1
	const n, bins = 20000, 20
	counts := make([]float64, bins)
	for step := range n {
		counts[int(bins*a.Mix([]float64{1}, 1, augment.Shape{}, 3, step).Share)]++
	}
	chi := 0.0
	for _, c := range counts {
		chi += (c - n/bins) * (c - n/bins) / (n / bins)
	}
	if chi > 43.8 { // 99.9 % of 19 degrees of freedom
		t.Errorf("χ² is %v: %v", chi, counts)
	}
}

func TestMixupTakesTheMeanOfTwoRowsInTheSharesItNames(t *testing.T) {
	a := augment.New()
	a.Mixup = 1
	for step := range 50 {
		x := batch(9)
		m := a.Mix(x, 9, augment.Shape{}, 1, step)
		if sorted := slices.Sorted(slices.Values(m.Partner)); m.Pasted || !slices.Equal(sorted, []int{0, 1, 2, 3, 4, 5, 6, 7, 8}) {
			t.Fatalf("partners %v", m.Partner)
		}
		for i, p := range m.Partner {
			for _, v := range x[i*70 : (i+1)*70] {
				if want := m.Share*float64(100*i) + (1-m.Share)*float64(100*p); math.Abs(v-want) > 1e-12*want {
					t.Fatalf("row %d with %d, share %v: %v, want %v", i, p, m.Share, v, want)
				}
			}
		}
	}
}

func TestCutmixPastesOneRectangleAndItsShareIsThatOfThePixelsLeft(t *testing.T) {
	a := augment.New()
	a.Cutmix = 1
	sizes := map[int]bool{}
	const n = 3000
	off := 0.0 // of the share that was drawn, where nothing hangs over, by rounding alone
	for step := range n {
		x := batch(4)
		m := a.Mix(x, 4, shape, 1, step)
		pasted := map[string]bool{}
		count := 0
		for i, p := range m.Partner {
			if i == p {
				continue
			}
			top, bottom, left, right, n := 5, -1, 7, -1, 0
			for at, v := range x[i*70 : (i+1)*70] {
				switch v {
				case float64(100 * p):
					row, col := at%35/7, at%7
					top, bottom, left, right, n = min(top, row), max(bottom, row), min(left, col), max(right, col), n+1
				case float64(100 * i):
				default:
					t.Fatalf("a pixel of %v is of neither image", v)
				}
			}
			if n > 0 && n != 2*(bottom-top+1)*(right-left+1) {
				t.Fatalf("%d pixels are no rectangle in both channels", n)
			}
			pasted[fmt.Sprint(top, bottom, left, right)] = true
			count = n
		}
		if !m.Pasted || len(pasted) > 1 {
			t.Fatalf("rectangles %v", pasted)
		}
		if len(pasted) == 1 {
			if want := 1 - float64(count)/70; math.Abs(m.Share-want) > 1e-15 {
				t.Fatalf("a share of %v, %v of the pixels are left", m.Share, want)
			}
			sizes[count] = true
		}
		off += m.Share
	}
	if len(sizes) < 20 {
		t.Errorf("only %d sizes in %d steps", len(sizes), n)
	}
	if mean := off / n; mean < 0.5 || mean > 0.75 { // ½, and more for what hangs over the border
		t.Errorf("%v of the pixels are left on average", mean)
	}
}

func TestWithBothKindsOnEachIsTakenHalfOfTheTime(t *testing.T) {
	a := augment.New()
	a.Mixup, a.Cutmix = 1, 1
	pasted := 0
	for step := range 4000 {
		if a.Mix(batch(2), 2, shape, 5, step).Pasted {
			pasted++
		}
	}
	if pasted < 1900 || pasted > 2100 {
		t.Errorf("%d of 4000 are pasted", pasted)
	}
	if a.Mix(make([]float64, 4), 2, augment.Shape{}, 5, 1).Pasted {
		t.Error("rows that are no images are pasted")
	}
}

func TestWholeNumbersThatStandForVectorsStayWhole(t *testing.T) {
	a := augment.New()
	a.Mixup, a.Noise, a.Cutmix = 1, 1, 1
	s := augment.Shape{Categorical: true}
	x := []float64{1, 2, 3, 4}
	a.Row(x[:2], s, 1, 1, 0)
	if m := a.Mix(x, 2, s, 1, 1); a.On(s) || m.Share != 1 || !slices.Equal(x, []float64{1, 2, 3, 4}) {
		t.Errorf("%v, mixed %+v", x, m)
	}
}

// turned is an augmentation with one knob at a place that shows.
func turned(t *testing.T, k int) (*augment.Augment, knob.Knob) {
	t.Helper()
	a := augment.New()
	one := a.Knobs()[k]
	v := 0.9 // a share, some pixels, an α
	switch {
	case one.Kind == knob.Integer:
		v = 2
	case one.Max == 180 || one.Max == 60:
		v = 30
	}
	if err := one.Set(knob.Num(v)); err != nil {
		t.Fatal(err)
	}
	return a, one
}

func TestEveryKnobIsOffAtZeroRepeatsAndMovesOnWithTheStep(t *testing.T) {
	for k, one := range augment.New().Knobs() {
		if one.Path == "augment.smooth" { // how, not how much
			continue
		}
		t.Run(one.Path, func(t *testing.T) {
			if v := one.Value().Num(); v != 0 || one.Zero != "off" {
				t.Errorf("it stands at %v, and 0 means %q", v, one.Zero)
			}
			a, _ := turned(t, k)
			once := func(seed uint64, step int) []float64 {
				var x []float64
				for range 4 {
					x = append(x, picture()...)
				}
				for i := range x {
					x[i] += float64(i / 70)
				}
				for i := range 4 {
					a.Row(x[i*70:(i+1)*70], shape, seed, step, i)
				}
				a.Mix(x, 4, shape, seed, step)
				return x
			}
			base := once(1, 1)
			if !a.On(shape) || len(base) != 4*70 || !slices.Equal(base, once(1, 1)) {
				t.Error("it is not on, or not the same twice")
			}
			steps, seeds := 0, 0
			for step := 2; step < 30; step++ {
				if !slices.Equal(base, once(1, step)) {
					steps++
				}
				if !slices.Equal(once(2, step), once(1, step)) {
					seeds++
				}
			}
			if steps < 5 || seeds < 5 {
				t.Errorf("of 28 steps %d are other than the first, and %d with another seed", steps, seeds)
			}
			if slices.Contains(augment.Images, one.Path) && a.On(augment.Shape{}) {
				t.Error("it is of images, and on without")
			}
			if err := a.Knobs()[k].Set(knob.Num(0)); err != nil {
				t.Fatal(err)
			}
			x := once(1, 1)
			for i, v := range x {
				if a.On(shape) || v != picture()[i%70]+float64(i/70) {
					t.Fatal("back at 0 it goes on")
				}
			}
		})
	}
}

// A knob at 0 adds nothing to another that is on: what only flips is exact.
func TestAtZeroAMotionLeavesTheOthersExact(t *testing.T) {
	a := augment.New()
	a.Flip, a.Crop = 1, 1
	for step := range 50 {
		x := picture()
		a.Row(x, shape, 1, step, 0)
		for _, v := range x {
			if v != 0 && !slices.Contains(picture(), v) {
				t.Fatalf("step %d: %v is no pixel of the picture", step, v)
			}
		}
	}
}

func TestMixingAllocatesNothing(t *testing.T) {
	a := augment.New()
	a.Mixup, a.Cutmix = 0.4, 1
	x := batch(8)
	step := 0
	if n := testing.AllocsPerRun(100, func() { step++; a.Mix(x, 8, shape, 1, step) }); n != 0 {
		t.Errorf("%v allocations a batch", n)
	}
}
