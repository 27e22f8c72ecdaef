package data_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"descent/core/data"
)

// coloured are two images of height 2, width 3 and 3 channels, so that each
// number says where it belongs: hundreds the channel, tens the row, ones the column.
func coloured(last bool) []float64 {
	var out []float64
	for n := range 2 {
		for i := range 18 {
			c, row, col := i/6, i/3%2, i%3
			if last {
				c, row, col = i%3, i/9, i/3%3
			}
			out = append(out, float64(1000*n+100*c+10*row+col))
		}
	}
	return out
}

func names(last bool) (out []string) {
	for _, v := range coloured(last)[:18] {
		n := int(v)
		out = append(out, strings.NewReplacer("R", string(rune('0'+n/10%10)), "C", string(rune('0'+n%10)), "K", string(rune('0'+n/100))).Replace("rRcCkK"))
	}
	return out
}

func TestBothLayoutsAreReadAsTheModelTakesThem(t *testing.T) {
	labels := npy("<i8", "2,", []int64{0, 1})
	last, first := coloured(true), coloured(false)
	flatLast, flatFirst := npy("<f8", "2, 18", last), npy("<f8", "2, 18", first)
	hwc, chw := npy("<f8", "2, 2, 3, 3", last), npy("<f8", "2, 3, 2, 3", first)
	for _, c := range []struct {
		name    string
		content []byte
		shape   []int
		layout  string
		row     []int // model.input
		last    bool  // how the rows come out
	}{
		{"channels last, for a convolution", hwc, nil, "auto", []int{3, 2, 3}, false},
		{"channels first, for a convolution", chw, nil, "auto", []int{3, 2, 3}, false},
		{"channels last, said by layout", hwc, nil, "hwc", nil, true},
		{"channels first, said by layout", chw, nil, "chw", nil, false},
		{"channels last and data.shape", hwc, []int{2, 3, 3}, "auto", nil, true},
		{"channels first and data.shape", chw, []int{2, 3, 3}, "auto", nil, false},
		{"channels first and data.shape as the array has it", chw, []int{3, 2, 3}, "chw", nil, false},
		{"pixels in one size, channels last", npy("<f8", "2, 6, 3", last), []int{2, 3, 3}, "auto", []int{3, 2, 3}, false},
		{"pixels in one size, channels first", npy("<f8", "2, 3, 6", first), []int{2, 3, 3}, "auto", nil, false},
		{"flat rows, channels last", flatLast, []int{2, 3, 3}, "auto", []int{3, 2, 3}, false},
		{"flat rows, channels last, for a flat model", flatLast, []int{2, 3, 3}, "auto", nil, true},
		{"flat rows, channels first", flatFirst, []int{3, 2, 3}, "auto", []int{3, 2, 3}, false},
		{"flat rows, channels first, by layout", flatFirst, []int{2, 3, 3}, "chw", []int{3, 2, 3}, false},
		{"flat rows, channels last, by layout and model", flatLast, nil, "hwc", []int{3, 2, 3}, false},
	} {
		s := data.NewSpec()
		s.Labels, s.Shape, s.Layout, s.Row = "l", c.shape, c.layout, c.row
		table, err := data.Read("f", c.content, labels, s)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if !slices.Equal(table.Shape, []int{2, 3, 3}) || table.Last != c.last || !slices.Equal(table.X, coloured(c.last)) {
			t.Errorf("%s: %v, channels last: %v, %v", c.name, table.Shape, table.Last, table.X)
		}
		if strings.HasPrefix(table.Inputs[0], "r") && !slices.Equal(table.Inputs, names(c.last)) {
			t.Errorf("%s: %v", c.name, table.Inputs)
		}
		set, err := data.Prepare(table, s, 2, false, 1)
		if err != nil {
			t.Fatal(err)
		}
		for channel := range 3 {
			if got, want := set.Train.X.Data[set.At(channel, 1, 2)], float64(100*channel+12); got != want {
				t.Errorf("%s: channel %d of a pixel is %v, want %v", c.name, channel, got, want)
			}
		}
	}
}

func TestTheNamesOfColumnsMoveWithThem(t *testing.T) {
	s := data.NewSpec()
	s.Shape, s.Row = []int{1, 2, 3}, []int{3, 1, 2}
	table, err := data.Read("f.csv", []byte("r0,g0,b0,r1,g1,b1,y\n1,2,3,4,5,6,0\n"), nil, s)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"r0", "r1", "g0", "g1", "b0", "b1"}; !slices.Equal(table.Inputs, want) || !slices.Equal(table.X, []float64{1, 4, 2, 5, 3, 6}) {
		t.Errorf("%v %v, want %v", table.Inputs, table.X, want)
	}
	if want := "1 row, 6 inputs (1×2×3, channels last)"; !strings.HasPrefix(table.Summary(), want) {
		t.Errorf("%q does not begin with %q", table.Summary(), want)
	}
}

// A log from before there was data.layout means what it meant: the rows as they
// lie.
func TestWithoutALayoutRowsAreTakenAsTheyLie(t *testing.T) {
	labels := npy("<i8", "2,", []int64{0, 1})
	for _, content := range [][]byte{npy("<f8", "2, 2, 3, 3", coloured(true)), npy("<f8", "2, 3, 2, 3", coloured(true))} {
		s := data.Spec{Labels: "l", Shape: []int{2, 3, 3}, Row: []int{3, 2, 3}, Missing: "refuse"}
		table, err := data.Read("f", content, labels, s)
		if err != nil || table.Last || !slices.Equal(table.X, coloured(true)) {
			t.Errorf("%+v, %v", table, err)
		}
	}
}

func TestContradictoryAndAmbiguousShapesAreRefused(t *testing.T) {
	labels := npy("<i8", "1,", []int64{0})
	array := func(shape string, n int) []byte { return npy("|u1", "1, "+shape, make([]byte, n)) }
	for _, c := range []struct {
		name    string
		content []byte
		shape   []int
		layout  string
		row     []int
		key     string
		want    string
	}{
		{"neither end is few channels", array("8, 8, 8", 512), nil, "auto", nil, "data.layout", `f: rows of 8×8×8 are images with channels last or first; say data.layout = "hwc" (height × width × channels) or "chw" (channels × height × width)`},
		{"both ends are", array("3, 5, 4", 60), nil, "auto", nil, "data.layout", `f: rows of 3×5×4 are`},
		{"a cube", array("3, 3, 3", 27), []int{3, 3, 3}, "auto", []int{3, 3, 3}, "data.layout", `f: rows of 3×3×3 are`},
		{"a cube in a flat row", array("27", 27), []int{3, 3, 3}, "auto", []int{3, 3, 3}, "data.layout", `f: rows of 3×3×3 are`},
		{"model.input turned", array("4, 6, 3", 72), nil, "auto", []int{3, 6, 4}, "model.input", `model.input [3 6 4] contradicts the images of f, 4×6 pixels of 3 channels, channels last: with them it is [3 4 6]`},
		{"model.input with channels last", array("5, 6, 3", 90), nil, "auto", []int{5, 6, 3}, "model.input", `model.input [5 6 3] contradicts the images of f, 5×6 pixels of 3 channels, channels last: with them it is [3 5 6]; if they are of 5 channels, say data.layout = "chw"`},
		{"model.input against data.shape", array("90", 90), []int{5, 6, 3}, "auto", []int{3, 6, 5}, "model.input", `model.input [3 6 5] contradicts the images of f, 5×6 pixels of 3 channels, channels last: with them it is [3 5 6]`},
		{"model.input against grey images", array("4, 6", 24), nil, "auto", []int{1, 6, 4}, "model.input", `model.input [1 6 4] contradicts the images of f, 4×6 pixels: with them it is [1 4 6]`},
		{"model.input against data.shape of grey images", array("24", 24), []int{4, 6}, "auto", []int{1, 3, 8}, "model.input", `model.input [1 3 8] contradicts`},
		{"channels where there are none", array("6, 6", 36), nil, "auto", []int{4, 3, 3}, "model.input", `model.input [4 3 3] contradicts`},
		{"data.shape against the array", array("5, 6, 3", 90), []int{6, 5, 3}, "auto", nil, "data.shape", `data.shape [6 5 3] contradicts f, whose rows are 5×6×3`},
		{"data.shape against grey images", array("4, 6", 24), []int{6, 4}, "auto", nil, "data.shape", `data.shape [6 4] contradicts f, whose rows are 4×6`},
		{"layout against model.input", array("5, 6, 3", 90), nil, "chw", []int{3, 5, 6}, "model.input", `model.input [3 5 6] contradicts the images of f, 6×3 pixels of 5 channels, channels first: with them it is [5 6 3]`},
		{"layout against data.shape", array("5, 6, 3", 90), []int{6, 3, 5}, "hwc", nil, "data.layout", `data.layout = "hwc" contradicts f, whose images are 6×3 pixels of 5 channels, channels first`},
		{"layout of no images", array("90", 90), nil, "hwc", nil, "data.layout", `data.layout says in which order height, width and channels lie, and f does not say what they are; give data.shape = [height, width, channels]`},
	} {
		s := data.NewSpec()
		s.Labels, s.Shape, s.Layout, s.Row = "l", c.shape, c.layout, c.row
		_, err := data.Read("f", c.content, labels, s)
		var k *data.KeyError
		if !errors.As(err, &k) || k.Key != c.key || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s:\n got %v\nwant %s (of %s)", c.name, err, c.want, c.key)
		}
	}
}
