package search

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"descent/core/kernel"
	"descent/core/knob"
)

// Kind is the kind of values along an axis.
type Kind string

// The kinds of axes.
const (
	Float  Kind = "float"
	Int    Kind = "int"
	Choice Kind = "choice" // values without an order
)

// Axis is one dimension of a search space: a knob, and the values that it may take.
type Axis struct {
	Path string  `json:"path"` // of the knob: "optimizer.lr"
	Kind Kind    `json:"kind"`
	Low  float64 `json:"low,omitempty"`  // inclusive, of Float and Int
	High float64 `json:"high,omitempty"` // inclusive
	Log  bool    `json:"log,omitempty"`  // equal ratios are equally likely
	// Complement is a log scale of 1 − x, as decay rates have it: 0.9, 0.99, 0.999.
	Complement bool         `json:"complement,omitempty"`
	Step       float64      `json:"step,omitempty"` // distance of two values, counted from Low; 0 for none, and for an Int 1
	Choices    []knob.Value `json:"choices,omitempty"`
	Condition  *Condition   `json:"when,omitempty"` // nil for an axis that always exists
}

// The most values of an axis: with a step, and of integers without one; and how far from 0
// its ends may lie, so that squares of distances stay finite.
const (
	mostFar      = 1e100
	mostSteps    = 1_000_000
	mostIntegers = 1 << 53
)

// Check says in one sentence what is wrong with an axis.
func (a Axis) Check() error {
	switch {
	case a.Kind == Choice:
		if len(a.Choices) == 0 {
			return fmt.Errorf("%s has no values to choose from", a.Path)
		}
		return nil
	case a.Kind != Float && a.Kind != Int:
		return fmt.Errorf("%s is of the kind %q, and there are %s, %s and %s", a.Path, a.Kind, Float, Int, Choice)
	case math.IsNaN(a.Low) || math.IsInf(a.Low, 0) || math.IsNaN(a.High) || math.IsInf(a.High, 0):
		return fmt.Errorf("%s ranges over numbers that are not finite", a.Path)
	case a.Low > a.High:
		return fmt.Errorf("%s has an empty range: %g is greater than %g", a.Path, a.Low, a.High)
	case a.High > mostFar || a.Low < -mostFar:
		return fmt.Errorf("%s ranges over numbers beyond %g", a.Path, mostFar)
	case a.Log && a.Low <= 0:
		return fmt.Errorf("%s has a logarithmic scale, and its range has to begin above 0, not at %g", a.Path, a.Low)
	case a.Complement && a.High >= 1:
		return fmt.Errorf("%s has the scale of decay rates, and its range has to end below 1, not at %g", a.Path, a.High)
	case !(a.Step >= 0) || math.IsInf(a.Step, 0):
		return fmt.Errorf("%s has the step %g; a step is positive", a.Path, a.Step)
	case a.Step > 0 && !((a.High-a.Low)/a.Step < mostSteps):
		return fmt.Errorf("%s has a step of %g, and more than a million values; give a greater step, or none", a.Path, a.Step)
	case a.Kind == Int && !(a.High-a.Low < mostIntegers):
		return fmt.Errorf("%s has more integers from %g to %g than can be told apart", a.Path, a.Low, a.High)
	}
	return nil
}

// Count is the number of values along the axis, 0 where there is no end of them.
func (a Axis) Count() int {
	switch {
	case a.Kind == Choice:
		return len(a.Choices)
	case a.Low == a.High:
		return 1
	case a.step() > 0:
		return int(math.Floor((a.High-a.Low)/a.step()+1e-9)) + 1
	}
	return 0
}

func (a Axis) step() float64 {
	if a.Kind == Int && a.Step == 0 {
		return 1
	}
	return a.Step
}

// At returns the value at u in [0, 1], which is uniform for a random search: every
// value of a stepped axis and every choice has an equal share of the interval.
// Numbers are rounded to six significant digits, so that they can be read and typed.
func (a Axis) At(u float64) knob.Value {
	u = min(max(u, 0), 1)
	if n := a.Count(); n > 0 && (a.Kind == Choice || !a.curved()) {
		i := min(int(u*float64(n)), n-1)
		if a.Kind == Choice {
			return a.Choices[i]
		}
		return knob.Num(a.rounded(a.Low + float64(float64(i)*a.step())))
	}
	low, high := a.Inner()
	return a.FromInner(low + float64(u*(high-low)))
}

// Unit is the inverse of At: the middle of the value's share of [0, 1]. ok is false
// for a value that is not on the axis.
func (a Axis) Unit(v knob.Value) (u float64, ok bool) {
	if a.Kind == Choice {
		i := a.Index(v)
		return (float64(i) + 0.5) / float64(len(a.Choices)), i >= 0
	}
	x := v.Num()
	if x < a.Low-a.slack() || x > a.High+a.slack() {
		return 0, false
	}
	if n := a.Count(); n > 0 && !a.curved() {
		i := math.Round((x - a.Low) / a.step())
		if n == 1 {
			i = 0
		}
		return (i + 0.5) / float64(n), true
	}
	low, high := a.Inner()
	if low == high {
		return 0.5, true
	}
	return min(max((a.ToInner(x)-low)/(high-low), 0), 1), true
}

// curved reports whether samplers work on another scale than that of the values.
func (a Axis) curved() bool { return a.Log || a.Complement }

// slack is by how much rounding may leave the range.
func (a Axis) slack() float64 { return float64(1e-6 * max(math.Abs(a.Low), math.Abs(a.High))) }

// Index is the position of a choice, −1 for none.
func (a Axis) Index(v knob.Value) int { return slices.IndexFunc(a.Choices, v.Equal) }

// Inner is the range in which samplers work: of the logarithm on a log axis, widened
// by half a step where values are stepped.
func (a Axis) Inner() (low, high float64) {
	half := float64(a.step() / 2)
	low, high = a.Low-half, a.High+half
	switch { // a step that is wider than what lies beyond the range
	case a.Log && low <= 0:
		low = a.Low / 2
	case a.Complement && high >= 1:
		high = a.High + float64((1-a.High)/2)
	}
	return a.ToInner(low), a.ToInner(high)
}

// ToInner converts a number to the scale of Inner, on which greater numbers stay
// greater.
func (a Axis) ToInner(x float64) float64 {
	switch {
	case a.Log:
		return kernel.Log(x)
	case a.Complement:
		return -kernel.Log(1 - x)
	}
	return x
}

// FromInner returns the value of the axis that is nearest to a number on the scale of
// Inner.
func (a Axis) FromInner(x float64) knob.Value {
	switch {
	case a.Log:
		x = kernel.Exp(x)
	case a.Complement:
		x = 1 - kernel.Exp(-x)
	}
	if s := a.step(); s > 0 {
		x = a.Low + float64(math.Round((x-a.Low)/s)*s)
		if last := a.Low + float64(float64(a.Count()-1)*s); x > last {
			x = last
		}
	}
	return knob.Num(a.rounded(min(max(x, a.Low), a.High)))
}

func (a Axis) rounded(x float64) float64 {
	if a.Kind == Int {
		return math.Round(x)
	}
	if x == a.Low || x == a.High {
		return x
	}
	x, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 6, 64), 64)
	if err != nil {
		panic("search: " + err.Error())
	}
	return min(max(x, a.Low), a.High)
}

// Contains reports whether a value is on the axis.
func (a Axis) Contains(v knob.Value) bool {
	_, ok := a.Unit(v)
	return ok
}

// span is the range of coordinates: Inner, up to the last value that the steps reach.
func (a Axis) span() (low, high float64) {
	if s := a.step(); s > 0 {
		a.High = min(a.High, a.Low+float64(float64(a.Count()-1)*s))
	}
	return a.Inner()
}

// locate is where a value lies for a model: a number on the scale of Inner, or the
// index of a choice. ok is false for a value that is not on the axis.
func (a Axis) locate(v knob.Value) (x float64, ok bool) { return a.locator()(v) }

// locator is locate, for many values.
func (a Axis) locator() func(v knob.Value) (x float64, ok bool) {
	if a.Kind == Choice {
		return func(v knob.Value) (float64, bool) {
			i := a.Index(v)
			return float64(i), i >= 0
		}
	}
	low, high := a.span()
	slack := a.slack()
	return func(v knob.Value) (float64, bool) {
		x := v.Num()
		if x < a.Low-slack || x > a.High+slack || v.Word() != "" || len(v.Items()) > 0 {
			return 0, false
		}
		return min(max(a.ToInner(min(max(x, a.Low), a.High)), low), high), true
	}
}

// valueAt is the value of the axis that is nearest to a coordinate.
func (a Axis) valueAt(x float64) knob.Value {
	if a.Kind == Choice {
		return a.Choices[int(x)]
	}
	return a.FromInner(x)
}

// values are all values of a finite axis.
func (a Axis) values() []knob.Value {
	if a.Kind == Choice {
		return a.Choices
	}
	out := make([]knob.Value, a.Count())
	for i := range out {
		out[i] = knob.Num(a.rounded(a.Low + float64(float64(i)*a.step())))
	}
	return out
}
