package gallery

import (
	"errors"
	"slices"
	"strings"

	"descent/core"
	"descent/core/data"
	"descent/core/recipe"
	"descent/presets"
	"descent/presets/draft"
)

// Preview is what is known of a preset before it is opened.
type Preview struct {
	Recipe recipe.Recipe
	Table  *data.Table // nil for a surface
	Err    error
}

// Load reads a preset and its data, without training anything.
func Load(name string, files core.Files) Preview {
	if !slices.Contains(presets.Names(), name) && !strings.HasSuffix(name, ".toml") {
		return table(name, files)
	}
	r, err := presets.Load(name)
	if err != nil {
		return Preview{Err: err}
	}
	p := Preview{Recipe: r}
	if r.Surface.Name == "" {
		p.Table, p.Err = core.Table(r, files)
	}
	return p
}

// previewed is up to how many bytes a file of data is read for a preview.
const previewed = 8 << 20

// table reads a file of data.
func table(name string, files core.Files) Preview {
	content, err := files.File(name)
	if err != nil {
		return Preview{Err: err}
	}
	if len(content) > previewed {
		return Preview{Err: errors.New("a large table, which is read when it is opened")}
	}
	d, err := draft.Of(name, content, nil, draft.Options{})
	if err != nil {
		return Preview{Err: err}
	}
	p := Preview{Recipe: d.Recipe}
	p.Table, p.Err = core.Table(d.Recipe, files)
	return p
}

// number returns the value of a knob of a recipe.
func number(r recipe.Recipe, path string, instead float64) float64 {
	set, err := r.Settings.Find(path)
	if err != nil {
		return instead
	}
	return set.Value.Num()
}
