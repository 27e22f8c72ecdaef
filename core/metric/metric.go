// Package metric judges what a model answers: scores of probabilities against classes
// and of predictions against numbers, as scikit-learn defines them. A score is a pure
// function of outputs, targets and weights of rows; nothing here trains anything.
//
// A NaN among the outputs, or no row at all, makes every score NaN.
package metric

import (
	"descent/core/knob"
)

// Score is a named number.
type Score struct {
	Name  string
	Value float64
}

// Direction says which of two values is the better one.
type Direction int

// The directions.
const (
	Neither Direction = iota // the best is neither the highest nor the lowest
	Higher
	Lower
)

// Row is a metric in the catalogue.
type Row struct {
	Name, Help string
	Doc        knob.Doc
	Direction  Direction
	Needs      Need
	// Of measures a sample that has what is needed; nil for TrainLoss.
	Of func(*Sample) float64
}

// Better tells whether a is better than b by the metric. NaN is never better, and
// everything is better than NaN.
func (r Row) Better(a, b float64) bool {
	switch {
	case r.Direction == Neither || a != a:
		return false
	case b != b:
		return true
	case r.Direction == Higher:
		return a > b
	}
	return a < b
}
