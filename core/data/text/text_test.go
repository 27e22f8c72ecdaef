package text_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"descent/core/data/text"
)

// all are the cells of a text, those of a line joined by a bar.
func all(t testing.TB, r *text.Reader) (string, error) {
	t.Helper()
	var rows []string
	for {
		cells, err := r.Next()
		if errors.Is(err, io.EOF) {
			return strings.Join(rows, "\n"), nil
		}
		if err != nil {
			return strings.Join(rows, "\n"), err
		}
		var row []string
		for _, c := range cells {
			row = append(row, string(c))
		}
		rows = append(rows, strings.Join(row, "¦"))
	}
}

func wide(s, mark string, low int) string {
	out := []byte(mark)
	for _, u := range utf16.Encode([]rune(s)) {
		b := [2]byte{}
		b[low], b[1-low] = byte(u), byte(u>>8)
		out = append(out, b[0], b[1])
	}
	return string(out)
}

func TestTablesAreReadAsTheyAreWritten(t *testing.T) {
	const want = "a¦größe¦y\n1¦2.5¦u\n3¦4¦v, w"
	const plain = "a,größe,y\n1,2.5,u\n3,4,\"v, w\"\n"
	with := func(s string) string {
		return strings.NewReplacer(`"v, w"`, "v, w", ",größe,", s+"größe"+s, ",2.5,", s+"2.5"+s, ",4,", s+"4"+s).Replace(plain)
	}
	for _, c := range []struct {
		name, content string
		given         text.Dialect
	}{
		{"commas", plain, text.Found()},
		{"a BOM", "\xef\xbb\xbf" + plain, text.Found()},
		{"CRLF", strings.ReplaceAll(plain, "\n", "\r\n"), text.Found()},
		{"CR", strings.ReplaceAll(plain, "\n", "\r"), text.Found()},
		{"no newline at the end", strings.TrimSuffix(plain, "\n"), text.Found()},
		{"UTF-16 LE with a BOM", wide(plain, "\xff\xfe", 0), text.Found()},
		{"UTF-16 BE with a BOM", wide(plain, "\xfe\xff", 1), text.Found()},
		{"UTF-16 LE", wide(plain, "", 0), text.Found()},
		{"UTF-16 BE", wide(plain, "", 1), text.Found()},
		{"UTF-16 LE, given", wide(plain, "", 0), text.Dialect{Encoding: text.UTF16LE, Skip: -1}},
		{"Latin-1", strings.NewReplacer("ö", "\xf6", "ß", "\xdf").Replace(plain), text.Found()},
		{"tabs", with("\t"), text.Found()},
		{"semicolons", with(";"), text.Found()},
		{"pipes", with("|"), text.Found()},
		{"colons", with(":"), text.Found()},
		{"carets", with("^"), text.Found()},
		{"a separator that is given", with("#"), text.Dialect{Separator: "#", Skip: -1}},
		{"sep=", "sep=;\n" + with(";"), text.Found()},
		{"sep= of Excel", "\"sep=|\"\r\n" + with("|"), text.Found()},
		{"blanks around cells", "a, größe ,y\n 1,2.5 , u\n3,4,\"v, w\" \n", text.Found()},
		{"single quotes", "a,größe,y\n1,2.5,'u'\n3,4,'v, w'\n", text.Found()},
		{"comments", "# by a lab\n#, of, commas\n" + plain + "# the end\n", text.Found()},
		{"a comment at the end", plain + "# the end\n", text.Found()},
		{"percent comments", "% by a lab\n" + plain, text.Found()},
		{"titles", "Measurements of 2024\n\n" + plain, text.Found()},
		{"titles with a comma", "Measurements, of 2024\nby a lab\n" + plain, text.Found()},
		{"lines that are skipped", "1,2,3\n" + plain, text.Dialect{Skip: 1}},
		{"empty lines", "\n\n" + strings.ReplaceAll(plain, "\n", "\n\n") + "\n", text.Found()},
		{"lines of empty cells", plain + ",,\n,,\n", text.Found()},
	} {
		for _, stream := range []bool{false, true} {
			r, err := text.Bytes("f", []byte(c.content), c.given)
			if stream {
				r, err = text.Open("f", iotest.OneByteReader(strings.NewReader(c.content)), c.given)
			}
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			if got, err := all(t, r); err != nil || got != want {
				t.Errorf("%s:\n%s\n%v\n%+v", c.name, got, err, r.Dialect())
			}
		}
	}
}

func TestTheSeparatorIsThatByWhichLinesAreAlike(t *testing.T) {
	for content, want := range map[string]string{
		"x;y\n1,5;2,5\n3,5;4,5\n":                              ";",
		"1,5;2,5\n3,5;4,5\n":                                   ";",
		"x y z\n1 2 3\n 4  5\t6\n":                             " ",
		"0.1   0.2\n  0.3  0.4\n":                              " ",
		"when,x\n2024-01-01 12:30:00,5\n2024-01-02 12:30:00,6": ",",
		"t;x\n12:30:00;5,5\n12:31:00;6,5\n":                    ";",
		"name\tx\nBraund, Owen\t1\nCumings, John\t2\n":         "\t",
		"text,y\n\"a;b;c\",1\n\"d;e;f\",2\n":                   ",",
		"a;b,c;y\n1;2;3\n":                                     ";",
		"a,b;c,y\n1,2,3\n":                                     ",",
		"x\n1\n2\n":                                            ",",
		"a,b\n\"x\ny\",1\n\"z\n\nw\",2\n":                      ",",
	} {
		r, err := text.Bytes("f", []byte(content), text.Found())
		if err != nil || r.Dialect().Separator != want {
			t.Errorf("%q: %+v, %v", content, r.Dialect(), err)
		}
	}
}

func TestQuotes(t *testing.T) {
	for _, c := range []struct{ content, want, quote string }{
		{"a,b\n\"1\"\"2\",\"\"\n", "a¦b\n1\"2¦", ""},
		{"a,b\n\"1\n2\",\"3\r\n4\"\n5,6\n", "a¦b\n1\n2¦3\n4\n5¦6", ""},
		{"a,b\n\"say \\\"hi\\\" now\",2\n", "a¦b\nsay \"hi\" now¦2", ""},
		{"a,b\n5\" pipe,6'\n", "a¦b\n5\" pipe¦6'", ""},
		{"a,b\n\"1,2\n", "a¦b\n\"1¦2", text.None},
		{"a,b\n'tis,1\n'twas,2\n", "a¦b\n'tis¦1\n'twas¦2", ""},
		{"a b\n\"1 2\"  3\n", "a¦b\n1 2¦3", ""},
		{"a;b\n\"x\" ; \"y\" \n", "a¦b\nx¦y", ""},
	} {
		d := text.Found()
		d.Quote = c.quote
		r, err := text.Bytes("f", []byte(c.content), d)
		if err != nil {
			t.Errorf("%q: %v", c.content, err)
			continue
		}
		if got, err := all(t, r); err != nil || got != c.want {
			t.Errorf("%q: %q, %v", c.content, got, err)
		}
	}
}

func TestErrorsSayWhere(t *testing.T) {
	for content, want := range map[string]string{
		"a,b\n1,2\n3,\"4\n5,6\n":        "f:3:3: the quote that opens here is never closed",
		"a,b\n\"1\"x,2\n":               "f:2:1: the quote that opens here is closed at 2:3, where more text follows; close it where the cell ends, and double quotes within a cell, or say data.quote = \"none\" if quotes are letters like others",
		"a,b\n1,2\n\x00\x00\x00\x00,\n": "f: the file is neither text nor one of the formats that are read: it holds bytes of 0",
	} {
		r, err := text.Bytes("f", []byte(content), text.Found())
		if err == nil {
			_, err = all(t, r)
		}
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v", content, err)
		}
	}
	// Of a stream, what is not UTF-8 far down is an error, since the lines before were read as that.
	long := strings.Repeat("1,2\n", 100_000) + "3,\xe9\n"
	r, err := text.Open("f", strings.NewReader(long), text.Found())
	if err != nil {
		t.Fatal(err)
	}
	if _, err = all(t, r); err == nil || !strings.HasPrefix(err.Error(), "f:100001:3: the byte 0xE9 is not UTF-8 (in Latin-1 or Windows-1252 it is 'é')") {
		t.Error(err)
	}
	if r, err = text.Bytes("f", []byte(long), text.Found()); err != nil || r.Dialect().Encoding != text.Windows1252 {
		t.Errorf("%+v, %v", r.Dialect(), err)
	}
}

func TestPlacesAreLinesAndColumnsFromOne(t *testing.T) {
	r, err := text.Bytes("f", []byte("title\n\na,b,c\n1,\"x\ny\",  3\n4,5,6\n"), text.Found())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"f:3:1 f:3:3 f:3:5", "f:4:1 f:4:3 f:5:6", "f:6:1 f:6:3 f:6:5"} {
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(r.At(0), " ", r.At(1), " ", r.At(2)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// A stream is read with the memory of a line, however long it is.
func TestAStreamTakesTheMemoryOfALine(t *testing.T) {
	r, err := text.Open("f", io.MultiReader(strings.NewReader("a,b\n"), &endless{left: 20 << 20}), text.Found())
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	allocated := testing.AllocsPerRun(1, func() {
		for range 2_000_000 {
			if _, err := r.Next(); err != nil {
				break
			}
			rows++
		}
	})
	if rows < 1_000_000 || allocated > 50 {
		t.Errorf("%d rows, %v allocations", rows, allocated)
	}
}

// endless is many rows.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := 0
	for n+8 <= len(p) {
		n += copy(p[n:], "1.25,-3\n")
	}
	if n == 0 {
		n = copy(p, "\n")
	}
	e.left -= n
	return n, nil
}

// Whatever the bytes and the dialect, reading ends; a stream gives the same as the whole.
func FuzzReader(f *testing.F) {
	f.Add([]byte("a,b\n\"1\n\",2\n"), "", "", "")
	f.Add([]byte("sep=;\na;'b'\n'1';2\n"), ";", "'", "#")
	f.Add([]byte(wide("a\tb\n1\t2\n", "\xff\xfe", 0)), "\t", "none", "none")
	f.Add([]byte("# x\r1 2\r3 4\r"), " ", "\"", "")
	f.Fuzz(func(t *testing.T, content []byte, separator, quote, comment string) {
		d := text.Dialect{Comment: comment, Skip: -1}
		if len(separator) == 1 && separator[0] < 128 {
			d.Separator = separator
		}
		if len(quote) == 1 && quote[0] < 128 {
			d.Quote = quote
		}
		r, err := text.Bytes("f", content, d)
		if err != nil {
			return
		}
		want, wrong := all(t, r)
		if r.Offset() > int64(3*len(content)) {
			t.Errorf("%d bytes of %d", r.Offset(), len(content))
		}
		s, err := text.Open("f", iotest.HalfReader(strings.NewReader(string(content))), d)
		if err != nil {
			t.Fatal(err)
		}
		got, err := all(t, s)
		if got != want || fmt.Sprint(err) != fmt.Sprint(wrong) || s.Dialect() != r.Dialect() {
			t.Errorf("%q, %v and %q, %v", got, err, want, wrong)
		}
	})
}
