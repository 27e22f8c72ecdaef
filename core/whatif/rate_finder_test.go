package whatif_test

import (
	"math"
	"testing"

	"descent/core/whatif"
	"descent/presets/presettest"
)

func TestTheRateFinderOnABowlFindsRatesThatWork(t *testing.T) {
	tr := presettest.Trainer(t, "[surface]\nname = \"bowl\"\nx = 1\ny = 1\n[optimizer]\nname = \"gd\"\n")
	c := presettest.Find[whatif.RateCurve](whatif.RateFinder{From: 1e-5, To: 100, Steps: 200}, tr)
	if c.Rates[0] != 1e-5 || len(c.Rates) != len(c.Smooth) || len(c.Losses) != len(c.Rates) {
		t.Fatalf("%d rates from %v, %d losses", len(c.Rates), c.Rates[0], len(c.Losses))
	}
	if last := c.Rates[len(c.Rates)-1]; last > 50 {
		t.Errorf("it went on to a rate of %v where 2 diverges", last)
	}
	for name, rate := range map[string]float64{"steepest": c.Steepest, "valley": c.Valley, "a tenth of the least": c.Tenth} {
		if !(rate > 1e-3 && rate < 2) { // 2 is the edge of stability of a curvature of 1
			t.Errorf("%s suggests %v", name, rate)
		}
	}
	if !(c.Steepest < c.Least) || math.Abs(c.Tenth-c.Least/10) > 1e-15 {
		t.Errorf("steepest %v, least %v, a tenth %v", c.Steepest, c.Least, c.Tenth)
	}
}

func TestTheRateFinderLeavesTheTrainerAlone(t *testing.T) {
	tr := presettest.Trained(t, presettest.ThreeClasses, 20)
	before := tr.Hash()
	presettest.Find[whatif.RateCurve](whatif.RateFinder{From: 1e-6, To: 10, Steps: 100}, tr.Copy())
	if tr.Hash() != before {
		t.Error("the run has changed")
	}
}
