package presets

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"descent/core"
)

// maxLessons is how many presets may stand behind each other.
const maxLessons = 8

// Resolve finds the presets that a recipe names, its pretraining and its
// teacher, and those that these name. file is what their paths are relative to,
// "" for the working directory.
func Resolve(r *core.Recipe, file string) error { return resolve(r, file, nil) }

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// same tells whether two names are those of one preset.
func same(a, b string) bool { return a == b || absolute(a) == absolute(b) }

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

func resolve(r *core.Recipe, file string, chain []string) error {
	for _, l := range []struct {
		key    string
		lesson *core.Lesson
	}{{"pretrain.preset", &r.Pretrain.Lesson}, {"teacher.preset", &r.Teacher.Lesson}} {
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
			return fmt.Errorf("%s: %s: %s stands behind itself; presets name each other without an end", at, l.key, name)
		}
		if len(chain) == maxLessons {
			return fmt.Errorf("%s: %s: %d presets stand behind each other already", at, l.key, maxLessons)
		}
		of, err := load(name, slices.Clip(chain))
		if err != nil {
			return fmt.Errorf("%s: %s: %w", at, l.key, err)
		}
		if of.Surface.Name != "" {
			return fmt.Errorf("%s: %s: %s goes down a surface, which teaches a network nothing", at, l.key, name)
		}
		if only := r.Pretrain.Only; l.key == "pretrain.preset" && len(only) > 0 {
			of.Data.Only = only
		}
		l.lesson.Preset, l.lesson.Recipe = name, &of
	}
	if p := r.Pretrain; p.Recipe == nil && (p.Steps > 0 || len(p.Only) > 0) {
		return fmt.Errorf("%s: [pretrain] wants a preset", r.Origin["pretrain"])
	}
	return nil
}
