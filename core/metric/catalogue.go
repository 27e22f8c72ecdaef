package metric

import (
	"fmt"
	"math"
	"strings"

	"descent/core/knob"
)

// TrainLoss is the loss over all training rows, measured as that of validation is.
const TrainLoss = "train_loss"

// Catalogue is every metric, in display order.
var Catalogue = []Row{
	{Name: TrainLoss, Help: "loss over all training rows in evaluation mode, as val_loss is measured", Doc: trainLossDoc, Direction: Lower},

	{Name: "accuracy", Help: "fraction of rows classified correctly", Doc: accuracyDoc, Direction: Higher, Needs: Classes, Of: accuracy},
	{Name: "balanced_accuracy", Help: "mean recall of the classes: accuracy if all had as many rows", Doc: balancedDoc, Direction: Higher, Needs: OneOf, Of: balanced},
	{Name: "f1", Help: "F₁: harmonic mean of precision and recall", Doc: f1Doc, Direction: Higher, Needs: Classes, Of: usual(f1)},
	{Name: "precision", Help: "of the rows given to a class, the fraction that has it", Doc: precisionDoc, Direction: Higher, Needs: Classes, Of: usual(precision)},
	{Name: "recall", Help: "of the rows of a class, the fraction that is found (sensitivity)", Doc: recallDoc, Direction: Higher, Needs: Classes, Of: usual(recall)},
	{Name: "f1_macro", Help: "F₁, mean over the classes", Doc: averaged("f1", "macro"), Direction: Higher, Needs: Classes, Of: macro(f1)},
	{Name: "f1_weighted", Help: "F₁, mean over the classes weighted by their rows", Doc: averaged("f1", "weighted"), Direction: Higher, Needs: Classes, Of: weighted(f1)},
	{Name: "f1_micro", Help: "F₁ of all classes counted together", Doc: averaged("f1", "micro"), Direction: Higher, Needs: Classes, Of: micro(f1)},
	{Name: "precision_macro", Help: "precision, mean over the classes", Doc: averaged("precision", "macro"), Direction: Higher, Needs: Classes, Of: macro(precision)},
	{Name: "precision_weighted", Help: "precision, mean over the classes weighted by their rows", Doc: averaged("precision", "weighted"), Direction: Higher, Needs: Classes, Of: weighted(precision)},
	{Name: "precision_micro", Help: "precision of all classes counted together", Doc: averaged("precision", "micro"), Direction: Higher, Needs: Classes, Of: micro(precision)},
	{Name: "recall_macro", Help: "recall, mean over the classes", Doc: averaged("recall", "macro"), Direction: Higher, Needs: Classes, Of: macro(recall)},
	{Name: "recall_weighted", Help: "recall, mean over the classes weighted by their rows", Doc: averaged("recall", "weighted"), Direction: Higher, Needs: Classes, Of: weighted(recall)},
	{Name: "recall_micro", Help: "recall of all classes counted together", Doc: averaged("recall", "micro"), Direction: Higher, Needs: Classes, Of: micro(recall)},
	{Name: "top2_accuracy", Help: "fraction of rows whose class is among the 2 most probable", Doc: amongDoc, Direction: Higher, Needs: OneOf, Of: among(2)},
	{Name: "top3_accuracy", Help: "fraction of rows whose class is among the 3 most probable", Doc: amongDoc, Direction: Higher, Needs: OneOf, Of: among(3)},
	{Name: "top5_accuracy", Help: "fraction of rows whose class is among the 5 most probable", Doc: amongDoc, Direction: Higher, Needs: OneOf, Of: among(5)},
	{Name: "auc", Help: "area under the ROC curve", Doc: aucDoc, Direction: Higher, Needs: Classes, Of: overOutputs((*Sample).area)},
	{Name: "average_precision", Help: "area under the curve of precision against recall, as a sum", Doc: averagePrecisionDoc, Direction: Higher, Needs: Classes, Of: overOutputs((*Sample).averagePrecision)},
	{Name: "log_loss", Help: "mean −log of the probability of what is true", Doc: logLossDoc, Direction: Lower, Needs: Classes, Of: logLoss},
	{Name: "brier", Help: "Brier score: mean squared error of the probabilities", Doc: brierDoc, Direction: Lower, Needs: Classes, Of: brier},
	{Name: "ece", Help: "expected calibration error, over 15 bins", Doc: calibrationDoc, Direction: Lower, Needs: OneOf, Of: calibrationError},
	{Name: "mcc", Help: "Matthews correlation coefficient of classes and predictions", Doc: matthewsDoc, Direction: Higher, Needs: OneOf, Of: matthews},
	{Name: "kappa", Help: "Cohen's κ: agreement beyond that by chance", Doc: kappaDoc, Direction: Higher, Needs: OneOf, Of: kappa},

	{Name: "mae", Help: "mean absolute error, in units of the data", Doc: maeDoc, Direction: Lower, Needs: Numbers, Of: errors(absolute)},
	{Name: "mse", Help: "mean squared error, in squared units of the data", Doc: mseDoc, Direction: Lower, Needs: Numbers, Of: errors(squared)},
	{Name: "rmse", Help: "root mean squared error, in units of the data", Doc: rmseDoc, Direction: Lower, Needs: Numbers, Of: each(rootMeanSquare)},
	{Name: "r2", Help: "R²: fraction of the variance of the targets that is predicted", Doc: r2Doc, Direction: Higher, Needs: Numbers, Of: each(determination)},
	{Name: "mape", Help: "mean absolute percentage error, as a fraction of the target", Doc: mapeDoc, Direction: Lower, Needs: Numbers, Of: errors(percentage)},
	{Name: "median_error", Help: "median absolute error, in units of the data", Doc: medianDoc, Direction: Lower, Needs: Numbers, Of: each(median)},
	{Name: "max_error", Help: "largest absolute error, in units of the data", Doc: worstDoc, Direction: Lower, Needs: Numbers, Of: worst},
	{Name: "explained_variance", Help: "R² but for the mean of the errors", Doc: explainedDoc, Direction: Higher, Needs: Numbers, Of: each(explainedVariance)},
	{Name: "pinball", Help: "pinball loss of the quantile loss.tau, in units of the data", Doc: pinballDoc, Direction: Lower, Needs: Numbers, Of: pinball},
	{Name: "coverage", Help: "fraction of targets at or below the prediction", Doc: coverageDoc, Direction: Neither, Needs: Numbers, Of: errors(coverage)},
}

// Find returns the metric of that name, and whether there is one.
func Find(name string) (Row, bool) {
	for _, r := range Catalogue {
		if r.Name == name {
			return r, true
		}
	}
	return Row{}, false
}

// Measured is the metric that a score of an evaluation is of: "val_f1", "old_f1" or "f1".
func Measured(score string) (row Row, ok bool) {
	base := strings.TrimPrefix(score, "val_")
	if base == score {
		base = strings.TrimPrefix(score, "old_")
	}
	if base == TrainLoss && base != score {
		return row, false
	}
	return Find(base)
}

// Options are the metrics as what can be chosen.
func Options() []knob.Option {
	out := make([]knob.Option, len(Catalogue))
	for i, r := range Catalogue {
		out[i] = knob.Option{Name: r.Name, Help: r.Help, Doc: r.Doc}
	}
	return out
}

// Known says in one sentence which of the names is no metric, nil if all are.
func Known(names []string) error {
	for _, name := range names {
		if _, ok := Find(name); ok {
			continue
		}
		var all []string
		for _, r := range Catalogue {
			all = append(all, r.Name)
		}
		if near := knob.Nearest(name, all); near != "" {
			return fmt.Errorf("there is no metric %q; did you mean %q?", name, near)
		}
		return fmt.Errorf("there is no metric %q; there are %s", name, strings.Join(all, ", "))
	}
	return nil
}

// Fits says in one sentence why a metric does not suit the targets, nil if it does.
func (r Row) Fits(isNumbers, oneClass bool) error {
	switch {
	case r.Needs == Numbers && !isNumbers:
		return fmt.Errorf("%s compares numbers; these targets are classes", r.Name)
	case (r.Needs == Classes || r.Needs == OneOf) && isNumbers:
		return fmt.Errorf("%s compares classes; these targets are numbers", r.Name)
	case r.Needs == OneOf && !oneClass:
		return fmt.Errorf("%s needs one class in each row; here several outputs can hold at once", r.Name)
	}
	return nil
}

// Measure is a metric of a sample; ok is false where the sample is not of what the
// metric needs.
func (r Row) Measure(s *Sample) (v float64, ok bool) {
	switch {
	case r.Of == nil || !s.has(r.Needs):
		return 0, false
	case s.nan || s.rows() == 0:
		return math.NaN(), true
	}
	return r.Of(s), true
}

// All are the metrics that suit a sample, in the order of the catalogue.
func All(s *Sample) []Score {
	var out []Score
	for _, r := range Catalogue {
		if v, ok := r.Measure(s); ok {
			out = append(out, Score{r.Name, v})
		}
	}
	return out
}
