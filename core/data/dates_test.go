package data_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"descent/core/data"
	"descent/core/data/transform"
)

func TestADateIsDaysSinceTheFirstAndItsCycles(t *testing.T) {
	const content = "when,y\n2024-01-01 00:00,1\n2024-01-02 06:00,2\n2024-04-07 12:00,3\n2023-07-31 18:00,4\n"
	set := prepared(t, content, data.NewSpec())
	want := []string{"when", "when month sin", "when month cos", "when weekday sin", "when weekday cos", "when hour sin", "when hour cos"}
	if !slices.Equal(set.Inputs, want) {
		t.Fatalf("inputs %q", set.Inputs)
	}
	turn := func(part float64) []float64 {
		return []float64{math.Sin(2 * math.Pi * part), math.Cos(2 * math.Pi * part)}
	}
	for r, row := range [][]float64{
		slices.Concat([]float64{153.25}, turn(0), turn(0), turn(0)),
		slices.Concat([]float64{154.5}, turn(0), turn(1./7), turn(0.25)),
		slices.Concat([]float64{250.75}, turn(3./12), turn(6./7), turn(0.5)),
		slices.Concat([]float64{0}, turn(6./12), turn(0), turn(0.75)),
	} {
		for j, v := range row {
			if got := set.Train.X.Data[r*len(want)+j]; math.Abs(got-v) > 1e-15 {
				t.Errorf("row %d, %s: %v, want %v", r+1, want[j], got, v)
			}
		}
	}
	again(t, content, set)
	if g := set.Columns; len(g) != 1 || g[0].To != 7 {
		t.Errorf("groups %v", g)
	}
}

func TestCyclesThatDoNotVaryAreLeftOut(t *testing.T) {
	for _, c := range []struct{ dates, want string }{
		{"2024-01-01 2024-01-05 2024-01-09", "d,d weekday sin,d weekday cos"},
		{"2024-01-01 2024-02-01 2024-03-01", "d,d month sin,d month cos"},
		{"2021-06-30 2022-06-30 2023-06-30", "d"},
		{"31.12.2023 05.01.2024 07.02.2024", "d,d month sin,d month cos,d weekday sin,d weekday cos"},
		{"12:30 13:00 09:15", "d,d hour sin,d hour cos"},
	} {
		var b strings.Builder
		b.WriteString("d,y\n")
		for i, d := range strings.Fields(c.dates) {
			fmt.Fprintf(&b, "%s,%d\n", d, i)
		}
		set := prepared(t, b.String(), data.NewSpec())
		if got := strings.Join(set.Inputs, ","); got != c.want {
			t.Errorf("%s: %s, want %s", c.dates, got, c.want)
		}
		again(t, b.String(), set)
	}
}

func TestDatesAndBooleansWithGapsComeOutAsInTraining(t *testing.T) {
	var b strings.Builder
	b.WriteString("when;member;price;y\n")
	for i := range 60 {
		when, member := fmt.Sprintf("%02d.%02d.%d", 1+i*7%28, 1+i*5%12, 2020+i%3), []string{"ja", "Nein"}[i*i%3%2]
		if i%7 == 3 {
			when = "NA"
		}
		if i%5 == 2 {
			member = ""
		}
		fmt.Fprintf(&b, "%s;%s;%d,%d;%d\n", when, member, i, i%10, i%4)
	}
	for _, missing := range []string{"mean", "median", "mode", "indicator"} {
		for _, standardize := range []bool{false, true} {
			s := data.NewSpec()
			s.Missing, s.Standardize, s.Validation = missing, standardize, 0.25
			set := prepared(t, b.String(), s)
			kinds := []transform.Kind{transform.Date, transform.Boolean, transform.Number}
			for i, c := range set.Transform.Columns {
				if c.Kind != kinds[i] {
					t.Errorf("column %s is of kind %s, want %s", c.Name, c.Kind, kinds[i])
				}
			}
			if slices.ContainsFunc(set.Train.X.Data, math.IsNaN) {
				t.Errorf("%s leaves gaps", missing)
			}
			again(t, strings.NewReplacer(",", ".", ";", ",").Replace(b.String()), dotted(set))
		}
	}
}

// dotted is a set whose numbers are written with a point, for a table in which they are.
func dotted(set *data.Set) *data.Set {
	for i := range set.Transform.Columns {
		if c := &set.Transform.Columns[i]; c.Kind == transform.Number {
			c.Written = nil
		}
	}
	return set
}

func TestWhatIsNoDateOrBooleanIsRefused(t *testing.T) {
	set := prepared(t, "d,b,y\n2024-01-01,yes,1\n2024-02-01,no,2\n2024-01-03,no,2\n", data.NewSpec())
	for cells, want := range map[string]string{
		"2024-13-01 yes":   `column "d": "2024-13-01" is not a date as the others are written`,
		"2024-12-01 maybe": `column "b": "maybe" is neither of the words for no and yes`,
		"2024-12-01 YES":   "",
	} {
		err := set.Transform.Row(make([]float64, set.Transform.Width()), func(i int) string { return strings.Fields(cells)[i] })
		if (err == nil) != (want == "") || err != nil && err.Error() != want {
			t.Errorf("%s: %v", cells, err)
		}
	}
}

func TestRowsAreSplitByDate(t *testing.T) {
	s := data.NewSpec()
	s.Split, s.Time, s.Validation = "time", "d", 0.25
	set := divided(t, "d,a,y\n05.01.2024,1,1\n31.12.2023,2,2\n07.02.2025,3,3\n30.01.2024,4,4\n", s, 1, 1)
	if !slices.Equal(set.Rows.Val, []int{3}) {
		t.Errorf("%v", set.Rows)
	}
}
