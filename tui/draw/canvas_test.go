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
