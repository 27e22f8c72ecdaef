package presets_test

import (
	"testing"

	"descent/core/knob/knobtest"
	"descent/presets"
)

func TestEveryDataSetIsExplained(t *testing.T) {
	knobtest.Options(t, "data set", presets.DataSets())
}
