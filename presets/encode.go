package presets

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"descent/core"
	"descent/core/knob"

	"github.com/pelletier/go-toml/v2"
)

// always are the keys that a preset shows even where they stand at their default.
var always = []string{"seed", "loss.name", "optimizer.name", "optimizer.lr", "train.batch", "train.steps"}

// Encode writes a recipe as a preset file that is to lie in dir: what differs
// from the defaults, and the keys that one looks for. Paths are written
// relative to dir where that is possible.
func Encode(r core.Recipe, dir string) ([]byte, error) {
	for _, path := range paths(&r) {
		*path = shorten(dir, *path)
	}
	for _, l := range []*core.Lesson{&r.Pretrain.Lesson, &r.Teacher.Lesson} {
		if !slices.Contains(names, l.Preset) {
			l.Preset = shorten(dir, l.Preset)
		}
	}
	standard := core.NewRecipe()
	var b strings.Builder
	table := ""
	for _, k := range r.Keys() {
		path := k.Knob.Path
		d, err := standard.Find(path)
		if err == nil && d.Value.Equal(k.Value) && !slices.Contains(always, path) {
			continue
		}
		if strings.HasSuffix(path, ".name") { // its own keys are compared with its own defaults
			if err := standard.Set(path, k.Value); err != nil {
				return nil, err
			}
		}
		in, name := "", path
		if i := strings.IndexByte(path, '.'); i >= 0 {
			in, name = path[:i], path[i+1:]
		}
		if in != table {
			b.WriteString("\n[" + in + "]\n")
			table = in
		}
		line := toml.NewEncoder(&b)
		line.SetArraysMultiline(path == "model.stack") // a line for each layer
		if err := line.Encode(map[string]any{name: plain(k)}); err != nil {
			return nil, err
		}
	}
	return []byte(b.String()), nil
}

// plain is a value as TOML has it.
func plain(k core.Setting) any {
	switch k.Knob.Kind {
	case knob.Number:
		return k.Value.Num()
	case knob.Whole:
		return int64(k.Value.Num())
	case knob.Switch:
		return k.Value.On()
	case knob.List:
		sizes := []int64{}
		for _, item := range k.Value.Items() {
			n, err := strconv.ParseInt(item, 10, 64)
			if err != nil || k.Knob.Path != "model.layers" && k.Knob.Path != "model.input" {
				return k.Value.Items()
			}
			sizes = append(sizes, n)
		}
		return sizes
	}
	return k.Value.Word()
}

func shorten(dir, path string) string {
	if path == "" {
		return ""
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(dir, path); err == nil {
		return filepath.ToSlash(rel)
	}
	return path
}
