package augment_test

import (
	"testing"

	"descent/core/augment"
	"descent/core/knob/knobtest"
)

func TestEveryKnobIsExplained(t *testing.T) { knobtest.Knobs(t, augment.New().Knobs()) }
