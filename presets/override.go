package presets

import (
	"fmt"
	"path/filepath"
	"strings"

	"descent/core"
)

// Override is Load with keys of the preset overridden as --set says it,
// PATH=VALUE: those that choose a part by its name first, whatever their order,
// since the others may belong to that part. Paths of files become absolute, so
// that a log means the same file wherever it is read.
func Override(name string, set ...string) (core.Recipe, error) {
	r, err := Load(name)
	if err != nil {
		return r, err
	}
	for _, names := range []bool{true, false} {
		for _, text := range set {
			path, value, ok := strings.Cut(text, "=")
			if !ok {
				return r, fmt.Errorf("--set %s: the form is PATH=VALUE", text)
			}
			if strings.HasSuffix(path, ".name") != names {
				continue
			}
			if err := override(&r, path, value); err != nil {
				return r, fmt.Errorf("--set %s: %w", text, err)
			}
			r.Origin[path] = "--set " + text
			if strings.HasPrefix(path, "pretrain.") || path == "teacher.preset" {
				if err := Resolve(&r, ""); err != nil {
					return r, err
				}
			}
		}
	}
	for _, path := range []*string{&r.Data.File, &r.Model.Weights, &r.Teacher.Weights} {
		if *path == "" {
			continue
		}
		if *path, err = filepath.Abs(*path); err != nil {
			return r, err
		}
	}
	return r, r.Check()
}

// override gives the key at path the value that text means.
func override(r *core.Recipe, path, text string) error {
	k, err := r.Find(path)
	if err != nil {
		return err
	}
	v, err := k.Knob.Parse(text)
	if err != nil {
		return err
	}
	return r.Set(path, v)
}
