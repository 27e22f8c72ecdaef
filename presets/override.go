package presets

import (
	"fmt"
	"maps"
	"path/filepath"
	"strings"

	"descent/core/recipe"
)

// Override is Load with keys of the preset overridden by PATH=VALUE, as in --set.
// Keys that choose an item by name are applied first, whatever their order, since
// the others may belong to that item. Paths of files become absolute, so that a log
// refers to the same file wherever it is read.
func Override(name string, set ...string) (recipe.Recipe, error) {
	r, err := Load(name)
	if err != nil {
		return r, err
	}
	return override(r, "--set", set...)
}

// With returns a recipe with keys overridden by PATH=VALUE, as in --set.
func With(r recipe.Recipe, set ...string) (recipe.Recipe, error) {
	r.Origin = maps.Clone(r.Origin)
	return override(r, "--set", set...)
}

// Vary returns a recipe with further keys overridden by "PATH=VALUE", as in --over.
func Vary(r recipe.Recipe, set ...string) (recipe.Recipe, error) {
	r.Origin = maps.Clone(r.Origin)
	return override(r, "--over", set...)
}

// override sets keys as given by a flag, and then resolves the presets that they
// refer to.
func override(r recipe.Recipe, flag string, set ...string) (recipe.Recipe, error) {
	lessons := false
	for _, names := range []bool{true, false} {
		for _, text := range set {
			path, value, ok := strings.Cut(text, "=")
			text = flag + " " + text
			if !ok {
				return r, fmt.Errorf("%s: the form is PATH=VALUE", text)
			}
			if strings.HasSuffix(path, ".name") != names {
				continue
			}
			k, err := r.Find(path)
			if err != nil {
				return r, fmt.Errorf("%s: %w", text, err)
			}
			v, err := k.Knob.Parse(value)
			if err != nil {
				return r, fmt.Errorf("%s: %w", text, err)
			}
			if err := r.Set(path, v); err != nil {
				return r, fmt.Errorf("%s: %w", text, err)
			}
			r.Origin[path] = text
			table, key, _ := strings.Cut(path, ".")
			lesson := table == "pretrain" || table == "teacher"
			if !lesson || r.Origin[table] == "" || key == "preset" || key == "weights" {
				r.Origin[table] = text // without the flag the table was valid
			}
			lessons = lessons || table == "pretrain" || path == "teacher.preset"
		}
	}
	if lessons {
		if err := Resolve(&r, ""); err != nil {
			return r, err
		}
	}
	for _, path := range r.Paths() {
		if *path == "" {
			continue
		}
		var err error
		if *path, err = filepath.Abs(*path); err != nil {
			return r, err
		}
	}
	if err := r.Check(); err != nil {
		return r, err
	}
	for _, text := range set {
		path, _, _ := strings.Cut(text, "=")
		if err := r.Means(path); err != nil {
			return r, fmt.Errorf("%s %s: %w", flag, text, err)
		}
	}
	return r, nil
}
