package cli

import (
	"context"
	"math"
	"testing"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/presets"
)

func TestARaceIsRepeatedInTheOrderOfItsRacers(t *testing.T) {
	r, err := presets.Load("iris")
	if err != nil {
		t.Fatal(err)
	}
	var racers []recipe.Recipe
	for _, rate := range []float64{1e-6, 0.1} {
		one := r
		if err := one.Set("optimizer.lr", knob.Num(rate)); err != nil {
			t.Fatal(err)
		}
		racers = append(racers, one)
	}
	told := 0
	out, err := repeat(context.Background(), racers, 30, func(_, total int) { told += total })
	if err != nil || len(out) != 2 || told != 4 {
		t.Fatalf("%v, %d outcomes, told %d", err, len(out), told)
	}
	if out[0].Loss <= out[1].Loss || math.IsNaN(out[1].Accuracy) || len(out[1].Curve) == 0 {
		t.Errorf("%+v", out)
	}
}
