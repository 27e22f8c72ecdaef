// Package data holds what a network learns from: tables and generated sets,
// split and standardized, and the batch of each step.
package data

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"strconv"
	"strings"

	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

// Spec is the [data] table of a recipe.
type Spec struct {
	Set               string // a built-in table or a generator, or
	File              string // what Read reads
	Labels            string // the file of the labels, of IDX and NPY
	Target            []string
	Only              []string // the classes to keep; all if there are none
	Shape             []int    // of images: height, width and, if there are several, channels
	Layout            string   // how the channels of images lie in a row
	Header            string   // whether the first line of a table names its columns: auto, true or false
	Missing           string
	NA                []string // how missing values are spelled; the usual ways if there are none
	X, Y              string   // the arrays of an NPZ that are inputs and targets
	ValidationFile    string   // what Read reads the test part from
	ValidationLabels  string   // the file of its labels, of IDX and NPY
	Validation        float64
	Standardize       bool
	StandardizeTarget bool
	// of the generators
	Samples                  int
	Noise                    float64
	Inputs, Outputs, Classes int
	Degree, Modulus, Active  int

	// Row is model.input, the shape of a row that the model takes; not a key of
	// this table.
	Row []int

	// Lax reads a file as releases did that had no data.na: what is refused since
	// then is taken as it was. For recipes out of logs of that time.
	Lax bool
}

// NewSpec holds the defaults.
func NewSpec() Spec {
	return Spec{
		Layout: layoutAuto, Header: "auto", Missing: "refuse", Samples: 1000, Noise: 0.1, Inputs: 10, Outputs: 10,
		Classes: 4, Degree: 4, Modulus: 97, Active: 3,
	}
}

// Knobs are the keys of the table, bound to the spec. A key that the data set
// has no use for is not used.
func (s *Spec) Knobs() []knob.Knob {
	knobs := []knob.Knob{
		knob.String("data.set", &s.Set, "a built-in data set or generator; or give data.file"),
		knob.String("data.file", &s.File, "a table (CSV, TSV) or arrays (IDX, NPY, NPZ), also in a gzip; relative to the preset"),
		knob.String("data.labels", &s.Labels, "the file of the labels, where data.file is IDX or NPY; relative to the preset"),
		knob.Words("data.target", &s.Target, "the columns to predict; by default the last"),
		knob.Words("data.only", &s.Only, "keep the rows of these classes alone; split, scaling and outputs stay those of the whole set").WithZero("all"),
		knob.Ints("data.shape", &s.Shape, "the inputs are images of this height and width, and channels if there are several; the shape of arrays is known without it"),
		knob.OneOf("data.layout", &s.Layout, layouts, "how images of several channels lie in a row of the file: channels last (hwc) or first (chw); needed only where the shapes do not tell"),
		knob.OneOf("data.header", &s.Header, headers, "whether the first line of a table names its columns"),
		knob.OneOf("data.missing", &s.Missing, missings, "what becomes of missing values"),
		knob.Words("data.na", &s.NA, "how missing values are spelled besides an empty cell; by default NA, and in columns of numbers also NaN, null, None, N/A, ?, - and the like").WithZero("the usual ways"),
		knob.String("data.x", &s.X, "the array of an NPZ that holds the inputs; by default x, data, images and the like"),
		knob.String("data.y", &s.Y, "the array of an NPZ that holds the targets; by default y, labels, target and the like"),
		knob.String("data.validation_file", &s.ValidationFile, "a file like data.file whose rows are the validation; relative to the preset"),
		knob.String("data.validation_labels", &s.ValidationLabels, "the file of their labels, where data.validation_file is IDX or NPY; relative to the preset"),
		knob.Float("data.validation", &s.Validation, 0, 0.9, knob.Linear, "the share of the rows held out, chosen by the seed; with none, a set's own test part if it has one").WithZero("none"),
		knob.Bool("data.standardize", &s.Standardize, "shift and scale each input to mean 0 and deviation 1 over the training rows"),
		knob.Bool("data.standardize_target", &s.StandardizeTarget, "the same for numeric targets; the loss is then in squared deviations"),
		knob.Int("data.samples", &s.Samples, 2, 10_000_000, "rows a generator makes; modular makes all there are"),
		knob.Float("data.noise", &s.Noise, 0, 1e6, knob.Log, "deviation of the noise a generator adds; modular has none"),
		knob.Int("data.inputs", &s.Inputs, 1, 1<<20, "inputs of linear-teacher and sparse"),
		knob.Int("data.outputs", &s.Outputs, 1, 1<<20, "outputs of linear-teacher"),
		knob.Int("data.classes", &s.Classes, 2, 100, "classes of gaussians"),
		knob.Int("data.degree", &s.Degree, 1, 50, "degree of chebyshev"),
		knob.Int("data.modulus", &s.Modulus, 2, 200, "modulus of modular, which has its square of rows"),
		knob.Int("data.active", &s.Active, 1, 1<<20, "inputs that count in sparse"),
	}
	for i := range knobs {
		knobs[i] = knobs[i].AsFixed()
	}
	return knobs
}

// KeyError is an error that a key of the recipe is to blame for.
type KeyError struct {
	Key string
	Err error
}

func (e *KeyError) Error() string { return e.Err.Error() }
func (e *KeyError) Unwrap() error { return e.Err }

func blame(key, format string, args ...any) error {
	return &KeyError{key, fmt.Errorf(format, args...)}
}

// Table is a data set as it was read: numeric inputs, and target columns that
// hold numbers or names.
type Table struct {
	Inputs  []string  // names of the input columns
	X       []float64 // rows×len(Inputs); NaN is a missing value
	Rows    int
	Targets []Column
	Shape   []int // of images: height, width and, if there are several, channels; else nil
	Last    bool  // the channels of a pixel lie side by side; else those of an image lie apart, one after the other
	Held    int   // so many rows at the end are a test part of the set's own
	Missing int   // values that are missing
	Read    int   // rows of the file, and of that of the test part, with those that were dropped; 0 if none were
	Numbers []int // of each row among those read, from 1; nil if none were dropped

	// Notes say, a sentence each, what reading had to settle and is not evident.
	Notes []string

	texts []span // the inputs that stand for a text column each
	order string // of the channels in the file, in words; "" without several
}

// span is inputs from to before.
type span struct{ from, before int }

// Column is one target column.
type Column struct {
	Name    string
	Numbers []float64 // nil if any cell is a name
	Words   []string  // the cells as they stand in the file; nil if all are numbers
	Classes []string  // the names of 0, 1, 2 and so on, where the file gives them
	Labels  []string  // the numbers as they stand in the file, where a whole one is beyond what a float64 holds; else nil
}

// numeric makes a column of numbers.
func numeric(name string, numbers []float64) Column { return Column{Name: name, Numbers: numbers} }

func (c Column) word(row int) string {
	if c.Words != nil {
		return c.Words[row]
	}
	if c.Labels != nil {
		return c.Labels[row]
	}
	for i, name := range c.Classes {
		if c.Numbers[row] == float64(i) {
			return name
		}
	}
	return short(c.Numbers[row])
}

// texts are the numbers as labels have them.
func (c Column) texts() []string {
	if c.Labels != nil {
		return c.Labels
	}
	out := make([]string, len(c.Numbers))
	for r, v := range c.Numbers {
		out[r] = short(v)
		if v == math.Trunc(v) {
			out[r] = strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	return out
}

// Set is a table made ready for a network of so many outputs.
type Set struct {
	Inputs     []string
	Targets    []string // names of the outputs: columns, or classes
	Shape      []int    // of images, as in Table
	Last       bool     // as in Table
	Train, Val Part
	Rows       Rows
	ByClass    bool // each row has one class; Values then holds it one-hot
	Binary     bool // every value is 0 or 1
	Simplex    bool // each row's values are a distribution: none below 0, their sum 1
	Columns    []Group

	// What standardizing took off each input and then divided it by; nil if it
	// was not asked for.
	Mean, Deviation []float64

	Summary string   // of the table, in one line
	Notes   []string // what is not evident of the table and of its parts, a sentence each
}

// Rows says which rows of the data are which, counted from 1: those that were
// read, with those that were dropped, then those of a test part.
type Rows struct {
	All        int // the last of them
	Train, Val []int
}

// Group is a column as the table has it, and which inputs stand for it: one,
// or several where it holds words. From is the first, To the one after the last.
type Group struct {
	Name     string
	From, To int
}

// Part is the training or the validation rows, in the order of the table.
type Part struct {
	X       blas64.General // rows×inputs
	Values  blas64.General // rows×outputs
	Classes []int          // nil for regression
}

// Rows is the number of examples.
func (p Part) Rows() int { return p.X.Rows }

// Cut are the rows from one up to another, not copied.
func (p Part) Cut(from, to int) Part {
	block := func(m blas64.General) blas64.General {
		m.Rows, m.Data = to-from, m.Data[from*m.Stride:to*m.Stride]
		return m
	}
	out := Part{X: block(p.X), Values: block(p.Values)}
	if p.Classes != nil {
		out.Classes = p.Classes[from:to]
	}
	return out
}

// Held are the rows that a network is judged by: the validation rows, or where
// there are none those trained on.
func (s *Set) Held() Part {
	if s.Val.Rows() > 0 {
		return s.Val
	}
	return s.Train
}

// Prepare reads the targets for a network of so many outputs, splits off the
// validation rows by the seed, fills in missing values and standardizes by the
// training rows. Where no share is to be held out, the set's own test part is
// the validation; where one is, it is taken of the other rows, and the test
// part is left out. Only then are the rows of other classes than s.Only left out,
// so that what differs in Only alone shares split, scaling and outputs.
//
// As many target columns as outputs are numbers; one target column for several
// outputs is a class: whole numbers 0 to outputs−1 are the class itself, other
// labels are numbered in sorted order, whole numbers of any length as numbers. With named, a column of two names for
// each output counts as 0 and 1, sorted.
func Prepare(t *Table, s Spec, outputs int, named bool, seed uint64) (*Set, error) {
	if t.Rows == 0 {
		return nil, errors.New("the data has no rows")
	}
	if cells := float64(t.Rows) * float64(outputs); cells > 1<<28 {
		return nil, blame("model.layers", "%d rows with %d outputs would make %.3g targets; the most is 2^28", t.Rows, outputs, cells)
	}
	set := &Set{Inputs: t.Inputs, Shape: t.Shape, Last: t.Last, Columns: t.columns(), Summary: t.Summary(), Notes: slices.Clone(t.Notes)}
	values := make([]float64, t.Rows*outputs)
	var classes []int
	var err error
	switch {
	case len(t.Targets) == outputs:
		for j, c := range t.Targets {
			set.Targets = append(set.Targets, c.Name)
			numbers := c.Numbers
			if numbers == nil || named && !zeroOne(numbers) {
				if numbers, err = twoNames(c, t.Rows, named); err != nil {
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
		set.ByClass, set.Binary, set.Simplex = true, true, true
	default:
		return nil, blame("model.layers", "the model has %d outputs but the data has %d target columns", outputs, len(t.Targets))
	}

	rows := t.Rows - t.Held
	train, val := split(rows, s.Validation, seed)
	if len(train) == 0 {
		return nil, blame("data.validation", "data.validation %v leaves no row of %d to train on", s.Validation, rows)
	}
	if s.Validation == 0 {
		for r := rows; r < t.Rows; r++ {
			val = append(val, r)
		}
	} else if t.Held > 0 {
		set.Notes = append(set.Notes, fmt.Sprintf("the test part, %s, is left out: data.validation holds out a share of the others", count(t.Held, "row")))
	}
	width := len(t.Inputs)
	x := slices.Clone(t.X)
	if t.Missing > 0 {
		if err := t.fill(x, train); err != nil {
			return nil, err
		}
	}
	if s.Standardize {
		set.Mean, set.Deviation = standardize(x, width, train, s.Lax)
	}
	if s.StandardizeTarget && classes == nil {
		standardize(values, outputs, train, s.Lax)
		set.Binary, set.Simplex = false, false
	}
	if len(s.Only) > 0 {
		if train, val, err = only(s.Only, set.Targets, classes, train, val); err != nil {
			return nil, err
		}
		set.Summary += "; only " + listed(s.Only)
	}
	part := func(rows []int) Part {
		p := Part{X: gather(x, width, rows), Values: gather(values, outputs, rows)}
		if classes != nil {
			for _, r := range rows {
				p.Classes = append(p.Classes, classes[r])
			}
		}
		return p
	}
	set.Train, set.Val = part(train), part(val)
	set.Rows = Rows{All: max(t.Rows, t.Read), Train: t.numbered(train), Val: t.numbered(val)}
	set.tell(s)
	return set, nil
}

// numbered are the numbers in the file of rows of the table.
func (t *Table) numbered(rows []int) []int {
	out := make([]int, len(rows))
	for i, r := range rows {
		out[i] = r + 1
		if t.Numbers != nil {
			out[i] = t.Numbers[r]
		}
	}
	return out
}

// only leaves of the training and validation rows those whose class is named.
func only(wanted, names []string, classes, train, val []int) (keptTrain, keptVal []int, err error) {
	if classes == nil {
		return nil, nil, blame("data.only", "data.only names classes, and these targets are numbers; leave it out")
	}
	keep := make([]bool, len(names))
	for _, w := range wanted {
		i := slices.Index(names, w)
		if i < 0 {
			return nil, nil, blame("data.only", "there is no class %s for data.only; there are %s", quoted(w), listed(names))
		}
		keep[i] = true
	}
	other := func(r int) bool { return !keep[classes[r]] }
	rows := len(train)
	train, val = slices.DeleteFunc(train, other), slices.DeleteFunc(val, other)
	if len(train) == 0 {
		return nil, nil, blame("data.only", "data.only leaves no row to train on: none of %d is of class %s", rows, strings.Join(wanted, " or "))
	}
	return train, val, nil
}

// listed is the classes that have a name, the first of them if they are many.
func listed(names []string) string {
	const most = 20
	names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == nobody })
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(briefly(names[:most]), ", "), len(names)-most)
	}
	return strings.Join(briefly(names), ", ")
}

// nobody is the name of an output that no class has.
const nobody = "(none)"

// columns are the inputs as the table has them.
func (t *Table) columns() []Group {
	var out []Group
	for i := 0; i < len(t.Inputs); {
		g := Group{t.Inputs[i], i, i + 1}
		for _, s := range t.texts {
			if s.from == i {
				g.Name, _, _ = strings.Cut(g.Name, "=")
				g.To = s.before
			}
		}
		out = append(out, g)
		i = g.To
	}
	return out
}

func simplex(values []float64, width int) bool {
	for ; len(values) > 0; values = values[width:] {
		sum := 0.0
		for _, v := range values[:width] {
			if v < 0 {
				return false
			}
			sum += v
		}
		if math.Abs(sum-1) > 1e-9 {
			return false
		}
	}
	return true
}

func zeroOne(values []float64) bool {
	for _, v := range values {
		if v != 0 && v != 1 {
			return false
		}
	}
	return true
}

// twoNames reads a column of two names as 0 and 1 in sorted order.
func twoNames(c Column, rows int, allowed bool) ([]float64, error) {
	labels := sorted(c, rows)
	if !allowed {
		if c.Numbers != nil {
			return c.Numbers, nil
		}
		if like, example := common(labels); like != "" {
			return nil, blame("loss.name", "column %s holds words that look like %s (%s), and this loss wants plain numbers, as in -1234.5", quoted(c.Name), like, quoted(example))
		}
		return nil, blame("loss.name", "column %s holds names (%s, ...), and this loss wants numbers; give the model an output for each of the %d classes", quoted(c.Name), brief(labels[0]), len(labels))
	}
	if len(labels) > 2 {
		return nil, blame("loss.name", "column %s holds %d different values; bce wants 0 and 1, or two names", quoted(c.Name), len(labels))
	}
	out := make([]float64, rows)
	for r := range out {
		if len(labels) == 2 && c.word(r) == labels[1] {
			out[r] = 1
		}
	}
	return out, nil
}

// manyClasses is from how many different numbers on a column hardly holds classes.
const manyClasses = 20

// number gives each row its class, and each class its name.
func number(c Column, rows, outputs int) ([]int, []string, error) {
	direct := c.Numbers != nil && c.Labels == nil
	for _, v := range c.Numbers {
		if v != math.Trunc(v) {
			return nil, nil, blame("model.layers", "column %s holds %v, which is no class; for %d outputs give %d target columns", quoted(c.Name), v, outputs, outputs)
		}
		direct = direct && v >= 0 && v < float64(outputs)
	}
	classes := make([]int, rows)
	names := make([]string, outputs)
	if direct {
		for i := range names {
			names[i] = strconv.Itoa(i)
			if i < len(c.Classes) {
				names[i] = c.Classes[i]
			}
		}
		for r, v := range c.Numbers {
			classes[r] = int(v)
		}
		return classes, names, nil
	}
	labels := sorted(c, rows)
	if len(labels) > outputs {
		advice := ""
		if c.Numbers != nil && len(labels) > manyClasses {
			advice = "; to predict the number itself, give it 1 output"
		}
		return nil, nil, blame("model.layers", "column %s holds %d classes but the model has %d outputs%s", quoted(c.Name), len(labels), outputs, advice)
	}
	index := make(map[string]int, len(labels))
	for i, l := range labels {
		index[l] = i
	}
	for i := range names {
		names[i] = nobody
		if i < len(labels) {
			names[i] = labels[i]
		}
	}
	for r := range classes {
		classes[r] = index[c.word(r)]
	}
	return classes, names, nil
}

// sorted are the different values of a column, numbers as numbers.
func sorted(c Column, rows int) []string {
	seen := map[string]float64{} // the number, 0 for names
	for r := range rows {
		n := 0.0
		if c.Numbers != nil {
			n = c.Numbers[r]
		}
		seen[c.word(r)] = n
	}
	out := make([]string, 0, len(seen))
	for w := range seen {
		out = append(out, w)
	}
	sort.Slice(out, func(i, j int) bool {
		if a, b := seen[out[i]], seen[out[j]]; a != b {
			return a < b
		}
		if c.Labels != nil {
			return lessWhole(out[i], out[j])
		}
		return out[i] < out[j]
	})
	return out
}

// split chooses round(share·rows) validation rows by the seed; both parts keep
// the order of the table.
func split(rows int, share float64, seed uint64) (train, val []int) {
	held := make([]bool, rows)
	order := make([]int, rows)
	source := rand.NewPCG(seed, 0)
	shuffle(order, source)
	for _, r := range order[:int(math.Round(float64(share*float64(rows))))] {
		held[r] = true
	}
	for r := range rows {
		if held[r] {
			val = append(val, r)
		} else {
			train = append(train, r)
		}
	}
	return train, val
}

// Raw is input i as the table has it, of a value v as the network sees it.
func (s *Set) Raw(i int, v float64) float64 {
	if s.Mean == nil {
		return v
	}
	return float64(v*s.Deviation[i]) + s.Mean[i]
}

func gather(x []float64, width int, rows []int) blas64.General {
	out := blas64.General{Rows: len(rows), Cols: width, Stride: max(width, 1), Data: make([]float64, len(rows)*width)}
	for i, r := range rows {
		copy(out.Data[i*width:(i+1)*width], x[r*width:(r+1)*width])
	}
	return out
}
