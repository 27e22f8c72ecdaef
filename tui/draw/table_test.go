package draw

import (
	"math"
	"slices"
	"strings"
	"testing"

	"descent/tui/internal/check"

	"github.com/muesli/termenv"
)

// tall is a table of many rows and columns of all kinds.
func tall() []Column {
	words, numbers := Column{Name: "layer"}, Column{Name: "loss", Unit: "nats"}
	for i := range 40 {
		words.Words, numbers.Numbers = append(words.Words, strings.Repeat("世", i%9)), append(numbers.Numbers, check.Extremes[i%len(check.Extremes)])
	}
	bars := numbers
	bars.Bars, bars.Name = true, "rise"
	return []Column{words, numbers, bars, {Name: "short", Numbers: []float64{1, math.NaN()}}}
}

func TestATableFillsItsPlaceAndSaysWhatIsBeyond(t *testing.T) {
	th := NewTheme(termenv.Ascii, true)
	for w := 1; w < 100; w += 3 {
		for h := 1; h < 50; h += 4 {
			for top := -5; top < 60; top += 5 {
				lines := th.Table("title", tall(), w, h, top)
				if len(lines) > h && h > 1 {
					t.Fatalf("%d lines of %d", len(lines), h)
				}
				check.Exact(t, "table", FitLines(lines, w, h), w, h)
			}
		}
	}
	for top, want := range map[int]string{0: "↓ 33 more", 10: "↑ 10 ↓ 23 more", 39: "↑ 33 more"} {
		if got := strings.Join(th.Table("title", tall(), 60, 10, top), "\n"); !strings.Contains(got, want) || !strings.Contains(got, "loss, nats") {
			t.Errorf("from row %d it does not say %q:\n%s", top, want, got)
		}
	}
	if got := strings.Join(th.Table("title", tall(), 60, 50, 0), "\n"); strings.Contains(got, "more") {
		t.Errorf("where all rows show:\n%s", got)
	}
}

func TestASeriesFillsItsPlace(t *testing.T) {
	th := NewTheme(termenv.Ascii, true)
	x := []float64{0.1, 1, 2, 5}
	values := [][]float64{{1, 2, 3, 4}, {math.NaN(), math.Inf(1), 1e300, -1e300}}
	for w := 1; w < 100; w += 3 {
		for h := 1; h < 40; h += 3 {
			check.Exact(t, "series", FitLines(th.Series("title", "rate", x, []string{"a", "b"}, values, w, h), w, h), w, h)
		}
	}
	if got := strings.Join(th.Series("title", "rate", x, []string{"a", "b"}, values, 60, 12), "\n"); !strings.Contains(got, "□ a") || !strings.Contains(got, "→ rate") {
		t.Errorf("names and axis:\n%s", got)
	}
}

// plainTable is a table as plain text.
func plainTable(title string, columns []Column, w, h int) string {
	return Fit(strings.Join(NewTheme(termenv.Ascii, true).Table(title, columns, w, h, 0), "\n"), w, h)
}

func TestAColumnIsAsWideAsItsHead(t *testing.T) {
	columns := []Column{
		{Name: "activation", Words: []string{"relu", "tanh"}},
		{Name: "multiply-adds", Unit: "of a row", Numbers: []float64{1.5, 2}},
		{Name: "kind", Words: []string{"dense", "conv"}},
	}
	if got := plainTable("title", columns, 60, 6); !strings.Contains(got, "activation multiply-adds, of a row kind") && !strings.Contains(got, "activation  multiply-adds, of a row kind") {
		t.Errorf("a head is cut:\n%s", got)
	}
	if got := plainTable("title", columns[:1], 60, 6); strings.Contains(got, "activation") {
		t.Errorf("a single column has a head:\n%s", got)
	}
}

func TestAColumnOfIntegersIsDrawnAsIntegers(t *testing.T) {
	for _, c := range []struct {
		numbers []float64
		want    []string
	}{
		{[]float64{3, 12, 1797}, []string{"3", "12", "1,797"}},
		{[]float64{3, math.NaN(), -40}, []string{"3", "NaN", "-40"}},
		{[]float64{3, 0.5}, []string{"3.000", "0.5000"}},
		{[]float64{3, math.Inf(1)}, []string{"3.000", "Inf"}},
		{[]float64{3, 1e300}, []string{"3.000", "1.0e300"}},
		{[]float64{123_456_789_012}, []string{"123,456,789,012"}},
		{[]float64{math.NaN()}, []string{"NaN"}},
	} {
		got := strings.Fields(plainTable("title", []Column{{Name: "rows", Numbers: c.numbers}}, 40, 9))[1:]
		if !slices.Equal(got, c.want) {
			t.Errorf("%v is drawn as %v, want %v", c.numbers, got, c.want)
		}
	}
}

func TestATitleIsCutWithAMarkAndOnlyIfRowsNeedTheRoom(t *testing.T) {
	columns := []Column{{Name: "rows", Numbers: []float64{1, 2, 3}}}
	const title = "recall: rows of each class that are predicted right"
	if got := strings.Join(strings.Fields(plainTable(title, columns, 30, 5)), " "); got != title+" 1 2 3" {
		t.Errorf("with a line to spare: %s", got)
	}
	if got := plainTable(title, columns, 30, 4); !strings.HasPrefix(got, "recall: rows of each class th…\n") || !strings.Contains(got, "3") {
		t.Errorf("without a line to spare:\n%s", got)
	}
}

func TestWordsAreCutOnlyIfOtherColumnsNeedTheRoom(t *testing.T) {
	long := "a name of thirty cells, or so."
	for _, c := range []struct {
		w    int
		bars bool
		want string
	}{
		{60, false, long}, {60, true, long}, {41, false, long}, {36, false, "…"}, {45, true, "…"},
	} {
		got := plainTable("title", []Column{{Words: []string{long}}, {Numbers: []float64{0.5}, Bars: c.bars}}, c.w, 3)
		if !strings.Contains(got, c.want) || !strings.Contains(got, "0.5000") {
			t.Errorf("in %d cells, bars %v, without %q:\n%s", c.w, c.bars, c.want, got)
		}
	}
}
