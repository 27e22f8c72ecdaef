package data_test

import (
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"testing"

	"descent/core/data"
)

// The numbers of arrays of every type, order of bytes and order of axes are those that
// NumPy says; see testdata/npy.py.
func TestArraysOfNumPyAreReadInEveryOrder(t *testing.T) {
	content, err := os.ReadFile("testdata/npy.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Kind, Order string
		Shape       []int
		NPY         []byte
		Values      []float64
	}
	if err := json.Unmarshal(content, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		want := slices.Clone(c.Values)
		if c.Kind == "|u1" && len(c.Shape) > 2 { // pixels
			for i := range want {
				want[i] /= 255
			}
		}
		classes := make([]uint8, c.Shape[0])
		got, err := data.Read("f", c.NPY, npy("|u1", strconv.Itoa(c.Shape[0])+",", classes), data.Spec{Labels: "l"})
		if err != nil || !slices.Equal(got.X, want) {
			t.Errorf("%s %v %s: %v, %v; NumPy has %v", c.Kind, c.Shape, c.Order, got, err, want)
		}
	}
}

// Integers that a float64 does not hold keep their digits as labels, whatever the order.
func TestLongIntegersOfAnyOrderKeepTheirDigits(t *testing.T) {
	y := npyHeader(">i8", "True", "2, 1", []byte{0, 0x20, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7})
	got, err := data.Read("f", npy("<f8", "2,", []float64{1, 2}), y, data.Spec{Labels: "l"})
	if err != nil || !slices.Equal(got.Targets[0].Labels, []string{"9007199254740993", "7"}) {
		t.Errorf("%+v, %v", got, err)
	}
}
