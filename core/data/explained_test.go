package data_test

import (
	"testing"

	"descent/core/data"
	"descent/core/knob/knobtest"
)

func TestEveryKnobAndGeneratorIsExplained(t *testing.T) {
	s := data.NewSpec()
	knobtest.Knobs(t, s.Knobs())
	knobtest.Options(t, "generator", data.Generators())
}
