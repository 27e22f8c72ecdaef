package data_test

import (
	"bytes"
	"compress/gzip"
	"math"
	"slices"
	"strings"
	"testing"

	"descent/core/data"
)

func zip(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadCSV(t *testing.T) {
	const plain = "a,b,y\n1,2,3\n-4.5,6e-3,7\n"
	for name, content := range map[string][]byte{
		"plain":             []byte(plain),
		"no newline at end": []byte(strings.TrimSuffix(plain, "\n")),
		"CRLF":              []byte(strings.ReplaceAll(plain, "\n", "\r\n")),
		"a BOM":             []byte("\xef\xbb\xbf" + plain),
		"gzip":              zip(t, plain),
		"gzip of a BOM":     zip(t, "\xef\xbb\xbf"+plain),
		"spaces":            []byte("a, b ,y\n1 , 2,3\n-4.5,6e-3,\t7\n"),
		"quotes":            []byte("\"a\",b,\"y\"\n\"1\",2,3\n-4.5,\"6e-3\",7\n"),
		"empty lines":       []byte("a,b,y\n\n1,2,3\n\n-4.5,6e-3,7\n\n"),
	} {
		got, err := data.ReadCSV("f.csv", content, nil)
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
	got, err := data.ReadCSV("f.csv", []byte("u,a,v\n1,2,3\n4,5,6\n"), []string{"v", "u"})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Inputs, []string{"a"}) || !slices.Equal(got.X, []float64{2, 5}) ||
		!slices.Equal(got.Targets[0].Numbers, []float64{3, 6}) || !slices.Equal(got.Targets[1].Numbers, []float64{1, 4}) {
		t.Errorf("%+v", got)
	}
}

func TestATargetColumnWithANameHoldsWords(t *testing.T) {
	got, err := data.ReadCSV("f.csv", []byte("a,y\n1,2\n1,cat\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if y := got.Targets[0]; y.Numbers != nil || !slices.Equal(y.Words, []string{"2", "cat"}) {
		t.Errorf("%+v", y)
	}
}

func TestNumbersReadBackExactly(t *testing.T) {
	got, err := data.ReadCSV("f.csv", []byte("a,y\n0.30000000000000004,5e-324\n1.7976931348623157e308,-0\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.X, []float64{math.Nextafter(0.3, 1), math.MaxFloat64}) || got.Targets[0].Numbers[0] != math.SmallestNonzeroFloat64 {
		t.Errorf("%v %v", got.X, got.Targets[0].Numbers)
	}
}

func TestCSVErrorsSayWhereAndWhat(t *testing.T) {
	whole := zip(t, "a,y\n1,2\n")
	flipped := slices.Clone(whole)
	flipped[len(flipped)-8] ^= 1 // the checksum
	for _, c := range []struct {
		name, content string
		target        []string
		want          string
	}{
		{"text in a number column", "a,y\n1,2\nx,3\n", nil, `f.csv:3:1: column "a": "x" is not a number`},
		{"text further right", "a,b,y\n1,2,3\n10, oops,3\n", nil, `f.csv:3:4: column "b": "oops" is not a number`},
		{"an empty input", "a,b,y\n1,,3\n", nil, `f.csv:2:3: column "b": the cell is empty`},
		{"an empty target", "a,b,y\n1,2,\n", nil, `f.csv:2:5: column "y": the cell is empty`},
		{"a missing target", "a,b,y\n1,2,NA\n", nil, `f.csv:2:5: column "y": "NA" is not a number`},
		{"NaN", "a,y\nNaN,1\n", nil, `f.csv:2:1: column "a": "NaN" is not a finite number`},
		{"an infinity", "a,y\n-inf,1\n", nil, `f.csv:2:1: column "a": "-inf" is not a finite number`},
		{"a number too large", "a,y\n1e999,1\n", nil, `f.csv:2:1: column "a": "1e999" is not a finite number`},
		{"NaN in a target", "a,y\n1,nan\n", nil, `f.csv:2:3: column "y": "nan" is not a finite number`},
		{"a target too large", "a,y\n1,1e999\n", nil, `f.csv:2:3: column "y": "1e999" is not a finite number`},
		{"after a BOM", "\xef\xbb\xbfa,y\nx,1\n", nil, `f.csv:2:1: column "a": "x" is not a number`},
		{"a missing column", "age,height,weight\n1,2,3\n", []string{"wieght"}, `f.csv:1: there is no column "wieght" for data.target; did you mean "weight"? (the columns are age, height, weight)`},
		{"no such column", "age,height,weight\n1,2,3\n", []string{"price"}, `f.csv:1: there is no column "price" for data.target (the columns are age, height, weight)`},
		{"a target named twice", "a,y\n1,2\n", []string{"y", "y"}, `f.csv:1: data.target names column "y" twice`},
		{"no input left", "u,v\n1,2\n", []string{"u", "v"}, "f.csv:1: every column is a target; there is no input left"},
		{"a single column", "y\n1\n", nil, "f.csv:1: every column is a target; there is no input left"},
		{"a row too short", "a,b,y\n1,2,3\n4,5\n", nil, "f.csv:3: the row has not as many fields as the header"},
		{"a row too long", "a,b,y\n1,2,3,4\n", nil, "f.csv:2: the row has not as many fields as the header"},
		{"repeated names", "a,b,a,y\n1,2,3,4\n", nil, `f.csv:1:5: two columns are named "a"; give each its own name`},
		{"names alike but for spaces", "a,a ,y\n1,2,3\n", nil, `f.csv:1:3: two columns are named "a"; give each its own name`},
		{"an empty file", "", nil, "f.csv: the file is empty; it wants a line of column names and rows below it"},
		{"empty lines only", "\n\n", nil, "f.csv: the file is empty; it wants a line of column names and rows below it"},
		{"a header only", "a,y\n", nil, "f.csv: there is a line of column names and no row below it"},
		{"a quote left open", "a,y\n\"1,2\n", nil, `f.csv:2:6: extraneous or missing " in quoted-field`},
		{"a stray quote", "a,y\n1\",2\n", nil, `f.csv:2:2: bare " in non-quoted-field`},
		{"gzip of an empty file", string(zip(t, "")), nil, "f.csv: the file is empty; it wants a line of column names and rows below it"},
		{"a gzip cut short", string(whole[:len(whole)-4]), nil, "f.csv: the gzip file is damaged: unexpected EOF"},
		{"a gzip of its first bytes", "\x1f\x8b", nil, "f.csv: the gzip file is damaged: unexpected EOF"},
		{"a gzip with a wrong checksum", string(flipped), nil, "f.csv: the gzip file is damaged: gzip: invalid checksum"},
	} {
		_, err := data.ReadCSV("f.csv", []byte(c.content), c.target)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s:\n got %v\nwant %s", c.name, err, c.want)
		}
	}
}

// Whatever the bytes, reading ends in a whole table or in an error.
func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("a,b,y\n1,2,3\n4,5,cat\n"), "y")
	f.Add([]byte("\xef\xbb\xbfa,b\r\n1,2\r\n"), "")
	f.Add([]byte("a,a\n\"1\n"), "a")
	f.Add(zip(f, "a,y\n1,2\n"), "y")
	f.Fuzz(func(t *testing.T, content []byte, name string) {
		var target []string
		if name != "" {
			target = []string{name}
		}
		table, err := data.ReadCSV("f.csv", content, target)
		if err != nil {
			if strings.TrimSpace(err.Error()) == "" {
				t.Error("an empty error")
			}
			return
		}
		if table.Rows < 1 || len(table.X) != table.Rows*len(table.Inputs) {
			t.Errorf("%d rows of %d inputs, %d numbers", table.Rows, len(table.Inputs), len(table.X))
		}
		for _, c := range table.Targets {
			if len(c.Numbers)+len(c.Words) != table.Rows {
				t.Errorf("target %q has %d numbers and %d words for %d rows", c.Name, len(c.Numbers), len(c.Words), table.Rows)
			}
		}
		for outputs := 1; outputs < 4; outputs++ {
			for _, named := range []bool{false, true} {
				_, _ = data.Prepare(table, data.Spec{Validation: 0.3, Standardize: true, StandardizeTarget: true}, outputs, named, 1)
			}
		}
	})
}
