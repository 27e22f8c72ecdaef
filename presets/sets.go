package presets

import "descent/core/knob"

// set is a built-in table. Its files are read as one: images are followed by their
// test part and the names of the classes.
type set struct {
	name   string
	files  []string
	target []string // nil for the last column
	help   string
	doc    knob.Doc
}

// DataSets returns the built-in tables with their help.
func DataSets() []knob.Option {
	out := make([]knob.Option, len(sets))
	for i, s := range sets {
		out[i] = knob.Option{Name: s.name, Help: s.help, Doc: s.doc}
	}
	return out
}

// sets are the built-in tables.
var sets = []set{
	{"iris", []string{"iris.csv"}, nil, "iris flowers of three species, by length and width of sepal and petal", knob.Doc{
		Formula: knob.None,
		Source:  "R. A. Fisher, “The use of multiple measurements in taxonomic problems”, Annals of Eugenics 7(2), 1936; UCI Machine Learning Repository, Iris",
		PyTorch: "sklearn.datasets.load_iris",
		When:    "A first classification: 150 rows train in a moment. One species is linearly separable from the other two, which overlap. Too small to tell good optimizers apart: with 30 validation rows one of them is 3.3 percentage points.",
		Range:   "validation accuracy 0.93 to 1; 0.33 for guessing",
	}},
	{"wine", []string{"wine.csv"}, nil, "wines of three growers, by 13 chemical measurements", knob.Doc{
		Formula: knob.None,
		Source:  "M. Forina et al., “PARVUS”, 1988; UCI Machine Learning Repository, Wine",
		PyTorch: "sklearn.datasets.load_wine",
		When:    "Shows what standardization is for: proline is in the hundreds, other inputs are below 1. Easy with data.standardize; without it training is slower and ends at a higher loss.",
		Range:   "validation accuracy 0.95 to 1 when standardized; 0.40 for the largest class",
	}},
	{"penguins", []string{"penguins.csv"}, []string{"species"}, "penguins of three species; words and missing values among the inputs", knob.Doc{
		Formula: knob.None,
		Source:  "K. B. Gorman, T. D. Williams, W. R. Fraser, “Ecological sexual dimorphism and environmental variability within a community of Antarctic penguins”, PLoS ONE 9(3), 2014; A. M. Horst, A. P. Hill, K. B. Gorman, palmerpenguins, 2020",
		PyTorch: "seaborn.load_dataset(\"penguins\")",
		When:    "A table as they come: columns of words, and missing values, which data.missing drops or imputes.",
		Range:   "validation accuracy 0.97 to 1; 0.44 for the largest class",
	}},
	{"breast_cancer", []string{"breast_cancer.csv.gz"}, nil, "tumours, benign or malignant, by 30 measurements of their cell nuclei", knob.Doc{
		Formula: knob.None,
		Source:  "W. N. Street, W. H. Wolberg, O. L. Mangasarian, “Nuclear feature extraction for breast tumor diagnosis”, Proceedings of SPIE 1905, 1993; UCI Machine Learning Repository, Breast Cancer Wisconsin (Diagnostic)",
		PyTorch: "sklearn.datasets.load_breast_cancer",
		When:    "Binary classification with correlated inputs of very different scales; standardize them. Classes are unbalanced: compare the accuracy with the fraction of the larger class.",
		Range:   "validation accuracy 0.95 to 0.99 when standardized; 0.63 for the larger class",
	}},
	{"diabetes", []string{"diabetes.csv"}, nil, "progression of diabetes within a year, from ten measurements", knob.Doc{
		Formula: knob.None,
		Source:  "B. Efron, T. Hastie, I. Johnstone, R. Tibshirani, “Least angle regression”, Annals of Statistics 32(2), 2004, section 1",
		PyTorch: "sklearn.datasets.load_diabetes(scaled=False)",
		When:    "Regression with much noise: a linear model is about as good as a network, which soon overfits. Standardize the targets (data.standardize_target), which reach 346.",
		Range:   "validation loss near 0.5 in squared standard deviations; 1 for predicting the mean",
	}},
	{"concrete", []string{"concrete.csv"}, nil, "compressive strength of concrete in MPa, from its mixture and age", knob.Doc{
		Formula: knob.None,
		Source:  "I-C. Yeh, “Modeling of strength of high-performance concrete using artificial neural networks”, Cement and Concrete Research 28(12), 1998; UCI Machine Learning Repository, Concrete Compressive Strength",
		PyTorch: "ucimlrepo.fetch_ucirepo(id=165)",
		When:    "Non-linear regression: strength grows like the logarithm of age, and falls with the ratio of water to cement. A network is clearly better than a linear model. Standardize inputs and targets.",
		Range:   "validation loss 0.07 to 0.15 in squared standard deviations; 1 for predicting the mean, about 0.4 for a linear model",
	}},
	{"digits", []string{"digits8x8.csv.gz"}, nil, "handwritten digits of 8×8 pixels from 0 to 16", knob.Doc{
		Formula: knob.None,
		Source:  "E. Alpaydin, C. Kaynak, “Optical Recognition of Handwritten Digits”, 1998, UCI Machine Learning Repository: its test part",
		PyTorch: "sklearn.datasets.load_digits",
		When:    "The small relative of MNIST: large enough that optimizers, regularization and compression differ, small enough to train in seconds. data.shape = [8, 8] makes images of its rows.",
		Range:   "validation accuracy 0.96 to 0.99; 0.10 for guessing",
	}},
	{"fashion28", []string{"fashion28-train1300.q4.gz", "fashion28-test500.q4.gz", "fashion28-names.q4.gz"}, nil, "clothes of ten kinds, greyscale images of 28×28 pixels, with a test part", knob.Doc{
		Formula: knob.None,
		Source:  "H. Xiao, K. Rasul, R. Vollgraf, “Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms”, arXiv 1708.07747, 2017; 1800 of its images, in 16 shades of grey",
		PyTorch: "torchvision.datasets.FashionMNIST",
		When:    "For convolutions, augmentation and fine-tuning. It holds 1300 images to train on, not 60,000: networks overfit soon, and accuracies are below those published for the full set.",
		Range:   "validation accuracy 0.80 to 0.87; 0.10 for guessing, 0.9 and more on the full set",
	}},
}
