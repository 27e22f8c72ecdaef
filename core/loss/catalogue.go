package loss

import (
	"errors"
	"fmt"

	"descent/core/knob"
)

// Reading is how a loss interprets a row of outputs.
type Reading int

// The readings.
const (
	Numbers      Reading = iota // predicted values
	Distribution                // logits of one distribution, by softmax
	LogOdds                     // logits of independent probabilities, by the sigmoid
)

// Row is a loss in the catalogue.
type Row struct {
	Name, Help string
	Doc        knob.Doc
	Reads      Reading
	Fits       func(Task) error // why it does not suit a task; nil: it suits all
	New        func() Loss      // at its defaults
}

// Reading returns how outputs are interpreted on a task: as Reads says, but where a
// loss of numbers is used on classes, outputs are compared by softmax.
func (r Row) Reading(t Task) Reading {
	if r.Reads == Numbers && t.Classes {
		return Distribution
	}
	return r.Reads
}

// Catalogue is every loss, in display order.
var Catalogue = []Row{
	{Name: "mse", Help: "mean squared error (L2 loss)", Doc: mseDoc, New: func() Loss { return mse{} }},
	{Name: "mae", Help: "mean absolute error (L1 loss): estimates the median", Doc: maeDoc, New: func() Loss { return mae{} }},
	{Name: "huber", Help: "Huber loss: quadratic within δ of the target, linear beyond", Doc: huberDoc, New: func() Loss { return &huber{Delta: 1} }},
	{Name: "smooth-l1", Help: "smooth L1 loss: Huber loss divided by its threshold β", Doc: smoothL1Doc, New: func() Loss { return &smoothL1{Beta: 1} }},
	{Name: "log-cosh", Help: "logarithm of the hyperbolic cosine of the error: a smooth Huber loss", Doc: logCoshDoc, New: func() Loss { return &logCosh{} }},
	{Name: "quantile", Help: "pinball loss: estimates the τ-quantile of the targets", Doc: quantileDoc, New: func() Loss { return &quantile{Tau: 0.5} }},
	{
		Name: "cross-entropy", Help: "softmax cross-entropy: −log of the probability of the right class", Doc: crossEntropyDoc, Reads: Distribution,
		Fits: needLabels, New: func() Loss { return &crossEntropy{balance: balance{Name: "none"}, ignored: ignored{none}} },
	},
	{
		Name: "focal", Help: "focal loss: cross-entropy with less weight on easy rows", Doc: focalDoc, Reads: Distribution,
		Fits: needClasses, New: func() Loss { return &focal{Gamma: 2, ignored: ignored{none}} },
	},
	{
		Name: "hinge", Help: "multi-class hinge loss: 0 once the right logit leads by the margin", Doc: hingeDoc, Reads: Distribution,
		Fits: needClasses, New: func() Loss { return &hinge{Margin: 1} },
	},
	{
		Name: "kl", Help: "Kullback–Leibler divergence of the softmax from target probabilities", Doc: klDoc, Reads: Distribution,
		Fits: needSimplex, New: func() Loss { return &kl{} },
	},
	{
		Name: "bce", Help: "binary cross-entropy with logits (log loss)", Doc: bceDoc, Reads: LogOdds,
		Fits: needBinary, New: func() Loss { return &bce{balance: balance{Name: "none"}} },
	},
}

// Find returns the row of that name, and whether there is one.
func Find(name string) (Row, bool) {
	for _, r := range Catalogue {
		if r.Name == name {
			return r, true
		}
	}
	return Row{}, false
}

// Check returns why the named loss does not suit the task, nil if it does.
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

func needLabels(t Task) error {
	switch {
	case !t.Simplex && !t.Classes:
		return errors.New("needs classes, one target column with a class in each row, or columns of probabilities that sum to 1; these targets are numbers")
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
