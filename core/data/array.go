package data

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"descent/core/foreign"
)

// array is what IDX and NPY files hold: numbers in C order.
type array struct {
	name   string // of the file, for errors
	shape  []int  // at least one size
	values []float64
	bytes  bool     // they were unsigned bytes
	labels []string // the numbers in full, where a whole one is beyond what a float64 holds; else nil
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

func times(shape []int) string {
	sizes := make([]string, len(shape))
	for i, n := range shape {
		sizes[i] = strconv.Itoa(n)
	}
	return strings.Join(sizes, "×")
}

// readPair reads inputs and the labels that lie in a file of their own.
// key names that file in a recipe.
func readPair(name string, plain []byte, labelsName string, labels []byte, key string) (*Table, error) {
	if labels == nil {
		return nil, blame(key, "%s holds inputs only; give %s, the file of their labels", name, key)
	}
	x, err := readArray(name, plain)
	if err != nil {
		return nil, err
	}
	if labels, err = unzip(labelsName, labels); err != nil {
		return nil, err
	}
	y, err := readArray(labelsName, labels)
	if err != nil {
		return nil, err
	}
	return tableOf(x, y)
}

func readArray(name string, plain []byte) (array, error) {
	switch {
	case isIDX(plain):
		return readIDX(name, plain)
	case isNPY(plain):
		return readNPY(name, plain)
	}
	if err := foreign.Check(plain, foreign.Data); err != nil {
		return array{}, fmt.Errorf("%s: %w", name, err)
	}
	return array{}, fmt.Errorf("%s: the file is neither IDX nor NPY", name)
}

// tableOf makes a table of inputs, n×features or n×height×width[×channels],
// and targets, n or n×columns. Images of unsigned bytes are divided by 255.
func tableOf(x, y array) (*Table, error) {
	switch {
	case x.shape[0] != y.shape[0]:
		return nil, fmt.Errorf("%s holds %d rows but %s holds %d", x.name, x.shape[0], y.name, y.shape[0])
	case x.shape[0] == 0:
		return nil, fmt.Errorf("%s holds no rows", x.name)
	case len(x.values) == 0:
		return nil, fmt.Errorf("%s has rows without a number (%s)", x.name, times(x.shape))
	case len(y.values) == 0 || len(y.shape) > 2:
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
	t := &Table{Rows: x.shape[0], X: x.values}
	if len(x.shape) > 2 {
		t.Shape = x.shape[1:]
		t.Inputs = numbered("x", len(x.values)/t.Rows) // arrange names them
		if x.bytes {
			for i := range t.X {
				t.X[i] /= 255
			}
		}
	} else {
		t.Inputs = numbered("x", len(x.values)/t.Rows)
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
		t.Notes = append(t.Notes, "the inputs hold whole numbers beyond 2^53, which are rounded")
	}
	return t, nil
}

// hold appends the rows of test as the test part of a table alike.
func (t *Table) hold(name string, test *Table) error {
	if len(t.Inputs) != len(test.Inputs) || len(t.Targets) != len(test.Targets) {
		return fmt.Errorf("%s: the test part has %s and %s, the training part %d and %d",
			name, count(len(test.Inputs), "input"), count(len(test.Targets), "target"), len(t.Inputs), len(t.Targets))
	}
	if float64(len(t.X))+float64(len(test.X)) > maxCells {
		return fmt.Errorf("%s: training and test part hold more than 2^28 numbers", name)
	}
	t.X = append(t.X, test.X...)
	t.Rows += test.Rows
	t.Held = test.Rows
	for _, n := range test.Notes {
		if !slices.Contains(t.Notes, n) {
			t.Notes = append(t.Notes, n)
		}
	}
	for j := range t.Targets {
		a, b := &t.Targets[j], &test.Targets[j]
		if a.Labels != nil || b.Labels != nil {
			a.Labels = append(a.texts(), b.texts()...)
		}
		a.Numbers = append(a.Numbers, b.Numbers...)
	}
	return nil
}

// numbered are names such as x0, x1, x2.
func numbered(letter string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = letter + strconv.Itoa(i)
	}
	return names
}
