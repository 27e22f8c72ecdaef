package metric

import "descent/core/knob"

// Sources that several metrics go by.
const (
	elements   = "T. Hastie, R. Tibshirani, J. Friedman, “The Elements of Statistical Learning”, 2nd edition, 2009"
	manning    = "C. Manning, P. Raghavan, H. Schütze, “Introduction to Information Retrieval”, Cambridge University Press, 2008, "
	scikit     = "scikit-learn: sklearn.metrics."
	torch      = "torchmetrics."
	ofTwo      = "Of two classes it is that of the second one (pos_label=1), of more the mean over the classes that occur among targets or predictions, of several outputs that can hold at once the mean over them. "
	zeroByZero = "A division by 0 counts as 0."
)

var trainLossDoc = knob.Doc{
	Formula: "L(θₜ; D) = 1/n Σ ℓ(f(xᵢ; θₜ), yᵢ) over all training rows, after the update, dropout and augmentation off",
	Source:  "I. Goodfellow, Y. Bengio, A. Courville, “Deep Learning”, MIT Press, 2016, section 5.2",
	PyTorch: "the loss over the training set under model.eval() and torch.no_grad()",
	When:    "To compare the training curve with that of validation: loss is on one batch before its update, with dropout and augmentation. It costs a pass over the training rows at each evaluation, which accuracy takes anyway.",
	Range:   "below val_loss for a network that overfits",
}

var accuracyDoc = knob.Doc{
	Formula: "1/n Σ [ŷᵢ = yᵢ]; with several outputs that can hold at once the fraction of outputs that are right",
	Source:  elements + ", section 7.2",
	PyTorch: scikit + "accuracy_score; " + torch + "Accuracy",
	When:    "Where classes are about as frequent and all errors cost the same. With classes of unequal size see balanced_accuracy, f1 or mcc.",
	Range:   "0 to 1; the frequency of the largest class for a model that always names it",
}

var balancedDoc = knob.Doc{
	Formula: "1/k Σ_c recall_c over the classes that have rows",
	Source:  "K. Brodersen et al., “The Balanced Accuracy and Its Posterior Distribution”, ICPR 2010",
	PyTorch: scikit + "balanced_accuracy_score; " + torch + "Accuracy(average=\"macro\")",
	When:    "For classes of unequal size, when each class matters as much.",
	Range:   "0 to 1; 1/k for guessing among k classes, whatever their sizes",
}

var f1Doc = knob.Doc{
	Formula: "F₁ = 2 P R / (P + R), P the precision, R the recall",
	Source:  manning + "section 8.3, equation 8.6",
	PyTorch: scikit + "f1_score; average=\"macro\" for more than two classes; " + torch + "F1Score",
	When:    "For a rare class that has to be found without too many false alarms. " + ofTwo + zeroByZero,
	Range:   "0 to 1",
}

var precisionDoc = knob.Doc{
	Formula: "P = TP / (TP + FP)",
	Source:  manning + "section 8.3, equation 8.1",
	PyTorch: scikit + "precision_score; average=\"macro\" for more than two classes; " + torch + "Precision",
	When:    "When false alarms are what costs. " + ofTwo + zeroByZero,
	Range:   "0 to 1",
}

var recallDoc = knob.Doc{
	Formula: "R = TP / (TP + FN)",
	Source:  manning + "section 8.3, equation 8.2",
	PyTorch: scikit + "recall_score; average=\"macro\" for more than two classes; " + torch + "Recall",
	When:    "When misses are what costs. " + ofTwo + zeroByZero,
	Range:   "0 to 1",
}

// averaged documents a measure of one class averaged over all.
func averaged(of, by string) knob.Doc {
	d := knob.Doc{
		Source:  manning + "section 13.6",
		PyTorch: scikit + of + "_score(average=\"" + by + "\")",
		Range:   "0 to 1",
	}
	symbol := map[string]string{"f1": "F₁", "precision": "P", "recall": "R"}[of]
	switch by {
	case "macro":
		d.Formula = "1/k Σ_c " + symbol + "_c over the classes c that occur among targets or predictions"
		d.When = "When each class matters as much, however rare it is. " + zeroByZero
	case "weighted":
		d.Formula = "Σ_c n_c " + symbol + "_c / Σ_c n_c, n_c the rows of class c"
		d.When = "For one number that frequent classes dominate. " + zeroByZero
	default:
		d.Formula = symbol + " of Σ_c TP_c, Σ_c FP_c and Σ_c FN_c"
		d.When = "With one class in each row it equals accuracy; it differs where several outputs can hold at once. " + zeroByZero
	}
	return d
}

var amongDoc = knob.Doc{
	Formula: "1/n Σ [yᵢ is among the k classes of the largest p(xᵢ)]",
	Source:  "O. Russakovsky et al., “ImageNet Large Scale Visual Recognition Challenge”, IJCV 115(3), 2015, section 4.1",
	PyTorch: scikit + "top_k_accuracy_score(k); " + torch + "Accuracy(top_k)",
	When:    "With many classes of which several are plausible. Of equal probabilities the later class comes first, as in scikit-learn.",
	Range:   "0 to 1; 1 for as many classes as k",
}

var aucDoc = knob.Doc{
	Formula: "P(p(x⁺) > p(x⁻)) + ½ P(p(x⁺) = p(x⁻)), x⁺ and x⁻ a positive and a negative row",
	Source:  "T. Fawcett, “An introduction to ROC analysis”, Pattern Recognition Letters 27(8), 2006, sections 7 and 9.2",
	PyTorch: scikit + "roc_auc_score(multi_class=\"ovr\"); " + torch + "AUROC",
	When:    "To judge how well probabilities order rows, whatever the threshold. Of two classes it is that of the second one, of more the mean of each against the rest. A class without a validation row, or with all of them, is left out; NaN if none is left.",
	Range:   "0.5 for guessing, 1 at most",
}

var averagePrecisionDoc = knob.Doc{
	Formula: "Σₙ (Rₙ − Rₙ₋₁) Pₙ over the thresholds n, falling",
	Source:  manning + "section 8.4",
	PyTorch: scikit + "average_precision_score; " + torch + "AveragePrecision",
	When:    "For a rare class: unlike auc it falls with every false alarm among the first. Of two classes it is that of the second one, of more the mean of each against the rest. A class without a validation row is left out.",
	Range:   "the frequency of the class for guessing, 1 at most",
}

var logLossDoc = knob.Doc{
	Formula: "−1/n Σ log p(yᵢ | xᵢ), p between 2⁻⁵² and 1 − 2⁻⁵² and each row made to sum to 1",
	Source:  elements + ", equation 7.7",
	PyTorch: scikit + "log_loss",
	When:    "To judge probabilities. It equals the cross-entropy without weights and label smoothing; with several outputs that can hold at once it is the mean over them.",
	Range:   "ln k for guessing among k classes, 0 at best",
}

var brierDoc = knob.Doc{
	Formula: "two classes: 1/n Σ (pᵢ − yᵢ)²; more: 1/n Σᵢ Σ_c (p_ic − [yᵢ = c])²",
	Source:  "G. Brier, “Verification of forecasts expressed in terms of probability”, Monthly Weather Review 78(1), 1950",
	PyTorch: scikit + "brier_score_loss (of two classes)",
	When:    "To judge probabilities with a bounded penalty: a single row that is surely wrong does not dominate it, as it does log_loss.",
	Range:   "two classes: 0.25 for always saying ½, 0 at best, 1 at worst; more: 0 to 2",
}

var calibrationDoc = knob.Doc{
	Formula: "Σ_b n_b/n |acc(b) − conf(b)| over 15 bins b of equal width of the largest probability",
	Source:  "C. Guo, G. Pleiss, Y. Sun, K. Weinberger, “On Calibration of Modern Neural Networks”, ICML 2017, equation 3",
	PyTorch: torch + "CalibrationError(n_bins=15)",
	When:    "To see whether a network is right as often as its probabilities say. Temperature scaling lowers it without a change of accuracy.",
	Range:   "0 at best; 0.05 to 0.15 for large networks that were not calibrated",
}

var matthewsDoc = knob.Doc{
	Formula: "(c s − Σ_k p_k t_k) / √((s² − Σ p_k²)(s² − Σ t_k²)), c right of s rows, t_k rows of class k, p_k given to it",
	Source:  "J. Gorodkin, “Comparing two K-category assignments by a K-category correlation coefficient”, Computational Biology and Chemistry 28, 2004",
	PyTorch: scikit + "matthews_corrcoef; " + torch + "MatthewsCorrCoef",
	When:    "One number for classes of unequal size that all four cells of the confusion matrix enter. 0 where all rows have one class, or are given to one.",
	Range:   "−1 to 1; 0 for guessing",
}

var kappaDoc = knob.Doc{
	Formula: "κ = (pₒ − pₑ) / (1 − pₑ), pₒ the agreement that is observed, pₑ that expected by chance",
	Source:  "J. Cohen, “A Coefficient of Agreement for Nominal Scales”, Educational and Psychological Measurement 20(1), 1960",
	PyTorch: scikit + "cohen_kappa_score; " + torch + "CohenKappa",
	When:    "To compare a model with annotators. NaN where all rows have one class and are given to it.",
	Range:   "0 for guessing, 1 at most; above 0.6 is called substantial",
}

var maeDoc = knob.Doc{
	Formula: "1/n Σ |yᵢ − ŷᵢ|; of several targets the mean over them",
	Source:  elements + ", section 10.6",
	PyTorch: scikit + "mean_absolute_error; torch.nn.L1Loss",
	When:    "How far predictions are off, in units of the data, with large errors no worse than in proportion. Targets that were standardized are measured as they were.",
	Range:   "0 at best; compare it with the spread of the targets",
}

var mseDoc = knob.Doc{
	Formula: "1/n Σ (yᵢ − ŷᵢ)²; of several targets the mean over them",
	Source:  elements + ", section 7.2",
	PyTorch: scikit + "mean_squared_error; torch.nn.MSELoss",
	When:    "As rmse, in squared units of the data. The loss mse is in units of standardized targets.",
	Range:   "0 at best, the variance of the targets for predicting their mean",
}

var rmseDoc = knob.Doc{
	Formula: "√(1/n Σ (yᵢ − ŷᵢ)²); of several targets the mean over them",
	Source:  elements + ", section 7.2",
	PyTorch: scikit + "root_mean_squared_error; mean_squared_error(squared=False) before 1.4",
	When:    "How far predictions are off, in units of the data, with large errors counted more than in proportion.",
	Range:   "0 at best, the standard deviation of the targets for predicting their mean",
}

var r2Doc = knob.Doc{
	Formula: "R² = 1 − Σ (yᵢ − ŷᵢ)² / Σ (yᵢ − ȳ)²; of several targets the mean over them",
	Source:  "N. Draper, H. Smith, “Applied Regression Analysis”, 3rd edition, 1998, section 1.3",
	PyTorch: scikit + "r2_score; " + torch + "R2Score",
	When:    "To judge a regression whatever the units. Of targets that are all equal it is 1 for perfect predictions and 0 for others; of fewer than two rows NaN.",
	Range:   "0 for predicting the mean, 1 at most, below 0 for worse than the mean",
}

var mapeDoc = knob.Doc{
	Formula: "1/n Σ |yᵢ − ŷᵢ| / max(|yᵢ|, 2⁻⁵²)",
	Source:  "A. de Myttenaere, B. Golden, B. Le Grand, F. Rossi, “Mean Absolute Percentage Error for regression models”, Neurocomputing 192, 2016",
	PyTorch: scikit + "mean_absolute_percentage_error; " + torch + "MeanAbsolutePercentageError",
	When:    "When errors matter in proportion to the target. A target near 0 makes it huge; it prefers predictions that are too low.",
	Range:   "0 at best; 0.1 is 10 %",
}

var medianDoc = knob.Doc{
	Formula: "median |yᵢ − ŷᵢ|",
	Source:  "P. Rousseeuw, C. Croux, “Alternatives to the Median Absolute Deviation”, JASA 88(424), 1993",
	PyTorch: scikit + "median_absolute_error",
	When:    "The error of a typical row, which outliers do not move.",
	Range:   "0 at best, usually below mae",
}

var worstDoc = knob.Doc{
	Formula: "max |yᵢ − ŷᵢ|; of several targets the largest",
	Source:  "E. Cheney, “Introduction to Approximation Theory”, 1966, section 1.1",
	PyTorch: scikit + "max_error",
	When:    "When no single row may be far off.",
	Range:   "0 at best",
}

var explainedDoc = knob.Doc{
	Formula: "1 − Var(y − ŷ) / Var(y)",
	Source:  "N. Draper, H. Smith, “Applied Regression Analysis”, 3rd edition, 1998, section 1.3",
	PyTorch: scikit + "explained_variance_score; " + torch + "ExplainedVariance",
	When:    "Beside r2: where it is higher, predictions are off by a constant.",
	Range:   "r2 at least, 1 at most",
}

var pinballDoc = knob.Doc{
	Formula: "1/n Σ max(τ e, (τ − 1) e), e = yᵢ − ŷᵢ, τ = loss.tau of the loss quantile, else 0.5",
	Source:  "R. Koenker, G. Bassett, “Regression Quantiles”, Econometrica 46(1), 1978",
	PyTorch: scikit + "mean_pinball_loss(alpha)",
	When:    "To judge the prediction of a quantile, in units of the data.",
	Range:   "0 at best; at τ = 0.5 half of mae",
}

var coverageDoc = knob.Doc{
	Formula: "1/n Σ [yᵢ ≤ ŷᵢ]",
	Source:  "T. Gneiting, A. Raftery, “Strictly Proper Scoring Rules, Prediction, and Estimation”, JASA 102(477), 2007, section 6",
	PyTorch: "(target <= output).float().mean()",
	When:    "With the loss quantile: the fraction is near loss.tau if the quantile is calibrated. Nothing to optimise: neither more nor less is better.",
	Range:   "near loss.tau",
}
