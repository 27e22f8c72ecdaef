package data

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"descent/core/data/transform"

	"gonum.org/v1/gonum/blas/blas64"
)

// Prepare reads the targets for a network of so many outputs, splits off the
// validation and test rows by the seed, fills in missing values and standardizes by the
// training rows. Where no fraction is to be held out, the set's own test part is
// the validation; where one is, it is taken of the other rows, and the test
// part is the test, unless rows are given or split off for it. Only then are the rows of other classes than s.Only left out,
// so that what differs in Only alone shares split, scaling and outputs.
//
// As many target columns as outputs are numbers; one target column for several
// outputs is a class: integers 0 to outputs−1 are the class itself, other
// labels are numbered in sorted order, integers of any length as numbers. With named, a column of two names for
// each output counts as 0 and 1, sorted.
func Prepare(t *Table, s Spec, outputs int, named bool, seed uint64) (*Set, error) {
	if t.Rows == 0 {
		return nil, errors.New("the data has no rows")
	}
	if cells := float64(t.Rows) * float64(outputs); cells > 1<<28 {
		return nil, blame("model.layers", "%d rows with %d outputs would make %.3g targets; the most is 2^28", t.Rows, outputs, cells)
	}
	set := &Set{Inputs: t.Inputs, Shape: t.Shape, Last: t.Last, Columns: t.groups(), Summary: t.Summary(), Notes: slices.Clone(t.Notes)}
	values := make([]float64, t.Rows*outputs)
	var classes []int
	names := make([][]string, len(t.Targets)) // of the classes of each target
	var err error
	switch {
	case len(t.Targets) == outputs:
		for j, c := range t.Targets {
			set.Targets = append(set.Targets, c.Name)
			numbers := c.Numbers
			if numbers == nil || named && !zeroOne(numbers) {
				if numbers, names[j], err = twoNames(c, t.Rows, named); err != nil {
					return nil, err
				}
			} else if c.Labels != nil {
				set.Notes = append(set.Notes, rounded(c.Name, c.Numbers, c.Labels))
			}
			for r, v := range numbers {
				values[r*outputs+j] = v
			}
		}
		set.Binary, set.Simplex = zeroOne(values), simplex(values, outputs)
	case len(t.Targets) == 1:
		if classes, set.Targets, err = number(t.Targets[0], t.Rows, outputs); err != nil {
			return nil, err
		}
		for r, c := range classes {
			values[r*outputs+c] = 1
		}
		names[0] = set.Targets
		set.ByClass, set.Binary, set.Simplex = true, true, true
	default:
		return nil, blame("model.layers", "the model has %d outputs but the data has %d target columns", outputs, len(t.Targets))
	}

	rows := t.Rows - t.Held
	by, err := t.split(rows, s, set.strata(t, classes, values, rows), seed)
	if err != nil {
		return nil, err
	}
	train, val, test := by.train, by.val, by.test
	switch own := interval(rows, t.Rows-t.Tested); {
	case len(own) == 0:
	case s.Validation == 0 && s.Split != splitFolds:
		val = append(val, own...)
	case len(test) == 0 && t.Tested == 0:
		test = own
		set.Notes = append(set.Notes, fmt.Sprintf("the test part, %s, is measured once training is over: the validation rows are a part of the others", count(len(own), "row")))
	default:
		set.Notes = append(set.Notes, fmt.Sprintf("the test part, %s, is left out: the rows of validation and test are others", count(len(own), "row")))
	}
	test = append(test, interval(t.Rows-t.Tested, t.Rows)...)
	width := len(t.Inputs)
	columns := t.columns()
	var x []float64
	var spreads []spread
	kept := t.bytes
	if t.keeps(s) {
		if s.Standardize {
			kept, spreads = standardizeBytes(kept, train, s.Lax, s.Former())
		}
	} else {
		x, kept = slices.Clone(t.Block(0, t.Rows)), nil
		if t.Missing > 0 || imputes(s.Missing) {
			if err := t.fill(x, train, columns, s.Missing); err != nil {
				return nil, err
			}
		}
		t.sinceFirst(x, train, columns)
		if s.Standardize {
			spreads = standardize(x, width, train, s.Lax, s.Former())
		}
	}
	if s.Standardize {
		set.Mean, set.Deviation = raws(spreads)
		note(columns, spreads)
	}
	spreads = nil
	if s.StandardizeTarget && classes == nil {
		spreads = standardize(values, outputs, train, s.Lax, s.Former())
		set.TargetMean, set.TargetDeviation = raws(spreads)
		set.Binary, set.Simplex = false, false
	}
	if !t.scattered {
		set.Transform = &transform.Table{Columns: columns, NA: s.NA, Lax: s.Lax, Ignored: s.Ignore}
		for j, c := range t.Targets {
			made := transform.Target{Name: c.Name, Written: c.Written, Classes: names[j]}
			if spreads != nil {
				made.Mean, made.Deviation, made.Scale = spreads[j].mean, spreads[j].deviation, spreads[j].scale
			}
			set.Transform.Targets = append(set.Transform.Targets, made)
		}
	}
	if len(s.Only) > 0 {
		if train, val, test, err = only(s.Only, set.Targets, classes, train, val, test); err != nil {
			return nil, err
		}
		set.Summary += "; only " + listed(s.Only)
	}
	part := func(rows []int) Part {
		p := Part{Values: gather(values, outputs, rows)}
		if kept != nil {
			p.X, p.bytes, p.rows = blas64.General{Rows: len(rows), Cols: width, Stride: width}, kept, rows
		} else {
			p.X = gather(x, width, rows)
		}
		if classes != nil {
			for _, r := range rows {
				p.Classes = append(p.Classes, classes[r])
			}
		}
		for _, r := range rows {
			if t.Weights != nil {
				p.Weights = append(p.Weights, t.Weights[r])
			}
		}
		return p
	}
	set.Train, set.Val, set.Test = part(train), part(val), part(test)
	set.Rows = Rows{All: max(t.Rows, t.Read), Train: t.numbered(train), Val: t.numbered(val), Test: t.numbered(test)}
	if err := set.weigh(); err != nil {
		return nil, err
	}
	set.tell(s)
	return set, nil
}

// keeps tells whether the inputs stay bytes.
func (t *Table) keeps(s Spec) bool {
	return t.bytes != nil && !imputes(s.Missing) && (!s.Standardize || t.Rows >= valuesFrom)
}

// sinceFirst counts dates in days since the first of the training rows.
func (t *Table) sinceFirst(x []float64, train []int, columns []transform.Column) {
	width, at := len(t.Inputs), 0
	for k := range columns {
		c := &columns[k]
		if c.Kind == transform.Date {
			c.Origin = math.Inf(1)
			for _, r := range train {
				c.Origin = min(c.Origin, x[r*width+at])
			}
			for r := range t.Rows {
				x[r*width+at] = c.Since(x[r*width+at])
			}
			if c.Fill != nil {
				c.Fill[0] = c.Since(c.Fill[0])
			}
		}
		at += len(c.Inputs)
	}
}

// strata are the classes of the first rows, by which a split may be stratified; nil for
// numbers. A column of two values is as good as one of classes.
func (s *Set) strata(t *Table, classes []int, values []float64, rows int) []int {
	switch {
	case classes != nil:
		return classes[:rows]
	case !s.Binary || len(t.Targets) != 1:
		return nil
	}
	out := make([]int, rows)
	for r := range out {
		out[r] = int(values[r])
	}
	return out
}

// weigh scales the weights of rows to a mean of 1 over the training rows, and refuses
// parts whose rows all weigh nothing.
func (s *Set) weigh() error {
	for _, p := range []struct {
		part Part
		name string
	}{{s.Train, "training"}, {s.Val, "validation"}, {s.Test, "test"}} {
		if p.part.Weights != nil && slices.Max(p.part.Weights) == 0 {
			return blame("data.weight", "data.weight: each %s row weighs 0", p.name)
		}
	}
	if s.Train.Weights == nil {
		return nil
	}
	mean, n := 0.0, float64(s.Train.Rows())
	for _, w := range s.Train.Weights {
		mean += w / n
	}
	for _, weights := range [][]float64{s.Train.Weights, s.Val.Weights, s.Test.Weights} {
		for i := range weights {
			weights[i] /= mean
		}
	}
	return nil
}

// interval is the numbers from one up to another.
func interval(from, to int) []int {
	out := make([]int, max(to-from, 0))
	for i := range out {
		out[i] = from + i
	}
	return out
}

// only leaves of the training, validation and test rows those whose class is named.
func only(wanted, names []string, classes, train, val, test []int) (keptTrain, keptVal, keptTest []int, err error) {
	if classes == nil {
		return nil, nil, nil, blame("data.only", "data.only names classes, and these targets are numbers; leave it out")
	}
	keep := make([]bool, len(names))
	for _, w := range wanted {
		i := slices.Index(names, w)
		if i < 0 {
			return nil, nil, nil, blame("data.only", "there is no class %s for data.only; there are %s", quoted(w), listed(names))
		}
		keep[i] = true
	}
	other := func(r int) bool { return !keep[classes[r]] }
	rows := len(train)
	train, val, test = slices.DeleteFunc(train, other), slices.DeleteFunc(val, other), slices.DeleteFunc(test, other)
	if len(train) == 0 {
		return nil, nil, nil, blame("data.only", "data.only leaves no row to train on: none of %d is of class %s", rows, strings.Join(wanted, " or "))
	}
	return train, val, test, nil
}

func gather(x []float64, width int, rows []int) blas64.General {
	out := blas64.General{Rows: len(rows), Cols: width, Stride: max(width, 1), Data: make([]float64, len(rows)*width)}
	for i, r := range rows {
		copy(out.Data[i*width:(i+1)*width], x[r*width:(r+1)*width])
	}
	return out
}
