package recipe

import (
	"slices"
	"sync"

	"descent/core/knob"
	"descent/core/optim"
)

// Find is the knob of that path, fixed or live, with its value in the recipe.
func (r *Recipe) Find(path string) (Setting, error) {
	if k, ok := r.shape(path); ok {
		return Setting{k, k.Value()}, nil
	}
	return r.Settings.Find(path)
}

// Set sets one key, fixed or live.
func (r *Recipe) Set(path string, v knob.Value) error {
	if k, ok := r.shape(path); ok {
		return k.Set(v)
	}
	s, err := r.Settings.With(path, v)
	if err != nil {
		return err
	}
	r.Settings = s
	return nil
}

// shape is the fixed knob of that path, bound to the recipe, if there is one.
func (r *Recipe) shape(path string) (knob.Knob, bool) {
	table, ok := shapes()[path]
	if !ok {
		return knob.Knob{}, false
	}
	knobs := r.tables()[table]()
	return knobs[slices.IndexFunc(knobs, func(k knob.Knob) bool { return k.Path == path })], true
}

// shapes is the table of each fixed knob.
var shapes = sync.OnceValue(func() map[string]int {
	out := map[string]int{}
	for i, knobs := range new(Recipe).tables() {
		for _, k := range knobs() {
			out[k.Path] = i
		}
	}
	return out
})

// Keys is every key of the recipe with its value, fixed ones first.
func (r *Recipe) Keys() []Setting {
	var out []Setting
	for _, k := range r.fixed() {
		out = append(out, Setting{k, k.Value()})
	}
	return append(out, r.Settings.Panel()...)
}

// Length is how many steps it takes: its own, or those that its recipe
// trains for, none where that begins with weights.
func (l *Pretraining) Length() int {
	switch {
	case l.Steps > 0:
		return l.Steps
	case l.Recipe.Model.Weights != "":
		return 0
	}
	return NewParts(l.Recipe.Settings, nil).Train.Steps
}

// DefaultRate is the recipe with the learning rate that its optimizer has by default,
// on a test surface the one that suits these.
func (r Recipe) DefaultRate() Recipe {
	name, _ := r.Settings.Find(OptimizerName)
	row, known := optim.Find(name.Value.Word())
	if r.Surface.Name != "" && known {
		if next, err := r.Settings.With(OptimizerLR, knob.Num(row.RateOnSurfaces())); err == nil {
			r.Settings = next
			return r
		}
	}
	r.Settings = r.Settings.Without(OptimizerLR)
	return r
}
