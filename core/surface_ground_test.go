package core_test

import (
	"math"
	"testing"

	"descent/core/surface"
)

func TestEverySurfaceIsLeastWhereItSays(t *testing.T) {
	for _, s := range surface.Options() {
		row, _ := surface.Find(s.Name)
		box, least := row.Box, row.Minima
		if !(box.Left < box.Right && box.Bottom < box.Top) {
			t.Errorf("%s is looked at in %+v", s.Name, box)
		}
		tr := trainer(t, "[surface]\nname = \""+s.Name+"\"\nx = 1\ny = 1\n")
		s, _ := tr.Surface()
		value := s.Value
		for _, p := range least {
			bottom := value(p[0], p[1])
			for i := range 400 {
				x := box.Left + (box.Right-box.Left)*float64(i%20)/19
				y := box.Bottom + (box.Top-box.Bottom)*float64(i/20)/19
				if v := value(x, y); v < bottom-1e-9 {
					t.Fatalf("%s is %v at (%v, %v), less than %v at %v", s.Name, v, x, y, bottom, p)
				}
			}
			if math.Abs(bottom-value(least[0][0], least[0][1])) > 1e-9 {
				t.Errorf("%s: %v is not as deep as %v", s.Name, p, least[0])
			}
		}
	}
}
