package presets

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"descent/core/foreign"
	"descent/core/input"
	"descent/core/knob"
	"descent/core/recipe"
)

// Load reads a preset by its built-in name or by the path of a TOML file, or the recipe
// that begins with a model by the path of its file.
func Load(name string) (recipe.Recipe, error) { return load(name, nil) }

// load reads a preset at the end of a chain of references; the chain is empty for
// the first.
func load(name string, chain []string) (recipe.Recipe, error) {
	for _, n := range names {
		if n == name {
			content, err := embedded.ReadFile(n + ".toml")
			if err != nil {
				return recipe.Recipe{}, err
			}
			return decode(n+".toml", content, append(chain, n))
		}
	}
	if name == "-" {
		content, err := input.Stdin(input.MaxPreset)
		if err != nil {
			return recipe.Recipe{}, fmt.Errorf("the preset cannot be read from stdin: %w", err)
		}
		return decode("-", content, append(chain, name))
	}
	if IsModel(name) {
		return ofModel(name)
	}
	content, err := input.Read(name, input.MaxPreset)
	switch {
	case err == nil:
		return decode(name, content, append(chain, name))
	case isPath(name) || filepath.Ext(name) != "" || !errors.Is(err, fs.ErrNotExist): // no preset has a dot in its name
		return recipe.Recipe{}, err
	}
	if near := knob.Nearest(name, names); near != "" {
		return recipe.Recipe{}, fmt.Errorf("there is no preset %q; did you mean %q?", name, near)
	}
	return recipe.Recipe{}, fmt.Errorf("there is no preset %q; the built-in ones are %s, or give the path of a TOML file", name, strings.Join(names, ", "))
}

// Decode parses a preset. file is used in errors, and paths in the preset are
// relative to it. Unknown and repeated keys, wrong types and values out of range
// are rejected with line and column.
func Decode(file string, content []byte) (recipe.Recipe, error) {
	return decode(file, content, []string{file})
}

// decode parses a preset at the end of a chain of references.
func decode(file string, content []byte, chain []string) (recipe.Recipe, error) {
	r := recipe.New()
	r.Name = base(file)
	r.Origin = map[string]string{"": file}
	if err := foreign.Check(content, foreign.Preset); err != nil {
		return recipe.Recipe{}, fmt.Errorf("%s: %w", file, err)
	}
	assignments, err := parse(file, content, r.Origin)
	if err != nil {
		return recipe.Recipe{}, err
	}
	// A name determines the keys that belong to it, wherever it is in its table.
	for _, names := range []bool{true, false} {
		for _, a := range assignments {
			if strings.HasSuffix(a.path, ".name") != names {
				continue
			}
			if _, err := r.Find(a.path); err != nil {
				return recipe.Recipe{}, fmt.Errorf("%s: %w", a.keyAt, err)
			}
			if err := r.Set(a.path, a.value); err != nil {
				return recipe.Recipe{}, fmt.Errorf("%s: %w", a.at, err)
			}
			r.Origin[a.path] = a.keyAt
		}
	}
	for _, path := range r.Paths() {
		*path = relative(file, *path)
	}
	if err := resolve(&r, file, chain); err != nil {
		return recipe.Recipe{}, err
	}
	if err := r.Check(); err != nil {
		return recipe.Recipe{}, err
	}
	if r.Origin["loss.name"] == "" && r.Surface.Name == "" {
		return recipe.Recipe{}, fmt.Errorf(`%s: [loss] is missing: give it name = "mse" or another`, file)
	}
	return r, nil
}

// maxLessons is the maximum length of a chain of presets.
const maxLessons = 8

// Resolve loads the presets that a recipe refers to, its pretraining and its
// teacher, recursively. Their paths are relative to file, "" for the working
// directory.
func Resolve(r *recipe.Recipe, file string) error { return resolve(r, file, nil) }

func resolve(r *recipe.Recipe, file string, chain []string) error {
	for _, l := range []struct {
		key    string
		lesson *recipe.Pretraining
	}{{"pretrain.preset", &r.Pretrain.Pretraining}, {"teacher.preset", &r.Teacher.Pretraining}} {
		name := l.lesson.Preset
		if l.lesson.Recipe = nil; name == "" {
			continue
		}
		at := r.Origin[l.key]
		if at == "" {
			at = file
		}
		if beside := relative(file, name); !slices.Contains(names, name) && (isPath(name) || isFile(beside)) {
			name = beside
		}
		if slices.ContainsFunc(chain, func(other string) bool { return same(name, other) }) {
			return fmt.Errorf("%s: %s: %s refers to itself; presets must not refer to each other in a cycle", at, l.key, name)
		}
		if len(chain) == maxLessons {
			return fmt.Errorf("%s: %s: a chain of presets that refer to each other has at most %d", at, l.key, maxLessons)
		}
		of, err := load(name, slices.Clip(chain))
		if err != nil {
			return fmt.Errorf("%s: %s: %w", at, l.key, err)
		}
		if of.Surface.Name != "" {
			return fmt.Errorf("%s: %s: %s minimizes a test surface, which cannot initialize or teach a network", at, l.key, name)
		}
		if only := r.Pretrain.Only; l.key == "pretrain.preset" && len(only) > 0 {
			of.Data.Only = only
		}
		l.lesson.Preset, l.lesson.Recipe = name, &of
	}
	if p := r.Pretrain; p.Recipe == nil && (p.Steps > 0 || len(p.Only) > 0) {
		return fmt.Errorf("%s: [pretrain] needs a preset", r.Origin["pretrain"])
	}
	return nil
}
