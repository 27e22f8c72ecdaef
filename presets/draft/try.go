package draft

import (
	"errors"
	"fmt"
	"strings"

	"descent/core"
	"descent/core/recipe"
	"descent/presets"
)

// tried is up to how many bytes a file is read as the recipe says, to see that it can be.
const tried = 16 << 20

// inMemory finds the files that were read already.
type inMemory struct {
	presets.Files
	of map[string][]byte
}

func (f inMemory) File(path string) ([]byte, error) {
	if content, ok := f.of[path]; ok {
		return content, nil
	}
	return f.Files.File(path)
}

// try makes a trainer of the recipe, as far as the file is not large, and takes over how many
// inputs each column becomes. What cannot be trained on is an error.
func (d *Draft) try() error {
	if len(d.sheet.content) > tried {
		return nil
	}
	r := d.Recipe
	t, err := core.New(r, inMemory{of: map[string][]byte{r.Data.File: d.sheet.content, r.Data.Labels: d.sheet.labels}})
	if err != nil {
		return shortened(r, err, d.File)
	}
	t.Close()
	set := t.Data()
	if set.Transform == nil || !d.sheet.words {
		return nil
	}
	for _, made := range set.Transform.Columns {
		if i := find(d.Columns, made.Name); i >= 0 && d.Columns[i].Role == Input {
			d.Columns[i].Inputs = len(made.Inputs)
		}
	}
	for _, g := range named(d.Columns, Target) {
		d.Columns[find(d.Columns, g)].Inputs = max(len(set.Targets)/len(named(d.Columns, Target)), 1)
	}
	return nil
}

// shortened is an error without the place of a key in a file that is not there yet.
func shortened(r recipe.Recipe, err error, file string) error {
	text := strings.ReplaceAll(err.Error(), r.Data.File, file)
	if short := strings.TrimPrefix(text, file+": "); short != text && strings.HasPrefix(short, file) {
		return errors.New(short)
	}
	if strings.HasPrefix(text, file) {
		return errors.New(text)
	}
	return fmt.Errorf("%s: %s", file, text)
}
