package data_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"descent/core/data"
)

// lines is a table of a header and rows.
func lines(rows ...string) string { return strings.Join(rows, "\n") + "\n" }

func TestWhatIsNotEvidentOfATableIsNoted(t *testing.T) {
	many := "w,x,y\n"
	for _, w := range strings.Split("a b c d e f g h i j k l m n o p q r s t", " ") {
		many += "name" + w + ",1,2\n"
	}
	for _, c := range []struct {
		name, content string
		s             data.Spec
		want          []string
	}{
		{"a plain table", "a,b,y\n1,2,3\n4,5,6\n", data.Spec{}, nil},
		{
			"rows with gaps", lines("a,b,y", "1,u,3", ",v,4", "5,NA,6", "7,v,", "8,v,9"),
			data.Spec{Missing: "drop", Set: "s"},
			[]string{`3 of 5 rows are left out, since values are missing: "a" (1), "b" (1), "y" (1)`},
		},
		{
			"gaps that are filled in", lines("a,b,y", "1,2,3", ",2,4", "null,?,6", "2,3,4"),
			data.Spec{Missing: "mean"},
			[]string{`3 missing values are filled in: "a" (2), "b" (1)`},
		},
		{
			"columns of words", lines("a,b,c,y", "1,u,p,3", "2,v,q,4"),
			data.Spec{},
			[]string{`columns of words, each word an input of its own: "b" (2, such as "u"), "c" (2, such as "p")`},
		},
		{"columns of words in a built-in set", lines("a,b,y", "1,u,3", "2,v,4"), data.Spec{Set: "s"}, nil},
		{"many words", many, data.Spec{Set: "s"}, []string{`column "w" holds 20 different words, such as "namea", and each is an input of its own`}},
		{
			"numbers with commas", lines("a,y", `"1,000",1`, `"2,500",2`),
			data.Spec{},
			[]string{`column "a" holds 2 different words that look like numbers, such as "1,000", and each is an input of its own; write plain numbers, as in -1234.5`},
		},
		{
			"dates", lines("a,y", "2024-01-01,1", "2024-01-02,2"),
			data.Spec{},
			[]string{`column "a" holds 2 different words that look like dates, such as "2024-01-01", and each is an input of its own; write numbers, such as days since a first one`},
		},
		{
			"a target of percentages", lines("a,y", "1,5%", "2,6%", "2,6%", "2,6%"),
			data.Spec{},
			[]string{`column "y" holds 2 different words that look like numbers, such as "5%", and each is a class of its own; write plain numbers, as in -1234.5`},
		},
		{
			"a target of names", many,
			data.Spec{Target: []string{"w"}},
			[]string{`column "w" holds 20 different words in 20 rows, and each is a class of its own`},
		},
		{
			"words that elsewhere are gaps", lines("a,y", "?,1", "u,2", "u,2"),
			data.Spec{Set: "s"},
			[]string{`in column "a" "?" is a word like any other; data.na = ["?"] makes it a missing value`},
		},
		{
			"no line of names", "1,2\n3,4\n",
			data.Spec{},
			[]string{"the first line holds numbers and is taken for a row; the columns are called c0, c1 (data.header = true takes it for their names)"},
		},
		{
			"numbers for names", lines("id,2019,2020", "u,1,2", "v,3,4"),
			data.Spec{Set: "s"},
			[]string{"the first line is taken for the names of the columns, though 2019, 2020 are numbers (data.header = false takes it for a row)"},
		},
		{"numbers for names that are said to be", lines("id,2019,2020", "u,1,2", "v,3,4"), data.Spec{Set: "s", Header: "true"}, nil},
		{"a column without a name", lines(",a,y", "0,1,2", "1,2,2"), data.Spec{}, []string{"column 1 has no name and is an input like the others"}},
		{"a comment for a header", lines("# a,y", "1,2"), data.Spec{}, []string{"the first line begins with # and is taken for the names of the columns"}},
		{"cells over several lines", lines("a,y", "\"u\n1,2\",3", "v,4"), data.Spec{Set: "s"}, []string{"1 cell of f.csv goes over several lines, the first at 2:1: is a quote left open?"}},
		{
			"a long integer", lines("a,y", "9007199254740993,1", "3,2"),
			data.Spec{},
			[]string{`column "a" holds integers beyond 2^53, which are rounded, such as 9007199254740993`},
		},
	} {
		got, err := read(c.content, c.s)
		if err != nil || !slices.Equal(got.Notes, c.want) {
			t.Errorf("%s:\n got %q, %v\nwant %q", c.name, got.Notes, err, c.want)
		}
	}
}

func TestAFirstLineThatIsARowIsNotTakenForNames(t *testing.T) {
	const row = "f.csv:1: the first line looks like a row and not like names ("
	for _, c := range []struct{ name, content, want string }{
		{"numbers and a class", lines("5.7,3,cat", "5,3,dog", "5,2,cat"), row + "5.7, 3, cat)"},
		{"integers and a class", lines("5,3,cat", "5,3,dog", "5,2,cat"), row + "5, 3, cat)"},
		{"numbers and a name", lines("0.5,Ann", "0.6,Bob"), row + "0.5)"},
		{"words alone", lines("low,red,yes", "high,red,no", "low,blue,yes", "low,red,no"), row + "low, red, yes)"},
		{"numbers with commas", lines(`"1,000",a`, `"2,500",b`, `"3,500",a`), row + "1,000, a)"},
		{"a gap among numbers", lines("?,1.5,a", "2,2.5,b", "3,2.5,a"), row + "1.5, a)"},
		{"two alike", lines("1,1,a", "2,2,b"), `f.csv:1:3: two columns are named "1"`},
	} {
		s := data.Spec{Missing: "drop"}
		if _, err := read(c.content, s); err == nil || !strings.HasPrefix(err.Error(), c.want) || !strings.Contains(err.Error(), "data.header = false") {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
		s.Header, s.Missing = "false", "mean"
		if got, err := read(c.content, s); err != nil || got.Rows != strings.Count(c.content, "\n") || !strings.HasPrefix(got.Inputs[0], "c0") {
			t.Errorf("%s as rows: %+v, %v", c.name, got, err)
		}
	}
	for name, content := range map[string]string{
		"words above numbers":             lines("a,b,y", "1,2,a", "2,3,b"),
		"a word of a class above numbers": lines("cat,y", "1,cat", "2,dog"),
		"words that do not return":        lines("colour,size,y", "red,big,yes", "red,small,no"),
		"one word that returns":           lines("y,n", "y,a", "z,b"),
		"years":                           lines("country,2019,y", "u,1,a", "v,2,b"),
	} {
		if got, err := read(content, data.NewSpec()); err != nil || got.Rows != 2 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheUsualSpellingsAreMissingNumbersAndWordsAmongWords(t *testing.T) {
	for _, na := range []string{"nan", "NaN", "Nan", "null", "NULL", "None", "N/A", "n/a", "na", "#N/A", "#NA", "<NA>", "?", "-", "--", "."} {
		numbers := lines("a,b,y", "1,u,1", na+",v,2", "3,u,"+na, "5,v,3")
		got, err := read(numbers, data.Spec{Missing: "drop"})
		if err != nil || got.Rows != 2 || !slices.Equal(got.Targets[0].Numbers, []float64{1, 3}) || !slices.Equal(got.X, []float64{1, 1, 0, 5, 0, 1}) {
			t.Errorf("%s: %+v, %v", na, got, err)
		}
		if _, err = read(numbers, data.Spec{}); err == nil || !strings.Contains(err.Error(), `f.csv:3:1: column "a": the value is missing (`+na+")") {
			t.Errorf("%s: %v", na, err)
		}
		got, err = read(lines("a,y", "u,v", na+","+na, "u,v"), data.Spec{Missing: "drop"})
		if err != nil || got.Rows != 3 || !slices.Contains(got.Inputs, "a="+na) || got.Targets[0].Words[1] != na {
			t.Errorf("%s among words: %+v, %v", na, got, err)
		}
		got, err = read(lines("a,y", "u,v", na+",v", "u,"+na), data.Spec{Missing: "drop", NA: []string{na}})
		if err != nil || got.Rows != 1 {
			t.Errorf("%s given: %+v, %v", na, got, err)
		}
	}
}

func TestGivenSpellingsReplaceTheUsualOnes(t *testing.T) {
	got, err := read(lines("a,b,y", "NA,-999,1", "u,2,2", "NA,3,3"), data.Spec{Missing: "drop", NA: []string{"-999"}})
	if err != nil || got.Rows != 2 || !slices.Equal(got.Inputs, []string{"a=NA", "a=u", "b"}) || !slices.Equal(got.Numbers, []int{2, 3}) || got.Read != 3 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err = read(lines("a,y", "nan,1", "2,2"), data.Spec{NA: []string{""}}); err == nil || err.Error() != `f.csv:2:1: column "a": "nan" is not a finite number` {
		t.Error(err)
	}
}

// Integers that a float64 does not tell apart are labels of their own,
// however they are written.
func TestLongLabelsAreToldApartHoweverTheyAreWritten(t *testing.T) {
	for _, pair := range [][2]string{
		{"9007199254740992", "9007199254740993"},
		{"9007199254740992.0", "9007199254740993.0"},
		{"9.007199254740992e15", "9.007199254740993E+15"},
		{"+9007199254740992", "9007199254740993."},
		{"9_007_199_254_740_992", "9_007_199_254_740_993"},
		{"-9007199254740993.00", "-9007199254740992"},
		{"123456789012345678901", "1.23456789012345678902e20"},
	} {
		got, err := read(lines("a,y", "1,"+pair[0], "2,"+pair[1], "3,"+pair[0]), data.Spec{})
		if err != nil {
			t.Fatal(err)
		}
		c := got.Targets[0]
		if c.Labels == nil || c.Labels[0] == c.Labels[1] || c.Labels[0] != c.Labels[2] || strings.ContainsAny(c.Labels[0]+c.Labels[1], ".eE_+") {
			t.Errorf("%v: %q", pair, c.Labels)
		}
	}
	got, err := read(lines("a,y", "1,9007199254740993", "2,9007199254740993.0", "3,9.007199254740993e15", "4,1.5", "5,-0", "6,0"), data.Spec{})
	if err != nil || !slices.Equal(got.Targets[0].Labels, []string{"9007199254740993", "9007199254740993", "9007199254740993", "1.5", "0", "0"}) {
		t.Errorf("%+v, %v", got, err)
	}
}

// A message is no longer than the longest part of a table that it has to show.
func TestLongCellsAndManyColumnsAreCutInMessages(t *testing.T) {
	long := strings.Repeat("ü", 5000)
	many := "c" + strings.Join(strings.Split(strings.Repeat("x", 3000), ""), ",c")
	for i := range 3000 {
		many = strings.Replace(many, "cx", fmt.Sprintf("c%d", i), 1)
	}
	for name, c := range map[string]struct {
		content string
		s       data.Spec
	}{
		"a word among numbers":   {lines("a,y", "1,2", long+",3"), data.Spec{}},
		"a name":                 {lines(long+",y", "1,2", "u,3"), data.Spec{}},
		"a name twice":           {lines(long+","+long, "1,2"), data.Spec{}},
		"many names":             {lines(many, strings.Repeat("1,", 2999)+"1"), data.Spec{Target: []string{"none"}}},
		"a target of long names": {lines("a,"+long, "1,2"), data.Spec{Target: []string{"none"}}},
		"words":                  {lines("a,y", long+",1", "v,2"), data.Spec{}},
		"an infinity":            {lines("a,y", "1,2", "1e309"+strings.Repeat("0", 5000)+",3"), data.Spec{}},
	} {
		got, err := read(c.content, c.s)
		text := fmt.Sprint(err)
		if err == nil {
			text = strings.Join(got.Notes, "\n") + got.Summary() + got.Words()
		}
		if len(text) > 600 {
			t.Errorf("%s: %d bytes: %.200s", name, len(text), text)
		}
	}
}

func TestNumbersThatAreNotFiniteAreWordsAmongWords(t *testing.T) {
	got, err := read(lines("a,y", "Inf,Infinity", "Nan,u", "v,inf"), data.NewSpec())
	if err != nil || !slices.Equal(got.Inputs, []string{"a=Inf", "a=Nan", "a=v"}) || !slices.Equal(got.Targets[0].Words, []string{"Infinity", "u", "inf"}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWhatWasNoTableSaysWhatItLooksLike(t *testing.T) {
	for _, c := range []struct{ content, want string }{
		{"a|b|y\n1|2|3\n", `f.csv:1: there is one column only, "a|b|y": cells are separated by commas, tabs or semicolons, and a table needs an input and a target; | is none of them`},
		{"a b y\n1 2 3\n", "; spaces are none of them"},
		{"# by a lab\na,y\n1,2\n", "; the first line looks like a comment, which is not read: leave it out"},
		{"# by a lab, 2024, x\na,y\n1,2\n", "f.csv:2: the row has 2 fields, the first line 3; the first line looks like a comment, which is not read: leave it out"},
		{"sep=;\na;y\n1;2\n", `f.csv:1: the first line is no part of the table; leave out the line "sep=;": the separator is found without it`},
		{"@relation iris\n\n@attribute a numeric\n", "; this looks like ARFF, which is not read: save it as CSV"},
		{"+1 1:0.5 7:2\n-1 2:3\n", "; this looks like libsvm (svmlight), which is not read: save it as CSV"},
		{"a,y\r1,2\r", "f.csv: the lines end with a carriage return alone, as those of old Macs; save the file with line feeds (LF or CRLF)"},
		{"a,y\n1,2\ntotal\n", `f.csv:3: the row has 1 field ("total"), the first line 2`},
		{"a,y\n1,gr\xfc\xdf\n", `f.csv:2:5: the byte 0xFC is not UTF-8 (in Latin-1 or Windows-1252 it is 'ü'); save the file as UTF-8`},
		{"a,größe,\x80\n1,2,3\n", `f.csv:1:11: the byte 0x80 is not UTF-8; save the file as UTF-8`},
	} {
		if _, err := read(c.content, data.Spec{}); err == nil || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("%q:\n got %v\nwant %s", c.content, err, c.want)
		}
	}
}

func TestWholeNumbersOfAnyLengthAreClasses(t *testing.T) {
	content := lines("x,y", "1,9007199254740993", "2,9007199254740992", "3,+9007199254740993", "4,1000000000000000000000000000001", "5,1000000000000000000000000000000", "6,-5")
	table, err := read(content, data.NewSpec())
	if err != nil {
		t.Fatal(err)
	}
	set, err := data.Prepare(table, data.Spec{}, 5, false, 1)
	want := []string{"-5", "9007199254740992", "9007199254740993", "1000000000000000000000000000000", "1000000000000000000000000000001"}
	if err != nil || !slices.Equal(set.Targets, want) || !slices.Equal(set.Train.Classes, []int{2, 1, 2, 4, 3, 0}) {
		t.Errorf("%+v, %v", set, err)
	}
	for kind, values := range map[string]any{
		"<i8": []int64{1<<53 + 1, 1 << 53, -1<<63 + 1, 1<<53 + 1},
		"<u8": []uint64{1<<53 + 1, 1 << 53, 1<<64 - 1, 1<<53 + 1},
	} {
		table, err := data.Read("f", npy("<f8", "4, 1", []float64{1, 2, 3, 4}), npy(kind, "4,", values), data.Spec{Labels: "l"})
		if err != nil {
			t.Fatal(err)
		}
		set, err := data.Prepare(table, data.Spec{}, 3, false, 1)
		if err != nil || set.Train.Classes[0] == set.Train.Classes[1] || set.Train.Classes[0] != set.Train.Classes[3] || !slices.Contains(set.Targets, "9007199254740993") {
			t.Errorf("%s: %+v, %v", kind, set, err)
		}
	}
	// As a number it is rounded, and said to be.
	if set, err = data.Prepare(table, data.Spec{}, 1, false, 1); err != nil || len(set.Notes) != 1 || !strings.Contains(set.Notes[0], "9007199254740993 is read as 9007199254740992") {
		t.Errorf("%+v, %v", set, err)
	}
}

func TestClassesThatAPartLacksAreNoted(t *testing.T) {
	table, err := read(lines("x,y", "1,a", "2,a", "3,b", "4,c"), data.NewSpec())
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(8) {
		set, err := data.Prepare(table, data.Spec{Validation: 0.25}, 3, false, seed)
		if err != nil {
			t.Fatal(err)
		}
		said := strings.Join(set.Notes, "; ")
		for _, c := range []struct {
			part data.Part
			name string
		}{{set.Train, "training"}, {set.Val, "validation"}} {
			for class, name := range set.Targets {
				_, list, _ := strings.Cut(said, "no "+c.name+" row is of class ")
				list, _, _ = strings.Cut(list, ";")
				if slices.Contains(strings.Split(list, ", "), name) == slices.Contains(c.part.Classes, class) {
					t.Errorf("seed %d: %q of %v in the %s part", seed, said, c.part.Classes, c.name)
				}
			}
		}
	}
	binary, err := read(lines("x,y", "1,0", "2,0", "3,0"), data.NewSpec())
	if err != nil {
		t.Fatal(err)
	}
	set, err := data.Prepare(binary, data.Spec{}, 1, true, 1)
	if err != nil || !slices.Equal(set.Notes, []string{"no training row is of class y = 1"}) {
		t.Errorf("%q, %v", set.Notes, err)
	}
}

func TestArraysOfAnNPZAreKnownByName(t *testing.T) {
	x, y := npy("<f8", "2, 1", []float64{1, 2}), npy("<i8", "2,", []int64{7, 3})
	xt, yt := npy("<f8", "1, 1", []float64{9}), npy("<i8", "1,", []int64{7})
	odd := npy("<i8", "2,", []int64{5, 5})
	for _, c := range []struct {
		names []string // of y, x, the test part's y and x, and others
		held  int
		s     data.Spec
	}{
		{[]string{"y", "x"}, 0, data.Spec{}},
		{[]string{"labels", "data"}, 0, data.Spec{}},
		{[]string{"target", "data", "", "", "feature_names"}, 0, data.Spec{}},
		{[]string{"y_train", "X_train", "y_test", "X_test"}, 1, data.Spec{}},
		{[]string{"ytrain", "xtrain", "ytest", "xtest"}, 1, data.Spec{}},
		{[]string{"train_labels", "train_images", "test_labels", "test_images"}, 1, data.Spec{}},
		{[]string{"train_labels", "train_images", "val_labels", "val_images", "test_labels"}, 1, data.Spec{}},
		{[]string{"labels_train", "features-train", "targets.valid", "inputs valid"}, 1, data.Spec{}},
		{[]string{"b", "a"}, 0, data.Spec{X: "a", Y: "b"}},
		{[]string{"species", "data", "", "", "target"}, 0, data.Spec{Y: "species"}},
		{[]string{"y_train", "pixels", "", "", "x_train"}, 0, data.Spec{X: "pixels"}},
	} {
		var entries []named
		for i, n := range c.names {
			if n != "" {
				entries = append(entries, named{n + ".npy", [][]byte{y, x, yt, xt, odd}[i]})
			}
		}
		got, err := data.Read("f.npz", npz(t, entries...), nil, c.s)
		if err != nil || got.Held != c.held || got.X[0] != 1 || got.Targets[0].Numbers[0] != 7 || (len(got.Notes) > 0) != (len(c.names) > 4) {
			t.Errorf("%v: %+v, %v", c.names, got, err)
		}
	}
	for _, c := range []struct {
		names []string
		s     data.Spec
		want  string
	}{
		{[]string{"a", "b"}, data.Spec{}, "f.npz: no name says which array holds the inputs; give data.x (the arrays are a, b)"},
		{[]string{"x", "b"}, data.Spec{}, "f.npz: no name says which array holds the targets; give data.y (the arrays are x, b)"},
		{[]string{"data", "images", "y"}, data.Spec{}, "f.npz: data and images may all be the inputs; give data.x (the arrays are data, images, y)"},
		{[]string{"x", "y"}, data.Spec{X: "z"}, `f.npz: there is no array "z" for data.x; there are x, y`},
		{[]string{"x", "y"}, data.Spec{X: "y", Y: "y"}, `data.x and data.y both name "y"`},
	} {
		var entries []named
		for _, n := range c.names {
			entries = append(entries, named{n + ".npy", y})
		}
		var key *data.KeyError
		if _, err := data.Read("f.npz", npz(t, entries...), nil, c.s); err == nil || err.Error() != c.want || !errors.As(err, &key) {
			t.Errorf("%v: %v, want %s", c.names, err, c.want)
		}
	}
}

func TestAValidationFileIsTheTestPart(t *testing.T) {
	held := func(train, val string, s data.Spec) (*data.Table, error) {
		return data.ReadWith(data.Source{Name: "f.csv", Content: []byte(train)}, &data.Source{Name: "v.csv", Content: []byte(val)}, nil, s)
	}
	got, err := held("a,b,y\n1,u,2\n,v,3\n3,v,4\n", "y;more;b;a\n5;0;w;6\n6;0;x;\n7;0;v;8\n", data.Spec{Missing: "drop"})
	if err != nil || got.Held != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	if !slices.Equal(got.Inputs, []string{"a", "b=u", "b=v", "b=w"}) || !slices.Equal(got.X, []float64{1, 1, 0, 0, 3, 0, 1, 0, 6, 0, 0, 1, 8, 0, 1, 0}) || !slices.Equal(got.Targets[0].Numbers, []float64{2, 4, 5, 7}) {
		t.Errorf("%+v", got)
	}
	set, err := data.Prepare(got, data.Spec{}, 1, false, 1)
	if err != nil || !slices.Equal(set.Rows.Train, []int{1, 3}) || !slices.Equal(set.Rows.Val, []int{4, 6}) || set.Rows.All != 6 {
		t.Errorf("%+v, %v", set.Rows, err)
	}
	if want := `words of column "b" that no training row holds: "w"`; !slices.Contains(got.Notes, want) {
		t.Errorf("%q, want %s", got.Notes, want)
	}
	for _, c := range []struct{ train, val, want string }{
		{"a,y\n1,2\n", "a,z\n1,2\n", `v.csv:1:1: there is no column "y", which f.csv has (the columns are a, z)`},
		{"a,y\n1,2\n", "a,y\nu,2\n", `v.csv:2:1: column "a": "u" is not a number`},
		{"a,y\n1,2\n", "a,y\n", "v.csv: there is a line of column names and no row below it"},
		{"a,y\n1,2\n", "", "v.csv: the file is empty; it needs a line of column names and rows below it"},
		{"1,2\n3,4\n", "1,2,3\n", "v.csv:1:1: the row has 3 fields, those of f.csv 2"},
		{"a,y\n1,2\n", string(npy("<f8", "2, 1", []float64{1, 2})), "data.validation_file goes with tables (CSV) and with IDX or NPY, and data.file has to be the like"},
	} {
		if _, err := held(c.train, c.val, data.Spec{}); err == nil || err.Error() != c.want {
			t.Errorf("%q and %q: %v, want %s", c.train, c.val, err, c.want)
		}
	}
	x, y := npy("<f8", "2, 1", []float64{1, 2}), npy("<i8", "2,", []int64{7, 3})
	got, err = data.ReadWith(data.Source{"x", x, "y", y}, &data.Source{"v", x, "w", y}, nil, data.Spec{})
	if err != nil || got.Held != 2 || got.Rows != 4 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err = data.ReadWith(data.Source{"x", x, "y", y}, &data.Source{Name: "v", Content: x}, nil, data.Spec{}); err == nil || err.Error() != "v holds inputs only; give data.validation_labels, the file of their labels" {
		t.Error(err)
	}
}

// Recipes of logs that are older than data.na read files as they were read then.
func TestALaxSpecReadsWhatIsRefusedNow(t *testing.T) {
	for _, content := range []string{"5.7,cat\n5,dog\n5,cat\n", "a,gr\xfc\n1,2\n3,4\n", "a,y\nu,9007199254740993\nv,9007199254740992\n"} {
		got, err := read(content, data.Spec{Lax: true, Missing: "refuse"})
		if err != nil || got.Rows != 2 || got.Targets[0].Labels != nil {
			t.Errorf("%q: %+v, %v", content, got, err)
		}
	}
	x, y := npy("<f8", "2, 1", []float64{1, 2}), npy("<i8", "2,", []int64{1<<53 + 1, 1 << 53})
	got, err := data.Read("f", npz(t, named{"b.npy", x}, named{"a.npy", y}), nil, data.Spec{Lax: true})
	if err != nil || got.X[0] != 1 || got.Targets[0].Labels != nil {
		t.Errorf("%+v, %v", got, err)
	}
}
