package data

import (
	"descent/core/knob"
)

var splits = []knob.Option{
	{Name: splitRandom, Help: "rows drawn at random", Doc: knob.Doc{
		Formula: "n_val = round(f · n), drawn without replacement",
		Source:  "T. Hastie, R. Tibshirani, J. Friedman, “The Elements of Statistical Learning”, 2nd edition, 2009, section 7.2",
		PyTorch: "torch.utils.data.random_split, sklearn.model_selection.ShuffleSplit",
		When:    "For rows that are independent of each other, with many of each class.",
		Range:   knob.None,
	}},
	{Name: splitStratified, Help: "at random, with the same proportions of the classes on both sides", Doc: knob.Doc{
		Formula: "n_c,train = n_c · n_train / n, rounded by largest remainder so that the sum is n_train; within a class at random",
		Source:  "R. Kohavi, “A Study of Cross-Validation and Bootstrap for Accuracy Estimation and Model Selection”, IJCAI 1995",
		PyTorch: "sklearn.model_selection.StratifiedShuffleSplit, train_test_split(stratify=y)",
		When:    "For classes, above all where some are rare: by chance alone these may be missing on one side.",
		Range:   knob.None,
	}},
	{Name: splitTime, Help: "the latest rows by the column data.time", Doc: knob.Doc{
		Formula: "rows sorted by time: the first for training, then validation, then test",
		Source:  "R. J. Hyndman, G. Athanasopoulos, “Forecasting: Principles and Practice”, 3rd edition, 2021, section 5.8",
		PyTorch: "sklearn.model_selection.TimeSeriesSplit",
		When:    "For anything that is to predict the future: rows drawn at random would be judged by neighbours that were trained on.",
		Range:   knob.None,
	}},
	{Name: splitOrder, Help: "the last rows of the file", Doc: knob.Doc{
		Formula: "the first rows for training, then validation, then test",
		Source:  knob.None,
		PyTorch: "sklearn.model_selection.train_test_split(shuffle=False)",
		When:    "For rows that are sorted by time already, and for splits that a file was published with.",
		Range:   knob.None,
	}},
	{Name: splitGroup, Help: "whole groups of rows: those with the same value of the column data.group", Doc: knob.Doc{
		Formula: "groups in random order, each held out that brings the rows held out closer to f · n",
		Source:  knob.None,
		PyTorch: "sklearn.model_selection.GroupShuffleSplit",
		When:    "When several rows belong to one patient, household or picture: new rows will come from others.",
		Range:   knob.None,
	}},
	{Name: splitFolds, Help: "cross-validation: one of data.folds equal parts, data.fold", Doc: knob.Doc{
		Formula: "k parts, drawn at random, with the same share of each class; part i is held out. With data.group whole groups",
		Source:  "M. Stone, “Cross-Validatory Choice and Assessment of Statistical Predictions”, Journal of the Royal Statistical Society B 36(2), 1974",
		PyTorch: "sklearn.model_selection.KFold, StratifiedKFold, GroupKFold",
		When:    "For small data: train once for each fold, and average. `descent race PRESET --over data.fold=1,2,3,4,5` does it at once.",
		Range:   knob.None,
	}},
}

// splitKnobs are the keys that say which rows are held out, and how they are weighted.
func (s *Spec) splitKnobs() []knob.Knob {
	return []knob.Knob{
		knob.OneOf("data.split", &s.Split, splits, "which rows are held out for validation and for the test").Explained(knob.Doc{
			Formula: knob.None,
			Source:  "T. Hastie, R. Tibshirani, J. Friedman, “The Elements of Statistical Learning”, 2nd edition, 2009, section 7.2",
			PyTorch: "sklearn.model_selection",
			When:    "stratified for classes, time for what is to be forecast, group where rows belong together, folds for small data.",
			Range:   knob.None,
		}),
		knob.String("data.time", &s.Time, "column by which data.split = \"time\" sorts: numbers or dates; it stays an input unless ignored").WithZero("none").Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: "df.sort_values(time)",
			When:    "With data.split = \"time\".",
			Range:   knob.None,
		}),
		knob.String("data.group", &s.Group, "column whose equal values are never on both sides of a split; it is no input").WithZero("none").Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: "sklearn.model_selection.GroupShuffleSplit().split(x, y, groups)",
			When:    "With data.split = \"group\" or \"folds\".",
			Range:   knob.None,
		}),
		knob.String("data.weight", &s.Weight, "column of the weights of rows in the loss, in training and validation; it is no input").WithZero("none").Explained(knob.Doc{
			Formula: "L = Σᵢ wᵢ Lᵢ / Σᵢ wᵢ, over the rows of a batch",
			Source:  knob.None,
			PyTorch: "sklearn: fit(x, y, sample_weight); (loss(reduction=\"none\") * w).sum() / w.sum()",
			When:    "For rows that stand for several others (surveys), or whose targets are more certain. Accuracy counts rows alike.",
			Range:   "0 or more; only ratios matter",
		}),
		knob.Float("data.test", &s.Test, 0, 0.9, knob.Linear, "fraction of the rows held out for a test: measured once, when training is over").WithZero("none").Explained(knob.Doc{
			Formula: "n_test = round(f · n), split off as data.split says",
			Source:  "T. Hastie, R. Tibshirani, J. Friedman, “The Elements of Statistical Learning”, 2nd edition, 2009, section 7.2",
			PyTorch: "sklearn.model_selection.train_test_split, twice",
			When:    "When the validation rows have chosen something (a setting, a step), they flatter it: the test rows have chosen nothing.",
			Range:   "0.1 to 0.2",
		}),
		knob.Int("data.folds", &s.Folds, 0, 1000, "k: number of folds of data.split = \"folds\"").WithZero("none").Explained(knob.Doc{
			Formula: "k",
			Source:  "R. Kohavi, “A Study of Cross-Validation and Bootstrap for Accuracy Estimation and Model Selection”, IJCAI 1995",
			PyTorch: "sklearn.model_selection.KFold(n_splits=k)",
			When:    "5 or 10: more train on more rows and take longer.",
			Range:   "5 to 10",
		}),
		knob.Int("data.fold", &s.Fold, 1, 1000, "which of the folds is held out, from 1").Explained(knob.Doc{
			Formula: "i of 1 to k",
			Source:  knob.None,
			PyTorch: "list(KFold(k).split(x))[i - 1]",
			When:    "Each in turn: `descent race PRESET --over data.fold=1,2,3,4,5`.",
			Range:   "1 to data.folds",
		}),
	}
}

// CheckSplit refuses keys of a split that do not go together.
func (s *Spec) CheckSplit() error {
	switch {
	case s.Split == splitTime && s.Time == "":
		return blame("data.split", `data.split = "time" needs the column to sort by: data.time`)
	case s.Time != "" && s.Split != splitTime:
		return blame("data.time", `data.time goes with data.split = "time"`)
	case s.Split == splitGroup && s.Group == "":
		return blame("data.split", `data.split = "group" needs the column that groups rows: data.group`)
	case s.Group != "" && s.Split != splitGroup && s.Split != splitFolds:
		return blame("data.group", `data.group goes with data.split = "group" or "folds"`)
	case s.Split == splitFolds && s.Folds < 2:
		return blame("data.split", `data.split = "folds" needs their number, at least 2: data.folds`)
	case s.Folds > 0 && s.Split != splitFolds:
		return blame("data.folds", `data.folds goes with data.split = "folds"`)
	case s.Split == splitFolds && s.Fold > s.Folds:
		return blame("data.fold", "data.fold is %d, and data.folds %d", s.Fold, s.Folds)
	case s.Split == splitFolds && s.Validation > 0:
		return blame("data.validation", "the folds say how many rows are held out: leave data.validation out")
	case s.Split == splitFolds && s.ValidationFile != "":
		return blame("data.validation_file", "one of the folds is held out: leave data.validation_file out, or data.split")
	}
	return nil
}
