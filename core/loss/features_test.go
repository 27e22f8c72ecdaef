package loss_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
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

// Of many rows, each block counts by its share.
func TestSimilarityOfManyRowsIsThatOfItsBlocks(t *testing.T) {
	const n, width, of = 700, 3, 512
	rng := rand.New(rand.NewPCG(1, 2))
	fill := func(cols int) blas64.General {
		m := blas64.General{Rows: n, Cols: cols, Stride: cols, Data: make([]float64, n*cols)}
		for i := range m.Data {
			m.Data[i] = rng.NormFloat64()
		}
		return m
	}
	part := func(m blas64.General, from, to int) blas64.General {
		m.Rows, m.Data = to-from, m.Data[from*m.Stride:to*m.Stride]
		return m
	}
	student, teacher := fill(width), fill(width+2)
	grad, want := fill(width), fill(width)
	got := (&loss.Similarity{}).Eval(grad, student, teacher, 3)
	sum := 0.0
	for _, b := range [][2]int{{0, of}, {of, n}} {
		share := float64(b[1]-b[0]) / n
		sum += (&loss.Similarity{}).Eval(part(want, b[0], b[1]), part(student, b[0], b[1]), part(teacher, b[0], b[1]), 3*share)
	}
	if math.Abs(got-sum) > 1e-12 || !slices.Equal(grad.Data, want.Data) {
		t.Errorf("%v instead of %v, or another gradient", got, sum)
	}
}
