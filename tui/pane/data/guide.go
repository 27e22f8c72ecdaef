package data

import (
	"descent/core/knob"
	"descent/session/live"
	"descent/tui/intent"
)

// Subject is the view that is looked at, on the page of the pane.
func (e *Pane) Subject(f *live.Frame) intent.Subject {
	if f.Data == nil {
		return intent.Subject{}
	}
	return intent.Subject{At: measured[e.current(f.Data).name]}
}

// measured are the measures behind views, by the names of the views.
var measured = map[string]string{
	imagesView: "saliency", "predicted and true": "coefficient of determination", "residuals": "residual",
	"importance": "permutation importance", "confusion": "confusion matrix", "calibration": "expected calibration error",
	taughtView: "softened probabilities",
}

// Guide explains the views.
func (e *Pane) Guide() intent.Guide {
	return intent.Guide{
		Summary: "what the network makes of its data, in several views: errors, confusion matrix, calibration, importance, images with saliency, batches",
		Shows: []intent.Reading{
			{Sign: "rows", Means: "all views but the summary and the batch are of the validation rows, or without any of the training rows: of the first 512."},
			{Sign: "images, worst first", Means: "validation images, those with the least probability for their class first. 7→1 98%: a 7 that is taken for a 1, with that probability; a single name is right. e colours by saliency."},
			{Sign: "predicted and true", Means: "for numbers: a dot for each row, true value to the right, predicted upwards, both in the unit of the target; on the line they agree. r² above."},
			{Sign: "residuals", Means: "for numbers: histogram of predicted − true, and the rows with the largest errors."},
			{Sign: "importance", Means: "columns of a table by permutation importance, a bar each; the unit is that of the loss."},
			{Sign: "confusion", Means: "rows of each true class (down) by predicted class (across), as counts; right ones lie on the diagonal."},
			{Sign: "calibration", Means: "ten bins of confidence from above: the bar is the accuracy of the rows of the bin, ┃ their mean confidence. A bar short of ┃ is overconfident. ECE above, in per cent."},
			{Sign: "teacher, student, label", Means: "for one row: probability of each class as the student and the teacher have it, at the temperature of distillation; ▸ is the label."},
			{Sign: "summary", Means: "what the data are, what was noticed when they were read, rows of each class."},
			{Sign: "batch", Means: "rows of the coming step, before and after augmentation; 3 70% 8 is a mixed target."},
		},
		Measures: []knob.Option{
			{Name: "saliency", Help: "how much the score of the predicted class depends on each input", Doc: knob.Doc{
				Formula: "Sⱼ = |∂f_c(x) / ∂xⱼ|, c = argmax f(x)",
				Source:  "K. Simonyan, A. Vedaldi, A. Zisserman, “Deep Inside Convolutional Networks: Visualising Image Classification Models and Saliency Maps”, ICLR workshop 2014, section 3",
				PyTorch: "torch.autograd.grad(output[0, c], x)[0].abs()",
				When:    "To see what a prediction rests on: the shape, or a corner that happens to differ. It is a gradient and says what a small change would do, not what would happen without the pixel; single pixels are noisy.",
				Range:   "0 to the largest of the image, which is drawn brightest",
			}},
			{Name: "coefficient of determination", Help: "r²: fraction of the variance of the targets that is explained", Doc: knob.Doc{
				Formula: "r² = 1 − Σ (yᵢ − ŷᵢ)² / Σ (yᵢ − ȳ)²",
				Source:  "G. James, D. Witten, T. Hastie, R. Tibshirani, “An Introduction to Statistical Learning”, 2013, equation 3.17",
				PyTorch: "torcheval.metrics.functional.r2_score",
				When:    "To compare regressions whatever the unit of the target. It says nothing of a bias in parts of the range: look at the residuals.",
				Range:   "1 is perfect, 0 no better than the mean, below 0 worse",
			}},
			{Name: "residual", Help: "difference of predicted and true value of a row", Doc: knob.Doc{
				Formula: "eᵢ = ŷᵢ − yᵢ",
				Source:  "G. James, D. Witten, T. Hastie, R. Tibshirani, “An Introduction to Statistical Learning”, 2013, section 3.1.1 (there with the other sign)",
				PyTorch: "output - target",
				When:    "A histogram that is not centred shows a bias, one with long tails outliers: huber or quantile loss weigh these less than mse.",
				Range:   "symmetric about 0, in the unit of the target",
			}},
			{Name: "permutation importance", Help: "rise of the loss when one column is shuffled among the rows", Doc: knob.Doc{
				Formula: "Iⱼ = 1/K Σₖ L(x with column j permuted by πₖ) − L(x), K = 5",
				Source:  "L. Breiman, “Random Forests”, Machine Learning 45(1), 2001, section 10; A. Fisher, C. Rudin, F. Dominici, “All Models are Wrong, but Many are Useful”, JMLR 20, 2019",
				PyTorch: "captum.attr.FeaturePermutation",
				When:    "To see which columns the network uses; what it does not use costs nothing. Of two columns that say the same, each looks less important than both are. Words of one column are shuffled together.",
				Range:   "about 0 for a column without use, in the unit of the loss",
			}},
			{Name: "confusion matrix", Help: "how many rows of each class are predicted as which", Doc: knob.Doc{
				Formula: "C[k][l] = #{i : yᵢ = k, argmax f(xᵢ) = l}",
				Source:  "K. Murphy, “Probabilistic Machine Learning: An Introduction”, 2022, section 5.1.3",
				PyTorch: "torcheval.metrics.functional.multiclass_confusion_matrix",
				When:    "To see which classes are mistaken for which: accuracy alone hides a class that is never right.",
				Range:   "zero off the diagonal for a classifier that is always right",
			}},
			{Name: "expected calibration error", Help: "mean distance between confidence and accuracy, weighted by rows", Doc: knob.Doc{
				Formula: "ECE = Σ_b |B_b| / n · |acc(B_b) − conf(B_b)|, over 10 equal bins of the largest probability",
				Source:  "C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, “On Calibration of Modern Neural Networks”, ICML 2017, equation 3",
				PyTorch: "torchmetrics.classification.MulticlassCalibrationError(norm='l1', n_bins=10)",
				When:    "To know whether a probability of 90 % is right nine times of ten. Networks trained long on cross-entropy are overconfident; label smoothing, mixup and weight decay lower it.",
				Range:   "0 is calibrated; 2 to 10 % is common for networks without correction",
			}},
			{Name: "softened probabilities", Help: "softmax of the scores divided by a temperature", Doc: knob.Doc{
				Formula: "qₖ = exp(zₖ / T) / Σₗ exp(zₗ / T)",
				Source:  "G. Hinton, O. Vinyals, J. Dean, “Distilling the Knowledge in a Neural Network”, arXiv 1503.02531, 2015, equation 1",
				PyTorch: "torch.softmax(z / T, dim=1)",
				When:    "To see what a teacher knows beyond the label: which wrong classes are near. T is distill.temperature.",
				Range:   "T from 1 to 10; 1 are the probabilities themselves",
			}},
		},
		SeeAlso: []string{"val_accuracy", "loss.label_smoothing", "augment.mixup", "distill.temperature", "workbench"},
	}
}
