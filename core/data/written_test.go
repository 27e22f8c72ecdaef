package data_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"descent/core/data"
	"descent/core/data/cell"
	"descent/core/data/transform"
)

func TestATableIsReadAsItIsWritten(t *testing.T) {
	for _, c := range []struct {
		name, content string
		x             []float64
		targets       []float64
	}{
		{"decimal commas", "a;b;y\n1,5;1.234,5;7\n-2,25;12.345,0;8\n", []float64{1.5, 1234.5, -2.25, 12345}, []float64{7, 8}},
		{"thousands", "a,b,y\n\"1,000\",$5,10%\n\"2,500\",-$6,20%\n", []float64{1000, 5, 2500, -6}, []float64{.1, .2}},
		{"booleans and dates", "a,b,y\nyes,1970-01-02,1\nno,1970-01-09,2\n", []float64{1, 1, 0, 8}, []float64{1, 2}},
		{"UTF-16", "\xff\xfea\x00,\x00y\x00\n\x001\x00,\x002\x00\n\x003\x00,\x004\x00\n\x00", []float64{1, 3}, []float64{2, 4}},
		{"blanks, comments and a title", "# by a lab\n1.5 2\n3 4\n", []float64{1.5, 3}, []float64{2, 4}},
		{"names in a comment", "# a y\n1.5 2\n3 4\n", []float64{1.5, 3}, []float64{2, 4}},
		{"a title", "Results\n\na,y\n1,2\n3,4\n", []float64{1, 3}, []float64{2, 4}},
		{"minus signs and Fortran", "a,y\n−1,1.5D+01\n−2,2\n", []float64{-1, -2}, []float64{15, 2}},
		{"separators at the ends of lines", "a,y,\n1,2,\n3,4,\n", []float64{1, 3}, []float64{2, 4}},
		{"the same but for the names", "a,y\n1,2,\n3,4,\n", []float64{1, 3}, []float64{2, 4}},
		{"names of rows", "a,y\nr1,1.5,2\nr2,3,4\n", []float64{1, 0, 1.5, 0, 1, 3}, []float64{2, 4}},
	} {
		s := data.NewSpec()
		got, err := read(c.content, s)
		if err != nil || !slices.Equal(got.X, c.x) || !slices.Equal(got.Targets[0].Numbers, c.targets) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}

func TestTheFirstLineIsOfNamesOrARow(t *testing.T) {
	for _, c := range []struct {
		content string
		named   bool
	}{
		{"a,y\n1,2\n3,4\n", true},
		{"5.1,3.5,setosa\n4.9,3.0,setosa\n6.1,2.9,virginica\n", false},
		{"1.0,1.0,u\n1.1,1.0,v\n1.0,1.0,u\n", false},
		{"p,x,s\ne,x,s\np,b,y\ne,b,s\n", false},
		{"class,shape,surface\np,x,s\ne,x,s\np,b,y\n", true},
		{"1,2,3\n4,5,6\n", false},
		{"2019,2020,2021\n3.5,4.5,2.5\n1.5,2.5,3.5\n", true},
		{"0,1,2,3\n3.5,4.5,2.5,1.1\n1.5,2.5,3.5,2.2\n", true},
		{"country,2019,2020\nDE,3,4\nFR,5,6\n", true},
		{"when,x\n2024-01-01,1\n2024-01-02,2\n", true},
		{"2024-01-01,1\n2024-01-02,2\n", false},
		{"name,sex\nAnna,f\nBert,m\n", true},
		{"Anna;30,5\nBert;25,1\nCleo;31,2\n", false},
		{"yes,1\nno,2\nyes,3\n", false},
		{"?,1.5,a\n2,?,b\n1,2,a\n", false},
		{"x,y\n", true},
	} {
		p, err := data.Inspect("f.csv", []byte(c.content), data.NewSpec())
		if err != nil || p.Named != c.named {
			t.Errorf("%q: %+v, %v", c.content, p, err)
		}
		s := data.NewSpec()
		s.Header = fmt.Sprint(!c.named)
		if p, err = data.Inspect("f.csv", []byte(c.content), s); err == nil && p.Named == c.named {
			t.Errorf("%q: data.header = %s is not heard", c.content, s.Header)
		}
	}
}

// column is the profile of the first column of cells.
func column(t *testing.T, s data.Spec, cells ...string) data.ColumnProfile {
	t.Helper()
	content := "a\ty\n"
	for i, c := range cells {
		content += c + "\t" + fmt.Sprint(i) + "\n"
	}
	s.Separator = "tab"
	p, err := data.Inspect("f.tsv", []byte(content), s)
	if err != nil {
		t.Fatal(err)
	}
	return p.Columns[0]
}

func TestAColumnIsWhatAllItsCellsAre(t *testing.T) {
	s := data.NewSpec()
	for _, c := range []struct {
		cells []string
		want  data.ColumnProfile
	}{
		{[]string{"1", "2.5", "?"}, data.ColumnProfile{Kind: cell.Number, Missing: 1, Distinct: 2, Unique: true, Min: 1, Max: 2.5}},
		{[]string{"1", "2", "3", "4"}, data.ColumnProfile{Kind: cell.Number, Distinct: 4, Unique: true, Min: 1, Max: 4, Integers: true, Counting: true}},
		{[]string{"007", "012", "007"}, data.ColumnProfile{Kind: cell.Number, Distinct: 2, Min: 7, Max: 12, Integers: true, Codes: true}},
		{[]string{"1", "2", "x"}, data.ColumnProfile{Kind: cell.Number, Distinct: 3, Unique: true, Min: 1, Max: 2, Integers: true, Odd: 1}},
		{[]string{"0", "1", "2", "3+", "0", "1", "1", "0"}, data.ColumnProfile{Kind: cell.Category, Distinct: 4}},
		{[]string{"yes", "no", "NA"}, data.ColumnProfile{Kind: cell.Boolean, Missing: 1, Distinct: 2, Unique: true, Max: 1}},
		{[]string{"1970-01-02", "1970-01-01"}, data.ColumnProfile{Kind: cell.Date, Distinct: 2, Unique: true, Max: 86400}},
		{[]string{"u", "v", "null", "u"}, data.ColumnProfile{Kind: cell.Category, Distinct: 3}},
		{[]string{"", "NA", ""}, data.ColumnProfile{Kind: cell.Empty, Missing: 3, Unique: true}},
	} {
		got := column(t, s, c.cells...)
		got.Name, got.Format, got.Values, got.Examples = "", cell.Format{}, nil, nil
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%q:\n got %+v\nwant %+v", c.cells, got, c.want)
		}
	}
	many := make([]string, 3000)
	for i := range many {
		many[i] = fmt.Sprintf("name %d", i)
	}
	if got := column(t, s, many...); got.Kind != cell.Text || got.Values != nil || !got.Unique || got.Distinct < 2800 || got.Distinct > 3200 {
		t.Errorf("%+v", got)
	}
	got := column(t, s, "b", "a", "b", "c")
	if fmt.Sprint(got.Values) != "[{b 2} {a 1} {c 1}]" || !slices.Equal(got.Examples, []string{"b", "a", "c"}) {
		t.Errorf("%+v", got)
	}
}

func TestWhatWasFoundCanBeSaidOtherwise(t *testing.T) {
	const content = "a;b;y\n1.234;01/02/1970;1\n5.678;03/04/1970;2\n"
	for _, c := range []struct {
		written data.Written
		x       []float64
	}{
		{data.Written{Encoding: "auto"}, []float64{1.234, 31, 5.678, 92}},
		{data.Written{Encoding: "auto", Decimal: ","}, []float64{1234, 31, 5678, 92}},
		{data.Written{Encoding: "auto", Dates: cell.MonthDayYear}, []float64{1.234, 1, 5.678, 62}},
		{data.Written{Encoding: "utf-8", Separator: ";", Quote: "none", Comment: "none", Decimal: ".", Thousands: "none", Dates: cell.DayMonthYear}, []float64{1.234, 31, 5.678, 92}},
	} {
		s := data.NewSpec()
		s.Written = c.written
		got, err := read(content, s)
		if err != nil {
			t.Fatal(err)
		}
		width := len(got.Inputs) // the number, the date, and the cycles of that
		if x := []float64{got.X[0], got.X[1], got.X[width], got.X[width+1]}; !slices.Equal(x, c.x) {
			t.Errorf("%+v: %+v", c.written, got)
		}
	}
	for _, c := range []struct {
		w    func(*data.Written)
		want string
	}{
		{func(w *data.Written) { w.Separator = "ab" }, `data.separator takes one ASCII character, "tab", "blank" or "auto"; "ab" is none`},
		{func(w *data.Written) { w.Quote = "é" }, `data.quote takes one ASCII character, "none" or "auto"; "é" is none`},
		{func(w *data.Written) { w.Decimal = ";" }, `data.decimal takes ".", "," or "auto", not ";"`},
		{func(w *data.Written) { w.Thousands = "x" }, `data.thousands takes ",", ".", "'", "blank", "none" or "auto", not "x"`},
		{func(w *data.Written) { w.Thousands, w.Decimal = ",", "," }, `data.thousands and data.decimal are both ","`},
		{func(w *data.Written) { w.Separator = ":" }, `f.csv:1: there is one column only, "a;b;y", and a table needs an input and a target; no separator stands in most lines alike (data.separator says which it is)`},
		{func(w *data.Written) { w.Skip = 9 }, "f.csv: data.skip = 9 leaves no line"},
	} {
		s := data.NewSpec()
		c.w(&s.Written)
		if _, err := read(content, s); err == nil || err.Error() != c.want {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

func TestACellThatDoesNotFitIsRefusedWhereItStands(t *testing.T) {
	for content, want := range map[string]string{
		"a,y\n1,2\nx,3\n":                      `f.csv:3:1: column "a": "x" is not a number, as the others are; correct it, or data.na = ["x"] makes it a missing value, data.categorical = ["a"] the column one of words`,
		"a,y\n1.5,2\n2.5,3\n2,1e999\n":         `f.csv:4:3: column "y": "1e999" is not a finite number, as the others are`,
		"a;y\n1,5;2\n2,5;3\n1.5;3\n":           `f.csv:4:1: column "a": "1.5" is not a number (decimal comma), as the others are`,
		"a,y\n2024-01-01,2\n2024-02-01,3\nx,3": `f.csv:4:1: column "a": "x" is not a date (year-month-day), as the others are`,
		"a,b,y\n1,2,3\n1,2\n":                  `f.csv:3: the row has 2 fields, the first line 3 (cells are separated by commas)`,
		"a,a,y\n1,2,3\n":                       `f.csv:1:3: two columns are named "a"; give each its own name, or, where this line is a row, data.header = false`,
		"":                                     "f.csv: the file is empty; it needs a line of column names and rows below it",
		"a,y\n":                                "f.csv: there is a line of column names and no row below it",
		"@relation r\n@attribute a numeric\n":  "f.csv:1: this looks like ARFF, which is not read: save it as CSV",
		"+1 1:0.5 7:2\n-1 2:3\n":               "f.csv:1: this looks like libsvm (svmlight), which is not read: save it as CSV",
		"a\x1b[2J,y\n1,2\n\x1b[31m,3\n":        `f.csv:3:1: column "a\x1b[2J": "\x1b[31m" is not a number, as the others are`,
		"a,y\n1,2\n\"\x1b[31m\"x,3\n":          `f.csv:3:1: the quote that opens here is closed at 3:7`,
	} {
		_, err := read(content, data.NewSpec())
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\x1b") && !strings.Contains(want, "\x1b") {
			t.Errorf("%q:\n got %v\nwant %s", content, err, want)
		}
	}
}

// What a column was written as goes with the model, so that new rows are read alike.
func TestNewRowsAreReadAsTheColumnsWereWritten(t *testing.T) {
	s := data.NewSpec()
	s.Standardize = true
	table, err := read("a;b;c;y\n1,5;31.01.2024;ja;1.000,5\n2,5;01.02.2024;nein;2\n3,5;02.02.2024;ja;3,5\n", s)
	if err != nil {
		t.Fatal(err)
	}
	set, err := data.Prepare(table, s, 1, false, 1)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := json.Marshal(set.Transform)
	if err != nil {
		t.Fatal(err)
	}
	var made transform.Table
	if err := json.Unmarshal(kept, &made); err != nil {
		t.Fatal(err)
	}
	row := make([]float64, made.Width())
	cells := []string{"1,5", "31.01.2024", "ja"}
	if err := made.Row(row, func(i int) string { return cells[i] }); err != nil || !slices.Equal(row, set.Train.X.Data[:len(row)]) {
		t.Errorf("%v, want %v: %v", row, set.Train.X.Data[:len(row)], err)
	}
	if v, err := made.Targets[0].Value("1.000,5"); err != nil || v != 1000.5 {
		t.Errorf("%v, %v", v, err)
	}
}

// A recipe of before there were the keys reads a table as it was read then.
func TestTheZeroValueReadsAsBefore(t *testing.T) {
	got, err := read("a,y\nyes,1\nno,2\n", data.Spec{})
	if err != nil || !slices.Equal(got.Inputs, []string{"a=no", "a=yes"}) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err = read("a,y\n\"1,000\",1\n\"2,000\",2\n", data.Spec{}); err != nil || len(got.Inputs) != 2 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestTheReadingOfALargeTableTellsHowFarItIs(t *testing.T) {
	content := "a,y\n" + strings.Repeat("1.25,-3\n", 9<<17)
	last, calls := int64(-1), 0
	stop := errors.New("stop")
	tell := func(done, total int64) error {
		if calls++; done <= last || done > total || total != 2*int64(len(content)) {
			t.Errorf("%d of %d after %d", done, total, last)
		}
		if last = done; calls == 500 {
			return stop
		}
		return nil
	}
	if _, err := read(content, data.NewSpec().Watched(tell)); err != nil || last != 2*int64(len(content)) || calls < 20 {
		t.Errorf("%d calls, the last at %d: %v", calls, last, err)
	}
	last, calls = -1, 480
	if _, err := read(content, data.NewSpec().Watched(tell)); !errors.Is(err, stop) {
		t.Error(err)
	}
	last, calls = -1, 0
	if _, err := read("a,y\n1,2\n", data.NewSpec().Watched(tell)); err != nil || calls != 0 {
		t.Errorf("%d calls, %v", calls, err)
	}
}
