package loss_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"descent/core/knob"
	"descent/core/loss"

	"gonum.org/v1/gonum/blas/blas64"
)

func matrix(rows, cols int, fill func(i int) float64) blas64.General {
	m := blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: make([]float64, rows*cols)}
	for i := range m.Data {
		m.Data[i] = fill(i)
	}
	return m
}

// variants are the knob settings under which a loss is tested besides its
// defaults. A loss that is not listed is tested at its defaults.
var variants = map[string][]map[string]float64{
	"cross-entropy": {{"loss.label_smoothing": 0.1}, {"loss.label_smoothing": 0.73}, {"loss.label_smoothing": 1}},
	"huber":         {{"loss.delta": 0.25}, {"loss.delta": 1e-3}, {"loss.delta": 40}},
}

// eachLoss calls f with every loss of the catalogue in every setting, with
// outputs and targets that fit it.
func eachLoss(t *testing.T, f func(t *testing.T, name string, l loss.Loss, out blas64.General, target loss.Target)) {
	t.Helper()
	for _, row := range loss.Catalogue {
		for _, set := range append([]map[string]float64{nil}, variants[row.Name]...) {
			l := row.New()
			for path, v := range set {
				i := slices.IndexFunc(l.Knobs(), func(k knob.Knob) bool { return k.Path == path })
				if i < 0 {
					t.Fatalf("%s has no knob %s", row.Name, path)
				}
				if err := l.Knobs()[i].Set(knob.Num(v)); err != nil {
					t.Fatal(err)
				}
			}
			for _, size := range [][2]int{{1, 2}, {5, 3}, {4, 7}} {
				rng := rand.New(rand.NewPCG(uint64(size[0]), 1))
				out := matrix(size[0], size[1], func(int) float64 { return 2 * rng.NormFloat64() })
				target := loss.Target{Values: matrix(size[0], size[1], func(int) float64 { return rng.NormFloat64() })}
				task := loss.Task{Outputs: size[1]}
				if loss.Check(row.Name, task) != nil { // zeros and ones, one 1 a row
					task.Binary, task.Classes = true, true
					target.Classes = make([]int, size[0])
					clear(target.Values.Data)
					for r := range target.Classes {
						target.Classes[r] = rng.IntN(size[1])
						target.Values.Data[r*size[1]+target.Classes[r]] = 1
					}
				}
				if err := loss.Check(row.Name, task); err != nil {
					t.Fatal(err)
				}
				f(t, row.Name, l, out, target)
			}
		}
	}
}

func TestGradientsEqualFiniteDifferences(t *testing.T) {
	eachLoss(t, func(t *testing.T, name string, l loss.Loss, out blas64.General, target loss.Target) {
		grad := matrix(out.Rows, out.Cols, func(int) float64 { return math.NaN() }) // to be overwritten
		l.Eval(grad, out, target)
		for i, v := range out.Data {
			h := 1e-6 * max(1, math.Abs(v))
			out.Data[i] = v + h
			up := l.Eval(blas64.General{}, out, target)
			out.Data[i] = v - h
			down := l.Eval(blas64.General{}, out, target)
			out.Data[i] = v
			if want := (up - down) / (2 * h); math.Abs(grad.Data[i]-want) > 1e-6*max(math.Abs(want), 1e-2) {
				t.Errorf("%s %d×%d, output %d: gradient %v, difference %v", name, out.Rows, out.Cols, i, grad.Data[i], want)
			}
		}
	})
}

func TestTheValueIsTheSameWithAndWithoutTheGradient(t *testing.T) {
	eachLoss(t, func(t *testing.T, name string, l loss.Loss, out blas64.General, target loss.Target) {
		grad := matrix(out.Rows, out.Cols, func(int) float64 { return 0 })
		if a, b := l.Eval(grad, out, target), l.Eval(blas64.General{}, out, target); a != b {
			t.Errorf("%s: %v with, %v without", name, a, b)
		}
	})
}

func TestTheLossIsAMeanOverRows(t *testing.T) {
	eachLoss(t, func(t *testing.T, name string, l loss.Loss, out blas64.General, target loss.Target) {
		one := func(m blas64.General, r int) blas64.General {
			m.Rows, m.Data = 1, m.Data[r*m.Stride:(r+1)*m.Stride]
			return m
		}
		sum := 0.0
		for r := range out.Rows {
			part := loss.Target{Values: one(target.Values, r)}
			if target.Classes != nil {
				part.Classes = target.Classes[r : r+1]
			}
			sum += l.Eval(blas64.General{}, one(out, r), part)
		}
		if whole, mean := l.Eval(blas64.General{}, out, target), sum/float64(out.Rows); math.Abs(whole-mean) > 1e-12*whole {
			t.Errorf("%s: %v for the batch, %v as the mean of its rows", name, whole, mean)
		}
	})
}

// Values by hand: one row of outputs each.
func TestValues(t *testing.T) {
	for _, c := range []struct {
		name    string
		out, y  []float64
		classes []int
		want    float64
	}{
		{"mse", []float64{1, 2}, []float64{0, 4}, nil, 2.5},
		{"huber", []float64{0.5, 3}, []float64{0, 0}, nil, (0.125 + 2.5) / 2},
		{"huber", []float64{1}, []float64{0}, nil, 0.5},
		{"bce", []float64{0, 0}, []float64{0, 1}, nil, math.Ln2},
		{"bce", []float64{1000, -1000}, []float64{0, 1}, nil, 1000},
		{"bce", []float64{1000, -1000}, []float64{1, 0}, nil, 0},
		{"cross-entropy", []float64{5, 5, 5, 5}, nil, []int{2}, math.Log(4)},
		{"cross-entropy", []float64{1000, 0}, nil, []int{1}, 1000},
		{"cross-entropy", []float64{1000, 0}, nil, []int{0}, 0},
		{"cross-entropy", []float64{-1e300, 1e300}, nil, []int{1}, 0},
	} {
		row, ok := loss.Find(c.name)
		if !ok {
			t.Fatalf("no loss %q", c.name)
		}
		out := matrix(1, len(c.out), func(i int) float64 { return c.out[i] })
		target := loss.Target{Classes: c.classes}
		if c.y != nil {
			target.Values = matrix(1, len(c.y), func(i int) float64 { return c.y[i] })
		}
		grad := matrix(1, len(c.out), func(int) float64 { return 0 })
		if got := row.New().Eval(grad, out, target); math.Abs(got-c.want) > 1e-15*max(1, c.want) {
			t.Errorf("%s of %v: %v, want %v", c.name, c.out, got, c.want)
		}
		for _, g := range grad.Data {
			if math.IsNaN(g) || math.IsInf(g, 0) {
				t.Errorf("%s of %v: gradient %v", c.name, c.out, grad.Data)
			}
		}
	}
}

func TestNaNIsShownNotHidden(t *testing.T) {
	eachLoss(t, func(t *testing.T, name string, l loss.Loss, out blas64.General, target loss.Target) {
		for i := range out.Data {
			kept := out.Data[i]
			out.Data[i] = math.NaN()
			if got := l.Eval(blas64.General{}, out, target); !math.IsNaN(got) {
				t.Errorf("%s: %v with NaN at output %d", name, got, i)
			}
			out.Data[i] = kept
		}
	})
}

func TestCheckSaysWhyALossDoesNotFit(t *testing.T) {
	for _, c := range []struct {
		name string
		task loss.Task
		want string // "" fits
	}{
		{"mse", loss.Task{Outputs: 1}, ""},
		{"huber", loss.Task{Outputs: 3, Classes: true, Binary: true}, ""},
		{"cross-entropy", loss.Task{Outputs: 3, Classes: true, Binary: true}, ""},
		{"cross-entropy", loss.Task{Outputs: 3}, "cross-entropy needs classes, one target column with a class in each row; these targets are numbers"},
		{"cross-entropy", loss.Task{Outputs: 1, Classes: true}, "cross-entropy needs an output for each class, at least two"},
		{"bce", loss.Task{Outputs: 1, Binary: true}, ""},
		{"bce", loss.Task{Outputs: 1}, "bce needs targets of 0 and 1, or two names in a column; these are other numbers"},
		{"msa", loss.Task{}, `there is no loss "msa"`},
	} {
		got := ""
		if err := loss.Check(c.name, c.task); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s of %+v: %q, want %q", c.name, c.task, got, c.want)
		}
	}
}

func TestWrongShapesPanic(t *testing.T) {
	for _, row := range loss.Catalogue {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s takes 2 rows of outputs against 1 of targets", row.Name)
				}
			}()
			zero := func(int) float64 { return 0 }
			row.New().Eval(blas64.General{}, matrix(2, 2, zero), loss.Target{Classes: []int{0}, Values: matrix(1, 2, zero)})
		}()
	}
}

func TestEveryRowHasHelp(t *testing.T) {
	for _, row := range loss.Catalogue {
		if row.Help == "" {
			t.Errorf("%s has no help", row.Name)
		}
	}
}
