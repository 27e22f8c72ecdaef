package tune

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"descent/core/recipe"
	"descent/core/search"
)

// Recipe returns the recipe of a trial: that of its study with the values of the point.
// Keys that choose an item by name are set first, since others may belong to it.
func Recipe(r recipe.Recipe, p search.Point) (recipe.Recipe, error) {
	r.Origin = maps.Clone(r.Origin)
	changes, err := Changes(p)
	if err != nil {
		return r, err
	}
	for _, c := range changes {
		if err := r.Set(c.Path, c.Value); err != nil {
			return r, err
		}
	}
	if err := r.Check(); err != nil {
		return r, err
	}
	for _, c := range changes {
		if err := r.Means(c.Path); err != nil {
			return r, err
		}
	}
	return r, nil
}

// Changes returns the values of a point in the order in which they are set.
func Changes(p search.Point) (out []recipe.Change, err error) {
	paths := slices.Sorted(maps.Keys(p))
	for _, names := range []bool{true, false} {
		for _, path := range paths {
			table, _, _ := strings.Cut(path, ".")
			switch {
			case table == "pretrain" || table == "teacher":
				return nil, fmt.Errorf("%s is not a setting of the trial: it names what was learnt before", path)
			case strings.HasSuffix(path, ".name") == names:
				out = append(out, recipe.Change{Path: path, Value: p[path]})
			}
		}
	}
	return out, nil
}

// live returns the changes that make the settings of a trainer those of a point, in
// order; what stands there already is left out.
func live(now recipe.Settings, p search.Point) ([]recipe.Change, error) {
	changes, err := Changes(p)
	if err != nil {
		return nil, err
	}
	var out []recipe.Change
	swapped := false // the optimizer, and the rate with it
	for _, c := range changes {
		s, err := now.Find(c.Path)
		if err != nil {
			return nil, err
		}
		if s.Value.Equal(c.Value) && !(swapped && c.Path == recipe.OptimizerLR) {
			continue
		}
		if now, err = now.With(c.Path, c.Value); err != nil {
			return nil, err
		}
		swapped = swapped || c.Path == recipe.OptimizerName
		out = append(out, c)
	}
	return out, nil
}
