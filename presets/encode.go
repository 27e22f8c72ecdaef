package presets

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"descent/core/knob"
	"descent/core/recipe"

	"github.com/pelletier/go-toml/v2"
)

// always lists the keys that are written even at their defaults.
var always = []string{"seed", "loss.name", "optimizer.name", "optimizer.lr", "train.batch", "train.steps"}

// Encode writes a recipe as a preset file in dir: all keys that differ from their
// defaults, and the most important ones. Paths are written relative to dir if
// possible.
func Encode(r recipe.Recipe, dir string) ([]byte, error) {
	for _, path := range r.Paths() {
		*path = shorten(dir, *path)
	}
	if r.Data.Layout == "" { // from an older log, in which channels came first
		r.Data.Layout = recipe.New().Data.Layout
		if colours(r.Data.Shape) || len(r.Model.Input) == 3 && r.Model.Input[0] > 1 {
			r.Data.Layout = "chw"
		}
	}
	for _, l := range []*recipe.Pretraining{&r.Pretrain.Pretraining, &r.Teacher.Pretraining} {
		if !slices.Contains(names, l.Preset) {
			l.Preset = shorten(dir, l.Preset)
		}
	}
	standard := recipe.New()
	defaults := valuesOf(standard)
	var tables []table // the first is the top of the file
	for _, k := range r.Keys() {
		path := k.Knob.Path
		d, known := defaults[path]
		if known && d.Equal(k.Value) && !slices.Contains(always, path) {
			continue
		}
		if strings.HasSuffix(path, ".name") { // its own keys are compared with its own defaults
			if err := standard.Set(path, k.Value); err != nil {
				return nil, err
			}
			defaults = valuesOf(standard)
		}
		in, name := "", path
		if i := strings.IndexByte(path, '.'); i >= 0 {
			in, name = path[:i], path[i+1:]
		}
		for _, text := range append(k.Value.Items(), k.Value.Word()) {
			if !utf8.ValidString(text) {
				return nil, fmt.Errorf("%s is not valid UTF-8, which a preset cannot contain: %q", path, text)
			}
		}
		// The keys of a table need not be adjacent: some belong to the recipe,
		// others can change while training.
		at := slices.IndexFunc(tables, func(t table) bool { return t.name == in })
		if at < 0 {
			at = len(tables)
			tables = append(tables, table{name: in, keys: &strings.Builder{}})
		}
		line := toml.NewEncoder(tables[at].keys)
		line.SetArraysMultiline(path == "model.stack") // a line for each layer
		if err := line.Encode(map[string]any{name: plain(k)}); err != nil {
			return nil, err
		}
	}
	var b strings.Builder
	for _, t := range tables {
		if t.name != "" {
			b.WriteString("\n[" + t.name + "]\n")
		}
		b.WriteString(t.keys.String())
	}
	return []byte(b.String()), nil
}

// valuesOf returns the value of every key of a recipe.
func valuesOf(r recipe.Recipe) map[string]knob.Value {
	out := map[string]knob.Value{}
	for _, k := range r.Keys() {
		out[k.Knob.Path] = k.Value
	}
	return out
}

// table is one table of the file being written.
type table struct {
	name string
	keys *strings.Builder
}

// sizes lists the keys whose values are lists of integers.
var sizes = []string{"model.layers", "model.hidden", "model.input", "data.shape", "teacher.layers"}

// colours reports whether data.shape is of images with several channels.
func colours(shape []int) bool { return len(shape) == 3 && shape[2] > 1 }

// plain converts a value to TOML.
func plain(k recipe.Setting) any {
	switch k.Knob.Kind {
	case knob.Number:
		return k.Value.Num()
	case knob.Integer:
		return int64(k.Value.Num())
	case knob.Switch:
		return k.Value.On()
	case knob.List:
		numbers := []int64{}
		for _, item := range k.Value.Items() {
			n, err := strconv.ParseInt(item, 10, 64)
			if err != nil || !slices.Contains(sizes, k.Knob.Path) {
				return k.Value.Items()
			}
			numbers = append(numbers, n)
		}
		return numbers
	}
	return k.Value.Word()
}
