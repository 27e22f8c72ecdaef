package loss_test

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"descent/core/knob"
	"descent/core/loss"

	"gonum.org/v1/gonum/blas/blas64"
)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-12*max(1, math.Abs(b)) }

func TestWeightsAndSoftLabelsAreThoseOfPyTorch(t *testing.T) {
	content, err := os.ReadFile("testdata/weights.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Loss                    string
		Knobs                   map[string]knob.Value
		Cols                    int
		Out, Values, Grad, Rows []float64
		Classes                 []int
		Counts                  []float64
		Value                   float64
	}
	if err := json.Unmarshal(content, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		row, _ := loss.Find(c.Loss)
		l := row.New()
		for path, v := range c.Knobs {
			i := slices.IndexFunc(l.Knobs(), func(k knob.Knob) bool { return k.Path == path })
			if err := l.Knobs()[i].Set(v); err != nil {
				t.Fatal(err)
			}
		}
		if c.Counts != nil {
			l.(loss.Balancer).Balance(c.Counts, 60)
		}
		general := func(data []float64) blas64.General {
			return blas64.General{Rows: len(data) / c.Cols, Cols: c.Cols, Stride: c.Cols, Data: data}
		}
		out, target, grad := general(c.Out), loss.Target{Classes: c.Classes, Values: general(c.Values)}, general(make([]float64, len(c.Out)))
		value, alone := 0.0, 0.0
		if c.Rows != nil {
			value = loss.EvalRows(l, grad, out, target, c.Rows)
			alone = loss.EvalRows(l, blas64.General{}, out, target, c.Rows)
		} else {
			value, alone = l.Eval(grad, out, target), l.Eval(blas64.General{}, out, target)
		}
		if !near(value, c.Value) || value != alone {
			t.Errorf("%s %v: %v (%v without the gradient), want %v", c.Loss, c.Knobs, value, alone, c.Value)
		}
		for i, g := range grad.Data {
			if !near(g, c.Grad[i]) {
				t.Errorf("%s %v: gradient %d is %v, want %v", c.Loss, c.Knobs, i, g, c.Grad[i])
			}
		}
	}
}

// Of every loss: the gradient of the weighted mean is that of its value.
func TestGradientsWithWeightsOfRowsEqualFiniteDifferences(t *testing.T) {
	eachLoss(t, func(t *testing.T, name string, l loss.Loss, out blas64.General, target loss.Target) {
		weights := []float64{2, 0, 0.5, 1.25, 3}[:out.Rows]
		grad := matrix(out.Rows, out.Cols, func(int) float64 { return math.NaN() })
		loss.EvalRows(l, grad, out, target, weights)
		for i, v := range out.Data {
			h := 1e-6 * max(1, math.Abs(v))
			out.Data[i] = v + h
			up := loss.EvalRows(l, blas64.General{}, out, target, weights)
			out.Data[i] = v - h
			down := loss.EvalRows(l, blas64.General{}, out, target, weights)
			out.Data[i] = v
			if want := (up - down) / (2 * h); math.Abs(grad.Data[i]-want) > 1e-6*max(math.Abs(want), 1e-2) {
				t.Errorf("%s %d×%d, output %d: gradient %v, difference %v", name, out.Rows, out.Cols, i, grad.Data[i], want)
			}
		}
	})
}

func TestRowsThatWeighNothingHaveNoLoss(t *testing.T) {
	eachLoss(t, func(t *testing.T, name string, l loss.Loss, out blas64.General, target loss.Target) {
		grad := matrix(out.Rows, out.Cols, func(int) float64 { return 1 })
		value := loss.EvalRows(l, grad, out, target, make([]float64, out.Rows))
		if value != 0 || slices.Max(grad.Data) != 0 || slices.Min(grad.Data) != 0 {
			t.Errorf("%s: %v, %v", name, value, grad.Data)
		}
	})
}
