package data

import (
	"slices"

	"descent/core/knob"
)

// Knobs are the keys of the table, bound to the spec. A key that the data set
// has no use for is not used.
func (s *Spec) Knobs() []knob.Knob {
	knobs := []knob.Knob{
		knob.String("data.set", &s.Set, "built-in data set or generator; or give data.file").Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: "torchvision.datasets, sklearn.datasets",
			When:    "To start with; data.file for data of your own.",
			Range:   knob.None,
		}),
		knob.String("data.file", &s.File, "file of data: CSV, TSV, IDX, NPY, NPZ, Parquet, or a folder of images; relative to the preset").Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: "pandas.read_csv, numpy.load",
			When:    "For data of your own: a table whose last column is the target, or arrays of inputs and labels.",
			Range:   knob.None,
		}),
		knob.String("data.labels", &s.Labels, "file of the labels where data.file is IDX or NPY; relative to the preset").Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: "numpy.load",
			When:    "For MNIST and its like, whose images and labels are two files.",
			Range:   knob.None,
		}),
		knob.Words("data.target", &s.Target, "names of the target columns; default: the last").Explained(knob.Doc{
			Formula: "y = these columns, x = all others",
			Source:  knob.None,
			PyTorch: "df[target], df.drop(columns=target)",
			When:    "When the target is not the last column, or there are several.",
			Range:   knob.None,
		}),
		knob.Words("data.ignore", &s.Ignore, "columns of a table that are no inputs, such as names, row numbers, or what is known only afterwards").WithZero("none").Explained(knob.Doc{
			Formula: knob.None,
			Source:  "S. Kaufman, S. Rosset, C. Perlich, “Leakage in Data Mining: Formulation, Detection, and Avoidance”, KDD 2011",
			PyTorch: "df.drop(columns=[...])",
			When:    "For columns in which nearly every value differs (names, tickets, row numbers), which a network can only memorise, and for those that follow from the target.",
			Range:   knob.None,
		}),
		knob.Words("data.categorical", &s.Categorical, "columns of numbers, dates or yes and no that are categories").WithZero("columns of words").Explained(knob.Doc{
			Formula: "x = one-hot: an input for each category, 1 where the row is of it, else 0",
			Source:  knob.None,
			PyTorch: "sklearn.preprocessing.OneHotEncoder",
			When:    "For codes: postal codes, months, classes of a ship. As a number 3 would lie between 2 and 4.",
			Range:   "columns of at most some dozens of categories",
		}),
		knob.Words("data.ordinal", &s.Ordinal, "columns encoded by their order, one input each: [\"size=small<medium<large\", \"grade\"]").WithZero("none").Explained(knob.Doc{
			Formula: "x = 0, 1, 2, ... in the order given; without one numbers are sorted as numbers, words as words",
			Source:  knob.None,
			PyTorch: "sklearn.preprocessing.OrdinalEncoder(categories=[...])",
			When:    "For words that have an order (low, medium, high), where one-hot inputs would lose it and make many.",
			Range:   knob.None,
		}),
		knob.Words("data.only", &s.Only, "keep only the rows of these classes; split, scaling and outputs stay those of all").WithZero("all").Explained(knob.Doc{
			Formula: knob.None,
			Source:  "F. Zenke, B. Poole, S. Ganguli, “Continual Learning Through Synaptic Intelligence”, ICML 2017 (split MNIST)",
			PyTorch: "torch.utils.data.Subset",
			When:    "To split a data set into tasks: pretrain on some classes, fine-tune on others.",
			Range:   "half of the classes",
		}),
		knob.Ints("data.shape", &s.Shape, "shape of the images: [height, width] or with channels; arrays have theirs already").Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: "numpy.reshape",
			When:    "To treat the columns of a table as pixels, for convolutions and image augmentation.",
			Range:   "[8, 8], [28, 28], [32, 32, 3]",
		}),
		knob.Ints("data.size", &s.Size, "height and width to which the images of a folder are resized; default: theirs, at most 64").Explained(knob.Doc{
			Formula: "bilinear interpolation",
			Source:  knob.None,
			PyTorch: "torchvision.transforms.v2.Resize(size)",
			When:    "For data.file = a folder of images, a folder for each class. Smaller images train faster.",
			Range:   "[28, 28] to [64, 64]",
		}),
		knob.Bool("data.grey", &s.Grey, "make the coloured images of a folder grey").Explained(knob.Doc{
			Formula: "0.299 R + 0.587 G + 0.114 B",
			Source:  "ITU-R Recommendation BT.601",
			PyTorch: "torchvision.transforms.v2.Grayscale()",
			When:    "Where colour does not tell the classes apart: a third of the inputs.",
			Range:   knob.None,
		}),
		knob.OneOf("data.layout", &s.Layout, layouts, "order of the channels of images: first (chw) or last (hwc)").Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: "torch.channels_last, torch.contiguous_format",
			When:    "Only where the shapes do not determine it, as with 3×3 images of 3 channels.",
			Range:   "auto",
		}),
		knob.OneOf("data.header", &s.Header, headers, "whether the first line of a table holds the column names").Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: "pandas.read_csv(header=...)",
			When:    "Only where reading the file asks for it.",
			Range:   "auto",
		}),
		knob.OneOf("data.missing", &s.Missing, missings, "missing values: refuse, drop rows, or impute the mean, median, mode, or the mean with an indicator").Explained(knob.Doc{
			Formula: knob.None,
			Source:  "R. J. A. Little, D. B. Rubin, “Statistical Analysis with Missing Data”, 3rd edition, 2019",
			PyTorch: "pandas.DataFrame.dropna, sklearn.impute.SimpleImputer",
			When:    "drop if few rows have missing values, else mean; indicator where missing values tell something.",
			Range:   knob.None,
		}),
		knob.Words("data.na", &s.NA, "spellings of missing values besides an empty cell; default: NA, NaN, null, ? and others").WithZero("the usual ways").Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: "pandas.read_csv(na_values=...)",
			When:    "When a file marks missing values in its own way, such as -999; or [\"\"] to take NA as a word.",
			Range:   knob.None,
		}),
		knob.String("data.x", &s.X, "array of an NPZ file that holds the inputs; default: x, data, images and others").Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: "numpy.load(file)[\"x\"]",
			When:    "When the names of the arrays do not tell.",
			Range:   knob.None,
		}),
		knob.String("data.y", &s.Y, "array of an NPZ file that holds the targets; default: y, labels, target and others").Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: "numpy.load(file)[\"y\"]",
			When:    "When the names of the arrays do not tell.",
			Range:   knob.None,
		}),
		knob.String("data.validation_file", &s.ValidationFile, "file of the validation rows, of the same form as data.file").Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: "a second torch.utils.data.Dataset",
			When:    "When the split is given, as for benchmarks; leave data.validation at none.",
			Range:   knob.None,
		}),
		knob.String("data.validation_labels", &s.ValidationLabels, "labels of data.validation_file where it is IDX or NPY").Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: "numpy.load",
			When:    "With data.validation_file of IDX or NPY.",
			Range:   knob.None,
		}),
		knob.Float("data.validation", &s.Validation, 0, 0.9, knob.Linear, "fraction of the rows held out for validation, chosen by the seed").WithZero("none").Explained(knob.Doc{
			Formula: "n_val = round(f · n), drawn without replacement",
			Source:  "T. Hastie, R. Tibshirani, J. Friedman, “The Elements of Statistical Learning”, 2nd edition, 2009, section 7.2",
			PyTorch: "torch.utils.data.random_split, sklearn.model_selection.train_test_split(test_size=f)",
			When:    "Always, unless the data set has a test part, which is used then. Without validation rows overfitting cannot be seen.",
			Range:   "0.2",
		}),
		knob.String("data.test_file", &s.TestFile, "file of the test rows, of the same form as data.file: measured once, at the end").Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: "a third torch.utils.data.Dataset",
			When:    "When the test rows are given, as for benchmarks; data.test splits some off instead.",
			Range:   knob.None,
		}),
		knob.String("data.test_labels", &s.TestLabels, "labels of data.test_file where it is IDX or NPY").Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: "numpy.load",
			When:    "With data.test_file of IDX or NPY.",
			Range:   knob.None,
		}),
		knob.Bool("data.standardize", &s.Standardize, "standardize inputs: mean 0 and standard deviation 1 over the training rows").Explained(knob.Doc{
			Formula: "x ← (x − mean)/std over the training rows, std of n, not n − 1",
			Source:  "Y. LeCun, L. Bottou, G. B. Orr, K.-R. Müller, “Efficient BackProp”, Neural Networks: Tricks of the Trade, 1998, section 4.3",
			PyTorch: "sklearn.preprocessing.StandardScaler, torchvision.transforms.v2.Normalize(mean, std)",
			When:    "For tables nearly always: inputs of different scales make the loss ill-conditioned. Not needed for pixels from 0 to 1.",
			Range:   "on for tables",
		}),
		knob.Bool("data.standardize_target", &s.StandardizeTarget, "standardize numeric targets; the loss is then in squared standard deviations").Explained(knob.Doc{
			Formula: "y ← (y − mean)/std over the training rows, std of n, not n − 1",
			Source:  knob.None,
			PyTorch: "sklearn.compose.TransformedTargetRegressor",
			When:    "For regression with targets far from 0 or of large scale. Losses then compare across data sets: predicting the mean has mse 1.",
			Range:   "on for regression",
		}),
		knob.Int("data.samples", &s.Samples, 2, 10_000_000, "number of rows a generator makes; modular makes all pairs").Explained(knob.Doc{
			Formula: "n",
			Source:  knob.None,
			PyTorch: "sklearn.datasets.make_moons(n_samples=n)",
			When:    "Fewer to see overfitting, more to see the limit of the model.",
			Range:   "100 to 10,000",
		}),
		knob.Float("data.noise", &s.Noise, 0, 1e6, knob.Log, "standard deviation of the Gaussian noise a generator adds; modular has none").Explained(knob.Doc{
			Formula: "+ ε, ε ~ N(0, σ²): on the inputs of classes, on the targets of regression",
			Source:  knob.None,
			PyTorch: "sklearn.datasets.make_moons(noise=σ)",
			When:    "0 for a problem with an exact solution; more where generalization is the subject.",
			Range:   "0 to 0.3",
		}),
		knob.Int("data.inputs", &s.Inputs, 1, 1<<20, "number of inputs of linear-teacher and sparse").Explained(knob.Doc{
			Formula: "d",
			Source:  knob.None,
			PyTorch: "sklearn.datasets.make_regression(n_features=d)",
			When:    "More inputs than rows make the problem underdetermined.",
			Range:   "10 to 1000",
		}),
		knob.Int("data.outputs", &s.Outputs, 1, 1<<20, "number of outputs of linear-teacher").Explained(knob.Doc{
			Formula: "W of [outputs, inputs]",
			Source:  knob.None,
			PyTorch: "sklearn.datasets.make_regression(n_targets=k)",
			When:    "1 for a single linear regression.",
			Range:   "1 to 100",
		}),
		knob.Int("data.classes", &s.Classes, 2, 100, "number of classes of gaussians").Explained(knob.Doc{
			Formula: "k",
			Source:  knob.None,
			PyTorch: "sklearn.datasets.make_blobs(centers=k)",
			When:    "More classes on the same circle overlap more.",
			Range:   "2 to 10",
		}),
		knob.Int("data.degree", &s.Degree, 1, 50, "degree of the Chebyshev polynomial").Explained(knob.Doc{
			Formula: "n of T_n",
			Source:  "J. M. Cohen, S. Kaur, Y. Li, J. Z. Kolter, A. Talwalkar, “Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability”, ICLR 2021",
			PyTorch: "numpy.polynomial.chebyshev.chebval",
			When:    "Higher is harder: T_n has n zeros. Cohen et al. take 3, 4 and 5.",
			Range:   "3 to 5",
		}),
		knob.Int("data.modulus", &s.Modulus, 2, 200, "modulus p of modular addition, which has p² rows and 2p inputs").Explained(knob.Doc{
			Formula: "(a + b) mod p",
			Source:  "A. Power, Y. Burda, H. Edwards, I. Babuschkin, V. Misra, “Grokking: Generalization Beyond Overfitting on Small Algorithmic Datasets”, arXiv 2201.02177, 2022",
			PyTorch: knob.None,
			When:    "A prime, as in the paper (97); smaller for a shorter run.",
			Range:   "23 to 97",
		}),
		knob.Int("data.active", &s.Active, 1, 1<<20, "number of inputs of sparse with a weight other than 0").Explained(knob.Doc{
			Formula: "k entries of w are ±1/√k",
			Source:  "R. Tibshirani, “Regression Shrinkage and Selection via the Lasso”, Journal of the Royal Statistical Society B 58(1), 1996",
			PyTorch: "sklearn.datasets.make_regression(n_informative=k)",
			When:    "Few among many inputs: pruning should keep these and remove the rest.",
			Range:   "3 to 10",
		}),
	}
	at := slices.IndexFunc(knobs, func(k knob.Knob) bool { return k.Path == "data.standardize" })
	knobs = slices.Insert(knobs, at, s.splitKnobs()...)
	knobs = append(knobs, s.Written.knobs()...)
	for i := range knobs {
		knobs[i] = knobs[i].AsFixed()
	}
	return knobs
}
