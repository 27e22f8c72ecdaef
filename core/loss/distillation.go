package loss

import (
	"descent/core/knob"
)

// Distillation says how much a teacher counts in the loss of its student.
type Distillation struct {
	Alpha       float64 // the share of the teacher's outputs in the loss, from 0 to 1
	Temperature float64 // by which logits are divided before they are compared
	Features    string  // whether features are compared too
	Weight      float64 // of the features beside the loss
}

// The choices of distill.features.
const (
	NoFeatures         = "off"
	HintFeatures       = "hint"
	SimilarityFeatures = "similarity"

	featureTail = ": what goes into the last layer of each"
)

// NewDistillation is one that is off.
func NewDistillation() Distillation {
	return Distillation{Temperature: 2, Features: NoFeatures, Weight: 1}
}

// Knobs are its settings.
func (d *Distillation) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("distill.alpha", &d.Alpha, 0, 1, knob.Linear, "how much the teacher's outputs count beside the labels").WithZero("off").WithStep(0.05),
		knob.Float("distill.temperature", &d.Temperature, 0.01, 1000, knob.Log, "how much both outputs are softened before they are compared").WithScale(knob.Log, 0.1),
		knob.OneOf("distill.features", &d.Features, []knob.Option{
			{Name: NoFeatures, Help: "outputs alone"},
			{Name: HintFeatures, Help: "the same features as the teacher's, number by number (FitNets, Romero et al. 2015); both need the same width"},
			{Name: SimilarityFeatures, Help: "rows alike where they are for the teacher, at any widths (Tung and Mori 2019)"},
		}, "whether the student learns the teacher's features too"+featureTail),
		knob.Float("distill.feature_weight", &d.Weight, 0, 1e6, knob.Log, "how much the features count beside the loss").WithScale(knob.Log, 1e-3),
	}
}
