package spill_test

import (
	"bytes"
	"math"
	"testing"

	"descent/session/spill"
)

func equal(a, b []float64) bool {
	for i := range a {
		if math.Float64bits(a[i]) != math.Float64bits(b[i]) {
			return false
		}
	}
	return len(a) == len(b)
}

func TestVectorsComeBackToTheBit(t *testing.T) {
	of := func(n int, at func(i int) float64) []float64 {
		out := make([]float64, n)
		for i := range out {
			out[i] = at(i)
		}
		return out
	}
	odd := []float64{0, math.Copysign(0, -1), math.NaN(), math.Float64frombits(0x7ff0000000000001), math.Inf(-1), 5e-324, math.SmallestNonzeroFloat32, math.MaxFloat32, math.MaxFloat64, 0.1}
	for name, c := range map[string]struct {
		values []float64
		most   int // bytes a value
	}{
		"none":               {nil, 0},
		"zeros":              {make([]float64, 10000), 1},
		"float32":            {of(10000, func(i int) float64 { return float64(float32(math.Sin(float64(i)))) }), 5},
		"float64":            {of(10000, func(i int) float64 { return math.Sin(float64(i)) }), 9},
		"one that is not":    {of(10000, func(i int) float64 { return math.Pi * float64(i/9999) }), 5},
		"odd":                {odd, 9},
		"odd, again and on":  {of(8193, func(i int) float64 { return odd[i%len(odd)] }), 9},
		"minus zeros":        {of(4096, func(int) float64 { return math.Copysign(0, -1) }), 5},
		"a block and no end": {of(4096, func(i int) float64 { return math.Sqrt(float64(i)) }), 9},
	} {
		var b bytes.Buffer
		if err := spill.Write(&b, c.values); err != nil {
			t.Fatal(err)
		}
		if n := len(c.values); b.Len() > c.most*n {
			t.Errorf("%s: %d bytes for %d values", name, b.Len(), n)
		}
		got := of(len(c.values), func(int) float64 { return 7 })
		if err := spill.Read(&b, got); err != nil || !equal(got, c.values) || b.Len() > 0 {
			t.Errorf("%s: %v, %d bytes are left", name, err, b.Len())
		}
	}
	for name, bad := range map[string][]byte{"cut short": {2, 1}, "another way": {3}, "nothing": nil} {
		if err := spill.Read(bytes.NewReader(bad), make([]float64, 3)); err == nil {
			t.Errorf("%s is read", name)
		}
	}
}
