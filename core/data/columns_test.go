package data_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"descent/core/data"
)

// sklearn is what scikit-learn makes of columns: see testdata/columns.py.
type sklearn struct {
	Table   string
	Imputed map[string]struct{ Plain, Standardized [][]float64 }
	Sorted  []float64 `json:"sorted_sizes"`
	Splits  []struct {
		Counts, Train    []int
		Validation, Test float64
	}
	Folds []struct {
		Counts []int
		K      int
		Sizes  [][]int
	}
}

func reference(t *testing.T) (s sklearn) {
	t.Helper()
	content, err := os.ReadFile("testdata/columns.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestColumnsBecomeWhatScikitLearnMakesOfThem(t *testing.T) {
	want := reference(t)
	for _, standardize := range []bool{false, true} {
		for missing, x := range want.Imputed {
			s := data.NewSpec()
			s.Missing, s.Standardize, s.Categorical, s.Ordinal = missing, standardize, []string{"code"}, []string{"size=small<medium<large"}
			set := prepared(t, want.Table, s)
			numbers := x.Plain
			if standardize {
				numbers = x.Standardized
			}
			got := set.Train.X
			if got.Rows != len(numbers) || got.Cols != len(numbers[0]) {
				t.Fatalf("%s: %d×%d inputs %q, want %d×%d", missing, got.Rows, got.Cols, set.Inputs, len(numbers), len(numbers[0]))
			}
			for r, row := range numbers {
				for j, v := range row {
					if g := got.Data[r*got.Cols+j]; math.Abs(g-v) > 1e-12*max(1, math.Abs(v)) {
						t.Fatalf("%s: row %d, %s: %v, want %v", missing, r+1, set.Inputs[j], g, v)
					}
				}
			}
			again(t, want.Table, set)
		}
	}
	s := data.NewSpec()
	s.Missing, s.Ordinal = "mean", []string{"size"}
	set := prepared(t, want.Table, s)
	for r, v := range want.Sorted {
		if got := set.Train.X.Data[(r+1)*set.Train.X.Cols-1]; got != v {
			t.Errorf("row %d: %v, want %v", r+1, got, v)
		}
	}
}

func TestColumnsDoAsTheyAreTold(t *testing.T) {
	const content = "id,code,size,w,y\n1,7,b,u,1\n2,10,a,v,2\n3,7.0,b,u,3\n"
	for _, c := range []struct {
		ignore, categorical, ordinal string
		inputs                       string
		first                        []float64
	}{
		{"", "", "", "id code size=a size=b w=u w=v", []float64{1, 7, 0, 1, 1, 0}},
		{"id", "", "", "code size=a size=b w=u w=v", []float64{7, 0, 1, 1, 0}},
		{"id w", "code", "size", "code=7 code=10 size", []float64{1, 0, 1}},
		{"id w", "", "code size=b<a", "code size", []float64{0, 0}},
		{"id w size", "", "code=10<7.0", "code", []float64{1}},
	} {
		s := data.NewSpec()
		s.Ignore, s.Categorical, s.Ordinal = strings.Fields(c.ignore), strings.Fields(c.categorical), strings.Fields(c.ordinal)
		set := prepared(t, content, s)
		if got := strings.Join(set.Inputs, " "); got != c.inputs || !slices.Equal(set.Train.X.Data[:len(c.first)], c.first) {
			t.Errorf("%+v: %s, %v", c, got, set.Train.X.Data)
		}
		again(t, content, set)
	}
}

func TestAnIgnoredColumnMayHoldAnything(t *testing.T) {
	s := data.NewSpec()
	s.Ignore = []string{"name", "y2"}
	set := prepared(t, "name,a,y,y2\n,1,1,\n3,2,2,inf\nx,3,3,?\n", s)
	if set.Targets[0] != "y" || !slices.Equal(set.Train.X.Data, []float64{1, 2, 3}) {
		t.Errorf("%q, %v", set.Targets, set.Train.X.Data)
	}
}

func TestWhatColumnsAreToldHasToFit(t *testing.T) {
	for _, c := range []struct{ ignore, categorical, ordinal, want string }{
		{"nane", "", "", `f.csv:1: there is no column "nane" for data.ignore; did you mean "name"? (the columns are name, a, y)`},
		{"y", "", "", `data.ignore: column "y" is a target`},
		{"name a", "", "", "there is no input left: each column is a target, or named in data.ignore, data.group or data.weight"},
		{"", "a", "a", `f.csv:1: data.ordinal: column "a" is named twice, or in data.categorical too`},
		{"", "", "name=u<u", `f.csv:1: data.ordinal: "name=u<u" has to name each value of column "name" once, from the least to the greatest, as in size=small<medium<large`},
		{"", "", "name=u", `f.csv:1: data.ordinal: "name=u" names one value; give at least two, as in size=small<medium<large, or the name of the column alone`},
		{"", "", "name=u<w", `f.csv: row 2: column "name" holds "v", which data.ordinal does not name`},
	} {
		s := data.NewSpec()
		s.Target = []string{"y"}
		s.Ignore, s.Categorical, s.Ordinal = strings.Fields(c.ignore), strings.Fields(c.categorical), strings.Fields(c.ordinal)
		if _, err := read("name,a,y\nu,1,1\nv,2,2\n", s); err == nil || err.Error() != c.want {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestRowsWithoutATargetAreLeftOutWhereInputsAreFilledIn(t *testing.T) {
	s := data.NewSpec()
	s.Missing = "median"
	set := prepared(t, "a,y\n1,1\n2,\n,3\n4,?\n5,4\n", s)
	if !slices.Equal(set.Train.X.Data, []float64{1, 3, 5}) || !slices.Equal(set.Rows.Train, []int{1, 3, 5}) {
		t.Errorf("%v, rows %v", set.Train.X.Data, set.Rows.Train)
	}
	want := []string{`2 of 5 rows are left out, since targets are missing: "y" (2)`, `1 missing value is filled in: "a" (1)`}
	if !slices.Equal(set.Notes, want) {
		t.Errorf("notes %q", set.Notes)
	}
}

func TestColumnsOfWhichNothingCanBeLearntAreNamed(t *testing.T) {
	var b strings.Builder
	b.WriteString("id,name,one,word,when,x,y\n")
	for i := range 30 {
		fmt.Fprintf(&b, "%d,n%d,7,u,2024-01-%02d,%d,%d\n", i+5, i*7919, i+1, i*i%11, i%3)
	}
	set := prepared(t, b.String(), data.NewSpec())
	for _, want := range []string{
		`columns one, word are the same in each row, of which nothing can be learnt: data.ignore = ["one", "word"] leaves them out`,
		`column name is another word in each row, of which nothing can be learnt: data.ignore = ["name"] leaves it out`,
	} {
		if !slices.Contains(set.Notes, want) {
			t.Errorf("no note %s in %q", want, set.Notes)
		}
	}
	if !slices.ContainsFunc(set.Notes, func(n string) bool { return strings.HasPrefix(n, "column id numbers the rows") }) {
		t.Errorf("notes %q", set.Notes)
	}
}
