package data_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"descent/core/data"
)

// prepared reads lines and makes them ready for one output.
func prepared(t *testing.T, content string, s data.Spec) *data.Set {
	t.Helper()
	table, err := read(content, s)
	if err != nil {
		t.Fatal(err)
	}
	set, err := data.Prepare(table, s, 1, false, 1)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// A power of two in front of a column is what standardizing takes off again, to
// the bit, however large or small.
func TestStandardizingDoesNotDependOnTheScaleOfAColumn(t *testing.T) {
	values := []float64{8.25, 2.5, -7.75, 5.875, 2.8125, 2.5, 8.125, 7.296875}
	column := func(scale int) string {
		b := strings.Builder{}
		b.WriteString("x,y\n")
		for _, v := range values {
			fmt.Fprintf(&b, "%v,%v\n", math.Ldexp(v, scale), math.Ldexp(v, scale))
		}
		return b.String()
	}
	s := data.Spec{Standardize: true, StandardizeTarget: true}
	want := prepared(t, column(0), s)
	for _, scale := range []int{-1060, -1000, -600, -500, -452, -451, -450, -449, 300, 508, 511, 600, 1000, 1020} {
		got := prepared(t, column(scale), s)
		if !slices.Equal(got.Train.X.Data, want.Train.X.Data) || !slices.Equal(got.Train.Values.Data, want.Train.Values.Data) {
			t.Errorf("2^%d: %v, want %v", scale, got.Train.X.Data, want.Train.X.Data)
		}
		if m, d := math.Ldexp(want.Mean[0], scale), math.Ldexp(want.Deviation[0], scale); got.Mean[0] != m || got.Deviation[0] != d {
			t.Errorf("2^%d: mean %v, deviation %v, want %v and %v", scale, got.Mean[0], got.Deviation[0], m, d)
		}
	}
}

func TestAConstantColumnIsOnlyShiftedWhateverItsSize(t *testing.T) {
	for _, v := range []string{"0", "1e300", "-1e-300", "5e-324", "1.7e308", "0.1"} {
		set := prepared(t, "x,y\n"+strings.Repeat(v+",1\n", 7), data.Spec{Standardize: true})
		for _, x := range set.Train.X.Data {
			if size := math.Abs(x); size > 1e-12*max(1, math.Abs(set.Mean[0])) {
				t.Errorf("%s became %v", v, set.Train.X.Data)
				break
			}
		}
		if set.Deviation[0] != 1 {
			t.Errorf("%s: deviation %v", v, set.Deviation[0])
		}
	}
}

func TestTheMeanOfLargeNumbersIsFilledIn(t *testing.T) {
	set := prepared(t, "x,y\n1.5e308,1\n1.7e308,2\n,3\n", data.Spec{Missing: "mean"})
	if got := set.Train.X.Data[2]; math.Abs(got/1.6e308-1) > 1e-12 {
		t.Errorf("%v", set.Train.X.Data)
	}
}

// The sum of 35 numbers of 1e30 over 35 is 1e30 give or take 1e15.
func TestAColumnOfOneHugeNumberIsZeroThroughout(t *testing.T) {
	s := data.NewSpec()
	s.Standardize = true
	set := prepared(t, "a,b,y\n"+strings.Repeat("1e30,1,0\n1e30,2,1\n", 25), s)
	for i := 0; i < len(set.Train.X.Data); i += 2 {
		if v := set.Train.X.Data[i]; v != 0 {
			t.Fatalf("row %d is %v", i/2, v)
		}
	}
}
