package presets

import (
	"fmt"
	"os"
	"slices"

	"descent/core"
)

// maxLessons is how many presets may stand behind each other.
const maxLessons = 8

// Resolve finds the presets that a recipe names, its pretraining and its
// teacher, and those that these name. file is what their paths are relative to,
// "" for the working directory.
func Resolve(r *core.Recipe, file string) error { return resolve(r, file, maxLessons) }

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func resolve(r *core.Recipe, file string, depth int) error {
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
		if depth == 0 {
			return fmt.Errorf("%s: presets name each other without an end", at)
		}
		if beside := relative(file, name); !slices.Contains(names, name) && (isPath(name) || isFile(beside)) {
			name = beside
		}
		of, err := load(name, depth-1)
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
