package draft

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"descent/core/knob"
	"descent/core/recipe"
)

// write makes the recipe.
func (d *Draft) write() error {
	d.Recipe = recipe.New()
	r := &d.Recipe
	if b := d.Options.Base; b != nil {
		return d.rebuild(*b)
	}
	r.Name = strings.TrimSuffix(filepath.Base(d.File), ".gz")
	r.Name = strings.TrimSuffix(r.Name, filepath.Ext(r.Name))
	r.Origin = map[string]string{"": d.File}
	path, err := filepath.Abs(d.File)
	if err != nil {
		return err
	}
	r.Data.File = path
	if d.Options.Labels != "" {
		if r.Data.Labels, err = filepath.Abs(d.Options.Labels); err != nil {
			return err
		}
	}
	d.assume("%s: %s, %s, %s", filepath.Base(d.File), several(d.Rows, "row"), several(len(d.Columns), "column"), d.Form)
	d.columns()
	d.missing()
	d.indicate()
	d.split()
	d.network()
	goal := listed(named(d.Columns, Target))
	title := map[Task]string{Regression: "Regression", TwoClasses: "Two classes", Classes: "Classification"}[d.Task]
	r.Title = title + ": " + goal + " of " + filepath.Base(d.File)
	inputs := 0
	for _, c := range d.Columns {
		if c.Role == Input {
			inputs += c.Inputs
		}
	}
	r.Summary = fmt.Sprintf("%s rows; %s is predicted from %s, which make %s.", thousands(d.Rows), goal,
		several(len(named(d.Columns, Input)), "column"), several(inputs, "input"))
	return nil
}

// rebuild is a recipe with what the columns are now. The network keeps its hidden widths,
// and the loss its name where what is learned is of the same kind.
func (d *Draft) rebuild(b recipe.Recipe) error {
	standardize, targets := b.Data.Standardize, b.Data.StandardizeTarget
	was := b.Data.Target
	if len(was) == 0 {
		was = []string{d.Columns[len(d.Columns)-1].Name}
	}
	d.Recipe = b
	r := &d.Recipe
	r.Data.Ignore, r.Data.Categorical, r.Data.Ordinal = nil, nil, nil
	d.assume("%s: %s, %s, %s", filepath.Base(d.File), several(d.Rows, "row"), several(len(d.Columns), "column"), d.Form)
	d.columns()
	d.missing()
	d.indicate()
	r.Data.Standardize, r.Data.StandardizeTarget = standardize, targets
	if n := len(r.Model.Layers); n > 2 {
		r.Model.Hidden, r.Model.Layers = r.Model.Layers[1:n-1], nil
	}
	if !slices.Equal(was, named(d.Columns, Target)) {
		d.loss()
		r.Data.StandardizeTarget = d.Task == Regression
		if r.Data.Split == "stratified" && d.Task == Regression {
			d.first("data.split", "random")
		}
	}
	d.assume("all else is that of %s", b.Name)
	return nil
}

// columns says which columns are what.
func (d *Draft) columns() {
	goals := named(d.Columns, Target)
	c := d.Columns[find(d.Columns, goals[0])]
	what := map[Task]string{Regression: "a number: regression", TwoClasses: "two classes", Classes: fmt.Sprintf("%d classes", c.Distinct)}[d.Task]
	if len(goals) > 1 {
		what = fmt.Sprintf("%d numbers: regression", len(goals))
	}
	d.assume("the target is %s (%s), %s", listed(goals), c.Note, what)
	if d.sheet.words {
		d.set("data.target", knob.Items(goals), "what is predicted: "+what)
	}
	if d.sheet.headless {
		d.set("data.header", knob.Word("false"), "the first line is a row: columns are called c0, c1, ...")
	}
	if d.Options.NA != nil {
		d.set("data.na", knob.Items(d.Options.NA), "")
	}
	var categories, ordinals []string
	for _, c := range d.Columns {
		switch {
		case c.Role != Input:
		case c.Kind == Category && c.seen != Category && c.seen != Text && c.seen != Boolean:
			categories = append(categories, c.Name)
		case c.Kind == Ordinal:
			ordinals = append(ordinals, c.Name)
		}
	}
	if categories != nil {
		d.set("data.categorical", knob.Items(categories), "numbers that are categories: an input for each")
	}
	if ordinals != nil {
		d.set("data.ordinal", knob.Items(ordinals), "categories in an order: one input")
	}
	if left := named(d.Columns, Ignored); left != nil {
		d.set("data.ignore", knob.Items(left), "columns that are left out")
		d.assume("left out: %s", listed(d.left()))
	}
	if !d.pictures() {
		d.set("data.standardize", knob.Flag(true), "inputs: mean 0 and deviation 1 over the training rows")
	}
	if d.Task == Regression {
		d.set("data.standardize_target", knob.Flag(true), "the target too; predictions are given in its own units")
	}
}

// missing says what becomes of missing values.
func (d *Draft) missing() {
	cells, target, worst := 0, 0, 0.0
	var holes []string
	for _, c := range d.Columns {
		switch {
		case c.Role == Target:
			target += c.Missing
		case c.Role == Input && c.Missing > 0:
			cells += c.Missing
			worst = max(worst, float64(c.Missing)/float64(d.Rows))
			holes = append(holes, c.Name)
		}
	}
	const key = "data.missing"
	if how := d.Options.Missing; how != "" {
		if d.set(key, knob.Word(how), "missing values, as was asked for") && cells+target > 0 {
			d.assume("%s: %s", several(cells+target, "missing value"), how)
		}
		return
	}
	switch {
	case cells == 0 && target == 0:
		d.set(key, knob.Word("refuse"), "")
	case cells == 0:
		d.first(key, "drop")
		d.why[key] = "rows without a target are left out"
		d.assume("%s without a target: left out", several(target, "row"))
	default:
		how := ""
		if worst > 0.05 {
			how = d.first(key, "indicator", "median", "mean")
		} else {
			how = d.first(key, "median", "mean")
		}
		if target > 0 && !d.fillsAround() {
			how = d.first(key, "drop")
		}
		d.why[key] = fmt.Sprintf("%s in %s", several(cells, "missing value"), listed(holes))
		d.assume("%s in %s: %s", several(cells, "missing value"), listed(holes), filling(how))
	}
}

// filling says what becomes of missing values.
func filling(how string) string {
	switch how {
	case "indicator":
		return "filled in with the mean, and marked by an input of their own (indicator)"
	case "median", "mean", "mode":
		return "filled in with the " + how
	case "drop":
		return "their rows are left out (drop)"
	}
	return how
}

// indicate counts the inputs that are 1 where a value is missing.
func (d *Draft) indicate() {
	for i := range d.Columns {
		if c := &d.Columns[i]; c.Role == Input && c.Missing > 0 && d.Recipe.Data.Missing == "indicator" {
			c.Inputs++
		}
	}
}

// fillsAround tells whether rows without a target are left out where other values are filled in.
func (d *Draft) fillsAround() bool { return false }

// split says what is held out.
func (d *Draft) split() {
	share := 0.2
	switch {
	case d.Rows < 100:
		share = 0.3
	case d.Rows > 200_000:
		share = 0.1
	}
	d.set("data.validation", knob.Num(share), "of the rows, for validation: the network never learns from them")
	how := "by the seed"
	for _, c := range d.Columns {
		if c.seen == Date && c.sorted && c.Missing == 0 && c.Role != Target {
			if d.first("data.split", "time") != "" {
				d.set("data.time", knob.Word(c.Name), "")
				how = "the latest by " + c.Name
				d.why["data.split"] = "the latest rows, as later ones are to be predicted"
			}
			d.assume("%.0f %% of the rows for validation, %s", 100*share, how)
			return
		}
	}
	if d.Task != Regression && d.first("data.split", "stratified") != "" {
		how = "by the seed, with the same share of each class"
		d.why["data.split"] = "the same share of each class in both parts"
	}
	d.assume("%.0f %% of the rows for validation, %s", 100*share, how)
}

// network chooses model, loss, optimizer and length by the rows.
func (d *Draft) network() {
	inputs := 0
	for _, c := range d.Columns {
		inputs += c.Inputs
	}
	var hidden []int
	switch {
	case d.Rows >= 200 && 10*inputs > d.Rows: // many inputs for so few rows
		hidden = []int{64}
	case d.Rows < 200:
		hidden = []int{16}
	case d.Rows < 2000:
		hidden = []int{32, 16}
	case d.Rows < 20_000:
		hidden = []int{64, 32}
	default:
		hidden = []int{128, 64}
	}
	var widths, words []string
	for _, n := range hidden {
		widths = append(widths, strconv.Itoa(n))
	}
	if d.pictures() {
		d.convolutions()
	} else {
		d.set("model.hidden", knob.Items(widths), "widths between the inputs and the outputs, by the number of rows")
		d.set("model.activation", knob.Word("relu"), "")
		words = append(words, "a network of "+strings.Join(widths, "-")+" hidden units")
	}
	d.loss()
	d.set("optimizer.name", knob.Word("adam"), "")
	d.set("optimizer.lr", knob.Num(0.001), "`descent find-lr` suggests another")
	batch := 32
	switch {
	case d.Rows > 100_000:
		batch = 256
	case d.Rows > 20_000:
		batch = 128
	}
	epoch := math.Ceil(float64(d.Rows) * (1 - d.Recipe.Data.Validation) / float64(batch))
	steps := int(round(min(max(100*epoch, 1000), 20_000)))
	d.set("train.batch", knob.Num(float64(batch)), "")
	d.set("train.steps", knob.Num(float64(steps)), fmt.Sprintf("about %.0f passes over the training rows", float64(steps)/epoch))
	stops := d.set("train.stop", knob.Num(patience), "early stopping: so many evaluations, one an epoch, without a better one")
	if d.first("train.keep", "best") != "" {
		d.why["train.keep"] = "the weights of the best evaluation"
	}
	early := ""
	if stops {
		early = " or until the validation loss has not fallen for " + strconv.Itoa(patience) + " epochs"
	}
	if d.pictures() {
		words = append(words, "a network of two convolutions")
	}
	d.assume("%s, adam at 0.001, %s steps%s", strings.Join(words, ""), thousands(steps), early)
}

// leastPicture is from which height and width on images go through convolutions.
const leastPicture = 12

// pictures tells of classes of images that are large enough for convolutions.
func (d *Draft) pictures() bool {
	shape := d.sheet.shape
	return len(shape) > 1 && shape[0] >= leastPicture && shape[1] >= leastPicture && d.Task != Regression
}

// convolutions makes a small convolutional network for the images.
func (d *Draft) convolutions() {
	shape, outputs := d.sheet.shape, 1
	channels := 1
	if len(shape) > 2 {
		channels = shape[2]
	}
	if d.Task == Classes {
		for _, c := range d.Columns {
			if c.Role == Target {
				outputs = c.Distinct
			}
		}
	}
	d.set("model.input", knob.Items([]string{strconv.Itoa(channels), strconv.Itoa(shape[0]), strconv.Itoa(shape[1])}), "channels, height, width of an image")
	d.set("model.stack", knob.Items([]string{
		"conv2d out=8 kernel=3 padding=1", "relu", "max-pool 2",
		"conv2d out=16 kernel=3 padding=1", "relu", "max-pool 2",
		"flatten", "dense " + strconv.Itoa(outputs),
	}), "the layers, in order")
}

// loss chooses the loss and the metrics by what is learned.
func (d *Draft) loss() {
	switch d.Task {
	case Regression:
		d.set("loss.name", knob.Word("mse"), "huber if a few rows are far off")
	case TwoClasses:
		d.set("loss.name", knob.Word("bce"), "one output: the log-odds of the second class")
	case Classes:
		d.set("loss.name", knob.Word("cross-entropy"), "an output for each class")
	}
	measured := map[Task][]string{Regression: {"mae", "r2"}, TwoClasses: {"f1", "auc"}, Classes: {"f1_macro", "auc"}}[d.Task]
	d.set("train.metrics", knob.Items(measured), "`descent list metrics` names others")
}

// patience is how many epochs may pass without a better one.
const patience = 40

// round makes a number of steps one of two digits.
func round(v float64) float64 {
	unit := math.Pow(10, math.Floor(math.Log10(v))-1)
	return math.Round(v/unit) * unit
}

// thousands writes a number with commas between groups of three digits.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
