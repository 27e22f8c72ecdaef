package loss_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"descent/core/knob"
	"descent/core/knob/knobtest"
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
var variants = map[string][]map[string]knob.Value{
	"cross-entropy": {
		{"loss.label_smoothing": knob.Num(0.1)},
		{"loss.label_smoothing": knob.Num(0.73)},
		{"loss.label_smoothing": knob.Num(1)},
		{"loss.ignore_index": knob.Num(1)},
		{"loss.ignore_index": knob.Num(0), "loss.weights": knob.Items([]string{"2", "0.5"}), "loss.label_smoothing": knob.Num(0.2)},
		{"loss.weights": knob.Items([]string{"3"})}, // two classes at least; the others weigh 1
		{"loss.weights": knob.Items([]string{"1", "1000", "7", "2", "1", "1", "9", "5"}), "loss.label_smoothing": knob.Num(0.3)},
	},
	"huber":     {{"loss.delta": knob.Num(0.25)}, {"loss.delta": knob.Num(1e-3)}, {"loss.delta": knob.Num(40)}},
	"smooth-l1": {{"loss.beta": knob.Num(0.25)}, {"loss.beta": knob.Num(1e-3)}, {"loss.beta": knob.Num(40)}, {"loss.beta": knob.Num(0)}},
	"quantile":  {{"loss.tau": knob.Num(0)}, {"loss.tau": knob.Num(0.05)}, {"loss.tau": knob.Num(0.9)}, {"loss.tau": knob.Num(1)}},
	"focal":     {{"loss.gamma": knob.Num(0)}, {"loss.gamma": knob.Num(0.3)}, {"loss.gamma": knob.Num(1)}, {"loss.gamma": knob.Num(7.5)}, {"loss.alpha": knob.Items([]string{"0.25", "3"})}, {"loss.alpha": knob.Items([]string{"0.25", "3"}), "loss.ignore_index": knob.Num(1)}},
	"hinge":     {{"loss.margin": knob.Num(0)}, {"loss.margin": knob.Num(0.3)}, {"loss.margin": knob.Num(20)}},
}

// eachLoss calls f with every loss of the catalogue in every setting, with
// outputs and targets that fit it.
func eachLoss(t *testing.T, f func(t *testing.T, name string, l loss.Loss, out blas64.General, target loss.Target)) {
	t.Helper()
	for _, row := range loss.Catalogue {
		for _, set := range append([]map[string]knob.Value{nil}, variants[row.Name]...) {
			l := row.New()
			for path, v := range set {
				i := slices.IndexFunc(l.Knobs(), func(k knob.Knob) bool { return k.Path == path })
				if i < 0 {
					t.Fatalf("%s has no knob %s", row.Name, path)
				}
				if err := l.Knobs()[i].Set(v); err != nil {
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
				if row.Name == "kl" { // more than one class may be likely
					for i := range target.Values.Data {
						target.Values.Data[i] = (target.Values.Data[i] + 0.1) / (1 + 0.1*float64(size[1]))
					}
					f(t, row.Name, l, out, target)
				}
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

// Over rows of their own weight, where a loss has weights.
func TestTheLossIsAMeanOverRows(t *testing.T) {
	eachLoss(t, func(t *testing.T, name string, l loss.Loss, out blas64.General, target loss.Target) {
		one := func(m blas64.General, r int) blas64.General {
			m.Rows, m.Data = 1, m.Data[r*m.Stride:(r+1)*m.Stride]
			return m
		}
		sum, weight := 0.0, 0.0
		for r := range out.Rows {
			part := loss.Target{Values: one(target.Values, r)}
			if target.Classes != nil {
				part.Classes = target.Classes[r : r+1]
			}
			w := 1.0
			if l, ok := l.(loss.Weighted); ok {
				w = l.Weight(part)
			}
			sum += w * l.Eval(blas64.General{}, one(out, r), part)
			weight += w
		}
		if whole, mean := l.Eval(blas64.General{}, out, target), sum/weight; math.Abs(whole-mean) > 1e-12*whole {
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
		{"mae", []float64{1, 2}, []float64{0, 4}, nil, 1.5},
		{"smooth-l1", []float64{0.5, 3}, []float64{0, 0}, nil, (0.125 + 2.5) / 2},
		{"log-cosh", []float64{0, 1000}, []float64{0, 0}, nil, (1000 - math.Ln2) / 2},
		{"log-cosh", []float64{1e-8}, []float64{0}, nil, 0.5e-16},
		{"log-cosh", []float64{0.7999999}, []float64{0}, nil, math.Log(math.Cosh(0.7999999))},
		{"log-cosh", []float64{0.8000001}, []float64{0}, nil, math.Log(math.Cosh(0.8000001))},
		{"quantile", []float64{1, 2}, []float64{0, 4}, nil, 0.75},
		{"focal", []float64{5, 5}, nil, []int{1}, math.Ln2 / 4},
		{"focal", []float64{1000, 0}, nil, []int{0}, 0},
		{"focal", []float64{1000, 0}, nil, []int{1}, 1000},
		{"hinge", []float64{2, 1.5, -3, 9}, nil, []int{0}, (0.5 + 8) / 4},
		{"hinge", []float64{2, 0}, nil, []int{0}, 0},
		{"kl", []float64{1, 1}, []float64{0.5, 0.5}, nil, 0},
		{"kl", []float64{0, 0}, []float64{0.25, 0.75}, nil, math.Ln2 + 0.25*math.Log(0.25) + 0.75*math.Log(0.75)},
		{"kl", []float64{1000, 0}, []float64{0, 1}, nil, 1000},
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
			if g, ok := l.(loss.Ignorer); ok && g.Ignores(target.Classes[i/out.Cols]) {
				continue // the row does not count
			}
			kept := out.Data[i]
			out.Data[i] = math.NaN()
			if got := l.Eval(blas64.General{}, out, target); !math.IsNaN(got) {
				t.Errorf("%s: %v with NaN at output %d", name, got, i)
			}
			out.Data[i] = kept
		}
	})
}

func TestOnTheTargetTheSlopeIsZero(t *testing.T) {
	for _, name := range []string{"mse", "mae", "huber", "smooth-l1", "log-cosh", "quantile"} {
		row, _ := loss.Find(name)
		at := func(int) float64 { return 0.3 }
		grad := matrix(2, 2, func(int) float64 { return 1 })
		if value := row.New().Eval(grad, matrix(2, 2, at), loss.Target{Values: matrix(2, 2, at)}); value != 0 {
			t.Errorf("%s is %v on the target", name, value)
		}
		if slices.ContainsFunc(grad.Data, func(g float64) bool { return g != 0 }) {
			t.Errorf("%s: slope %v on the target", name, grad.Data)
		}
	}
}

func TestOnlyTheProportionsOfClassWeightsMatter(t *testing.T) {
	row, _ := loss.Find("cross-entropy")
	out := matrix(3, 2, func(i int) float64 { return float64(i*i%5) - 2 })
	var values []float64
	for _, weights := range [][]string{{"2", "1"}, {"20", "10"}, {"2"}} {
		l := row.New()
		if err := l.Knobs()[1].Set(knob.Items(weights)); err != nil {
			t.Fatal(err)
		}
		values = append(values, l.Eval(blas64.General{}, out, loss.Target{Classes: []int{0, 1, 0}}))
	}
	if math.Abs(values[0]-values[1]) > 1e-15 || values[0] != values[2] {
		t.Errorf("%v", values)
	}
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
		{"cross-entropy", loss.Task{Outputs: 3}, "cross-entropy needs classes, one target column with a class in each row, or columns of probabilities that sum to 1; these targets are numbers"},
		{"cross-entropy", loss.Task{Outputs: 1, Classes: true}, "cross-entropy needs an output for each class, at least two"},
		{"kl", loss.Task{Outputs: 3, Classes: true, Binary: true}, ""},
		{"kl", loss.Task{Outputs: 3, Simplex: true}, ""},
		{"kl", loss.Task{Outputs: 3}, "kl needs classes, or probabilities that sum to 1 in each row; these targets are other numbers"},
		{"kl", loss.Task{Outputs: 1, Simplex: true}, "kl needs an output for each class, at least two"},
		{"hinge", loss.Task{Outputs: 3}, "hinge needs classes, one target column with a class in each row; these targets are numbers"},
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

func TestEverythingIsExplained(t *testing.T) {
	for _, row := range loss.Catalogue {
		knobtest.Chosen(t, row.Name, row.Help, row.Doc)
		knobtest.Knobs(t, row.New().Knobs())
	}
}
