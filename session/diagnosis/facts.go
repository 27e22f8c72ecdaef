package diagnosis

import (
	"math"

	"descent/core"
	"descent/core/data"
	"descent/core/probe"
	"descent/core/recipe"
	"descent/session/history"
	"descent/session/remedy"
)

// confirms is at how many looks in a row a trouble must be there to be named.
const confirms = 2

// Facts are what rules judge by.
type Facts struct {
	Step    int
	Since   int       // the step after which the last decision was taken, 0 for none
	Initial float64   // loss of the first steps
	Losses  []float64 // of the steps after Since, as many as are kept in full
	Best    float64   // the lowest loss of a bucket of the curve, by its mean
	LR      float64   // of the last step
	Curves  history.Curves
	Last    core.Report // evaluation

	Layers  []core.LayerReport
	Samples []Sample           // the latest, all after Since
	Before  []Sample           // of the whole run, thinned
	Units   []probe.LayerUnits // of activations; nil if they were not looked at
	Grad    float64            // ‖g‖ of the last step, before clipping; NaN before one

	Recipe    recipe.Recipe
	Surface   bool
	Unbounded bool // a surface without a minimum
	FullBatch bool // each step takes all rows
	Noisy     bool // the gradient is of a part of the rows, or has noise added
	Data      *data.Set
	rows      rowFacts
	Teacher   *Teacher
	Clipped   float64 // the largest share of a kernel's weights outside the range of its grid
	ClippedIn string  // that layer

	knobs map[string]recipe.Setting // those that have an effect
}

// rowFacts are facts of the data, which never change.
type rowFacts struct {
	scale    []remedy.Unscaled
	majority float64 // share of the largest class of the training rows
	held     float64 // its share of the rows that accuracy is measured on
	class    string
	counts   []int // rows of each class
}

// Teacher is how well the teacher answers the rows that the student is judged by.
type Teacher struct{ Accuracy float64 }

// Sample is a look at the parameters after a step.
type Sample struct {
	Step        int
	Grad        float64 // ‖g‖ before clipping
	Weight      float64 // ‖w‖
	Most, Least float64 // the largest and smallest ‖Δw‖/‖w‖ of a layer with a kernel
	First, Deep float64 // root mean square of the gradient in the first and the last kernel
	Kernels     int
	Dead        float64 // the largest share of dead units in a layer
	Saturated   float64
}

// sample summarises the layers.
func sample(step int, layers []core.LayerReport, units []probe.LayerUnits) Sample {
	s := Sample{Step: step, Least: math.Inf(1), Grad: 0, First: math.NaN(), Deep: math.NaN()}
	for _, l := range layers {
		if l.Params == 0 || math.IsNaN(l.Grad) {
			continue
		}
		s.Grad = math.Hypot(s.Grad, l.Grad)
		s.Weight = math.Hypot(s.Weight, l.Weight)
		if l.Histogram == nil {
			continue
		}
		s.Kernels++
		s.Most, s.Least = max(s.Most, l.Ratio), min(s.Least, l.Ratio)
		each := l.Grad / math.Sqrt(float64(l.Params))
		if s.Kernels == 1 {
			s.First = each
		}
		s.Deep = each
	}
	for _, u := range units {
		if u.Units > 0 {
			s.Dead = max(s.Dead, float64(u.Dead)/float64(u.Units))
			s.Saturated = max(s.Saturated, float64(u.Saturated)/float64(u.Units))
		}
	}
	return s
}

// own returns those of the samples after the last decision of a field.
func (f *Facts) own(field func(Sample) float64) []float64 {
	out := make([]float64, len(f.Samples))
	for i, s := range f.Samples {
		out[i] = field(s)
	}
	return out
}

// heldAccuracy is that of the rows that a network is judged by.
func (f *Facts) heldAccuracy() float64 {
	if f.Last.HasVal {
		return f.Last.ValAccuracy
	}
	return f.Last.Accuracy
}
