package metric

import (
	"fmt"

	"descent/core/kernel"
	"descent/core/loss"

	"gonum.org/v1/gonum/blas/blas64"
)

// Task says how outputs are read, and in which units targets are.
type Task struct {
	Reads loss.Reading
	// What standardizing took off each target, and what it was then divided by; nil
	// where targets are as the data has them. Numbers are measured in units of the data.
	Mean, Deviation []float64
	// Tau is the quantile that outputs estimate, between 0 and 1; 0 stands for 0.5.
	Tau float64
	// Ignores tells which classes' rows are left out; nil for none.
	Ignores func(class int) bool
}

// Need is what a metric asks of the targets.
type Need int

// The needs.
const (
	Any     Need = iota
	Classes      // a class in each row, or a yes or no for each output
	OneOf        // a class in each row: not several that hold at once
	Numbers      // predictions of numbers
)

// kind is what is asked of a row.
type kind int

const (
	oneClass kind = iota // which of the classes
	labels               // for each output, whether it holds
	numbers              // a number for each output
)

// Sample is what a model answered to rows, with what is true of them.
type Sample struct {
	kind    kind
	nan     bool
	answers blas64.General // rows×classes: probabilities; rows×outputs: numbers in units of the data
	guess   []int          // of oneClass: the class with the largest output
	class   []int          // of oneClass
	values  blas64.General // of labels (0 or 1) and numbers
	weights []float64      // of the rows; nil for 1 each
	tau     float64
}

// Of reads the outputs of a network, rows×outputs, which are not changed. Numbers that
// are read as a distribution are one class a row, by the largest target; one output of
// log-odds is two classes, the second of which is positive where it is above 0. weights
// are those of the rows, nil for 1 each.
func (t Task) Of(out blas64.General, truth loss.Target, weights []float64) *Sample {
	if truth.Classes == nil && truth.Values.Rows != out.Rows || truth.Classes != nil && len(truth.Classes) != out.Rows || weights != nil && len(weights) != out.Rows {
		panic(fmt.Sprintf("metric: %d rows of outputs against targets of %d×%d and %d classes, %d weights", out.Rows, truth.Values.Rows, truth.Values.Cols, len(truth.Classes), len(weights)))
	}
	if t.Ignores != nil {
		out, truth, weights = t.counted(out, truth, weights)
	}
	s := &Sample{class: truth.Classes, values: truth.Values, weights: weights, tau: t.Tau}
	if s.tau == 0 {
		s.tau = 0.5
	}
	switch {
	case t.Reads == loss.LogOdds && s.class == nil && out.Cols == 1:
		s.two(out)
	case t.Reads == loss.LogOdds && s.class == nil:
		s.kind, s.answers = labels, sigmoids(out)
	case t.Reads == loss.LogOdds:
		s.guesses(out)
		s.answers = sigmoids(out)
	case t.Reads == loss.Distribution || s.class != nil:
		if s.class == nil {
			s.class = make([]int, out.Rows)
			for r := range s.class {
				s.class[r] = kernel.Argmax(row(truth.Values, r))
			}
		}
		s.guesses(out)
		s.answers = copied(out)
		loss.Softmax(s.answers)
	default:
		s.kind, s.answers = numbers, t.raw(out)
		s.values = t.raw(truth.Values)
	}
	for r := range s.answers.Rows {
		for _, v := range row(s.answers, r) {
			s.nan = s.nan || v != v
		}
	}
	return s
}

// counted are the rows that are not left out.
func (t Task) counted(out blas64.General, truth loss.Target, weights []float64) (blas64.General, loss.Target, []float64) {
	kept := loss.Target{Values: blas64.General{Cols: truth.Values.Cols, Stride: truth.Values.Cols}}
	to := blas64.General{Cols: out.Cols, Stride: out.Cols}
	var some []float64
	for r, class := range truth.Classes {
		if t.Ignores(class) {
			continue
		}
		kept.Classes = append(kept.Classes, class)
		to.Data = append(to.Data, row(out, r)...)
		to.Rows++
		if weights != nil {
			some = append(some, weights[r])
		}
	}
	if truth.Classes == nil || to.Rows == out.Rows {
		return out, truth, weights
	}
	if kept.Classes == nil {
		kept.Classes = []int{}
	}
	return to, kept, some
}

// two makes two classes of one output of log-odds.
func (s *Sample) two(out blas64.General) {
	s.answers = empty(out.Rows, 2)
	s.class, s.guess = make([]int, out.Rows), make([]int, out.Rows)
	for r := range out.Rows {
		z := row(out, r)[0]
		p := kernel.Sigmoid(z)
		a := row(s.answers, r)
		a[0], a[1] = 1-p, p
		if z > 0 {
			s.guess[r] = 1
		}
		if row(s.values, r)[0] > 0.5 {
			s.class[r] = 1
		}
	}
}

// guesses takes the class of the largest output. Probabilities that are rounded to 1
// would not tell them apart.
func (s *Sample) guesses(out blas64.General) {
	s.guess = make([]int, out.Rows)
	for r := range s.guess {
		s.guess[r] = kernel.Argmax(row(out, r))
	}
}

// raw is m in units of the data.
func (t Task) raw(m blas64.General) blas64.General {
	m = copied(m)
	if t.Mean == nil {
		return m
	}
	for r := range m.Rows {
		v := row(m, r)
		for j := range v {
			v[j] = float64(v[j]*t.Deviation[j]) + t.Mean[j]
		}
	}
	return m
}

// rows is how many there are.
func (s *Sample) rows() int { return s.answers.Rows }

// outputs is the number of classes, labels or numbers.
func (s *Sample) outputs() int { return s.answers.Cols }

// weight is that of a row.
func (s *Sample) weight(r int) float64 {
	if s.weights == nil {
		return 1
	}
	return s.weights[r]
}

// total is the weight of all rows.
func (s *Sample) total() float64 {
	if s.weights == nil {
		return float64(s.rows())
	}
	sum := 0.0
	for _, w := range s.weights {
		sum += w
	}
	return sum
}

// mean is that of a number of each row, weighted.
func (s *Sample) mean(f func(r int) float64) float64 {
	sum := 0.0
	for r := range s.rows() {
		sum += float64(f(r) * s.weight(r))
	}
	return sum / s.total()
}

// has tells whether the sample is of what a metric needs.
func (s *Sample) has(n Need) bool {
	switch n {
	case Classes:
		return s.kind != numbers
	case OneOf:
		return s.kind == oneClass
	case Numbers:
		return s.kind == numbers
	}
	return true
}

// holds tells whether an output is the right one, or among them.
func (s *Sample) holds(r, output int) bool {
	if s.kind == oneClass {
		return s.class[r] == output
	}
	return row(s.values, r)[output] > 0.5
}

// said tells whether the model answered with an output.
func (s *Sample) said(r, output int) bool {
	if s.kind == oneClass {
		return s.guess[r] == output
	}
	return row(s.answers, r)[output] > 0.5
}

func row(m blas64.General, r int) []float64 { return m.Data[r*m.Stride : r*m.Stride+m.Cols] }

func empty(rows, cols int) blas64.General {
	return blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: make([]float64, rows*cols)}
}

func copied(m blas64.General) blas64.General {
	out := empty(m.Rows, m.Cols)
	for r := range m.Rows {
		copy(row(out, r), row(m, r))
	}
	return out
}

func sigmoids(m blas64.General) blas64.General {
	m = copied(m)
	for i, v := range m.Data {
		m.Data[i] = kernel.Sigmoid(v)
	}
	return m
}
