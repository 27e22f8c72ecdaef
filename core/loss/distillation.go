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
)

// NewDistillation is one that is off.
func NewDistillation() Distillation {
	return Distillation{Temperature: 2, Features: NoFeatures, Weight: 1}
}

// Knobs are its settings.
func (d *Distillation) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("distill.alpha", &d.Alpha, 0, 1, knob.Linear, "α: weight of the distillation loss; the labels have 1 − α").WithZero("off").WithStep(0.05).Explained(knob.Doc{
			Formula: "L = α T² KL(softmax(z_teacher/T) ‖ softmax(z/T)) + (1 − α) L_labels\n" +
				"for regression and bce: L = α L(z, outputs of the teacher) + (1 − α) L_labels",
			Source:  "G. Hinton, O. Vinyals, J. Dean, “Distilling the Knowledge in a Neural Network”, arXiv 1503.02531, 2015, section 2",
			PyTorch: "torch.nn.KLDivLoss(reduction=\"batchmean\") on log_softmax(z/T), times T²",
			When:    "With a teacher. Large where labels are few or noisy, small where the teacher is hardly better than the student.",
			Range:   "0.5 to 0.9",
		}),
		knob.Float("distill.temperature", &d.Temperature, 0.01, 1000, knob.Log, "T: temperature that softens the outputs of teacher and student").WithScale(knob.Log, 0.1).Explained(knob.Doc{
			Formula: "pᵢ = exp(zᵢ/T) / Σⱼ exp(zⱼ/T)",
			Source:  "G. Hinton, O. Vinyals, J. Dean, “Distilling the Knowledge in a Neural Network”, arXiv 1503.02531, 2015, equation 1",
			PyTorch: "torch.softmax(z / T, dim=1)",
			When:    "A higher temperature shows more of how the teacher ranks the wrong classes. It has no effect in regression and with bce.",
			Range:   "1 to 10; 2 to 4 for ten classes",
		}),
		knob.OneOf("distill.features", &d.Features, []knob.Option{
			{Name: NoFeatures, Help: "outputs only", Doc: knob.Doc{
				Formula: "L_features = 0",
				Source:  "G. Hinton, O. Vinyals, J. Dean, “Distilling the Knowledge in a Neural Network”, arXiv 1503.02531, 2015",
				PyTorch: knob.None,
				When:    "Classic distillation: any teacher with the same outputs will do.",
				Range:   knob.None,
			}},
			{Name: HintFeatures, Help: "mean squared difference to the teacher's features; both need the same width", Doc: knob.Doc{
				Formula: "L_features = mean (h_student − h_teacher)², over rows and features",
				Source:  "A. Romero et al., “FitNets: Hints for Thin Deep Nets”, ICLR 2015, equation 3 (there half the sum, with a regressor in between)",
				PyTorch: "torch.nn.MSELoss on the inputs of the last layer",
				When:    "For a thin, deep student whose last hidden layer is as wide as the teacher's.",
				Range:   knob.None,
			}},
			{Name: SimilarityFeatures, Help: "difference of the similarities between rows, at any widths", Doc: knob.Doc{
				Formula: "L_features = 1/b² ‖G_teacher − G_student‖²_F, G the b×b matrix H Hᵀ with rows of norm 1, H the features of the b rows (at most 512 at a time)",
				Source:  "F. Tung, G. Mori, “Similarity-Preserving Knowledge Distillation”, ICCV 2019",
				PyTorch: knob.None,
				When:    "Where the last hidden layers of student and teacher differ in width.",
				Range:   knob.None,
			}},
		}, "feature distillation: whether the inputs of the last layer are matched too").Explained(knob.Doc{
			Formula: "L ← L + w · L_features, w = distill.feature_weight",
			Source:  "A. Romero et al., “FitNets: Hints for Thin Deep Nets”, ICLR 2015; F. Tung, G. Mori, “Similarity-Preserving Knowledge Distillation”, ICCV 2019",
			PyTorch: knob.None,
			When:    "In addition to distill.alpha, where the outputs alone are not enough for a much smaller student.",
			Range:   knob.None,
		}),
		knob.Float("distill.feature_weight", &d.Weight, 0, 1e6, knob.Log, "w: weight of the feature loss").WithScale(knob.Log, 1e-3).Explained(knob.Doc{
			Formula: "L ← L + w · L_features",
			Source:  "A. Romero et al., “FitNets: Hints for Thin Deep Nets”, ICLR 2015",
			PyTorch: knob.None,
			When:    "Watch the training loss: the feature loss should not dominate it for long.",
			Range:   "0.1 to 1,000",
		}),
	}
}
