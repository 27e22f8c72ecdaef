package data_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"descent/core/data"
)

// letters is a table of so many rows of three classes, a b c a b c and so on,
// the row's number its only input.
func letters(t *testing.T, rows int) *data.Table {
	t.Helper()
	cells := make([]string, rows)
	for i := range cells {
		cells[i] = string(rune('a' + i%3))
	}
	return table(t, "y", cells...)
}

func TestOnlyTheRowsOfTheClassesNamedAreLeft(t *testing.T) {
	for _, held := range []int{0, 20} {
		s := data.NewSpec()
		s.Standardize = true
		if held == 0 {
			s.Validation = 0.3
		}
		whole := letters(t, 100)
		whole.Held = held
		all, err := data.Prepare(whole, s, 5, false, 3)
		if err != nil {
			t.Fatal(err)
		}
		s.Only = []string{"c", "a"}
		some, err := data.Prepare(whole, s, 5, false, 3)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(some.Targets, all.Targets) || !slices.Equal(some.Mean, all.Mean) || !slices.Equal(some.Deviation, all.Deviation) || some.Train.Values.Cols != 5 {
			t.Errorf("outputs %q, mean %v: not those of the whole set, %q, %v", some.Targets, some.Mean, all.Targets, all.Mean)
		}
		if want := all.Summary + "; only c, a"; some.Summary != want {
			t.Errorf("summary %q, want %q", some.Summary, want)
		}
		for what, parts := range map[string][2]data.Part{"training": {all.Train, some.Train}, "validation": {all.Val, some.Val}} {
			whole, kept := parts[0], parts[1]
			var x, values []float64
			var classes []int
			for r, class := range whole.Classes {
				if class != 1 {
					x = append(x, whole.X.Data[r])
					values = append(values, whole.Values.Data[5*r:5*r+5]...)
					classes = append(classes, class)
				}
			}
			if len(x) == 0 || !slices.Equal(kept.X.Data, x) || !slices.Equal(kept.Values.Data, values) || !slices.Equal(kept.Classes, classes) {
				t.Errorf("%s: rows %v of classes %v, want %v of %v", what, kept.X.Data, kept.Classes, x, classes)
			}
		}
	}
}

// What one recipe leaves out is what the other keeps.
func TestTwoRecipesThatShareTheClassesShareOutTheRows(t *testing.T) {
	rows := func(only ...string) []float64 {
		s := data.NewSpec()
		s.Validation, s.Only = 0.25, only
		set, err := data.Prepare(letters(t, 60), s, 3, false, 9)
		if err != nil {
			t.Fatal(err)
		}
		return set.Train.X.Data
	}
	both := slices.Concat(rows("a"), rows("b", "c"))
	slices.Sort(both)
	if !slices.Equal(both, rows()) {
		t.Errorf("%v, want %v", both, rows())
	}
}

func TestClassesThatAreNotThereAreRefused(t *testing.T) {
	many := make([]string, 30)
	for i := range many {
		many[i] = fmt.Sprintf("w%02d", i)
	}
	for _, c := range []struct {
		table   *data.Table
		outputs int
		only    string
		want    string
	}{
		{letters(t, 9), 4, "a d", `there is no class "d" for data.only; there are a, b, c`},
		{table(t, "y", "0", "2"), 3, "3", `there is no class "3" for data.only; there are 0, 1, 2`},
		{table(t, "y", "0", "2"), 3, "1", "data.only leaves no row to train on: none of 2 is of class 1"},
		{table(t, "y", many...), 30, "w", "there is no class \"w\" for data.only; there are " + strings.Join(many[:20], ", ") + " and 10 more"},
		{table(t, "y", "0.5", "2"), 1, "2", "data.only names classes, and these targets are numbers; leave it out"},
		{table(t, "u,v", "0,1", "1,0"), 2, "u", "data.only names classes, and these targets are numbers; leave it out"},
	} {
		s := data.NewSpec()
		s.Only = strings.Fields(c.only)
		_, err := data.Prepare(c.table, s, c.outputs, false, 1)
		blamed, ok := err.(*data.KeyError)
		if err == nil || err.Error() != c.want || !ok || blamed.Key != "data.only" {
			t.Errorf("only %s: %v, want %s", c.only, err, c.want)
		}
	}
}
