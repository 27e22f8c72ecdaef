package metric

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"descent/core/knob"
	"descent/core/knob/knobtest"
	"descent/core/loss"

	"gonum.org/v1/gonum/blas/blas64"
)

// reference is a case of testdata/reference.py.
type reference struct {
	Name, Reads     string
	Outputs, Values [][]float64
	Classes         []int
	Weights         []float64
	Mean, Deviation []float64
	Tau             float64
	Scores          map[string]*float64
	ByClass         [][]float64
}

func matrix(rows [][]float64) blas64.General {
	if len(rows) == 0 {
		return blas64.General{}
	}
	m := empty(len(rows), len(rows[0]))
	for r, v := range rows {
		copy(row(m, r), v)
	}
	return m
}

func (c *reference) sample() *Sample {
	t := Task{Mean: c.Mean, Deviation: c.Deviation, Tau: c.Tau}
	truth := loss.Target{Classes: c.Classes, Values: matrix(c.Values)}
	out := matrix(c.Outputs)
	switch c.Reads {
	case "softmax":
		t.Reads = loss.Distribution
	case "sigmoid":
		t.Reads = loss.LogOdds
		if out.Cols == 1 { // one column of 0 and 1
			truth = loss.Target{Values: empty(out.Rows, 1)}
			for r, class := range c.Classes {
				truth.Values.Data[r] = float64(class)
			}
		}
	case "labels":
		t.Reads = loss.LogOdds
	}
	return t.Of(out, truth, c.Weights)
}

func references(t *testing.T) (out []reference) {
	t.Helper()
	text, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func near(got, want float64) bool {
	return got == want || math.Abs(got-want) <= 1e-12*max(1, math.Abs(want))
}

func TestScoresAreThoseOfScikitLearn(t *testing.T) {
	measured := map[string]bool{TrainLoss: true}
	for _, c := range references(t) {
		s := c.sample()
		all := All(s)
		if len(all) != len(c.Scores) {
			t.Errorf("%s: %d scores, scikit-learn has %d", c.Name, len(all), len(c.Scores))
		}
		for _, got := range all {
			want, ok := c.Scores[got.Name]
			measured[got.Name] = true
			switch {
			case !ok:
				t.Errorf("%s: there is %s, which scikit-learn has not", c.Name, got.Name)
			case want == nil && !math.IsNaN(got.Value), want != nil && !near(got.Value, *want):
				text, _ := json.Marshal(want)
				t.Errorf("%s: %s is %.17g, want %s", c.Name, got.Name, got.Value, text)
			}
		}
		of := ByClass(s)
		if len(of) != len(c.ByClass) {
			t.Errorf("%s: %d classes, want %d", c.Name, len(of), len(c.ByClass))
			continue
		}
		for i, want := range c.ByClass {
			got := [4]float64{of[i].Precision, of[i].Recall, of[i].F1, of[i].Support}
			for j := range got {
				if !near(got[j], want[j]) {
					t.Errorf("%s: class %d is %v, want %v", c.Name, i, got, want)
					break
				}
			}
		}
	}
	for _, r := range Catalogue {
		if !measured[r.Name] {
			t.Errorf("no case measures %s", r.Name)
		}
	}
}

func TestANaNIsShown(t *testing.T) {
	nan := math.NaN()
	for name, s := range map[string]*Sample{
		"softmax":            Task{Reads: loss.Distribution}.Of(matrix([][]float64{{1, 2, 3}, {0, nan, 1}}), loss.Target{Classes: []int{2, 0}}, nil),
		"sigmoid":            Task{Reads: loss.LogOdds}.Of(matrix([][]float64{{1}, {nan}}), loss.Target{Values: matrix([][]float64{{1}, {0}})}, nil),
		"numbers":            Task{}.Of(matrix([][]float64{{1}, {nan}}), loss.Target{Values: matrix([][]float64{{1}, {0}})}, nil),
		"no rows":            Task{}.Of(blas64.General{Cols: 1, Stride: 1}, loss.Target{Values: blas64.General{Cols: 1, Stride: 1}}, nil),
		"no rows of classes": Task{Reads: loss.Distribution}.Of(blas64.General{Cols: 2, Stride: 2}, loss.Target{Classes: []int{}}, nil),
	} {
		for _, got := range All(s) {
			if !math.IsNaN(got.Value) {
				t.Errorf("%s: %s is %v, want NaN", name, got.Name, got.Value)
			}
		}
	}
}

func TestAnInfiniteLogitIsAProbability(t *testing.T) {
	s := Task{Reads: loss.LogOdds}.Of(matrix([][]float64{{math.Inf(1)}, {math.Inf(-1)}}), loss.Target{Values: matrix([][]float64{{1}, {0}})}, nil)
	for _, got := range All(s) {
		if math.IsNaN(got.Value) || math.IsInf(got.Value, 0) {
			t.Errorf("%s is %v", got.Name, got.Value)
		}
	}
}

func TestSoftLabelsAreTheClassOfTheLargest(t *testing.T) {
	s := Task{Reads: loss.Distribution}.Of(matrix([][]float64{{2, 1}, {0, 1}}), loss.Target{Values: matrix([][]float64{{0.7, 0.3}, {0.6, 0.4}})}, nil)
	if v, ok := must(t, "accuracy").Measure(s); !ok || v != 0.5 {
		t.Errorf("accuracy %v, %v", v, ok)
	}
}

func TestMeasuringLeavesOutputsAsTheyAre(t *testing.T) {
	out := matrix([][]float64{{1, 2}, {3, 4}})
	for _, reads := range []loss.Reading{loss.Numbers, loss.Distribution, loss.LogOdds} {
		task := Task{Reads: reads, Mean: []float64{5, 5}, Deviation: []float64{2, 2}}
		All(task.Of(out, loss.Target{Values: matrix([][]float64{{0, 1}, {1, 0}})}, nil))
	}
	for i, v := range out.Data {
		if v != float64(i+1) {
			t.Errorf("output %d is %v", i, v)
		}
	}
}

func TestIgnoredRowsAreLeftOut(t *testing.T) {
	out := matrix([][]float64{{2, 1, 0}, {0, 1, 0}, {0, 0, 1}})
	task := Task{Reads: loss.Distribution, Ignores: func(class int) bool { return class == 2 }}
	a := task.Of(out, loss.Target{Classes: []int{0, 2, 0}}, []float64{1, 5, 2})
	b := Task{Reads: loss.Distribution}.Of(matrix([][]float64{{2, 1, 0}, {0, 0, 1}}), loss.Target{Classes: []int{0, 0}}, []float64{1, 2})
	for i, got := range All(a) {
		if want := All(b)[i]; got != want && got.Value == got.Value {
			t.Errorf("%v, without the row %v", got, want)
		}
	}
	for _, got := range All(task.Of(out, loss.Target{Classes: []int{2, 2, 2}}, nil)) {
		if got.Value == got.Value {
			t.Errorf("%s is %v of no rows", got.Name, got.Value)
		}
	}
}

func must(t *testing.T, name string) Row {
	t.Helper()
	r, ok := Find(name)
	if !ok {
		t.Fatalf("there is no metric %s", name)
	}
	return r
}

func TestBetterIsByDirection(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name string
		a, b float64
		want bool
	}{
		{"f1", 0.9, 0.8, true},
		{"f1", 0.8, 0.9, false},
		{"mae", 0.8, 0.9, true},
		{"mae", nan, 0.9, false},
		{"mae", 0.9, nan, true},
		{"coverage", 0.9, 0.1, false},
	} {
		if got := must(t, c.name).Better(c.a, c.b); got != c.want {
			t.Errorf("%s: %v better than %v: %v", c.name, c.a, c.b, got)
		}
	}
}

func TestAnUnknownMetricIsRefusedWithWhatWasMeant(t *testing.T) {
	for name, want := range map[string]string{
		"f2":   `there is no metric "f2"; did you mean "f1"?`,
		"rsme": `there is no metric "rsme"; did you mean "rmse"?`,
		"auc":  "",
	} {
		got := ""
		if err := Known([]string{"f1", name}); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestEveryMetricExplainsItself(t *testing.T) {
	seen := map[string]bool{}
	for _, o := range Options() {
		knobtest.Chosen(t, o.Name, o.Help, o.Doc)
		if seen[o.Name] {
			t.Errorf("%s is listed twice", o.Name)
		}
		seen[o.Name] = true
		if o.Doc == (knob.Doc{}) {
			t.Errorf("%s has no doc", o.Name)
		}
	}
}
