package core

import (
	"encoding/json"
	"fmt"
	"slices"

	"descent/core/data"
	"descent/core/kernel"
	"descent/core/loss"
	"descent/core/nn"
	"descent/core/objective"
	"descent/core/recipe"
)

// Files finds what a recipe names.
type Files interface {
	// Table is the content of a built-in data set and the columns it predicts by
	// default (nil for the last). ok is false if there is none of that name.
	Table(set string) (content []byte, target []string, ok bool)
	// File is the content of a file.
	File(path string) ([]byte, error)
}

// Watcher is a Files that is told how far the reading of a large file is, in bytes of all
// that there is to do. An error ends it.
type Watcher interface {
	Reading(file string, done, total int64) error
}

// Albums is a Files that reads folders of images.
type Albums interface {
	Files
	// Album is the images of a folder, a folder for each class in it, as one file of
	// arrays (NPZ); ok is false where the path is no such folder. size is height and
	// width, nil for theirs; with grey they have one channel.
	Album(path string, size []int, grey bool) (content []byte, notes []string, ok bool, err error)
}

// Library is a Files that keeps what was read: trainers of equal data share it, since
// nobody changes it.
type Library interface {
	Files
	// Shared returns what is kept under a key; of nothing it is made, and kept unless
	// that fails.
	Shared(key string, make func() (any, error)) (any, error)
}

// kept is what a library keeps of some values that tell all of it, or what is made of
// them where there is no library.
func kept[T any](files Files, make func() (T, error), of ...any) (T, error) {
	l, ok := files.(Library)
	if !ok {
		return make()
	}
	key, err := json.Marshal(of)
	if err != nil {
		return make()
	}
	v, err := l.Shared(string(key), func() (any, error) { return make() })
	if err != nil {
		var none T
		return none, err
	}
	return v.(T), nil
}

// loadNetwork loads the data and builds the model for it.
func loadNetwork(r recipe.Recipe, files Files) (*objective.Network, error) {
	table, err := Table(r, files)
	if err != nil {
		return nil, err
	}
	lossRow, _ := loss.Find(recipe.NewParts(r.Settings, nil).Loss.Name)
	named := lossRow.Reads == loss.LogOdds
	spec := r.Model
	if len(spec.Hidden) > 0 {
		outputs, err := table.Outputs(lossRow.Reads == loss.Distribution, named)
		if err != nil {
			return nil, r.Blame(err)
		}
		spec = spec.Between(len(table.Inputs), outputs)
	}
	if spec, err = spec.For(len(table.Inputs)); err != nil {
		if words := table.Words(); words != "" {
			err = fmt.Errorf("%w: %s", err, words)
		}
		return nil, r.LocateKey("model", err)
	}
	model, err := nn.New(spec)
	if err != nil {
		return nil, r.LocateKey("model", err)
	}
	found, err := kept(files, func() (*data.Set, error) {
		return data.Prepare(table, r.Data, model.Out(), named, kernel.Mix(r.Seed, "split"))
	}, "set", r.Data, r.Model.Input, model.Out(), named, r.Seed)
	if err != nil {
		return nil, r.Blame(err)
	}
	own := *found
	set := &own
	set.Notes = slices.Clip(set.Notes)
	if len(r.Model.Hidden) > 0 {
		set.Notes = append(set.Notes, fmt.Sprintf("model.hidden makes a network of %s: %s, %s", spec.Shape(), several(model.In(), "input"), several(model.Out(), "output")))
	}
	if c := table.Targets[0]; set.ByClass && c.Words == nil && c.Classes == nil && lossRow.Reads == loss.Numbers {
		set.Notes = append(set.Notes, fmt.Sprintf("the model has %d outputs, so the integers of column %q are classes, and %s compares each output with 0 or 1; a model of one output would learn the number itself",
			model.Out(), c.Name, lossRow.Name))
	}
	for _, part := range []data.Part{set.Train, set.Val, set.Test} {
		if err := checkInput(model, part); err != nil {
			return nil, r.Locate("model.stack.0", err)
		}
	}
	return objective.NewNetwork(model, spec, set, r.Seed), nil
}

// blockRows is how many rows are looked at at a time.
const blockRows = 256

// checkInput says which number of a part the model cannot take.
func checkInput(model *nn.Model, part data.Part) error {
	var x []float64
	for from := 0; from < part.Rows(); from += blockRows {
		if err := model.CheckInput(part.Block(&x, from, min(from+blockRows, part.Rows())).X); err != nil {
			return err
		}
	}
	return nil
}

// several is so many of a thing: "1 output", "2 outputs".
func several(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// Table reads or generates the data of a recipe, before they are split and
// standardized.
func Table(r recipe.Recipe, files Files) (*data.Table, error) {
	if r.Data.File != "" {
		return kept(files, func() (*data.Table, error) { return tableOfFile(r, files) }, "file", r.Data, r.Model.Input)
	}
	if cells := float64(r.Data.Samples) * float64(r.Data.Inputs+r.Data.Outputs); cells > nn.MaxParams {
		return nil, r.Locate("data.samples", fmt.Errorf("data.samples, inputs and outputs would make %.3g numbers; the most is 2^28", cells))
	}
	if t, ok := data.Generate(r.Data, kernel.Mix(r.Seed, "data")); ok {
		if len(r.Data.Target) > 0 {
			return nil, r.Locate("data.target", fmt.Errorf("data.target cannot be chosen for the generator %q", r.Data.Set))
		}
		return t, nil
	}
	return kept(files, func() (*data.Table, error) { return tableOfSet(r, files) }, "table", r.Data, r.Model.Input)
}

// tableOfFile reads the data of a file.
func tableOfFile(r recipe.Recipe, files Files) (*data.Table, error) {
	content, notes, images, err := fileOrAlbum(r, files)
	if err != nil {
		return nil, r.Locate("data.file", err)
	}
	of := data.Source{Name: r.Data.File, Content: content, LabelsName: r.Data.Labels}
	if of.Labels, err = optional(r, "data.labels", r.Data.Labels, files); err != nil {
		return nil, err
	}
	var held *data.Source
	if r.Data.ValidationFile != "" {
		held = &data.Source{Name: r.Data.ValidationFile, LabelsName: r.Data.ValidationLabels}
		if held.Content, err = optional(r, "data.validation_file", held.Name, files); err != nil {
			return nil, err
		}
		if held.Labels, err = optional(r, "data.validation_labels", held.LabelsName, files); err != nil {
			return nil, err
		}
	}
	var tested *data.Source
	if r.Data.TestFile != "" {
		tested = &data.Source{Name: r.Data.TestFile, LabelsName: r.Data.TestLabels}
		if tested.Content, err = optional(r, "data.test_file", tested.Name, files); err != nil {
			return nil, err
		}
		if tested.Labels, err = optional(r, "data.test_labels", tested.LabelsName, files); err != nil {
			return nil, err
		}
	}
	spec := r.Data
	spec.Row = r.Model.Input
	if images && spec.Layout == "auto" {
		spec.Layout = "hwc"
	}
	if w, ok := files.(Watcher); ok {
		spec = spec.Watched(func(done, total int64) error { return w.Reading(r.Data.File, done, total) })
	}
	t, err := data.ReadWith(of, held, tested, spec)
	if err == nil {
		t.Notes = append(t.Notes, notes...)
	}
	return t, r.Blame(err)
}

// fileOrAlbum is the content of the file of data, or the images of that folder.
func fileOrAlbum(r recipe.Recipe, files Files) (content []byte, notes []string, images bool, err error) {
	if albums, ok := files.(Albums); ok {
		if content, notes, ok, err := albums.Album(r.Data.File, r.Data.Size, r.Data.Grey); ok || err != nil {
			return content, notes, true, err
		}
	}
	content, err = files.File(r.Data.File)
	return content, nil, false, err
}

// tableOfSet reads a built-in data set.
func tableOfSet(r recipe.Recipe, files Files) (*data.Table, error) {
	content, target, ok := files.Table(r.Data.Set)
	if !ok {
		return nil, r.Locate("data.set", fmt.Errorf("there is no data set %q; `descent list data` names them all", r.Data.Set))
	}
	spec := r.Data
	spec.Row = r.Model.Input
	if len(spec.Target) == 0 {
		spec.Target = target
	}
	t, err := data.Read(r.Data.Set, content, nil, spec)
	return t, r.Blame(err)
}

// optional is the content of a file that a key names, nil if it names none.
func optional(r recipe.Recipe, key, path string, files Files) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	content, err := files.File(path)
	if err != nil {
		return nil, r.Locate(key, err)
	}
	if content == nil {
		content = []byte{}
	}
	return content, nil
}
