// Package loss is what training lowers: the value of a batch and its gradient
// with respect to the network's outputs.
package loss

import (
	"errors"
	"fmt"

	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

// Loss is a mean over the batch.
type Loss interface {
	Knobs() []knob.Knob
	// Eval returns the loss of the outputs out, rows×outputs, and overwrites
	// grad, of the same shape, with its gradient. A grad without data is not wanted.
	Eval(grad, out blas64.General, target Target) float64
}

// Weighted is a loss whose mean is not over the rows but over their weights.
// The loss of several batches together is the mean by these.
type Weighted interface {
	Weight(target Target) float64
}

// Target is what the outputs of a batch should be.
type Target struct {
	Classes []int          // the class of each row; nil for regression
	Values  blas64.General // rows×outputs: numbers, or classes one-hot
}

// Task is what is known of the targets, for a loss to say whether it fits.
type Task struct {
	Outputs int
	Classes bool // each row has one class
	Binary  bool // every value is 0 or 1
	Simplex bool // each row is a distribution: no value below 0, their sum 1
}

// Reading is what a loss takes a row of outputs for.
type Reading int

// The readings.
const (
	Numbers      Reading = iota // as they are
	Distribution                // by softmax, as its logarithms but for a constant
	LogOdds                     // a log-odds each, right where its sign says 1
)

// Row is a catalogue entry.
type Row struct {
	Name, Help string
	Doc        knob.Doc
	Reads      Reading
	Fits       func(Task) error // nil: fits every task
	New        func() Loss      // with its defaults
}

// Reading is how outputs are read on a task: the loss says it, but those that
// take outputs as numbers leave those of classes to be compared by softmax.
func (r Row) Reading(t Task) Reading {
	if r.Reads == Numbers && t.Classes {
		return Distribution
	}
	return r.Reads
}

// Catalogue is every loss there is, in display order.
var Catalogue = []Row{
	{Name: "mse", Help: "mean squared error: the mean of (ŷ − y)²", New: func() Loss { return mse{} }},
	{Name: "mae", Help: "mean absolute error: the mean of |ŷ − y|, which aims at the median", New: func() Loss { return mae{} }},
	{Name: "huber", Help: "squared near the target, straight beyond delta: outliers pull less", New: func() Loss { return &huber{Delta: 1} }},
	{Name: "smooth-l1", Help: "huber of slope 1: squared near the target, straight beyond beta", New: func() Loss { return &smoothL1{Beta: 1} }},
	{Name: "log-cosh", Help: "log cosh of the difference: like huber, without a bend", New: func() Loss { return logCosh{} }},
	{Name: "quantile", Help: "pinball loss: aims at the tau-quantile of the targets", New: func() Loss { return &quantile{Tau: 0.5} }},
	{
		Name: "cross-entropy", Help: "softmax cross-entropy: −log of the probability given to the right class", Reads: Distribution,
		Fits: needClasses, New: func() Loss { return &crossEntropy{} },
	},
	{
		Name: "focal", Help: "cross-entropy that cares less for what is right already", Reads: Distribution,
		Fits: needClasses, New: func() Loss { return &focal{Gamma: 2} },
	},
	{
		Name: "hinge", Help: "multi-class margin: 0 once the right output leads by the margin", Reads: Distribution,
		Fits: needClasses, New: func() Loss { return &hinge{Margin: 1} },
	},
	{
		Name: "kl", Help: "Kullback-Leibler divergence of softmax from target probabilities", Reads: Distribution,
		Fits: needSimplex, New: func() Loss { return kl{} },
	},
	{
		Name: "bce", Help: "log-loss: binary cross-entropy of each output, taken as a logit", Reads: LogOdds,
		Fits: needBinary, New: func() Loss { return bce{} },
	},
}

// Find is the catalogue row of that name.
func Find(name string) (Row, bool) {
	for _, r := range Catalogue {
		if r.Name == name {
			return r, true
		}
	}
	return Row{}, false
}

// Check says why the named loss does not fit the task, nil if it does.
func Check(name string, task Task) error {
	r, ok := Find(name)
	if !ok {
		return fmt.Errorf("there is no loss %q", name)
	}
	if r.Fits == nil {
		return nil
	}
	if err := r.Fits(task); err != nil {
		return fmt.Errorf("%s %w", name, err)
	}
	return nil
}

func needClasses(t Task) error {
	switch {
	case !t.Classes:
		return errors.New("needs classes, one target column with a class in each row; these targets are numbers")
	case t.Outputs < 2:
		return errors.New("needs an output for each class, at least two")
	}
	return nil
}

func needSimplex(t Task) error {
	switch {
	case !t.Simplex && !t.Classes:
		return errors.New("needs classes, or probabilities that sum to 1 in each row; these targets are other numbers")
	case t.Outputs < 2:
		return errors.New("needs an output for each class, at least two")
	}
	return nil
}

func needBinary(t Task) error {
	if !t.Binary {
		return errors.New("needs targets of 0 and 1, or two names in a column; these are other numbers")
	}
	return nil
}

// pointwise is a loss that is a mean over every element: f returns the value
// and the slope at the difference or pair.
func pointwise(grad, out, target blas64.General, f func(out, target float64) (value, slope float64)) float64 {
	checkValues(out, target)
	sum, scale := 0.0, 1/float64(out.Rows*out.Cols)
	for r := range out.Rows {
		o, t := row(out, r), row(target, r)
		if grad.Data == nil {
			for j := range o {
				value, _ := f(o[j], t[j])
				sum += value
			}
			continue
		}
		g := row(grad, r)
		for j := range o {
			value, slope := f(o[j], t[j])
			sum += value
			g[j] = slope * scale
		}
	}
	return sum * scale
}

func row(m blas64.General, r int) []float64 { return m.Data[r*m.Stride : r*m.Stride+m.Cols] }

func checkValues(out, target blas64.General) {
	if out.Rows != target.Rows || out.Cols != target.Cols {
		panic(fmt.Sprintf("loss: outputs %d×%d against targets %d×%d", out.Rows, out.Cols, target.Rows, target.Cols))
	}
}
