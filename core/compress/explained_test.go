package compress_test

import (
	"testing"

	"descent/core/compress"
	"descent/core/knob"
	"descent/core/knob/knobtest"
)

func TestEveryKnobAndChoiceIsExplained(t *testing.T) {
	v := compress.NewView(knob.Layout{})
	knobtest.Knobs(t, append(v.Knobs(), v.Lora.Knobs()...))
}
