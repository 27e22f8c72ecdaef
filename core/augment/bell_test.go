package augment

import (
	"math"
	"slices"
	"testing"
)

// By hand: each pixel the mean of all others by a Gaussian of both distances,
// divided by what that leaves of the deviation.
func TestAFieldIsNoiseAveragedByABell(t *testing.T) {
	for _, s := range []Shape{{Channels: 1, Height: 5, Width: 7}, {Channels: 3, Height: 9, Width: 4}, {Channels: 1, Height: 30, Width: 30}} {
		for _, smooth := range []float64{0.5, 2, 4, 100} {
			a := New()
			a.Elastic, a.Smooth = 1.5, smooth
			a.source.Seed(1, 2)
			got := a.field(nil, s)
			a.source.Seed(1, 2)
			noise := make([]float64, s.Height*s.Width)
			for i := range noise {
				noise[i] = a.within(a.Elastic)
			}
			weight := func(d int) float64 { return math.Exp(-float64(d*d) / (2 * smooth * smooth)) }
			square := 0.0
			for side, d := max(s.Height, s.Width), 0; d < side; d++ {
				square += weight(d) * weight(d) * float64(min(d+1, 2))
			}
			for i := range noise {
				want := 0.0
				for j, v := range noise {
					want += v * weight(i/s.Width-j/s.Width) * weight(i%s.Width-j%s.Width) / square
				}
				if math.Abs(got[i]-want) > 1e-13*(1+math.Abs(want)) {
					t.Fatalf("%d×%d, %v pixels alike: pixel %d moves by %v, want %v", s.Height, s.Width, smooth, i, got[i], want)
				}
			}
		}
	}
}

func TestABellIsMadeAnewWhereItIsAnother(t *testing.T) {
	var b bell
	first := slices.Clone(b.of(8, 2))
	for _, c := range []struct {
		side   int
		smooth float64
	}{{8, 3}, {6, 3}, {8, 2}} {
		var fresh bell
		if got := b.of(c.side, c.smooth); !slices.Equal(got, fresh.of(c.side, c.smooth)) {
			t.Errorf("of %d pixels and deviation %v it is another after the one before", c.side, c.smooth)
		}
	}
	if !slices.Equal(first, b.of(8, 2)) {
		t.Error("the first is not the last")
	}
	if n := testing.AllocsPerRun(10, func() { b.of(8, 2) }); n != 0 {
		t.Errorf("%v allocations where nothing changes", n)
	}
}
