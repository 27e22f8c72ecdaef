package data

import (
	"fmt"
	"math"
)

// array is what IDX and NPY files hold: numbers in C order.
type array struct {
	name   string // of the file, for errors
	shape  []int  // at least one size
	values []float64
	bytes  []byte   // in place of numbers: an array of unsigned bytes
	words  []string // in place of numbers: an array of text
	labels []string // the numbers in full, where an integer is beyond what a float64 holds; else nil
}

// count is how many numbers there are.
func (a array) count() int { return max(len(a.values), len(a.bytes)) }

// unpacked holds float64 in place of bytes.
func (a array) unpacked() array {
	if a.bytes != nil {
		a.values, a.bytes = newByteRows(a.bytes, 1, false).block(0, len(a.bytes)), nil
	}
	return a
}

// cells is the number of numbers of a shape; an error if they are too many.
func cells(name string, shape []int) (int, error) {
	n := 1.0
	for _, size := range shape {
		n *= float64(size)
	}
	if !(n <= maxCells) { // NaN too: ∞ times 0
		return 0, fmt.Errorf("%s: the header says %s numbers; the most is 2^28", name, times(shape))
	}
	return int(n), nil
}

// tableOf makes a table of inputs, n×features or n×height×width[×channels],
// and targets, n or n×columns. Images of unsigned bytes are divided by 255.
func tableOf(x, y array) (*Table, error) {
	y = y.unpacked()
	switch {
	case x.shape[0] != y.shape[0]:
		return nil, fmt.Errorf("%s holds %d rows but %s holds %d", x.name, x.shape[0], y.name, y.shape[0])
	case x.shape[0] == 0:
		return nil, fmt.Errorf("%s holds no rows", x.name)
	case x.words != nil:
		return nil, fmt.Errorf("%s holds text; inputs are numbers", x.name)
	case y.words != nil && len(y.words) != y.shape[0]:
		return nil, fmt.Errorf("%s is %s of text; labels are one word for each example", y.name, times(y.shape))
	case x.count() == 0:
		return nil, fmt.Errorf("%s has rows without a number (%s)", x.name, times(x.shape))
	case y.words == nil && (len(y.values) == 0 || len(y.shape) > 2):
		return nil, fmt.Errorf("%s is %s; labels are one number, or one row of numbers, for each example", y.name, times(y.shape))
	case len(x.shape) > 4:
		return nil, fmt.Errorf("%s is %s; inputs are n×features, or n×height×width or n×height×width×channels", x.name, times(x.shape))
	}
	for _, a := range []array{x, y} {
		for i, v := range a.values {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				width := len(a.values) / a.shape[0]
				return nil, fmt.Errorf("%s: row %d, number %d is %v, which is not a finite number", a.name, i/width+1, i%width+1, v)
			}
		}
	}
	width := x.count() / x.shape[0]
	t := &Table{Rows: x.shape[0], X: x.values, Inputs: numbered("x", width)} // arrange names those of images
	if len(x.shape) > 2 {
		t.Shape = x.shape[1:]
	}
	if x.bytes != nil {
		t.bytes = newByteRows(x.bytes, width, t.Shape != nil)
	}
	if y.words != nil {
		t.Targets = []Column{{Name: "y", Words: y.words}}
		return t, nil
	}
	columns := len(y.values) / t.Rows
	names := []string{"y"}
	if columns > 1 {
		names = numbered("y", columns)
	}
	for j, name := range names {
		c := make([]float64, t.Rows)
		for r := range c {
			c[r] = y.values[r*columns+j]
		}
		target := numeric(name, c)
		if y.labels != nil {
			target.Labels = make([]string, t.Rows)
			for r := range target.Labels {
				target.Labels[r] = y.labels[r*columns+j]
			}
		}
		t.Targets = append(t.Targets, target)
	}
	if x.labels != nil {
		t.Notes = append(t.Notes, "the inputs hold integers beyond 2^53, which are rounded")
	}
	return t, nil
}
