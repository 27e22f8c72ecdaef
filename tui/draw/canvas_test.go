package draw

import (
	"math"
	"strings"
	"testing"

	"github.com/muesli/termenv"
)

func TestACanvasClipsLinesAtItsEdges(t *testing.T) {
	c := NewCanvas(NewTheme(termenv.Ascii, true), 10, 4)
	c.Line(-1e12, 2, 1e12, 2, RGB{})
	c.Line(math.NaN(), 0, 1, 1, RGB{})
	c.Line(20, 20, 30, 30, RGB{})
	for y, line := range c.Lines() {
		if got := strings.TrimSpace(line); (got != "") != (y == 2) {
			t.Errorf("line %d reads %q", y, line)
		}
	}
}

func TestEveryHeightHasItsBand(t *testing.T) {
	extremes := []float64{0, 1, -1, 5e-324, 1e300, -1e300, math.MaxFloat64, -math.MaxFloat64, math.NaN(), math.Inf(1), math.Inf(-1)}
	for _, low := range extremes {
		for _, high := range extremes {
			for _, x := range extremes {
				for _, fine := range []bool{false, true} {
					if level := Banded(x, low, high, fine); !(level >= 0 && level <= 1) {
						t.Errorf("%v from %v to %v is at %v", x, low, high, level)
					}
				}
			}
		}
	}
}
