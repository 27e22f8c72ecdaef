package data

import (
	"descent/core/knob"
	"descent/session/live"
	"descent/tui/intent"
)

// Subject returns the current view, on the page of the pane.
func (e *Pane) Subject(f *live.Frame) intent.Subject {
	if f.Data == nil {
		return intent.Subject{}
	}
	return intent.Subject{At: measured[e.current(f.Data).name]}
}

// measured maps the names of views to their measures.
var measured = map[string]string{
	imagesView: "saliency", "predicted and true": "coefficient of determination", "residuals": "residual",
	importanceView: "permutation importance", "confusion": "confusion matrix", "calibration": "expected calibration error",
	teacherView: "softened probabilities",
}

// Guide explains the views.
func (e *Pane) Guide() intent.Guide {
	return intent.Guide{
		Summary: "the data and the predictions of the network, in several views: errors, confusion matrix, calibration, importance, images with saliency, batches",
		Shows: []intent.Reading{
			{Sign: "rows", Means: "all views but the summary and the batch evaluate the first 512 validation rows or, without validation, training rows."},
			{Sign: imagesView, Means: "validation images, those with the lowest probability for their true class first. 7→1 98%: a 7 predicted as a 1 with that probability; a single name is a correct prediction. e colours by saliency."},
			{Sign: "predicted and true", Means: "regression: a dot for each row, the true value on the horizontal and the predicted one on the vertical axis, both in the unit of the target; on the line they agree. r² is given above."},
			{Sign: "residuals", Means: "regression: histogram of predicted − true, and the rows with the largest errors."},
			{Sign: importanceView, Means: "columns of a table by permutation importance, one bar each, in the unit of the loss."},
			{Sign: "confusion", Means: "counts of rows by true class (down) and predicted class (across); correct predictions are on the diagonal. Beside it, or below where there is room, precision, recall and F1 of each class, as scikit-learn's classification_report has them."},
			{Sign: "calibration", Means: "reliability diagram with ten bins of confidence: the bar is the accuracy of the rows of the bin, ┃ their mean confidence. A bar that ends before ┃ is overconfident. The ECE is given above, in per cent."},
			{Sign: teacherView, Means: "for one row: probability of each class predicted by the student and by the teacher, at the temperature of distillation; ▸ is the label."},
			{Sign: "summary", Means: "description of the data, notes from reading it, and the number of rows of each class."},
			{Sign: batchView, Means: "rows of the next step, before and after augmentation; 3 70% 8 is a mixed target."},
		},
		Measures: []knob.Option{
			{Name: "saliency", Help: "how much the score of the predicted class depends on each input", Doc: knob.Doc{
				Formula: "Sⱼ = |∂f_c(x) / ∂xⱼ|, c = argmax f(x)",
				Source:  "K. Simonyan, A. Vedaldi, A. Zisserman, “Deep Inside Convolutional Networks: Visualising Image Classification Models and Saliency Maps”, ICLR workshop 2014, section 3",
				PyTorch: "torch.autograd.grad(output[0, c], x)[0].abs()",
				When:    "To see what a prediction depends on: the shape, or an artefact in a corner. As a gradient it gives the effect of a small change, not of removing the pixel; single pixels are noisy.",
				Range:   "0 to the maximum of the image, which is drawn brightest",
			}},
			{Name: "coefficient of determination", Help: "r²: fraction of the variance of the targets that is explained", Doc: knob.Doc{
				Formula: "r² = 1 − Σ (yᵢ − ŷᵢ)² / Σ (yᵢ − ȳ)²",
				Source:  "G. James, D. Witten, T. Hastie, R. Tibshirani, “An Introduction to Statistical Learning”, 2013, equation 3.17",
				PyTorch: "torcheval.metrics.functional.r2_score",
				When:    "To compare regressions independently of the unit of the target. It does not reveal a bias in parts of the range: look at the residuals.",
				Range:   "1 is perfect, 0 no better than the mean, below 0 worse",
			}},
			{Name: "residual", Help: "difference between the predicted and the true value of a row", Doc: knob.Doc{
				Formula: "eᵢ = ŷᵢ − yᵢ",
				Source:  "G. James, D. Witten, T. Hastie, R. Tibshirani, “An Introduction to Statistical Learning”, 2013, section 3.1.1 (there with the other sign)",
				PyTorch: "output - target",
				When:    "A histogram that is not centred indicates a bias, one with long tails outliers: huber or quantile loss weigh these less than mse.",
				Range:   "symmetric about 0, in the unit of the target",
			}},
			{Name: "permutation importance", Help: "increase of the loss when one column is shuffled among the rows", Doc: knob.Doc{
				Formula: "Iⱼ = 1/K Σₖ L(x with column j permuted by πₖ) − L(x), K = 5",
				Source:  "L. Breiman, “Random Forests”, Machine Learning 45(1), 2001, section 10; A. Fisher, C. Rudin, F. Dominici, “All Models are Wrong, but Many are Useful”, JMLR 20, 2019",
				PyTorch: "captum.attr.FeaturePermutation",
				When:    "To see which columns the network uses; shuffling an unused column has no effect. Of two correlated columns, each looks less important than both are together. The one-hot inputs of a categorical column are shuffled together.",
				Range:   "about 0 for an unused column, in the unit of the loss",
			}},
			{Name: "confusion matrix", Help: "number of rows by true class and predicted class", Doc: knob.Doc{
				Formula: "C[k][l] = #{i : yᵢ = k, argmax f(xᵢ) = l}",
				Source:  "K. Murphy, “Probabilistic Machine Learning: An Introduction”, 2022, section 5.1.3",
				PyTorch: "torcheval.metrics.functional.multiclass_confusion_matrix",
				When:    "To see which classes are confused with which: accuracy alone hides a class that is never predicted correctly.",
				Range:   "zero off the diagonal for a perfect classifier",
			}},
			{Name: "expected calibration error", Help: "mean absolute difference between confidence and accuracy, weighted by rows", Doc: knob.Doc{
				Formula: "ECE = Σ_b |B_b| / n · |acc(B_b) − conf(B_b)|, over 10 equal bins of the largest probability",
				Source:  "C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, “On Calibration of Modern Neural Networks”, ICML 2017, equation 3",
				PyTorch: "torchmetrics.classification.MulticlassCalibrationError(norm='l1', n_bins=10)",
				When:    "To know whether a prediction at 90 % is correct nine times out of ten. Networks trained long on cross-entropy are overconfident; label smoothing, mixup and weight decay lower it.",
				Range:   "0 is perfectly calibrated; 2 to 10 % is common for networks without calibration",
			}},
			{Name: "softened probabilities", Help: "softmax of the logits divided by a temperature", Doc: knob.Doc{
				Formula: "qₖ = exp(zₖ / T) / Σₗ exp(zₗ / T)",
				Source:  "G. Hinton, O. Vinyals, J. Dean, “Distilling the Knowledge in a Neural Network”, arXiv 1503.02531, 2015, equation 1",
				PyTorch: "torch.softmax(z / T, dim=1)",
				When:    "To see what a teacher knows beyond the label: which wrong classes are similar. T is distill.temperature.",
				Range:   "T from 1 to 10; T = 1 gives the probabilities themselves",
			}},
		},
		SeeAlso: []string{"val_accuracy", "loss.label_smoothing", "augment.mixup", "distill.temperature", "workbench"},
	}
}
