package data

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

func isQ4(plain []byte) bool { return bytes.HasPrefix(plain, []byte("Q4IM")) }

// readQ4 reads images of 16 greys: "Q4IM", then the number of images, their
// height and width as big-endian uint32, a byte of label each, then two pixels
// a byte, row by row, the left one in the high half; they are divided by 15.
// A second set after the first is its test part. Last, "Q4CN" and the names of
// the classes, a line each, may follow.
func readQ4(name string, plain []byte) (*Table, error) {
	var classes []string
	t, rest, err := q4Block(name, plain)
	if err != nil {
		return nil, err
	}
	if isQ4(rest) {
		var test *Table
		if test, rest, err = q4Block(name, rest); err != nil {
			return nil, err
		}
		if err := t.hold(name, test); err != nil {
			return nil, err
		}
	}
	if names, ok := bytes.CutPrefix(rest, []byte("Q4CN")); ok {
		classes, rest = strings.Split(strings.TrimSpace(string(names)), "\n"), nil
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("%s: %s after the last image", name, count(len(rest), "byte"))
	}
	t.Targets[0].Classes = classes
	return t, nil
}

func q4Block(name string, plain []byte) (t *Table, rest []byte, err error) {
	if len(plain) < 16 {
		return nil, nil, fmt.Errorf("%s: the q4 file ends within its header", name)
	}
	shape := make([]int, 3)
	for i := range shape {
		shape[i] = int(binary.BigEndian.Uint32(plain[4+4*i:]))
	}
	n, err := cells(name, shape)
	if err != nil {
		return nil, nil, err
	}
	rows, body := shape[0], plain[16:]
	switch {
	case n == 0:
		return nil, nil, fmt.Errorf("%s: the header says %s pixels; there is no image", name, times(shape))
	case n%2 != 0:
		return nil, nil, fmt.Errorf("%s: the header says %s pixels, an odd number; two share a byte", name, times(shape))
	case len(body) < rows+n/2:
		return nil, nil, fmt.Errorf("%s: the header says %s pixels, %d bytes with their labels, but %d follow it", name, times(shape), rows+n/2, len(body))
	}
	t = &Table{Rows: rows, Shape: shape[1:], Inputs: numbered("x", n/rows), X: make([]float64, n)}
	classes := make([]float64, rows)
	for r := range classes {
		classes[r] = float64(body[r])
	}
	t.Targets = []Column{numeric("class", classes)}
	for i, pair := range body[rows : rows+n/2] {
		t.X[2*i] = float64(pair>>4) / 15
		t.X[2*i+1] = float64(pair&15) / 15
	}
	return t, body[rows+n/2:], nil
}
