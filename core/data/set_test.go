package data_test

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"descent/core/data"
)

// table is one input column that counts the rows, and the targets as given.
func table(t *testing.T, names string, rows ...string) *data.Table {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "row,%s\n", names)
	for i, r := range rows {
		fmt.Fprintf(&b, "%d,%s\n", i, r)
	}
	got, err := read(b.String(), data.Spec{Target: strings.Split(names, ",")})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestClassesAreNumbered(t *testing.T) {
	for _, c := range []struct {
		name    string
		labels  []string
		outputs int
		classes []int
		names   []string
	}{
		{"integers from 0 are the class itself", []string{"2", "0", "1"}, 3, []int{2, 0, 1}, []string{"0", "1", "2"}},
		{"one may be absent", []string{"2", "0", "2"}, 3, []int{2, 0, 2}, []string{"0", "1", "2"}},
		{"2.0 is 2", []string{"2.0", "0"}, 3, []int{2, 0}, []string{"0", "1", "2"}},
		{"names are sorted", []string{"dog", "cat", "emu", "cat"}, 3, []int{1, 0, 2, 0}, []string{"cat", "dog", "emu"}},
		{"an output may be left over", []string{"dog", "cat"}, 3, []int{1, 0}, []string{"cat", "dog", "(none)"}},
		{"other numbers are sorted as numbers", []string{"10", "9", "100"}, 3, []int{1, 0, 2}, []string{"9", "10", "100"}},
		{"numbers from 1", []string{"3", "1", "2"}, 3, []int{2, 0, 1}, []string{"1", "2", "3"}},
		{"negative numbers", []string{"1", "-1"}, 2, []int{1, 0}, []string{"-1", "1"}},
		{"numbers beside names are names", []string{"10", "9", "x"}, 3, []int{0, 1, 2}, []string{"10", "9", "x"}},
		{"fractions beside names are names", []string{"0.5", "x"}, 2, []int{0, 1}, []string{"0.5", "x"}},
	} {
		set, err := data.Prepare(table(t, "y", c.labels...), data.NewSpec(), c.outputs, false, 1)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if !slices.Equal(set.Train.Classes, c.classes) || !slices.Equal(set.Targets, c.names) || !set.ByClass {
			t.Errorf("%s: %v %q, want %v %q", c.name, set.Train.Classes, set.Targets, c.classes, c.names)
		}
		for r, class := range c.classes {
			for j := range c.outputs {
				want := 0.0
				if j == class {
					want = 1
				}
				if got := set.Train.Values.Data[r*c.outputs+j]; got != want {
					t.Errorf("%s: value %d of row %d is %v", c.name, j, r, got)
				}
			}
		}
	}
}

func TestNumbersStayNumbers(t *testing.T) {
	set, err := data.Prepare(table(t, "u,v", "0.5,1", "2,-3"), data.NewSpec(), 2, false, 1)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(set.Train.Values.Data, []float64{0.5, 1, 2, -3}) || set.ByClass || set.Binary || set.Train.Classes != nil {
		t.Errorf("%+v", set)
	}
}

func TestLogitsTakeZeroOneOrTwoNames(t *testing.T) {
	for _, c := range []struct {
		name   string
		labels []string
		want   []float64
	}{
		{"0 and 1", []string{"1", "0", "1"}, []float64{1, 0, 1}},
		{"only 1", []string{"1", "1"}, []float64{1, 1}},
		{"two names, sorted", []string{"yes", "no"}, []float64{1, 0}},
		{"two other numbers, sorted as numbers", []string{"10", "9"}, []float64{1, 0}},
		{"one name", []string{"no", "no"}, []float64{0, 0}},
	} {
		set, err := data.Prepare(table(t, "y", c.labels...), data.NewSpec(), 1, true, 1)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if !slices.Equal(set.Train.Values.Data, c.want) || !set.Binary || set.ByClass {
			t.Errorf("%s: %v, want %v", c.name, set.Train.Values.Data, c.want)
		}
	}
}

func TestTargetsThatDoNotFitAreRefused(t *testing.T) {
	var prices []string
	for i := range 40 {
		prices = append(prices, strconv.Itoa(1000+7*i))
	}
	for _, c := range []struct {
		name, columns string
		rows          []string
		outputs       int
		named         bool
		want          string
	}{
		{"a fraction as a class", "y", []string{"0", "1.5"}, 3, false, `column "y" holds 1.5, which is no class; for 3 outputs give 3 target columns`},
		{"too many classes", "y", []string{"a", "b", "c"}, 2, false, `column "y" holds 3 classes but the model has 2 outputs`},
		{"prices as classes", "y", prices, 2, false, `column "y" holds 40 classes but the model has 2 outputs; to predict the number itself, give it 1 output`},
		{"names as numbers", "y", []string{"b", "a"}, 1, false, `column "y" holds names (a, ...), and this loss needs numbers; give the model an output for each of the 2 classes`},
		{"three names as logits", "y", []string{"a", "b", "c"}, 1, true, `column "y" holds 3 different values; bce needs 0 and 1, or two names`},
		{"three numbers as logits", "y", []string{"0", "1", "2"}, 1, true, `column "y" holds 3 different values; bce needs 0 and 1, or two names`},
		{"two columns for three outputs", "u,v", []string{"1,2"}, 3, false, "the model has 3 outputs but the data has 2 target columns"},
	} {
		_, err := data.Prepare(table(t, c.columns, c.rows...), data.NewSpec(), c.outputs, c.named, 1)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

// numbers is a table of so many rows, the row's number its only input.
func numbers(t *testing.T, rows int) *data.Table {
	t.Helper()
	cells := make([]string, rows)
	for i := range cells {
		cells[i] = fmt.Sprint(2 * i)
	}
	return table(t, "y", cells...)
}

func TestTheSplitHoldsOutTheShareAndLosesNoRow(t *testing.T) {
	for _, c := range []struct {
		rows  int
		share float64
		held  int
	}{
		{10, 0, 0}, {10, 0.2, 2}, {10, 0.25, 3}, {7, 0.5, 4}, {1797, 0.2, 359}, {3, 0.9, 3},
	} {
		s := data.NewSpec()
		s.Validation = c.share
		set, err := data.Prepare(numbers(t, c.rows), s, 1, false, 5)
		if c.held == c.rows {
			if want := fmt.Sprintf("data.validation %v leaves no row of %d to train on", c.share, c.rows); err == nil || err.Error() != want {
				t.Errorf("%d rows, share %v: %v, want %s", c.rows, c.share, err, want)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		train, val := set.Train.X.Data, set.Val.X.Data
		if len(val) != c.held || !slices.IsSorted(train) || !slices.IsSorted(val) {
			t.Errorf("%d rows, share %v: %d held out, want %d, both in the order of the table", c.rows, c.share, len(val), c.held)
		}
		all := slices.Concat(train, val)
		slices.Sort(all)
		for i, v := range all {
			if v != float64(i) {
				t.Fatalf("%d rows, share %v: row %d is missing", c.rows, c.share, i)
			}
		}
		for r, x := range train {
			if set.Train.Values.Data[r] != 2*x {
				t.Fatalf("row %v has the target of another", x)
			}
		}
	}
}

func TestTheSplitIsDecidedByTheSeed(t *testing.T) {
	held := func(seed uint64) []float64 {
		s := data.NewSpec()
		s.Validation = 0.5
		set, err := data.Prepare(numbers(t, 40), s, 1, false, seed)
		if err != nil {
			t.Fatal(err)
		}
		return set.Val.X.Data
	}
	if !slices.Equal(held(1), held(1)) {
		t.Error("the same seed splits differently")
	}
	if slices.Equal(held(1), held(2)) {
		t.Error("another seed splits alike")
	}
}

func TestStandardizingGivesMeanZeroAndDeviationOneOverTheTrainingRows(t *testing.T) {
	s := data.NewSpec()
	s.Validation, s.Standardize, s.StandardizeTarget = 0.4, true, true
	set, err := data.Prepare(numbers(t, 50), s, 1, false, 1)
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string][]float64{"input": set.Train.X.Data, "target": set.Train.Values.Data} {
		mean, square := 0.0, 0.0
		for _, x := range v {
			mean += x / float64(len(v))
			square += x * x / float64(len(v))
		}
		if math.Abs(mean) > 1e-14 || math.Abs(square-1) > 1e-14 {
			t.Errorf("%s: mean %v, square %v", name, mean, square)
		}
	}
	// A validation row takes the training rows' shift and scale: the targets
	// are twice the inputs, so that both come out the same.
	for i, x := range set.Val.X.Data {
		if math.Abs(x-set.Val.Values.Data[i]) > 1e-14 {
			t.Errorf("held out: input %v, target %v", x, set.Val.Values.Data[i])
		}
	}
}

func TestAConstantColumnIsOnlyShifted(t *testing.T) {
	s := data.NewSpec()
	s.Standardize = true
	got, err := read("a,y\n0.1,1\n0.1,2\n0.1,3\n", s)
	if err != nil {
		t.Fatal(err)
	}
	set, err := data.Prepare(got, s, 1, false, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range set.Train.X.Data {
		if math.Abs(x) > 1e-16 {
			t.Errorf("%v", set.Train.X.Data)
		}
	}
}

func TestClassesAreNotStandardized(t *testing.T) {
	s := data.NewSpec()
	s.StandardizeTarget = true
	set, err := data.Prepare(table(t, "y", "0", "1"), s, 2, false, 1)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(set.Train.Values.Data, []float64{1, 0, 0, 1}) || !set.Binary {
		t.Errorf("%v", set.Train.Values.Data)
	}
}

func TestPreparingLeavesTheTableAlone(t *testing.T) {
	tab := numbers(t, 5)
	x, y := slices.Clone(tab.X), slices.Clone(tab.Targets[0].Numbers)
	s := data.NewSpec()
	s.Standardize, s.StandardizeTarget = true, true
	if _, err := data.Prepare(tab, s, 1, false, 1); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(tab.X, x) || !slices.Equal(tab.Targets[0].Numbers, y) {
		t.Error("the table has changed")
	}
}
