package loss_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"descent/core/loss"

	"gonum.org/v1/gonum/blas/blas64"
)

func TestFeatureLossesArePyTorchs(t *testing.T) {
	content, err := os.ReadFile("testdata/features.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name                   string
		Rows                   int
		Weight, Value          float64
		Student, Teacher, Grad []float64
	}
	if err := json.Unmarshal(content, &cases); err != nil {
		t.Fatal(err)
	}
	for n, c := range cases {
		matrix := func(data []float64) blas64.General {
			return blas64.General{Rows: c.Rows, Cols: len(data) / c.Rows, Stride: len(data) / c.Rows, Data: data}
		}
		grad := matrix(make([]float64, len(c.Student)))
		eval := loss.Hint
		if c.Name == "similarity" {
			eval = (&loss.Similarity{}).Eval
		}
		value := eval(grad, matrix(c.Student), matrix(c.Teacher), c.Weight)
		if math.Abs(value-c.Value) > 1e-12 {
			t.Errorf("case %d, %s: %v, PyTorch has %v", n, c.Name, value, c.Value)
		}
		for i, g := range grad.Data {
			if math.Abs(g-c.Grad[i]) > 1e-10 {
				t.Errorf("case %d, %s: gradient %d is %v, PyTorch has %v", n, c.Name, i, g, c.Grad[i])
			}
		}
	}
}
