package cell_test

import (
	"math"
	"strconv"
	"testing"

	"descent/core/data/cell"
)

// decide is the format of a column of these cells.
func decide(h cell.Hint, cells ...string) cell.Format {
	var e cell.Evidence
	for _, c := range cells {
		e.Add([]byte(c))
	}
	return e.Format(h)
}

func TestNumbersAreReadAsTheirColumnIsWritten(t *testing.T) {
	for _, c := range []struct {
		name  string
		cells []string
		hint  cell.Hint
		want  []float64
	}{
		{"plain", []string{"1", "-2.5", "+3e2", ".5", "7."}, cell.Hint{}, []float64{1, -2.5, 300, .5, 7}},
		{"thousands with commas", []string{"1,234.5", "12,345", "-1,000,000", "7"}, cell.Hint{}, []float64{1234.5, 12345, -1e6, 7}},
		{"thousands with points", []string{"1.234,5", "12.345", "7,25"}, cell.Hint{}, []float64{1234.5, 12345, 7.25}},
		{"the same where commas are free", []string{"1,234", "8,444"}, cell.Hint{Free: true}, []float64{1.234, 8.444}},
		{"commas of three digits alone", []string{"1,234", "8,444"}, cell.Hint{}, []float64{1234, 8444}},
		{"the same beside decimal commas", []string{"1,234", "8,444"}, cell.Hint{Comma: true}, []float64{1.234, 8.444}},
		{"a decimal comma told by a leading zero", []string{"0,125", "1,234"}, cell.Hint{}, []float64{.125, 1.234}},
		{"points of three digits alone", []string{"1.234", "8.444"}, cell.Hint{}, []float64{1.234, 8.444}},
		{"the same beside decimal commas", []string{"1.234", "8.444"}, cell.Hint{Comma: true}, []float64{1234, 8444}},
		{"blanks", []string{"1 234,5", "2 000 000", "3"}, cell.Hint{}, []float64{1234.5, 2e6, 3}},
		{"no-break and thin spaces", []string{"1\u00a0234,5", "2\u202f000\u202f000", "3\u2009000"}, cell.Hint{}, []float64{1234.5, 2e6, 3000}},
		{"apostrophes", []string{"1'234.5", "2’000’000"}, cell.Hint{}, []float64{1234.5, 2e6}},
		{"percent", []string{"5%", "12.5 %", "-100%"}, cell.Hint{}, []float64{.05, .125, -1}},
		{"percent with a comma", []string{"5,25%", "8,444%"}, cell.Hint{}, []float64{.0525, .08444}},
		{"currencies", []string{"$1000", "-$5.50", "$-5", "$ 1,000"}, cell.Hint{}, []float64{1000, -5.5, -5, 1000}},
		{"currencies behind", []string{"1.000,50 €", "5 €", "7,5€"}, cell.Hint{}, []float64{1000.5, 5, 7.5}},
		{"codes of currencies", []string{"EUR 12,50", "3,00 EUR"}, cell.Hint{}, []float64{12.5, 3}},
		{"accounting", []string{"(1,234.50)", "99.00", "($5.00)"}, cell.Hint{}, []float64{-1234.5, 99, -5}},
		{"minus signs", []string{"−8.444", "–2", "5"}, cell.Hint{}, []float64{-8.444, -2, 5}},
		{"Fortran", []string{"1.5D+02", "-2.5d-1", "3.D0"}, cell.Hint{}, []float64{150, -.25, 3}},
		{"India", []string{"1,23,456", "12,34,567.5"}, cell.Hint{}, []float64{123456, 1234567.5}},
		{"given", []string{"1.500", "2.250"}, cell.Hint{Decimal: ",", Thousands: "."}, []float64{1500, 2250}},
		{"given otherwise", []string{"1,500", "2,250"}, cell.Hint{Decimal: ","}, []float64{1.5, 2.25}},
	} {
		f := decide(c.hint, c.cells...)
		if f.Kind != cell.Number {
			t.Errorf("%s: %+v", c.name, f)
			continue
		}
		for i, text := range c.cells {
			if v, ok := f.Value([]byte(text)); !ok || v != c.want[i] {
				t.Errorf("%s: %q is %v, %v; want %v (%+v)", c.name, text, v, ok, c.want[i], f)
			}
		}
	}
}

func TestWhatIsNoNumberIsNone(t *testing.T) {
	for _, f := range []cell.Format{{Kind: cell.Number}, {Kind: cell.Number, Thousands: ","}, {Kind: cell.Number, Decimal: ",", Thousands: "."}, {Kind: cell.Number, Thousands: " "}} {
		for _, text := range []string{
			"", "x", "1x", "--1", "-−1", "(-1)", "()", "%", "$", "€ €", "1e", "1e+", "nan", "inf", "-Infinity", "1e999", "12,34,5,6", ",", ".", "-", "1 2", "1.2.3.4", "1'2", "5 % 5", "1D", "$$5", "12:30", "2024-01-02",
		} {
			if v, ok := f.Value([]byte(text)); ok {
				t.Errorf("%+v: %q is %v", f, text, v)
			}
		}
	}
}

func TestPlainNumbersHaveTheBitsOfStrconv(t *testing.T) {
	f := cell.Format{Kind: cell.Number}
	state := uint64(1)
	for range 200_000 {
		state = state*6364136223846793005 + 1442695040888963407
		v := math.Float64frombits(state)
		for _, text := range []string{
			strconv.FormatFloat(v, 'g', -1, 64), strconv.FormatFloat(float64(int64(state>>20))/1e6, 'f', int(state>>60), 64), strconv.FormatFloat(float64(state>>40), 'e', int(state>>59), 64),
		} {
			want, err := strconv.ParseFloat(text, 64)
			if err != nil || math.IsInf(want, 0) || math.IsNaN(want) {
				continue
			}
			if got, ok := f.Value([]byte(text)); !ok || math.Float64bits(got) != math.Float64bits(want) {
				t.Fatalf("%s is %v, want %v", text, got, want)
			}
		}
	}
}

func TestDatesAreReadInTheOrderOfTheirColumn(t *testing.T) {
	const day = 19722 // 2023-12-31
	for _, c := range []struct {
		name  string
		cells []string
		hint  cell.Hint
		order string
		want  []float64 // days since 1970-01-01, or hours
	}{
		{"ISO 8601", []string{"2023-12-31", "2024-01-01"}, cell.Hint{}, cell.YearMonthDay, []float64{day, day + 1}},
		{"with a time", []string{"2023-12-31T12:00:00", "2023-12-31 06:00"}, cell.Hint{}, cell.YearMonthDay, []float64{day + .5, day + .25}},
		{"with a zone", []string{"2023-12-31T12:00:00Z", "2023-12-31T12:00:00+06:00", "2023-12-31T12:00:00.0-0600"}, cell.Hint{}, cell.YearMonthDay, []float64{day + .5, day + .25, day + .75}},
		{"slashes", []string{"2023/12/31"}, cell.Hint{}, cell.YearMonthDay, []float64{day}},
		{"points", []string{"31.12.2023", "1.1.2024", "01.01.24"}, cell.Hint{}, cell.DayMonthYear, []float64{day, day + 1, day + 1}},
		{"day first told by one of them", []string{"01/02/2024", "31/12/2023"}, cell.Hint{}, cell.DayMonthYear, []float64{day + 32, day}},
		{"month first told by one of them", []string{"01/02/2024", "12/31/2023"}, cell.Hint{}, cell.MonthDayYear, []float64{day + 2, day}},
		{"neither told", []string{"01/02/2024"}, cell.Hint{}, cell.MonthDayYear, []float64{day + 2}},
		{"neither told in Europe", []string{"01/02/2024"}, cell.Hint{DayFirst: true}, cell.DayMonthYear, []float64{day + 32}},
		{"given", []string{"01/02/2024"}, cell.Hint{Order: cell.DayMonthYear}, cell.DayMonthYear, []float64{day + 32}},
		{"names of months", []string{"31 Dec 2023", "1-Jan-2024", "Mon, 01 Jan 2024 12:00:00 GMT"}, cell.Hint{}, cell.DayMonthYear, []float64{day, day + 1, day + 1.5}},
		{"names in front", []string{"Dec 31, 2023", "January 1, 2024"}, cell.Hint{}, cell.MonthDayYear, []float64{day, day + 1}},
		{"am and pm", []string{"12/31/2023 6:00 PM", "12/31/2023 12:00 AM"}, cell.Hint{}, cell.MonthDayYear, []float64{day + .75, day}},
		{"months", []string{"2023-12", "2024-01"}, cell.Hint{}, cell.YearMonth, []float64{day - 30, day + 1}},
		{"times", []string{"06:30", "18:45:00"}, cell.Hint{}, cell.Clock, []float64{6.5, 18.75}},
		{"before 1970", []string{"1969-12-31", "1900-03-01"}, cell.Hint{}, cell.YearMonthDay, []float64{-1, -25508}},
	} {
		f := decide(c.hint, c.cells...)
		if f.Kind != cell.Date || f.Order != c.order {
			t.Errorf("%s: %+v", c.name, f)
			continue
		}
		for i, text := range c.cells {
			if v, ok := f.Value([]byte(text)); !ok || v != c.want[i] {
				t.Errorf("%s: %q is %v, %v; want %v", c.name, text, v, ok, c.want[i])
			}
		}
	}
	for _, text := range []string{"2023-13-01", "2023-02-30", "1.2.3", "192.168.0.1", "2023-12-31T25:00", "12:60", "31/31/2023", "2023-1", "555-1234", "1/2", "2023-12-31x", "2023-12-31 10:00 there"} {
		if f := decide(cell.Hint{}, text); f.Kind == cell.Date {
			t.Errorf("%q: %+v", text, f)
		}
	}
	if f := decide(cell.Hint{Order: "none"}, "2023-12-31"); f.Kind != cell.Word {
		t.Errorf("%+v", f)
	}
}

func TestDaysAndDatesAreEachOther(t *testing.T) {
	f := cell.Format{Kind: cell.Date, Order: cell.YearMonthDay}
	for day := -200_000; day < 200_000; day += 97 {
		y, m, d := cell.Day(day)
		if y < 1000 {
			continue
		}
		text := strconv.Itoa(y) + "-" + strconv.Itoa(100 + m)[1:] + "-" + strconv.Itoa(100 + d)[1:]
		if v, ok := f.Value([]byte(text)); !ok || v != float64(day) {
			t.Fatalf("day %d is %s, which is %v", day, text, v)
		}
	}
}

func TestBooleansAreTwoWordsForNoAndYes(t *testing.T) {
	for _, pair := range [][2]string{{"no", "yes"}, {"No", "Yes"}, {"FALSE", "TRUE"}, {"nein", "ja"}, {"non", "oui"}, {"N", "Y"}, {"f", "t"}, {"off", "on"}, {"no", "sí"}} {
		f := decide(cell.Hint{}, pair[0], pair[1], pair[0])
		no, ok1 := f.Value([]byte(pair[0]))
		yes, ok2 := f.Value([]byte(pair[1]))
		if f.Kind != cell.Boolean || !ok1 || !ok2 || no != 0 || yes != 1 {
			t.Errorf("%v: %+v", pair, f)
		}
		if _, ok := f.Value([]byte("perhaps")); ok {
			t.Error("perhaps is a boolean")
		}
	}
	for _, cells := range [][]string{{"yes", "no", "perhaps"}, {"yes"}, {"n"}, {"yes", "ja"}, {"no", "yes", "1"}} {
		if f := decide(cell.Hint{}, cells...); f.Kind == cell.Boolean {
			t.Errorf("%q: %+v", cells, f)
		}
	}
}

func TestAFewOddCellsAreErrorsAndManyAreWords(t *testing.T) {
	mixed := func(numbers int, odd ...string) []string {
		var out []string
		for i := range numbers {
			out = append(out, strconv.Itoa(1000+i*i))
		}
		return append(out, odd...)
	}
	for _, c := range []struct {
		cells []string
		want  cell.Kind
	}{
		{mixed(2, "x"), cell.Number},
		{mixed(100, "unknown", "see below"), cell.Number},
		{mixed(1, "x", "y"), cell.Word},
		{mixed(3, "A/5 21171", "PC 17599", "STON/O2"), cell.Word},
		{mixed(20, "A/5 21171", "PC 17599", "STON/O2", "CA 2144", "W./C. 6608"), cell.Word},
		{[]string{"2023-12-31", "2024-01-01", "soon"}, cell.Date},
		{nil, cell.Empty},
		{[]string{"a", "b"}, cell.Word},
	} {
		if f := decide(cell.Hint{}, c.cells...); f.Kind != c.want {
			t.Errorf("%q: %q, want %q", c.cells, f.Kind, c.want)
		}
	}
}

// Whatever the cells, a format is decided, and what it takes for a value is finite.
func FuzzFormat(f *testing.F) {
	for _, seed := range []string{"1,234.5", "(5)", "$ 1", "5 %", "31.12.2024", "2024-01-01T10:00:00+01:00", "yes", "−1", "1.5D+02", "12:30 pm", "Dec 31, 2024"} {
		f.Add(seed, "1.234,5", "")
		f.Add(seed, "no", "dmy")
	}
	f.Fuzz(func(t *testing.T, a, b, order string) {
		var e cell.Evidence
		for _, text := range []string{a, b, a} {
			e.Add([]byte(text))
		}
		for _, h := range []cell.Hint{{}, {Comma: true, DayFirst: true}, {Decimal: ",", Thousands: " ", Order: order}} {
			format := e.Format(h)
			fit := 0
			for _, text := range []string{a, b, a} {
				v, ok := format.Value([]byte(text))
				if ok {
					fit++
				}
				if ok && (math.IsInf(v, 0) || math.IsNaN(v)) {
					t.Errorf("%+v: %q is %v", format, text, v)
				}
			}
			_ = format.String()
			if n := 3 - e.Misfits(format); h.Thousands == "" && format.Kind != cell.Word && fit != n {
				t.Errorf("%+v: %q and %q: %d fit, %d were counted", format, a, b, fit, n)
			}
		}
	})
}
