package gallery

import (
	"descent/core"
	"descent/core/data"
	"descent/core/recipe"
	"descent/presets"
)

// Preview is what is known of a preset before it is opened.
type Preview struct {
	Recipe recipe.Recipe
	Table  *data.Table // nil for a surface
	Err    error
}

// Load reads a preset and its data, without training anything.
func Load(name string, files core.Files) Preview {
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

// number returns the value of a knob of a recipe.
func number(r recipe.Recipe, path string, instead float64) float64 {
	set, err := r.Settings.Find(path)
	if err != nil {
		return instead
	}
	return set.Value.Num()
}
