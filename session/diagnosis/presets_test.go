package diagnosis_test

import (
	"slices"
	"testing"

	"descent/presets"
	"descent/session/diagnosis"
)

// truths are what presets show by themselves: troubles that their stories are about.
var truths = map[string][]string{
	"saddle":      {"unbounded"},
	"iris":        {"overfitting"},
	"overfit":     {"overfitting"},
	"modular":     {"overfitting"}, // before it generalizes
	"fashion-cnn": {"overfitting"},
	"chebyshev":   {"loss-spikes"}, // at the edge of stability
}

// long are presets with slow steps or evaluations, which are not followed to their end.
var long = map[string]int{"fashion": 100, "lora-fashion": 100, "fashion-cnn": 60, "overfit": 200, "modular": 300, "distil-digits": 600}

func TestPresetsGiveNoFalseAlarm(t *testing.T) {
	for _, name := range presets.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := preset(t, name)
			set, err := r.Settings.Find("train.steps")
			if err != nil {
				t.Fatal(err)
			}
			steps := int(set.Value.Num())
			if most := long[name]; most > 0 {
				steps = most
			}
			b := begin(t, r, nil, max(1, steps/100))
			b.train(steps, false)
			for _, d := range b.m.List() {
				if !slices.Contains(truths[name], d.Rule) {
					t.Errorf("%d: %s: %s", d.Step, d.Rule, d.Cause)
				}
			}
			for _, rule := range truths[name] {
				if long[name] == 0 && !slices.ContainsFunc(b.m.List(), func(d diagnosis.Diagnosis) bool { return d.Rule == rule }) {
					t.Errorf("it does not show %s any more", rule)
				}
			}
		})
	}
}
