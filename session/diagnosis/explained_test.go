package diagnosis_test

import (
	"testing"

	"descent/core/knob"
	"descent/core/knob/knobtest"
	"descent/session/diagnosis"
)

func TestEveryRuleIsExplained(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range diagnosis.Catalogue {
		knobtest.Options(t, "diagnosis", []knob.Option{r.Option})
		if r.Doc.Source == knob.None {
			t.Errorf("%s has no source", r.Name)
		}
		if seen[r.Name] {
			t.Errorf("there are two rules %s", r.Name)
		}
		seen[r.Name] = true
	}
}
