package data_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"descent/core/data"
)

func gzipped[T string | []byte](t testing.TB, content T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// words are so many rows with another word in each.
func words(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "w%d,1\n", i)
	}
	return b.String()
}

func read(content string, s data.Spec) (*data.Table, error) {
	return data.Read("f.csv", []byte(content), nil, s)
}

func TestReadCSV(t *testing.T) {
	const plain = "a,b,y\n1,2,3\n-4.5,6e-3,7\n"
	for name, content := range map[string][]byte{
		"plain":             []byte(plain),
		"no newline at end": []byte(strings.TrimSuffix(plain, "\n")),
		"CRLF":              []byte(strings.ReplaceAll(plain, "\n", "\r\n")),
		"a BOM":             []byte("\xef\xbb\xbf" + plain),
		"gzip":              gzipped(t, plain),
		"gzip of a BOM":     gzipped(t, "\xef\xbb\xbf"+plain),
		"spaces":            []byte("a, b ,y\n1 , 2,3\n-4.5,6e-3,\t7\n"),
		"quotes":            []byte("\"a\",b,\"y\"\n\"1\",2,3\n-4.5,\"6e-3\",7\n"),
		"tabs":              []byte("a\tb\ty\n1\t2\t3\n-4.5\t6e-3\t7\n"),
		"semicolons":        []byte("a;b;y\n1;2;3\n-4.5;6e-3;7\n"),
		"empty lines":       []byte("a,b,y\n\n1,2,3\n\n-4.5,6e-3,7\n\n"),
	} {
		got, err := data.Read("f.csv", content, nil, data.NewSpec())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !slices.Equal(got.Inputs, []string{"a", "b"}) || !slices.Equal(got.X, []float64{1, 2, -4.5, 6e-3}) ||
			got.Rows != 2 || len(got.Targets) != 1 || got.Targets[0].Name != "y" || !slices.Equal(got.Targets[0].Numbers, []float64{3, 7}) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestTargetsAreTheNamedColumnsInTheOrderNamed(t *testing.T) {
	got, err := read("u,a,v\n1,2,3\n4,5,6\n", data.Spec{Target: []string{"v", "u"}})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Inputs, []string{"a"}) || !slices.Equal(got.X, []float64{2, 5}) ||
		!slices.Equal(got.Targets[0].Numbers, []float64{3, 6}) || !slices.Equal(got.Targets[1].Numbers, []float64{1, 4}) {
		t.Errorf("%+v", got)
	}
}

func TestATargetColumnWithANameHoldsWords(t *testing.T) {
	got, err := read("a,y\n1,2\n1,cat\n", data.Spec{Target: nil})
	if err != nil {
		t.Fatal(err)
	}
	if y := got.Targets[0]; y.Numbers != nil || !slices.Equal(y.Words, []string{"2", "cat"}) {
		t.Errorf("%+v", y)
	}
}

func TestNumbersReadBackExactly(t *testing.T) {
	got, err := read("a,y\n0.30000000000000004,5e-324\n1.7976931348623157e308,-0\n", data.Spec{Target: nil})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.X, []float64{math.Nextafter(0.3, 1), math.MaxFloat64}) || got.Targets[0].Numbers[0] != math.SmallestNonzeroFloat64 {
		t.Errorf("%v %v", got.X, got.Targets[0].Numbers)
	}
}

func TestCSVErrorsSayWhereAndWhat(t *testing.T) {
	whole := gzipped(t, "a,y\n1,2\n")
	flipped := slices.Clone(whole)
	flipped[len(flipped)-8] ^= 1 // the checksum
	for _, c := range []struct {
		name, content string
		target        []string
		want          string
	}{
		{"text in a number column", "a,y\n1,2\nx,3\n", nil, `f.csv:3:1: column "a": "x" is not a number`},
		{"text further right", "a,b,y\n1,2,3\n10, oops,3\n", nil, `f.csv:3:4: column "b": "oops" is not a number`},
		{"a word before the numbers", "a,y\nx,3\n1,2\n", nil, `f.csv:2:1: column "a": "x" is not a number`},
		{"a decimal comma", "a;y\n1,5;2\n", nil, `f.csv:2:1: column "a": "1,5" is not a number; write it with a decimal point`},
		{"a decimal comma in a target", "a\ty\n1\t2,5\n", nil, `f.csv:2:3: column "y": "2,5" is not a number; write it with a decimal point`},
		{"a missing word", "a,y\nu,1\nNA,2\n", nil, `f.csv:3:1: column "a": the value is missing (NA); data.missing = "drop" leaves such rows out, "mean" fills it in, and data.na = [""] takes NA for a word`},
		{"too many words", "a,y\n" + words(1001), nil, `f.csv:1002:1: column "a" holds more than 1000 different words; data.ignore = ["a"] leaves it out`},
		{"a number too large without a header", "1,2\n3,1e999\n", nil, `f.csv:2:3: column "c1": "1e999" is not a finite number`},
		{"NaN in the first line without a header", "1,nan\n", nil, `f.csv:1:3: column "c1": the value is missing (nan); data.missing = "drop" leaves such rows out, and data.na = [""] takes nan for a word`},
		{"an empty input", "a,b,y\n1,,3\n", nil, `f.csv:2:3: column "b": the cell is empty; data.missing = "drop" leaves such rows out, "mean" fills it in`},
		{"an empty target", "a,b,y\n1,2,\n", nil, `f.csv:2:5: column "y": the cell is empty; data.missing = "drop" leaves such rows out`},
		{"a missing target", "a,b,y\n1,2,NA\n", nil, `f.csv:2:5: column "y": the value is missing (NA); data.missing = "drop" leaves such rows out, and data.na = [""] takes NA for a word`},
		{"NaN", "a,y\nNaN,1\n", nil, `f.csv:2:1: column "a": the value is missing (NaN); data.missing = "drop" leaves such rows out, "mean" fills it in, and data.na = [""] takes NaN for a word`},
		{"an infinity", "a,y\n-inf,1\n", nil, `f.csv:2:1: column "a": "-inf" is not a finite number`},
		{"a number too large", "a,y\n1e999,1\n", nil, `f.csv:2:1: column "a": "1e999" is not a finite number`},
		{"NaN in a target", "a,y\n1,nan\n", nil, `f.csv:2:3: column "y": the value is missing (nan); data.missing = "drop" leaves such rows out, and data.na = [""] takes nan for a word`},
		{"a target too large", "a,y\n1,1e999\n", nil, `f.csv:2:3: column "y": "1e999" is not a finite number`},
		{"after a BOM", "\xef\xbb\xbfa,y\nx,1\n2,1\n", nil, `f.csv:2:1: column "a": "x" is not a number`},
		{"a missing column", "age,height,weight\n1,2,3\n", []string{"wieght"}, `f.csv:1: there is no column "wieght" for data.target; did you mean "weight"? (the columns are age, height, weight)`},
		{"no such column", "age,height,weight\n1,2,3\n", []string{"price"}, `f.csv:1: there is no column "price" for data.target (the columns are age, height, weight)`},
		{"a target named twice", "a,y\n1,2\n", []string{"y", "y"}, `f.csv:1: data.target names column "y" twice`},
		{"no input left", "u,v\n1,2\n", []string{"u", "v"}, "f.csv:1: every column is a target; there is no input left"},
		{"a single column", "y\n1\n", nil, `f.csv:1: there is one column only, "y": cells are separated by commas, tabs or semicolons, and a table needs an input and a target`},
		{"a row too short", "a,b,y\n1,2,3\n4,5\n", nil, "f.csv:3: the row has 2 fields, the first line 3"},
		{"a row too long", "a,b,y\n1,2,3,4\n", nil, "f.csv:2: the row has 4 fields, the first line 3"},
		{"repeated names", "a,b,a,y\n1,2,3,4\n", nil, `f.csv:1:5: two columns are named "a"; give each its own name, or, where this line is a row, data.header = false`},
		{"names alike but for spaces", "a,a ,y\n1,2,3\n", nil, `f.csv:1:3: two columns are named "a"; give each its own name, or, where this line is a row, data.header = false`},
		{"an empty file", "", nil, "f.csv: the file is empty; it needs a line of column names and rows below it"},
		{"empty lines only", "\n\n", nil, "f.csv: the file is empty; it needs a line of column names and rows below it"},
		{"a header only", "a,y\n", nil, "f.csv: there is a line of column names and no row below it"},
		{"a quote left open", "a,y\n\"1,2\n", nil, "f.csv:2:1: the quote that opens here is never closed"},
		{"a quote left open in the first line", "a,\"y\n1,2\n", nil, "f.csv:1:3: the quote that opens here is never closed"},
		{"a quote left open after a cell of two lines", "a,y\n\"1\n\",\"2\n3,4\n", nil, "f.csv:3:3: the quote that opens here is never closed"},
		{"a quote left open before another", "a,b,y\n1,2,\"3\n4,5,6\n7,\"8\",9\n", nil, "f.csv:2:5: the quote that opens here is closed at 4:3, where more text follows; close it where the cell ends, and double quotes within a cell"},
		{"a quote left open after doubled ones and empty lines", "a,y\r\n\r\n\"u\"\"v\",1\r\n\r\nw,\"2\r\n", nil, "f.csv:5:3: the quote that opens here is never closed"},
		{"text after a quoted cell", "a,y\n\"1\"x,2\n", nil, "f.csv:2:1: the quote that opens here is closed at 2:3, where more text follows; close it where the cell ends, and double quotes within a cell"},
		{"a stray quote", "a,y\n1\",2\n", nil, "f.csv:2:2: a quote stands within a cell; put the whole cell in quotes, and double those within"},
		{"gzip of an empty file", string(gzipped(t, "")), nil, "f.csv: the file is empty; it needs a line of column names and rows below it"},
		{"a gzip cut short", string(whole[:len(whole)-4]), nil, "f.csv: the gzip file is damaged: unexpected EOF"},
		{"a gzip of its first bytes", "\x1f\x8b", nil, "f.csv: the gzip file is damaged: unexpected EOF"},
		{"a gzip with a wrong checksum", string(flipped), nil, "f.csv: the gzip file is damaged: gzip: invalid checksum"},
	} {
		_, err := read(c.content, data.Spec{Target: c.target})
		if err == nil || err.Error() != c.want {
			t.Errorf("%s:\n got %v\nwant %s", c.name, err, c.want)
		}
	}
}

func TestTheSeparatorIsWhatTheFirstLineHoldsMostOf(t *testing.T) {
	for content, want := range map[string][]string{
		"a;b,c;y\n1;2;3\n":             {"a", "b,c"},
		"a,b;c,y\n1,2,3\n":             {"a", "b;c"},
		"a,y\n1,2\n":                   {"a"},
		"\"a;b;c;d\",b,y\n1,2,3\n":     {"a;b;c;d", "b"},
		"\r\n\na\tb\ty\n1\t2\t3\n":     {"a", "b"},
		"\"a\nb\";c;y\n1;2;3\n,,,,,\n": nil, // ragged: the comma is no separator
	} {
		got, err := read(content, data.NewSpec())
		if (err != nil) != (want == nil) || err == nil && !slices.Equal(got.Inputs, want) {
			t.Errorf("%q: %+v, %v", content, got, err)
		}
	}
}

func TestAFirstLineOfNumbersIsARow(t *testing.T) {
	got, err := read("1,2,3\n4,5,6\n", data.NewSpec())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Inputs, []string{"c0", "c1"}) || !slices.Equal(got.X, []float64{1, 2, 4, 5}) || got.Targets[0].Name != "c2" {
		t.Errorf("%+v", got)
	}
	if got, err = read("1,2,3\n4,5,6\n", data.Spec{Target: []string{"c0"}}); err != nil || !slices.Equal(got.Inputs, []string{"c1", "c2"}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestATextColumnBecomesAnInputForEachWord(t *testing.T) {
	got, err := read("a,island,b,y\n1,Dream,2,0\n3,Biscoe,4,1\n5,Dream,6,1\n", data.NewSpec())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Inputs, []string{"a", "island=Biscoe", "island=Dream", "b"}) ||
		!slices.Equal(got.X, []float64{1, 0, 1, 2, 3, 1, 0, 4, 5, 0, 1, 6}) {
		t.Errorf("%+v", got)
	}
}

// gaps has a missing number, a missing word and, at the end, both.
const gaps = "a,b,y\n1,u,1\n,v,2\n4,NA,3\n4,v,4\nNA,,5\n"

func TestRowsWithMissingValuesAreDropped(t *testing.T) {
	got, err := read(gaps+"7,u,\n", data.Spec{Missing: "drop"})
	if err != nil {
		t.Fatal(err)
	}
	if got.Rows != 2 || got.Missing != 0 || !slices.Equal(got.X, []float64{1, 1, 0, 4, 0, 1}) || !slices.Equal(got.Targets[0].Numbers, []float64{1, 4}) {
		t.Errorf("%+v", got)
	}
}

func TestMissingValuesAreFilledFromTheTrainingRows(t *testing.T) {
	s := data.Spec{Missing: "mean"}
	tab, err := read(gaps, s)
	if err != nil || tab.Missing != 4 {
		t.Fatalf("%+v, %v", tab, err)
	}
	set, err := data.Prepare(tab, s, 1, false, 1)
	if err != nil {
		t.Fatal(err)
	}
	if want := []float64{1, 1, 0, 3, 0, 1, 4, 0, 1, 4, 0, 1, 3, 0, 1}; !slices.Equal(set.Train.X.Data, want) {
		t.Errorf("%v, want %v", set.Train.X.Data, want)
	}
	// Row 1 alone holds a number and is held out by one seed or another.
	if tab, err = read("a,y\n1,0\nNA,1\n", s); err != nil {
		t.Fatal(err)
	}
	s.Validation = 0.5
	refused := 0
	for seed := range uint64(20) {
		set, err := data.Prepare(tab, s, 1, false, seed)
		switch {
		case err != nil && err.Error() == `input "a" has no value in the training rows to fill in`:
			refused++
		case err != nil || set.Val.X.Data[0] != 1:
			t.Errorf("seed %d: %+v, %v", seed, set, err)
		}
	}
	if refused == 0 || refused == 20 {
		t.Errorf("%d of 20 refused", refused)
	}
}

func TestMissingValuesThatCannotBeFilledAreRefused(t *testing.T) {
	for _, c := range []struct{ content, missing, want string }{
		{"a,y\n1,\n", "mean", `f.csv: each of the 1 rows lacks a target; none is left`},
		{"a,b,y\nNA,1,2\n,2,3\n", "mean", `f.csv: column "a" holds no value at all; data.ignore = ["a"] leaves it out`},
		{"a,y\nNA,2\n,3\n", "drop", "f.csv: each of the 2 rows has a missing value; none is left"},
		{"a,y\n", "drop", "f.csv: there is a line of column names and no row below it"},
	} {
		if _, err := read(c.content, data.Spec{Missing: c.missing}); err == nil || err.Error() != c.want {
			t.Errorf("%q:\n got %v\nwant %s", c.content, err, c.want)
		}
	}
}

func TestAWidthThatWordsMadeIsSaidToBeTheirs(t *testing.T) {
	for content, want := range map[string]string{
		"x,y\n1,2\n":                              "",
		"x,y\n\"1,000\",2\n\"2,000\",3\n":         `2 for the words of column "x", such as "1,000" (they look like numbers)`,
		"a,b,c,d,e,y\nu,u,u,u,2,1\nu,v,u,u,2,1\n": `2 for the words of column "b", such as "u", 1 for the words of column "a", such as "u", 1 for the words of column "c", such as "u", and those of 1 column more`,
	} {
		if got, err := read(content, data.Spec{}); err != nil || got.Words() != want {
			t.Errorf("%q: %q, %v", content, got.Words(), err)
		}
	}
}
