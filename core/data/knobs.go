package data

import "descent/core/knob"

// Knobs are the keys of the table, bound to the spec. A key that the data set
// has no use for is not used.
func (s *Spec) Knobs() []knob.Knob {
	knobs := []knob.Knob{
		knob.String("data.set", &s.Set, "a built-in data set or generator; or give data.file"),
		knob.String("data.file", &s.File, "a table (CSV, TSV) or arrays (IDX, NPY, NPZ), also in a gzip; relative to the preset"),
		knob.String("data.labels", &s.Labels, "the file of the labels, where data.file is IDX or NPY; relative to the preset"),
		knob.Words("data.target", &s.Target, "the columns to predict; by default the last"),
		knob.Words("data.only", &s.Only, "keep the rows of these classes alone; split, scaling and outputs stay those of the whole set").WithZero("all"),
		knob.Ints("data.shape", &s.Shape, "the inputs are images of this height and width, and channels if there are several; the shape of arrays is known without it"),
		knob.OneOf("data.layout", &s.Layout, layouts, "how images of several channels lie in a row of the file: channels last (hwc) or first (chw); needed only where the shapes do not tell"),
		knob.OneOf("data.header", &s.Header, headers, "whether the first line of a table names its columns"),
		knob.OneOf("data.missing", &s.Missing, missings, "what becomes of missing values"),
		knob.Words("data.na", &s.NA, "how missing values are spelled besides an empty cell; by default NA, and in columns of numbers also NaN, null, None, N/A, ?, - and the like").WithZero("the usual ways"),
		knob.String("data.x", &s.X, "the array of an NPZ that holds the inputs; by default x, data, images and the like"),
		knob.String("data.y", &s.Y, "the array of an NPZ that holds the targets; by default y, labels, target and the like"),
		knob.String("data.validation_file", &s.ValidationFile, "a file like data.file whose rows are the validation; relative to the preset"),
		knob.String("data.validation_labels", &s.ValidationLabels, "the file of their labels, where data.validation_file is IDX or NPY; relative to the preset"),
		knob.Float("data.validation", &s.Validation, 0, 0.9, knob.Linear, "the share of the rows held out, chosen by the seed; with none, a set's own test part if it has one").WithZero("none"),
		knob.Bool("data.standardize", &s.Standardize, "shift and scale each input to mean 0 and deviation 1 over the training rows"),
		knob.Bool("data.standardize_target", &s.StandardizeTarget, "the same for numeric targets; the loss is then in squared deviations"),
		knob.Int("data.samples", &s.Samples, 2, 10_000_000, "rows a generator makes; modular makes all there are"),
		knob.Float("data.noise", &s.Noise, 0, 1e6, knob.Log, "deviation of the noise a generator adds; modular has none"),
		knob.Int("data.inputs", &s.Inputs, 1, 1<<20, "inputs of linear-teacher and sparse"),
		knob.Int("data.outputs", &s.Outputs, 1, 1<<20, "outputs of linear-teacher"),
		knob.Int("data.classes", &s.Classes, 2, 100, "classes of gaussians"),
		knob.Int("data.degree", &s.Degree, 1, 50, "degree of chebyshev"),
		knob.Int("data.modulus", &s.Modulus, 2, 200, "modulus of modular, which has its square of rows"),
		knob.Int("data.active", &s.Active, 1, 1<<20, "inputs that count in sparse"),
	}
	for i := range knobs {
		knobs[i] = knobs[i].AsFixed()
	}
	return knobs
}
