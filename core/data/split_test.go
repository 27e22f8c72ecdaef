package data_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"descent/core/data"
)

// classed is a table of so many rows of each class, one after the other, the row's
// number its first input, with a group, a time that falls and a weight.
func classed(counts []int) string {
	var b strings.Builder
	b.WriteString("row,who,when,w,y\n")
	row := 0
	for c, n := range counts {
		for range n {
			row++
			fmt.Fprintf(&b, "%d,g%d,%d,%d,k%d\n", row, row*7919%13, 1000-row, row%3, c)
		}
	}
	return b.String()
}

func spread(rows, counts []int) []int {
	out := make([]int, len(counts))
	for _, r := range rows {
		c := 0
		for r > counts[c] {
			r -= counts[c]
			c++
		}
		out[c]++
	}
	return out
}

func divided(t *testing.T, content string, s data.Spec, outputs int, seed uint64) *data.Set {
	t.Helper()
	if err := s.CheckSplit(); err != nil {
		t.Fatal(err)
	}
	table, err := read(content, s)
	if err != nil {
		t.Fatal(err)
	}
	set, err := data.Prepare(table, s, outputs, false, seed)
	if err != nil {
		t.Fatal(err)
	}
	var all []int
	for _, rows := range [][]int{set.Rows.Train, set.Rows.Val, set.Rows.Test} {
		if !slices.IsSorted(rows) {
			t.Errorf("a part is not in the order of the table: %v", rows)
		}
		all = append(all, rows...)
	}
	slices.Sort(all)
	if len(all) != set.Rows.All || len(slices.Compact(all)) != len(all) {
		t.Errorf("%d rows in three parts, of %d", len(all), set.Rows.All)
	}
	return set
}

func TestAStratifiedSplitHasTheSizesOfScikitLearn(t *testing.T) {
	for _, c := range reference(t).Splits {
		s := data.NewSpec()
		s.Split, s.Validation, s.Test = "stratified", c.Validation, c.Test
		for seed := range uint64(3) {
			set := divided(t, classed(c.Counts), s, len(c.Counts), seed)
			if got := spread(set.Rows.Train, c.Counts); !slices.Equal(got, c.Train) {
				t.Errorf("%v, %v held out: %v to train on, want %v", c.Counts, c.Validation, got, c.Train)
			}
			if n := len(set.Rows.Test); n != int(c.Test*float64(set.Rows.All)+0.5) {
				t.Errorf("%d test rows", n)
			}
		}
	}
}

func TestFoldsHaveTheSizesOfScikitLearnAndCoverAllRows(t *testing.T) {
	for _, c := range reference(t).Folds {
		var all []int
		for fold, want := range c.Sizes {
			s := data.NewSpec()
			s.Split, s.Folds, s.Fold = "folds", c.K, fold+1
			set := divided(t, classed(c.Counts), s, len(c.Counts), 4)
			if got := spread(set.Rows.Val, c.Counts); !slices.Equal(got, want) {
				t.Errorf("%v in %d, fold %d: %v, want %v", c.Counts, c.K, fold+1, got, want)
			}
			all = append(all, set.Rows.Val...)
		}
		slices.Sort(all)
		if n := len(all); len(slices.Compact(all)) != n || n != all[n-1] {
			t.Errorf("folds do not cover the rows: %v", all)
		}
	}
}

func TestFoldsOfNumbersAndGroups(t *testing.T) {
	for _, group := range []string{"", "who"} {
		var all []int
		for fold := range 5 {
			s := data.NewSpec()
			s.Target, s.Ignore = []string{"row"}, []string{"y"}
			s.Split, s.Folds, s.Fold, s.Group, s.Test = "folds", 5, fold+1, group, 0.2
			set := divided(t, classed([]int{50, 31}), s, 1, 4)
			if n := len(set.Rows.Val); n < 8 || n > 19 {
				t.Errorf("fold %d of %d rows", fold+1, n)
			}
			all = append(all, set.Rows.Val...)
		}
		slices.Sort(all)
		if n := len(all); len(slices.Compact(all)) != n || n < 58 || n > 70 {
			t.Errorf("%d rows in folds", n)
		}
	}
}

func TestGroupsAreNeverOnBothSides(t *testing.T) {
	for seed := range uint64(8) {
		s := data.NewSpec()
		s.Split, s.Group, s.Validation, s.Test = "group", "who", 0.25, 0.15
		set := divided(t, classed([]int{70, 30}), s, 2, seed)
		side := map[int]int{}
		for i, rows := range [][]int{set.Rows.Train, set.Rows.Val, set.Rows.Test} {
			for _, r := range rows {
				if was, ok := side[r*7919%13]; ok && was != i {
					t.Fatalf("seed %d: group %d is on both sides", seed, r*7919%13)
				}
				side[r*7919%13] = i
			}
		}
		if n, m := len(set.Rows.Val), len(set.Rows.Test); n < 20 || n > 30 || m < 10 || m > 20 || slices.Contains(set.Inputs, "who") {
			t.Errorf("seed %d: %d and %d rows held out; inputs %q", seed, n, m, set.Inputs)
		}
	}
}

func TestSplitsByTimeAndOrderHoldOutTheLastRows(t *testing.T) {
	s := data.NewSpec()
	s.Split, s.Validation, s.Test = "order", 0.2, 0.1
	set := divided(t, classed([]int{5, 5}), s, 2, 1)
	if !slices.Equal(set.Rows.Val, []int{8, 9}) || !slices.Equal(set.Rows.Test, []int{10}) {
		t.Errorf("by order: %v, %v", set.Rows.Val, set.Rows.Test)
	}
	s.Split, s.Time = "time", "when"
	set = divided(t, classed([]int{5, 5}), s, 2, 1)
	if !slices.Equal(set.Rows.Val, []int{2, 3}) || !slices.Equal(set.Rows.Test, []int{1}) || !slices.Contains(set.Inputs, "when") {
		t.Errorf("by time: %v, %v, inputs %q", set.Rows.Val, set.Rows.Test, set.Inputs)
	}
	s.Ignore = []string{"when"}
	if set = divided(t, classed([]int{5, 5}), s, 2, 1); slices.Contains(set.Inputs, "when") || !slices.Equal(set.Rows.Test, []int{1}) {
		t.Errorf("inputs %q, test %v", set.Inputs, set.Rows.Test)
	}
}

// A test part does not change which rows are validated on.
func TestRandomTestRowsComeAfterTheValidationRows(t *testing.T) {
	s := data.NewSpec()
	s.Validation = 0.25
	without := divided(t, classed([]int{20, 20}), s, 2, 5)
	s.Test = 0.25
	with := divided(t, classed([]int{20, 20}), s, 2, 5)
	if !slices.Equal(with.Rows.Val, without.Rows.Val) || len(with.Rows.Test) != 10 || with.Test.Rows() != 10 {
		t.Errorf("%v, %v", with.Rows, without.Rows)
	}
}

func TestWeightsOfRowsHaveMeanOne(t *testing.T) {
	s := data.NewSpec()
	s.Weight, s.Validation = "w", 0.25
	set := divided(t, classed([]int{20, 20}), s, 2, 5)
	sum, raw := 0.0, 0.0
	for i, w := range set.Train.Weights {
		sum += w
		raw += float64(set.Rows.Train[i] % 3)
	}
	if n := float64(set.Train.Rows()); sum < n-1e-9 || sum > n+1e-9 || slices.Contains(set.Inputs, "w") {
		t.Errorf("sum %v of %v rows, inputs %q", sum, n, set.Inputs)
	}
	if got, want := set.Val.Weights[0], float64(set.Rows.Val[0]%3)*float64(set.Train.Rows())/raw; got < want-1e-9 || got > want+1e-9 {
		t.Errorf("weight %v of a validation row, want %v", got, want)
	}
}

func TestFilesOfValidationAndTestFollow(t *testing.T) {
	s := data.NewSpec()
	source := func(name, content string) *data.Source {
		return &data.Source{Name: name, Content: []byte(content)}
	}
	table, err := data.ReadWith(*source("f", "a,y\n1,u\n2,v\n"), source("v", "y,a\nu,3\n"), source("t", "a,y\n4,v\n5,u\n"), s)
	if err != nil {
		t.Fatal(err)
	}
	set, err := data.Prepare(table, s, 2, false, 1)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(set.Val.X.Data, []float64{3}) || !slices.Equal(set.Test.X.Data, []float64{4, 5}) || !slices.Equal(set.Rows.Test, []int{4, 5}) {
		t.Errorf("%+v", set.Rows)
	}
	table, err = data.ReadWith(*source("f", "a,y\n1,u\n2,v\n"), nil, source("t", "a,y\n4,v\n5,u\n"), s)
	if err != nil {
		t.Fatal(err)
	}
	s.Validation = 0.5
	if set, err = data.Prepare(table, s, 2, false, 1); err != nil || set.Val.Rows() != 1 || set.Test.Rows() != 2 {
		t.Errorf("%+v, %v", set.Rows, err)
	}
}

func TestSplitsThatCannotBeAreRefused(t *testing.T) {
	for _, c := range []struct {
		change func(*data.Spec)
		want   string
	}{
		{func(s *data.Spec) { s.Split = "time" }, `data.split = "time" needs the column to sort by: data.time`},
		{func(s *data.Spec) { s.Time = "when" }, `data.time goes with data.split = "time"`},
		{func(s *data.Spec) { s.Split = "group" }, `data.split = "group" needs the column that groups rows: data.group`},
		{func(s *data.Spec) { s.Group = "who" }, `data.group goes with data.split = "group" or "folds"`},
		{func(s *data.Spec) { s.Split = "folds" }, `data.split = "folds" needs their number, at least 2: data.folds`},
		{func(s *data.Spec) { s.Folds = 5 }, `data.folds goes with data.split = "folds"`},
		{func(s *data.Spec) { s.Split, s.Folds, s.Fold = "folds", 5, 6 }, "data.fold is 6, and data.folds 5"},
		{func(s *data.Spec) { s.Split, s.Folds, s.Validation = "folds", 5, 0.2 }, "the folds say how many rows are held out: leave data.validation out"},
		{func(s *data.Spec) { s.Split, s.Folds = "folds", 50 }, "there are 9 rows for 50 folds"},
		{func(s *data.Spec) { s.Split, s.Group, s.Folds = "folds", "who", 10 }, "there are 9 groups for 10 folds"},
		{func(s *data.Spec) { s.Split, s.Target, s.Ignore = "stratified", []string{"row"}, []string{"y"} }, `data.split = "stratified" needs classes, and these targets are numbers; "random" takes any`},
		{func(s *data.Spec) { s.Test, s.Validation = 0.6, 0.4 }, "data.test 0.6 leaves no row of 9 to train on"},
		{func(s *data.Spec) { s.Weight = "row"; s.Target = []string{"row"} }, `column "row" is a target, and data.group, data.time or data.weight too`},
		{func(s *data.Spec) { s.Weight = "who" }, `f.csv: data.weight: column "who" holds "g2", which is not a number`},
	} {
		s := data.NewSpec()
		s.Target = []string{"y"}
		c.change(&s)
		err := s.CheckSplit()
		if err == nil {
			var table *data.Table
			if table, err = read(classed([]int{5, 4}), s); err == nil {
				outputs := 2
				if s.Target[0] == "row" {
					outputs = 1
				}
				_, err = data.Prepare(table, s, outputs, false, 1)
			}
		}
		if err == nil || err.Error() != c.want {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}
