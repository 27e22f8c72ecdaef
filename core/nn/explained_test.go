package nn_test

import (
	"testing"

	"descent/core/knob/knobtest"
	"descent/core/nn"
)

func TestEveryKnobLayerActivationAndInitializationIsExplained(t *testing.T) {
	s := nn.NewSpec()
	knobtest.Knobs(t, s.Knobs())
	knobtest.Options(t, "layer", nn.Kinds())
	for _, k := range nn.Kinds() {
		for _, s := range nn.Arguments(k.Name) {
			knobtest.Line(t, k.Name+" "+s.Name, s.Help)
		}
	}
}
