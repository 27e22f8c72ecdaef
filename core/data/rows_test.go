package data_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"descent/core/data"
	"descent/core/data/transform"
)

// mixed is a table of numbers of several sizes, words, gaps and a class.
func mixed(rows int, missing bool) string {
	rng := rand.New(rand.NewPCG(5, 0))
	var b strings.Builder
	b.WriteString("age,town,huge,tiny,same,kind,y\n")
	for range rows {
		age, town := fmt.Sprint(20+rng.NormFloat64()), []string{"Ulm", "Köln", "Bonn, NW"}[rng.IntN(3)]
		if missing && rng.IntN(4) == 0 {
			age = []string{"", "NA", "?", "NaN"}[rng.IntN(4)]
		}
		if missing && rng.IntN(4) == 0 {
			town = ""
		}
		fmt.Fprintf(&b, "%s,%q,%g,%g,7,%s,%s\n", age, town, 1e300*rng.NormFloat64(), 1e-200*rng.Float64(), []string{"?", "null", "x"}[rng.IntN(3)], []string{"no", "yes", "maybe"}[rng.IntN(3)])
	}
	return b.String()
}

// again reads the rows of a table through what was made of its columns, as it comes
// back from JSON, and holds every bit against what the network was given.
func again(t *testing.T, content string, set *data.Set) {
	t.Helper()
	plain, err := json.Marshal(set.Transform)
	if err != nil {
		t.Fatal(err)
	}
	var made transform.Table
	if err := json.Unmarshal(plain, &made); err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(strings.NewReader(content)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	place := func(name string) int { return slices.Index(records[0], name) }
	for what, p := range map[string]struct {
		part data.Part
		rows []int
	}{"training": {set.Train, set.Rows.Train}, "validation": {set.Val, set.Rows.Val}} {
		for i, row := range p.rows {
			record := records[row]
			got := make([]float64, made.Width())
			if err := made.Row(got, func(i int) string { return strings.TrimSpace(record[place(made.Columns[i].Name)]) }); err != nil {
				t.Fatalf("%s row %d: %v", what, row, err)
			}
			want := p.part.X.Data[i*len(got) : (i+1)*len(got)]
			for j := range want {
				if math.Float64bits(got[j]) != math.Float64bits(want[j]) {
					t.Fatalf("%s row %d, input %s: %v, want %v", what, row, set.Inputs[j], got[j], want[j])
				}
			}
			for j, target := range made.Targets {
				v, err := target.Value(strings.TrimSpace(record[place(target.Name)]))
				if err != nil {
					t.Fatalf("%s row %d: %v", what, row, err)
				}
				if set.ByClass && int(v) != p.part.Classes[i] || !set.ByClass && v != p.part.Values.Data[i*len(made.Targets)+j] {
					t.Fatalf("%s row %d, target %s: %v", what, row, target.Name, v)
				}
			}
		}
	}
}

func TestARowComesOutAsInTraining(t *testing.T) {
	for _, missing := range []string{"refuse", "mean", "drop"} {
		for _, standardize := range []bool{false, true} {
			content := mixed(60, missing != "refuse")
			s := data.NewSpec()
			s.Missing, s.Standardize, s.Validation = missing, standardize, 0.25
			for target, outputs := range map[string]int{"y": 3, "age": 1, "age tiny huge": 3} {
				s.Target = strings.Fields(target)
				s.StandardizeTarget = standardize
				if missing == "mean" && target != "y" {
					continue // a target is never filled in
				}
				table, err := read(content, s)
				if err != nil {
					t.Fatal(err)
				}
				set, err := data.Prepare(table, s, outputs, false, 3)
				if err != nil {
					t.Fatal(err)
				}
				again(t, content, set)
			}
		}
	}
}

// Numbers that need no format of their own, and numbers that are categories.
func TestNumbersComeOutHoweverTheyAreWritten(t *testing.T) {
	var b strings.Builder
	b.WriteString("a,b,c,d,y\n")
	for i := range 20 {
		fmt.Fprintf(&b, "(%d.5),−%d.25,$%d,\"%d,5\",(%d)\n", i, i, i%3, i%4, i)
	}
	for _, kind := range []string{"category", "ordinal"} {
		s := data.NewSpec()
		s.Target, s.Validation = []string{"y"}, 0.25
		if kind == "category" {
			s.Categorical = []string{"c", "d"}
		} else {
			s.Ordinal = []string{"c", "d"}
		}
		table, err := read(b.String(), s)
		if err != nil {
			t.Fatal(err)
		}
		set, err := data.Prepare(table, s, 1, false, 3)
		if err != nil {
			t.Fatal(err)
		}
		again(t, b.String(), set)
	}
}

func TestARowThatCannotBeReadSaysWhere(t *testing.T) {
	s := data.NewSpec()
	s.Target = []string{"y"}
	made := func(missing string) *transform.Table {
		s.Missing = missing
		table, err := read("n,w,y\n1,a,0\n2,b,1\n4,b,1\n", s)
		if err != nil {
			t.Fatal(err)
		}
		set, err := data.Prepare(table, s, 2, false, 1)
		if err != nil {
			t.Fatal(err)
		}
		return set.Transform
	}
	for _, c := range []struct {
		missing, n, w string
		want          []float64
		err           error
		said          string
	}{
		{"refuse", "3", "b", []float64{3, 0, 1}, nil, ""},
		{"refuse", "3", "c", []float64{3, 0, 0}, transform.ErrUnknown, `column "w": "c" is a category that no training row holds`},
		{"refuse", "3,5", "a", nil, transform.ErrNumber, `column "n": "3,5" is not a number`},
		{"refuse", "inf", "a", nil, transform.ErrFinite, `column "n": "inf" is not a finite number`},
		{"refuse", "", "a", nil, transform.ErrMissing, `column "n": the value is missing, and no row with a missing value was trained on`},
		{"refuse", "nan", "a", nil, transform.ErrMissing, `column "n": the value is missing, and no row with a missing value was trained on`},
		{"mean", "nan", "", []float64{7. / 3, 0, 1}, nil, ""},
		{"mean", "NA", "nan", []float64{7. / 3, 0, 0}, transform.ErrUnknown, `column "w": "nan" is a category that no training row holds`},
	} {
		got := make([]float64, 3)
		err := made(c.missing).Row(got, func(i int) string { return []string{c.n, c.w}[i] })
		if !errors.Is(err, c.err) || err != nil && err.Error() != c.said || c.want != nil && !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v, %v", c, got, err)
		}
	}
}

func TestNamesOfClassesAreFoundByTheirValue(t *testing.T) {
	table := transform.Target{Classes: []string{"1", "20", "9007199254740993", transform.Nobody}}
	for cell, want := range map[string]float64{"1": 0, "1.0": 0, "2e1": 1, "9007199254740993.0": 2} {
		if got, err := table.Value(cell); err != nil || got != want {
			t.Errorf("%s: %v, %v", cell, got, err)
		}
	}
	for _, cell := range []string{"2", "x", "9007199254740992", ""} {
		if _, err := table.Value(cell); !errors.Is(err, transform.ErrUnknown) {
			t.Errorf("%s: %v", cell, err)
		}
	}
}
