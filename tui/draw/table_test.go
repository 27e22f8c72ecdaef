package draw

import (
	"math"
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
	if got := strings.Join(th.Series("title", "rate", x, []string{"a", "b"}, values, 60, 12), "\n"); !strings.Contains(got, "○ a") || !strings.Contains(got, "→ rate") {
		t.Errorf("names and axis:\n%s", got)
	}
}
