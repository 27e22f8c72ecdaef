package probe_test

import (
	"slices"
	"strings"
	"testing"

	"descent/core/probe"
	"descent/presets/presettest"
)

func TestWholeNumbersAnswerAsTheirSimulation(t *testing.T) {
	tr := presettest.Trained(t, presettest.ThreeClasses+"[quant]\nbits = 8\nactivations = 8\n", 60)
	before := tr.Hash()
	a := presettest.Find[probe.Agreement](probe.Integer{}, tr)
	if a.Why != "" || a.Rows != 120 || a.Agree != 120 || a.Difference > 1e-9 || !a.HasAccuracy || a.Accuracy != a.Simulated {
		t.Errorf("%+v", a)
	}
	if _, accuracy := tr.Measure(tr.Data().Val); accuracy < a.Accuracy-0.05 || accuracy > a.Accuracy+0.05 {
		t.Errorf("the accuracy is %v, evaluated %v", a.Accuracy, accuracy)
	}
	if tr.Hash() != before {
		t.Error("looking moved something")
	}
	numbers := presettest.Trained(t, strings.Replace(oneNumber, "[loss]", "[quant]\nbits = 6\nactivations = 8\nscheme = \"affine\"\n[loss]", 1), 5)
	if a := presettest.Find[probe.Agreement](probe.Integer{}, numbers); a.Rows != 450 || a.Agree != 450 || a.HasAccuracy {
		t.Errorf("numbers: %+v", a)
	}
	if a := presettest.Find[probe.Agreement](probe.Integer{All: true}, numbers); a.Rows != 450 || a.Agree != 450 {
		t.Errorf("all numbers: %+v", a)
	}
}

func TestWithoutAGridTheProbeSaysWhy(t *testing.T) {
	a := presettest.Find[probe.Agreement](probe.Integer{}, presettest.Trained(t, presettest.ThreeClasses, 1))
	if want := (probe.Agreement{Why: "integer inference needs quant.activations from 2 to 8, not 0"}); a != want {
		t.Errorf("%+v", a)
	}
	if !slices.Contains([]any{probe.Integer{}}, any(probe.Integer{})) {
		t.Error("a probe is not its own name")
	}
}
