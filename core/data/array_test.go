package data_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"descent/core/data"
)

// idx writes numbers as an IDX file of that type.
func idx(kind byte, shape []uint32, values any) []byte {
	var b bytes.Buffer
	b.Write([]byte{0, 0, kind, byte(len(shape))})
	_ = binary.Write(&b, binary.BigEndian, shape)
	_ = binary.Write(&b, binary.BigEndian, values)
	return b.Bytes()
}

// npy writes numbers as numpy.save does.
func npy(kind, shape string, values any) []byte { return npyHeader(kind, "False", shape, values) }

func npyHeader(kind, fortran, shape string, values any) []byte {
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }", kind, fortran, shape)
	header += strings.Repeat(" ", 63-(len(header)+10)%64) + "\n"
	var b bytes.Buffer
	b.WriteString("\x93NUMPY\x01\x00")
	_ = binary.Write(&b, binary.LittleEndian, uint16(len(header)))
	b.WriteString(header)
	_ = binary.Write(&b, binary.LittleEndian, values)
	return b.Bytes()
}

type named struct {
	name    string
	content []byte
}

func npz(t testing.TB, entries ...named) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		w, err := z.Create(e.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(e.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func q4(n, h, w uint32, body ...byte) []byte {
	var b bytes.Buffer
	b.WriteString("Q4IM")
	_ = binary.Write(&b, binary.BigEndian, []uint32{n, h, w})
	b.Write(body)
	return b.Bytes()
}

func TestArraysAreReadByWhatTheyHold(t *testing.T) {
	images := idx(8, []uint32{2, 2, 2}, []uint8{0, 51, 102, 153, 204, 255, 0, 255})
	pixels := []float64{0, 0.2, 0.4, 0.6, 0.8, 1, 0, 1}
	labels := idx(8, []uint32{2}, []uint8{7, 3})
	square := []string{"r0c0", "r0c1", "r1c0", "r1c1"}
	x := npy("<f8", "2, 2", []float64{1, 2, 3, 4.5})
	y := npy("<i8", "2,", []int64{7, 3})
	rows, classes := []float64{1, 2, 3, 4.5}, []float64{7, 3}
	for _, c := range []struct {
		name            string
		content, labels []byte
		shape           []int
		inputs          []string
		x, y            []float64
	}{
		{"IDX", images, labels, []int{2, 2}, square, pixels, classes},
		{"IDX in a gzip", gzipped(t, images), gzipped(t, labels), []int{2, 2}, square, pixels, classes},
		{"IDX of rows", idx(8, []uint32{2, 2}, []uint8{0, 51, 102, 255}), labels, nil, []string{"x0", "x1"}, []float64{0, 51, 102, 255}, classes},
		{"IDX of signed bytes", idx(9, []uint32{2, 1}, []int8{-3, 4}), labels, nil, []string{"x0"}, []float64{-3, 4}, classes},
		{"IDX of shorts", idx(0xb, []uint32{2}, []int16{-300, 4}), labels, nil, []string{"x0"}, []float64{-300, 4}, classes},
		{"IDX of ints", idx(0xc, []uint32{2}, []int32{-70000, 4}), labels, nil, []string{"x0"}, []float64{-70000, 4}, classes},
		{"IDX of floats", idx(0xd, []uint32{2}, []float32{-0.5, 4}), labels, nil, []string{"x0"}, []float64{-0.5, 4}, classes},
		{"IDX of doubles", idx(0xe, []uint32{2}, []float64{0.1, 4}), labels, nil, []string{"x0"}, []float64{0.1, 4}, classes},
		{"IDX and NPY", images, y, []int{2, 2}, square, pixels, classes},
		{"NPY", x, y, nil, []string{"x0", "x1"}, rows, classes},
		{"NPY of a column", npy("<f4", "2,", []float32{0.5, -1}), npy("|b1", "2, 1", []bool{true, false}), nil, []string{"x0"}, []float64{0.5, -1}, []float64{1, 0}},
		{"NPY of colours", npy("|u1", "2, 1, 1, 3", []uint8{0, 51, 255, 0, 0, 102}), y, []int{1, 1, 3}, []string{"r0c0k0", "r0c0k1", "r0c0k2"}, []float64{0, 0.2, 1, 0, 0, 0.4}, classes},
		{"NPY of images of floats", npy("<f8", "2, 1, 2", []float64{1, 2, 3, 4.5}), y, []int{1, 2}, []string{"r0c0", "r0c1"}, rows, classes},
		{"NPZ", npz(t, named{"y.npy", y}, named{"x.npy", x}), nil, nil, []string{"x0", "x1"}, rows, classes},
		{"NPZ without names", npz(t, named{"arr_0.npy", x}, named{"arr_1.npy", y}), nil, nil, []string{"x0", "x1"}, rows, classes},
		{"q4", q4(2, 1, 2, 7, 3, 0x0f, 0x3c), nil, []int{1, 2}, []string{"r0c0", "r0c1"}, []float64{0, 1, 0.2, 0.8}, classes},
	} {
		got, err := data.Read("f", c.content, c.labels, data.Spec{Labels: "l"})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got.Rows != 2 || !slices.Equal(got.X, c.x) || !slices.Equal(got.Inputs, c.inputs) || !slices.Equal(got.Shape, c.shape) ||
			len(got.Targets) != 1 || !slices.Equal(got.Targets[0].Numbers, c.y) || got.Held != 0 {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

func TestEveryTypeOfNumPyIsRead(t *testing.T) {
	for kind, values := range map[string]any{
		"<f8": []float64{1, 200}, "<f4": []float32{1, 200},
		"<i8": []int64{1, 200}, "<i4": []int32{1, 200}, "<i2": []int16{1, 200},
		"<u8": []uint64{1, 200}, "<u4": []uint32{1, 200}, "<u2": []uint16{1, 200}, "|u1": []uint8{1, 200},
	} {
		got, err := data.Read("f", npy(kind, "2,", values), npy("|i1", "2, 2", []int8{-1, 2, 3, 4}), data.NewSpec())
		if err != nil || !slices.Equal(got.X, []float64{1, 200}) || !slices.Equal(got.Targets[0].Numbers, []float64{-1, 3}) || got.Targets[1].Name != "y1" {
			t.Errorf("%s: %+v, %v", kind, got, err)
		}
	}
}

func TestATestPartIsHeld(t *testing.T) {
	one, two := q4(2, 1, 2, 0, 1, 0x01, 0x23), q4(1, 1, 2, 1, 0x45)
	x, y := npy("<f8", "2, 1", []float64{1, 2}), npy("<i8", "2,", []int64{0, 1})
	xt, yt := npy("<f8", "1, 1", []float64{3}), npy("<i8", "1,", []int64{1})
	for name, content := range map[string][]byte{
		"q4":      slices.Concat(one, two),
		"q4 zips": slices.Concat(gzipped(t, one), gzipped(t, two)),
		"NPZ":     npz(t, named{"x_test.npy", xt}, named{"x_train.npy", x}, named{"y_test.npy", yt}, named{"y_train.npy", y}),
	} {
		got, err := data.Read("f", content, nil, data.NewSpec())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		set, err := data.Prepare(got, data.NewSpec(), 2, false, 1)
		if err != nil || got.Held != 1 || !slices.Equal(set.Train.Classes, []int{0, 1}) || !slices.Equal(set.Val.Classes, []int{1}) {
			t.Errorf("%s: %+v, %v", name, set, err)
		}
	}
}

func TestQ4NamesItsClasses(t *testing.T) {
	images := q4(3, 1, 2, 0, 1, 1, 0x01, 0x23, 0x45)
	got, err := data.Read("f", slices.Concat(images, []byte("Q4CN"), []byte("shirt\nshoe\n")), nil, data.NewSpec())
	if err != nil {
		t.Fatal(err)
	}
	for outputs, want := range map[int][]string{2: {"shirt", "shoe"}, 3: {"shirt", "shoe", "2"}} {
		set, err := data.Prepare(got, data.NewSpec(), outputs, false, 1)
		if err != nil || !slices.Equal(set.Targets, want) || !slices.Equal(set.Train.Classes, []int{0, 1, 1}) {
			t.Errorf("%+v, %v", set, err)
		}
	}
}

func TestRowsCanBeDeclaredImages(t *testing.T) {
	const rows = "a,b,c,d,e,f,y\n1,2,3,4,5,6,0\n"
	got, err := read(rows, data.Spec{Shape: []int{2, 3}})
	if err != nil || !slices.Equal(got.Shape, []int{2, 3}) {
		t.Errorf("%+v, %v", got, err)
	}
	for want, shape := range map[string][]int{
		"data.shape makes 8 pixels but the data has 6 inputs":                             {2, 2, 2},
		"data.shape takes height and width, or height, width and channels, not 1 numbers": {6},
		"data.shape makes 7.92281625e+28 pixels but the data has 6 inputs":                {1 << 32, 1 << 32, 1 << 32},
		"data.shape takes height and width, or height, width and channels, not 4 numbers": {1, 1, 2, 3},
	} {
		_, err := read(rows, data.Spec{Shape: shape})
		var k *data.KeyError
		if !errors.As(err, &k) || k.Key != "data.shape" || err.Error() != want {
			t.Errorf("%v: %v, want %s", shape, err, want)
		}
	}
}

func TestArrayErrorsSayWhatIsWrong(t *testing.T) {
	images, labels := idx(8, []uint32{2, 1, 1}, []uint8{1, 2}), idx(8, []uint32{2}, []uint8{7, 3})
	x, y := npy("<f8", "2, 1", []float64{1, 2}), npy("<i8", "2,", []int64{7, 3})
	image := q4(2, 1, 2, 7, 3, 0x0f, 0x3c)
	for _, c := range []struct {
		name            string
		content, labels []byte
		want            string
	}{
		{"no labels", images, nil, "f holds inputs only; give data.labels, the file of their labels"},
		{"no labels of NPY", x, nil, "f holds inputs only; give data.labels, the file of their labels"},
		{"labels of a table", []byte("a,y\n1,2\n"), labels, "f is a table, whose targets are columns; data.labels goes with images and arrays"},
		{"labels of q4", image, labels, "f holds its own labels; leave data.labels out"},
		{"labels of NPZ", npz(t, named{"x.npy", x}, named{"y.npy", y}), labels, "f holds its own labels; leave data.labels out"},
		{"labels as text", images, []byte("7\n3\n"), "l: the file is neither IDX nor NPY"},
		{"labels in a broken gzip", images, []byte("\x1f\x8b"), "l: the gzip file is damaged: unexpected EOF"},
		{"other bytes", []byte("a\x00b"), nil, "f: the file is neither text in UTF-8 nor one of IDX, NPY and NPZ"},
		{"more labels", images, idx(8, []uint32{3}, []uint8{7, 3, 1}), "f holds 2 rows but l holds 3"},
		{"labels of three dimensions", images, images, "l is 2×1×1; labels are one number, or one row of numbers, for each example"},
		{"no rows", idx(8, []uint32{0, 1, 1}, []uint8{}), idx(8, []uint32{0}, []uint8{}), "f holds no rows"},
		{"rows of nothing", idx(8, []uint32{2, 0, 1}, []uint8{}), labels, "f has rows without a number (2×0×1)"},
		{"five dimensions", idx(8, []uint32{2, 1, 1, 1, 1}, []uint8{1, 2}), labels, "f is 2×1×1×1×1; inputs are n×features, or n×height×width or n×height×width×channels"},
		{"NaN", npy("<f8", "2, 2", []float64{1, 2, 3, math.NaN()}), y, "f: row 2, number 2 is NaN, which is not a finite number"},
		{"an infinite label", x, npy("<f8", "2,", []float64{1, math.Inf(-1)}), "l: row 2, number 1 is -Inf, which is not a finite number"},
		{"an IDX header cut short", images[:9], labels, "f: the IDX file ends within its header"},
		{"an IDX cut short", images[:len(images)-1], labels, "f: the header says 2×1×1 numbers, 2 bytes, but 1 follow it"},
		{"an IDX too long", slices.Concat(images, []byte{0}), labels, "f: the header says 2×1×1 numbers, 2 bytes, but 3 follow it"},
		{"an IDX of too much", idx(8, []uint32{1 << 31, 1 << 31, 1 << 31}, []uint8{}), labels, "f: the header says 2147483648×2147483648×2147483648 numbers; the most is 2^28"},
		{"an IDX of too much, times nothing", idx(8, append(slices.Repeat([]uint32{1 << 31}, 34), 0), []uint8{}), labels, "f: the header says " + strings.Repeat("2147483648×", 34) + "0 numbers; the most is 2^28"},
		{"NPY of objects", npy("|O", "2, 1", []float64{1, 2}), y, `f: the array is of type "|O"; save it as float64, float32, float16, an integer type or bool`},
		{"NPY of a single number", npy("<f8", "", []float64{1}), y, "f: the array is a single number; it needs one row for each example"},
		{"NPY of too much", npy("<f8", "99999999999, 2", []float64{}), y, "f: the header says 99999999999×2 numbers; the most is 2^28"},
		{"NPY of a size beyond counting", npy("<f8", "99999999999999999999, 2", []float64{}), y, "f: the header of the NPY file cannot be read"},
		{"NPY cut short", x[:len(x)-3], y, "f: the header says 2×1 numbers, 16 bytes, but 13 follow it"},
		{"an NPY header cut short", x[:50], y, "f: the NPY file ends within its header"},
		{"an NPY of its magic", x[:6], y, "f: the NPY file ends within its header"},
		{"an NPY header of nonsense", npyHeader("<f8", "maybe", "2,", []float64{1, 2}), y, "f: the header of the NPY file cannot be read"},
		{"NPY of records", bytes.Replace(x, []byte("'<f8'"), []byte("[   ]"), 1), y, "f: the array holds records; save plain numbers"},
		{"an NPZ of one array", npz(t, named{"x.npy", x}, named{"readme", nil}), nil, "f: the zip file holds 1 NumPy array; an NPZ holds x and y"},
		{"an NPZ cut short", npz(t, named{"x.npy", x}, named{"y.npy", y})[:60], nil, "f: the NPZ file is damaged: zip: not a valid zip file"},
		{"an NPZ of other entries", npz(t, named{"x.npy", x}, named{"y.npy", []byte("7")}), nil, "f:y: the entry is not an NPY array"},
		{"a broken array in an NPZ", npz(t, named{"x.npy", x[:len(x)-3]}, named{"y.npy", y}), nil, "f:x: the header says 2×1 numbers, 16 bytes, but 13 follow it"},
		{"a test part of another width", npz(t, named{"x_train.npy", x}, named{"y_train.npy", y}, named{"x_test.npy", npy("<f8", "1, 2", []float64{1, 2})}, named{"y_test.npy", npy("<f8", "1,", []float64{1})}), nil, "f: the test part has 2 inputs and 1 target, the training part 1 and 1"},
		{"a q4 header cut short", image[:15], nil, "f: the q4 file ends within its header"},
		{"a q4 cut short", image[:len(image)-1], nil, "f: the header says 2×1×2 pixels, 4 bytes with their labels, but 3 follow it"},
		{"a q4 too long", slices.Concat(image, []byte{0}), nil, "f: 1 byte after the last image"},
		{"a q4 of three parts", slices.Concat(image, image, image), nil, "f: 20 bytes after the last image"},
		{"a q4 of two shapes", slices.Concat(image, q4(1, 2, 2, 7, 0, 0)), nil, "f: the test part has 4 inputs and 1 target, the training part 2 and 1"},
		{"a q4 of nothing", q4(0, 1, 1), nil, "f: the header says 0×1×1 pixels; there is no image"},
		{"a q4 of odd size", q4(1, 1, 1, 0, 0), nil, "f: the header says 1×1×1 pixels, an odd number; two share a byte"},
		{"a q4 of too much", q4(1<<31, 1<<31, 1<<31), nil, "f: the header says 2147483648×2147483648×2147483648 numbers; the most is 2^28"},
	} {
		_, err := data.Read("f", c.content, c.labels, data.Spec{Labels: "l"})
		if err == nil || err.Error() != c.want {
			t.Errorf("%s:\n got %v\nwant %s", c.name, err, c.want)
		}
	}
}

func TestTargetsOfArraysCannotBeNamed(t *testing.T) {
	labels := idx(8, []uint32{2}, []uint8{7, 3})
	for _, c := range []struct{ content, labels []byte }{
		{idx(8, []uint32{2, 1, 1}, []uint8{1, 2}), labels},
		{q4(2, 1, 2, 7, 3, 0x0f, 0x3c), nil},
	} {
		_, err := data.Read("f", c.content, c.labels, data.Spec{Labels: "l", Target: []string{"y"}})
		var k *data.KeyError
		if !errors.As(err, &k) || k.Key != "data.target" || err.Error() != "data.target names columns, and f has none; leave it out" {
			t.Errorf("%v", err)
		}
	}
}
