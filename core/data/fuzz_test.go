package data_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"descent/core/data"
)

// sound refuses an empty error, a table with holes in it, and whatever Prepare
// panics at.
func sound(t *testing.T, table *data.Table, err error, s data.Spec) {
	t.Helper()
	if err != nil {
		if strings.TrimSpace(err.Error()) == "" {
			t.Error("an empty error")
		}
		return
	}
	if table.Rows < 1 || len(table.X) != table.Rows*len(table.Inputs) || table.Held >= table.Rows || table.Held < 0 {
		t.Fatalf("%d rows, %d held, of %d inputs, %d numbers", table.Rows, table.Held, len(table.Inputs), len(table.X))
	}
	pixels := 1
	for _, size := range table.Shape {
		pixels *= size
	}
	if table.Shape != nil && pixels != len(table.Inputs) {
		t.Errorf("%d inputs of shape %v", len(table.Inputs), table.Shape)
	}
	for i, x := range table.X {
		if math.IsInf(x, 0) || math.IsNaN(x) && table.Missing == 0 {
			t.Fatalf("number %d is %v", i, x)
		}
	}
	for _, c := range table.Targets {
		if len(c.Numbers)+len(c.Words) != table.Rows {
			t.Errorf("target %q has %d numbers and %d words for %d rows", c.Name, len(c.Numbers), len(c.Words), table.Rows)
		}
	}
	if table.Numbers != nil && len(table.Numbers) != table.Rows || table.Read > 0 && table.Read < table.Rows {
		t.Errorf("%d numbers of %d rows of %d", len(table.Numbers), table.Rows, table.Read)
	}
	for _, c := range table.Targets {
		if c.Labels != nil && len(c.Labels) != table.Rows {
			t.Errorf("%d labels for %d rows", len(c.Labels), table.Rows)
		}
	}
	if table.Summary() == "" {
		t.Error("an empty summary")
	}
	s.Validation, s.Standardize, s.StandardizeTarget = 0.3, true, true
	for outputs := 1; outputs < 4; outputs++ {
		for _, named := range []bool{false, true} {
			_, _ = data.Prepare(table, s, outputs, named, 1)
		}
	}
}

// Whatever the bytes, reading ends in a whole table or in an error.
func FuzzReadTable(f *testing.F) {
	f.Add([]byte("a,b,y\n1,2,3\n4,5,cat\n"), "y", "refuse", "auto", "")
	f.Add([]byte("\xef\xbb\xbfa,b\r\n1,2\r\n"), "", "drop", "true", "")
	f.Add([]byte("a,a\n\"1\n"), "a", "refuse", "", "")
	f.Add([]byte("a\tb\ty\nu\t1\t2\nNA\t\t3\nv\t3\t4\n"), "y", "mean", "auto", "u")
	f.Add([]byte("1;2\n3;4\n;NA\n"), "c0", "drop", "auto", "3")
	f.Add([]byte("a;y\n1,5;2\n"), "", "", "", "")
	f.Add([]byte("1.5,?,a\n2,nan,b\n-,3,a\n"), "c2", "drop", "false", "")
	f.Add([]byte("a,y\nInf,9007199254740993\nu,null\n\"v\nw\",-1\n"), "", "drop", "auto", "")
	f.Add(gzipped(f, "a,y\n1,2\n"), "y", "mean", "auto", "1")
	f.Fuzz(func(t *testing.T, content []byte, name, missing, header, na string) {
		s := data.Spec{Missing: missing, Header: header}
		if name != "" {
			s.Target = []string{name}
		}
		if na != "" {
			s.NA = strings.Split(na, ",")
		}
		table, err := data.Read("f.csv", content, nil, s)
		sound(t, table, err, s)
		s.Lax = true
		table, err = data.Read("f.csv", content, nil, s)
		sound(t, table, err, s)
		s.Lax, s.Written = false, data.NewSpec().Written
		table, err = data.Read("f.csv", content, nil, s)
		sound(t, table, err, s)
	})
}

// Two files of any bytes make a table with a test part, or an error.
func FuzzReadWith(f *testing.F) {
	x, y := npy("<f8", "2, 1", []float64{1, 2}), npy("<i8", "2,", []int64{1<<53 + 1, 0})
	f.Add([]byte("a,b,y\n1,u,3\n,v,4\n"), []byte("y;b;a\n1;w;2\n;u;3\n"), "drop", []byte(nil))
	f.Add([]byte("1,2\n3,4\n"), []byte("5,?\n6,7\n"), "drop", []byte(nil))
	f.Add(x, x, "refuse", y)
	f.Fuzz(func(t *testing.T, train, val []byte, missing string, labels []byte) {
		s := data.Spec{Missing: missing}
		if len(labels) == 0 {
			labels = nil
		}
		table, err := data.ReadWith(data.Source{Name: "f", Content: train, LabelsName: "l", Labels: labels}, &data.Source{Name: "v", Content: val, LabelsName: "l", Labels: labels}, nil, s)
		if err == nil && table.Held == 0 {
			t.Error("no test part")
		}
		sound(t, table, err, s)
	})
}

func FuzzReadIDX(f *testing.F) {
	labels := idx(8, []uint32{2}, []uint8{1, 0})
	f.Add(idx(8, []uint32{2, 1, 2}, []uint8{1, 2, 3, 4}), labels)
	f.Add(idx(0xd, []uint32{2, 1}, []float32{1, 2}), idx(0xb, []uint32{2, 2}, []int16{1, 2, 3, 4}))
	f.Add(gzipped(f, idx(0xe, []uint32{1}, []float64{1})), gzipped(f, idx(0xc, []uint32{1}, []int32{1})))
	f.Fuzz(func(t *testing.T, content, labels []byte) {
		s := data.Spec{Labels: "l"}
		table, err := data.Read("f", append([]byte{0, 0}, content[min(2, len(content)):]...), labels, s)
		sound(t, table, err, s)
	})
}

func FuzzReadNPY(f *testing.F) {
	f.Add(npy("<f8", "2, 1", []float64{1, 2}), npy("<i8", "2,", []int64{1, 0}))
	f.Add(npy("|u1", "2, 1, 2", []uint8{1, 2, 3, 4}), npy("|b1", "2,", []bool{true, false}))
	f.Add(npyHeader("<f4", "True", "1,", []float32{1}), npy(">f8", "", []float64{1}))
	f.Add(npyHeader(">f2", "True", "2, 2, 1", []uint16{0x3c, 1, 0x7b, 0x80}), npyHeader(">i8", "True", "2, 2", []int64{1, 2, 3, 4}))
	f.Add(npyHeader("|u1", "True", "2, 1, 2, 3", []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}), npy(">u2", "2, 1", []uint16{1, 0}))
	f.Add(npyHeader(">f8", "True", "0, 9223372036854775807", []float64{}), npy("<f2", "2,", []uint16{0x7c00, 0x7e00}))
	f.Fuzz(func(t *testing.T, content, labels []byte) {
		s := data.Spec{Labels: "l"}
		table, err := data.Read("f", content, labels, s)
		sound(t, table, err, s)
	})
}

func FuzzReadNPZ(f *testing.F) {
	x, y := npy("<f8", "2, 1", []float64{1, 2}), npy("<i8", "2,", []int64{1, 0})
	f.Add(npz(f, named{"x.npy", x}, named{"y.npy", y}), "", "")
	f.Add(npz(f, named{"x_train.npy", x}, named{"y_train.npy", y}, named{"x_test.npy", x}, named{"y_test.npy", y}), "", "")
	f.Add(npz(f, named{"a.npy", x}, named{"b.npy", y}), "a", "b")
	f.Add([]byte("PK\x05\x06"), "x", "")
	f.Fuzz(func(t *testing.T, content []byte, inputs, targets string) {
		s := data.NewSpec()
		s.X, s.Y = inputs, targets
		table, err := data.Read("f", content, nil, s)
		sound(t, table, err, s)
	})
}

func FuzzReadQ4(f *testing.F) {
	image := q4(2, 1, 2, 1, 0, 0x0f, 0x3c)
	f.Add(image)
	f.Add(slices.Concat(image, image, []byte("Q4CNu\nv")))
	f.Add(gzipped(f, image))
	f.Fuzz(func(t *testing.T, content []byte) {
		table, err := data.Read("f", content, nil, data.NewSpec())
		sound(t, table, err, data.NewSpec())
	})
}
