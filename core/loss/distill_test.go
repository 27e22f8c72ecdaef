package loss_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"descent/core/loss"

	"gonum.org/v1/gonum/blas/blas64"
)

func TestDistillationIsPyTorchs(t *testing.T) {
	content, err := os.ReadFile("testdata/distill.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Alpha, Temperature, Loss float64
		Classes                  []int
		Cols                     int
		Out, Teacher, Grad       []float64
	}
	if err := json.Unmarshal(content, &cases); err != nil {
		t.Fatal(err)
	}
	for n, c := range cases {
		matrix := func(data []float64) blas64.General {
			return blas64.General{Rows: len(data) / c.Cols, Cols: c.Cols, Stride: c.Cols, Data: data}
		}
		row, _ := loss.Find("cross-entropy")
		grad := matrix(make([]float64, len(c.Out)))
		value := row.New().Eval(grad, matrix(c.Out), loss.Target{Classes: c.Classes})
		value = loss.Distill(grad, matrix(c.Out), matrix(c.Teacher), c.Alpha, c.Temperature, value, make([]float64, 2*c.Cols))
		if math.Abs(value-c.Loss) > 1e-10*math.Abs(c.Loss) {
			t.Errorf("case %d: loss %v, PyTorch has %v", n, value, c.Loss)
		}
		for i, g := range grad.Data {
			if math.Abs(g-c.Grad[i]) > 1e-10 {
				t.Errorf("case %d: gradient %d is %v, PyTorch has %v", n, i, g, c.Grad[i])
			}
		}
	}
}
