package knob_test

import (
	"math"
	"slices"
	"testing"

	"descent/core/knob"
)

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		knob knob.Knob
		v    knob.Value
		want string
	}{
		{rate, knob.Num(0), "0"},
		{rate, knob.Num(0.01), "0.01"},
		{rate, knob.Num(1e-4), "0.0001"},
		{rate, knob.Num(2e-5), "2e-5"},
		{rate, knob.Num(1e-12), "1e-12"},
		{rate, knob.Num(1. / 3), "0.3333"},
		{rate, knob.Num(1234.5678), "1235"},
		{rate, knob.Num(1e300), "1e300"},
		{batch, knob.Num(0), "all rows"},
		{batch, knob.Num(32), "32"},
		{batch, knob.Num(1000), "1000"},
		{steps, knob.Num(100000), "100000"},
		{steps, knob.Num(1 << 20), "1.049e6"},
		{width, knob.Num(0), "off"},
		{onOff, knob.Flag(true), "on"},
		{onOff, knob.Flag(false), "off"},
		{choice, knob.Word("y"), "y"},
		{knob.Words("a.b", new([]string), ""), knob.Items([]string{"a", "b"}), "a,b"},
	} {
		if got := c.knob.Format(c.v); got != c.want {
			t.Errorf("%v is written %q, want %q", c.v, got, c.want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		knob knob.Knob
		text string
		want knob.Value
	}{
		{rate, "0.01", knob.Num(0.01)},
		{rate, " 1e-3 ", knob.Num(1e-3)},
		{share, "5%", knob.Num(0.05)},
		{share, "5 %", knob.Num(0.05)},
		{batch, "32", knob.Num(32)},
		{batch, "all rows", knob.Num(0)},
		{width, "off", knob.Num(0)},
		{choice, "y", knob.Word("y")},
		{onOff, "on", knob.Flag(true)},
		{onOff, "true", knob.Flag(true)},
		{onOff, "off", knob.Flag(false)},
		{onOff, "false", knob.Flag(false)},
		{knob.Ints("a.b", new([]int), ""), "64, 32,10", knob.Items([]string{"64", "32", "10"})},
		{knob.Ints("a.b", new([]int), ""), "[64, 32, 10]", knob.Items([]string{"64", "32", "10"})},
		{knob.Floats("a.b", new([]float64), 9, ""), "[0, 2]", knob.Items([]string{"0", "2"})},
		{knob.Words("a.b", new([]string), ""), "y", knob.Items([]string{"y"})},
		{knob.Words("a.b", new([]string), ""), `["0:8", "4:2"]`, knob.Items([]string{"0:8", "4:2"})},
		{knob.Words("a.b", new([]string), ""), `['a, b', c]`, knob.Items([]string{"a, b", "c"})},
		{knob.Words("a.b", new([]string), ""), "[0:8,4:2]", knob.Items([]string{"0:8", "4:2"})},
		{knob.Words("a.b", new([]string), ""), "[]", knob.Items([]string{})},
		{knob.Words("a.b", new([]string), ""), "it's,x[1],\"", knob.Items([]string{"it's", "x[1]", "\""})},
		{knob.String("a.b", new(string), ""), "x.csv", knob.Word("x.csv")},
	} {
		if got, err := c.knob.Parse(c.text); err != nil || !got.Equal(c.want) {
			t.Errorf("%q is read as %v (%v), want %v", c.text, got, err, c.want)
		}
	}
}

func TestParseSaysWhatAKnobTakes(t *testing.T) {
	for _, c := range []struct {
		knob       knob.Knob
		text, want string
	}{
		{rate, "fast", `a.b takes a number, not "fast"`},
		{rate, "", `a.b takes a number, not ""`},
		{rate, "NaN", "a.b takes a number, not NaN"},
		{rate, "Inf", "a.b takes a number, not +Inf"},
		{rate, "-1", "a.b takes a number from 0 to 10, not -1"},
		{rate, "11", "a.b takes a number from 0 to 10, not 11"},
		{rate, "all rows", `a.b takes a number, not "all rows"`},
		{batch, "1.5", "a.b takes an integer, not 1.5"},
		{width, "17", "a.b takes an integer from 0 to 16, not 17"},
		{choice, "w", `a.b takes one of x, y, z, not "w"`},
		{choice, "other", `a.b takes one of x, y, z, not "other"`},
		{onOff, "maybe", `a.b takes true or false, not "maybe"`},
		{knob.Ints("a.b", new([]int), ""), "3,0", `a.b takes integers of at least 1, not "0"`},
		{knob.Ints("a.b", new([]int), ""), "3,x", `a.b takes integers of at least 1, not "x"`},
	} {
		if got, err := c.knob.Parse(c.text); err == nil || err.Error() != c.want {
			t.Errorf("%q: %v (%v), want %q", c.text, got, err, c.want)
		}
	}
}

func TestWhatIsWrittenIsParsedBack(t *testing.T) {
	for _, c := range []struct {
		knob knob.Knob
		v    knob.Value
	}{
		{rate, knob.Num(0.1)},
		{rate, knob.Num(1. / 3)},
		{rate, knob.Num(1e-300)},
		{batch, knob.Num(1 << 30)},
		{choice, knob.Word("z")},
		{onOff, knob.Flag(true)},
		{onOff, knob.Flag(false)},
		{knob.Words("a.b", new([]string), ""), knob.Items([]string{"u", "v"})},
	} {
		if got, err := c.knob.Parse(c.v.String()); err != nil || !got.Equal(c.v) {
			t.Errorf("%v came back as %v (%v)", c.v, got, err)
		}
	}
}

// Everything that Turn can reach on the screen is said in words that --set takes.
func TestStopsAreFormattedExactly(t *testing.T) {
	for name, k := range map[string]knob.Knob{"rate": rate, "share": share, "batch": batch, "width": width, "delta": delta} {
		v := knob.Num(k.Min)
		for range 12 {
			if got, err := k.Parse(k.Format(v)); err != nil || !got.Equal(v) {
				t.Errorf("%s: %v is written %q, which is read as %v (%v)", name, v, k.Format(v), got, err)
			}
			v = k.Turn(v, 1)
		}
	}
}

func TestCheckRefusesOtherForms(t *testing.T) {
	forms := []knob.Value{knob.Num(0.5), knob.Word("x"), knob.Flag(true), knob.Items([]string{"x"})}
	for _, c := range []struct {
		knob    knob.Knob
		accepts []bool // of the forms above
	}{
		{rate, []bool{true, false, false, false}},
		{whole(0, 1), []bool{false, false, false, false}},
		{choice, []bool{false, true, false, false}},
		{onOff, []bool{false, false, true, false}},
		{knob.String("a.b", new(string), ""), []bool{false, true, false, false}},
		{knob.Words("a.b", new([]string), ""), []bool{true, true, false, true}}, // one word is a list of one
	} {
		for i, v := range forms {
			if _, err := c.knob.Check(v); (err == nil) != c.accepts[i] {
				t.Errorf("a %s given %v: %v", c.knob.Kind, v, err)
			}
		}
	}
}

func TestARefusedValueChangesNothing(t *testing.T) {
	x := 0.5
	k := knob.Float("a.b", &x, 0, 1, knob.Linear, "")
	for _, v := range []knob.Value{knob.Num(2), knob.Num(math.NaN()), knob.Word("x")} {
		if err := k.Set(v); err == nil || x != 0.5 {
			t.Errorf("%v: %v, the variable is %v", v, err, x)
		}
	}
}

func TestEveryKindSetsItsVariable(t *testing.T) {
	var (
		f     float64
		n     int
		seed  uint64
		s     string
		on    bool
		sizes []int
		words []string
	)
	for _, c := range []struct {
		knob knob.Knob
		v    knob.Value
	}{
		{knob.Float("a", &f, 0, 1, knob.Linear, ""), knob.Num(0.25)},
		{knob.Int("a", &n, 0, 9, ""), knob.Num(7)},
		{knob.Seed("a", &seed, ""), knob.Num(1 << 53)},
		{knob.String("a", &s, ""), knob.Word("w")},
		{knob.Bool("a", &on, ""), knob.Flag(true)},
		{knob.Ints("a", &sizes, ""), knob.Items([]string{"3", "4"})},
		{knob.Words("a", &words, ""), knob.Items([]string{"u"})},
	} {
		if err := c.knob.Set(c.v); err != nil || !c.knob.Value().Equal(c.v) {
			t.Errorf("%v: %v, reads %v", c.v, err, c.knob.Value())
		}
	}
	if f != 0.25 || n != 7 || seed != 1<<53 || s != "w" || !on || !slices.Equal(sizes, []int{3, 4}) || !slices.Equal(words, []string{"u"}) {
		t.Error(f, n, seed, s, on, sizes, words)
	}
}

func TestALayoutCutsTheFlatVector(t *testing.T) {
	l := knob.Layout{{Name: "0.weight", Shape: []int{2, 2}}, {Name: "0.bias", Shape: []int{2}, Offset: 4}}
	v := []float64{1, 2, 3, 4, 5, 6}
	if l.Size() != 6 || !slices.Equal(l[1].Of(v), []float64{5, 6}) || cap(l[0].Of(v)) != 4 {
		t.Errorf("size %d, bias %v, capacity %d", l.Size(), l[1].Of(v), cap(l[0].Of(v)))
	}
	l[0].Of(v)[0] = 9
	if v[0] != 9 {
		t.Error("a segment is a copy")
	}
}

func TestValuesInARowAreCutAtTheirCommas(t *testing.T) {
	for text, want := range map[string][]string{
		"0.1, 0.2":                  {"0.1", "0.2"},
		"a":                         {"a"},
		`["0:8", "4:2"],[], ["x]"]`: {`["0:8", "4:2"]`, "[]", `["x]"]`},
		"'a,b',c":                   {"'a,b'", "c"},
	} {
		if got := knob.Split(text); !slices.Equal(got, want) {
			t.Errorf("%s is cut into %q, want %q", text, got, want)
		}
	}
}
