package data

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"testing"
)

// idx is bytes as an IDX file has them.
func idx(shape []int, at func(i int) byte) []byte {
	out := []byte{0, 0, 8, byte(len(shape))}
	n := 1
	for _, size := range shape {
		out = binary.BigEndian.AppendUint32(out, uint32(size))
		n *= size
	}
	for i := range n {
		out = append(out, at(i))
	}
	return out
}

// Images and flat rows, some inputs constant, some of two values, some of all.
func TestBytesKeptAsTheyAreGiveTheSameNumbers(t *testing.T) {
	const rows = valuesFrom + 52
	at := func(width int) func(i int) byte {
		return func(i int) byte {
			switch r, c := i/width, i%width; c % 4 {
			case 0:
				return byte(c)
			case 1:
				return byte(r % 2 * 255)
			default:
				return byte(uint32(i) * 2654435761 >> 13)
			}
		}
	}
	class := func(i int) byte { return byte(i * 7 % 3) }
	for _, shape := range [][]int{{4}, {19}, {3, 3}, {2, 4, 3}} {
		for k := range 16 {
			standardize, held, chw, missing := k&1 > 0, k&2 > 0, k&4 > 0, k&8 > 0
			width := product(shape)
			s := NewSpec()
			s.Standardize, s.Validation, s.Test = standardize, 0.2, 0.1
			if missing {
				s.Missing = "mean"
			}
			if len(shape) == 3 {
				s.Layout = layoutHWC
				if chw {
					s.Row = []int{3, 2, 4}
				}
			}
			var more *Source
			if held {
				more = &Source{"held", idx(append([]int{64}, shape...), at(width)), "", idx([]int{64}, class)}
			}
			made := func(from int) (*Table, *Set) {
				defer func(was int) { bytesFrom = was }(bytesFrom)
				bytesFrom = from
				table, err := ReadWith(Source{"x", idx(append([]int{rows}, shape...), at(width)), "", idx([]int{rows}, class)}, more, nil, s)
				if err != nil {
					t.Fatal(err)
				}
				set, err := Prepare(table, s, 3, false, 1)
				if err != nil {
					t.Fatal(err)
				}
				return table, set
			}
			wantTable, want := made(1 << 40)
			gotTable, got := made(0)
			name := fmt.Sprintf("%v, standardized %v, held %v, channels first %v, missing %v", shape, standardize, held, chw, missing)
			if wantTable.bytes != nil || gotTable.bytes == nil || (got.Train.bytes == nil) != missing {
				t.Fatalf("%s: bytes are kept: %v, %v, %v", name, wantTable.bytes != nil, gotTable.bytes != nil, got.Train.bytes != nil)
			}
			if !reflect.DeepEqual(gotTable.Block(3, 9), wantTable.Block(3, 9)) || !reflect.DeepEqual(gotTable.Input(2), wantTable.Input(2)) || !reflect.DeepEqual(gotTable.Inputs, wantTable.Inputs) {
				t.Errorf("%s: the tables differ", name)
			}
			for _, p := range [][2]*Part{{&got.Train, &want.Train}, {&got.Val, &want.Val}, {&got.Test, &want.Test}} {
				g, w := p[0], p[1]
				n := w.Rows()
				if !reflect.DeepEqual(g.Cut(0, n).X, w.X) {
					t.Errorf("%s: the numbers differ", name)
				}
				picked, again := make([]float64, 2*width), make([]float64, 2*width)
				g.Gather(picked, []int{n - 1, 5})
				w.Gather(again, []int{n - 1, 5})
				if !reflect.DeepEqual(picked, again) || g.At(7, 1) != w.At(7, 1) {
					t.Errorf("%s: rows that are picked differ", name)
				}
				*g, *w = Part{}, Part{}
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s: the sets differ", name)
			}
		}
	}
}

func TestBytesOfAFileAreNeverChanged(t *testing.T) {
	defer func(was int) { bytesFrom = was }(bytesFrom)
	bytesFrom = 0
	content := idx([]int{10, 2, 2, 3}, func(i int) byte { return byte(i) })
	s := NewSpec()
	s.Row = []int{3, 2, 2}
	table, err := Read("x", content, idx([]int{10}, func(i int) byte { return byte(i % 2) }), s)
	if err != nil {
		t.Fatal(err)
	}
	if table.bytes == nil || table.Block(0, 1)[1] != 3.0/255 {
		t.Errorf("%v", table.Block(0, 1))
	}
	for i, b := range content[20:] {
		if b != byte(i) {
			t.Fatalf("byte %d is %d", i, b)
		}
	}
}

func BenchmarkGather(b *testing.B) {
	const rows, width, batch = 20000, 784, 128
	class := idx([]int{rows}, func(i int) byte { return byte(i % 10) })
	content := idx([]int{rows, 28, 28}, func(i int) byte { return byte(max(int(uint32(i)*2654435761>>24)-192, 0) * 4) })
	for _, name := range []string{"floats", "bytes", "bytes standardized"} {
		b.Run(name, func(b *testing.B) {
			defer func(was int) { bytesFrom = was }(bytesFrom)
			bytesFrom = map[bool]int{true: 1 << 40}[name == "floats"]
			s := NewSpec()
			s.Standardize = name == "bytes standardized"
			table, err := Read("x", content, class, s)
			if err != nil {
				b.Fatal(err)
			}
			set, err := Prepare(table, s, 10, false, 1)
			if err != nil {
				b.Fatal(err)
			}
			order, x := NewOrder(1, rows), make([]float64, batch*width)
			at := 0
			for b.Loop() {
				at++
				set.Train.Gather(x, order.Batch(at%(rows/batch)+1, batch))
			}
		})
	}
}
