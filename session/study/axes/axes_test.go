package axes

import (
	"testing"

	"descent/presets"
)

func TestEveryKnobHasARangeOfItsOwn(t *testing.T) {
	for _, name := range presets.Names() {
		r, err := presets.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, set := range r.Settings.Panel() {
			if r.Means(set.Knob.Path) != nil {
				continue
			}
			a, err := Parse(r, set.Knob.Path, nil)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			for _, u := range []float64{0, 0.5, 1} {
				if _, err := set.Knob.Check(a.At(u)); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			again, err := Parse(r, Format(a), nil)
			if err != nil || again.Low != a.Low || again.High != a.High || again.Log != a.Log || again.Complement != a.Complement || len(again.Choices) != len(a.Choices) {
				t.Errorf("%s: %s reads back as %+v, not %+v: %v", name, Format(a), again, a, err)
			}
		}
	}
}
