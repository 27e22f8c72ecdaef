package data

// Spec is the [data] table of a recipe.
type Spec struct {
	Set         string // a built-in table or a generator, or
	File        string // what Read reads
	Labels      string // the file of the labels, of IDX and NPY
	Target      []string
	Only        []string // the classes to keep; all if there are none
	Ignore      []string // columns that are no inputs
	Categorical []string // columns whose numbers are categories
	Ordinal     []string // columns that are encoded by order, each NAME or NAME=a<b<c
	Size        []int    // of the images of a folder: height and width; nil for theirs
	Grey        bool     // coloured images of a folder are made grey
	Shape       []int    // of images: height, width and, if there are several, channels
	Layout      string   // how the channels of images lie in a row
	Header      string   // whether the first line of a table names its columns: auto, true or false
	Written
	Missing           string
	NA                []string // how missing values are spelled; the usual ways if there are none
	X, Y              string   // the arrays of an NPZ that are inputs and targets
	ValidationFile    string   // what Read reads the test part from
	ValidationLabels  string   // the file of its labels, of IDX and NPY
	TestFile          string   // what Read reads the test rows from
	TestLabels        string   // the file of their labels, of IDX and NPY
	Validation        float64
	Test              float64
	Split             string // which rows are held out
	Time, Group       string // the columns that data.split = time and group go by
	Folds, Fold       int    // of data.split = folds
	Weight            string // the column of the weights of rows
	Standardize       bool
	StandardizeTarget bool
	// of the generators
	Samples                  int
	Noise                    float64
	Inputs, Outputs, Classes int
	Degree, Modulus, Active  int

	// watch is told how far reading is; see Watched.
	watch func(done, total int64) error

	// Row is model.input, the shape of a row that the model takes; not a key of
	// this table.
	Row []int

	// Plain takes columns for numbers or words alone, as releases did that had no
	// data.ignore. For recipes out of logs of that time.
	Plain bool

	// Lax reads a file as releases did that had no data.na: what is refused since
	// then is taken as it was. For recipes out of logs of that time.
	Lax bool
}

// NewSpec holds the defaults.
func NewSpec() Spec {
	return Spec{
		Layout: layoutAuto, Header: "auto", Written: found(), Missing: "refuse", Split: splitRandom, Fold: 1, Samples: 1000, Noise: 0.1, Inputs: 10, Outputs: 10,
		Classes: 4, Degree: 4, Modulus: 97, Active: 3,
	}
}

// The choices of data.layout. A spec that holds none of them, "", is of a log
// written before there was the key: rows are taken as they lie in the file, for
// channels first, and no shape is held against another.
const (
	layoutAuto = "auto"
	layoutHWC  = "hwc"
	layoutCHW  = "chw"
)

// The choices of data.split.
const (
	splitRandom     = "random"
	splitStratified = "stratified"
	splitTime       = "time"
	splitOrder      = "order"
	splitGroup      = "group"
	splitFolds      = "folds"
)
