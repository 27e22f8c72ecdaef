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

func TestIgnoredRowsAndFocalWeightsArePyTorchs(t *testing.T) {
	content, err := os.ReadFile("testdata/ignored.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name      string
		Knobs     map[string]string
		Rows      int
		Out, Grad []float64
		Classes   []int
		Value     float64
	}
	if err := json.Unmarshal(content, &cases); err != nil {
		t.Fatal(err)
	}
	for n, c := range cases {
		row, _ := loss.Find(c.Name)
		l := row.New()
		for path, text := range c.Knobs {
			i := slices.IndexFunc(l.Knobs(), func(k knob.Knob) bool { return k.Path == path })
			v, err := l.Knobs()[i].Parse(text)
			if err == nil {
				err = l.Knobs()[i].Set(v)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		cols := len(c.Out) / c.Rows
		grad := blas64.General{Rows: c.Rows, Cols: cols, Stride: cols, Data: make([]float64, len(c.Out))}
		out := blas64.General{Rows: c.Rows, Cols: cols, Stride: cols, Data: c.Out}
		if got := l.Eval(grad, out, loss.Target{Classes: c.Classes}); math.Abs(got-c.Value) > 1e-13*math.Abs(c.Value) {
			t.Errorf("case %d, %s %v: %v, PyTorch has %v", n, c.Name, c.Knobs, got, c.Value)
		}
		for i, g := range grad.Data {
			if math.Abs(g-c.Grad[i]) > 1e-13 {
				t.Errorf("case %d, %s %v: gradient %d is %v, PyTorch has %v", n, c.Name, c.Knobs, i, g, c.Grad[i])
			}
		}
	}
	if len(cases) < 40 {
		t.Errorf("there are %d cases", len(cases))
	}
}

// A batch of ignored rows has neither a loss nor a gradient, and weighs nothing.
func TestABatchOfIgnoredRowsCountsNothing(t *testing.T) {
	for _, name := range []string{"cross-entropy", "focal"} {
		row, _ := loss.Find(name)
		l := row.New()
		for _, k := range l.Knobs() {
			if k.Path == "loss.ignore_index" {
				_ = k.Set(knob.Num(1))
			}
		}
		out, grad := matrix(2, 3, func(i int) float64 { return float64(i) }), matrix(2, 3, func(int) float64 { return math.NaN() })
		target := loss.Target{Classes: []int{1, 1}}
		if v, w := l.Eval(grad, out, target), l.(loss.Weighted).Weight(target); v != 0 || w != 0 || slices.ContainsFunc(grad.Data, func(g float64) bool { return g != 0 }) {
			t.Errorf("%s: loss %v, weight %v, gradient %v", name, v, w, grad.Data)
		}
	}
}
