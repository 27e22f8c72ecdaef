package recipe

import (
	"encoding/json"
	"maps"
	"slices"

	"descent/core/data"
	"descent/core/knob"
)

type recipeJSON struct {
	Name     string                `json:"name"`
	Fixed    map[string]knob.Value `json:"recipe"`
	Settings Settings              `json:"settings"`
	Pretrain *Recipe               `json:"pretrain,omitempty"`
	Teacher  *Recipe               `json:"teacher,omitempty"`
}

// layoutKey is missing in logs of before it was known. Their recipes go on
// without it and mean what they meant.
const layoutKey = "data.layout"

// quiet are keys that a recipe does without: where they hold nothing they are not
// written, so that recipes of before them stay what they were.
var quiet = []string{"model.hidden"}

// laterKeys are missing too in logs of before they were known, and are written where
// they say something. Logs of tables that lack ignoreKey are read as plain ones.
var laterKeys = []string{
	ignoreKey, "data.categorical", "data.ordinal",
	"data.split", "data.time", "data.group", "data.folds", "data.fold", "data.test", "data.test_file", "data.test_labels", "data.weight",
}

const ignoreKey = "data.ignore"

// MarshalJSON writes every key, defaults too.
func (r Recipe) MarshalJSON() ([]byte, error) {
	out := recipeJSON{Name: r.Name, Fixed: map[string]knob.Value{}, Settings: r.Settings, Pretrain: r.Pretrain.Recipe, Teacher: r.Teacher.Recipe}
	for _, k := range r.fixed() {
		out.Fixed[k.Path] = k.Value()
	}
	for _, path := range quiet {
		if v, ok := out.Fixed[path]; ok && len(v.Items()) == 0 {
			delete(out.Fixed, path)
		}
	}
	if r.Data.Layout == "" {
		delete(out.Fixed, layoutKey)
	}
	plain := data.NewSpec()
	for i, k := range plain.Knobs() {
		if v := r.Data.Knobs()[i].Value(); slices.Contains(laterKeys, k.Path) && v.String() == k.Value().String() {
			delete(out.Fixed, k.Path)
		}
	}
	if r.Data.File != "" && !r.Data.Plain {
		out.Fixed[ignoreKey] = knob.Items(r.Data.Ignore)
	}
	if r.Data.File == "" || r.Data.Former() {
		for _, path := range data.WrittenKeys {
			delete(out.Fixed, path)
		}
	}
	if r.Data.Lax {
		delete(out.Fixed, "data.na") // so that it is read back as what it is
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (r *Recipe) UnmarshalJSON(b []byte) error {
	var in recipeJSON
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	out := New()
	out.Name, out.Settings, out.Pretrain.Recipe, out.Teacher.Recipe = in.Name, in.Settings, in.Pretrain, in.Teacher
	if _, ok := in.Fixed[layoutKey]; !ok {
		out.Data.Layout = ""
	}
	known := map[string]knob.Knob{}
	for _, k := range out.fixed() {
		known[k.Path] = k
	}
	fixed := currentKeys(in.Fixed)
	for _, path := range slices.Sorted(maps.Keys(fixed)) {
		k, ok := known[path]
		if !ok {
			return unknownKey(path)
		}
		if err := k.Set(fixed[path]); err != nil {
			return err
		}
	}
	if _, ok := in.Fixed[data.WrittenKeys[0]]; !ok && out.Data.File != "" {
		out.Data.Written = data.Written{}
	}
	_, told := in.Fixed["data.na"]
	out.Data.Lax = !told
	_, told = in.Fixed[ignoreKey]
	out.Data.Plain = out.Data.File != "" && !told
	*r = out
	return nil
}
