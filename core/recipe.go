// Package core trains: a Recipe says what, a Trainer does it step by step. It
// keeps no goroutine, reads no clock and prints nothing; the same recipe, seed
// and decisions give the same numbers to the last bit.
package core

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"descent/core/data"
	"descent/core/knob"
	"descent/core/nn"
	functions "descent/core/surface"
)

// Recipe is an experiment before its first step.
type Recipe struct {
	Name           string // of the preset, or of its file without the ending
	Title, Summary string
	Seed           uint64
	Data           data.Spec
	Model          nn.Spec
	Surface        SurfaceSpec // instead of Data and Model
	Pretrain       PretrainSpec
	Teacher        TeacherSpec
	Settings       Settings

	// Origin says where each key was written, "ring.toml:12:5", for errors.
	// It is not part of the experiment.
	Origin map[string]string

	// Arithmetic is that of the log which the recipe was read from, "" for none.
	// It is no part of the recipe: the log's header has it.
	Arithmetic string `json:"-"`
}

// NewRecipe holds the defaults.
func NewRecipe() Recipe {
	return Recipe{Seed: 1, Data: data.NewSpec(), Model: nn.NewSpec(), Teacher: TeacherSpec{Activation: "relu"}}
}

// fixed are the keys that shape the recipe, bound to it.
func (r *Recipe) fixed() []knob.Knob {
	knobs := []knob.Knob{
		knob.String("title", &r.Title, "a few words").AsFixed(),
		knob.String("summary", &r.Summary, "two lines: what there is to see").AsFixed(),
		knob.Seed("seed", &r.Seed, "what all randomness is derived from").AsFixed(),
	}
	knobs = append(knobs, r.Data.Knobs()...)
	knobs = append(knobs, r.Model.Knobs()...)
	knobs = append(knobs, r.Surface.Knobs()...)
	knobs = append(knobs, r.Pretrain.Knobs()...)
	return append(knobs, r.Teacher.Knobs()...)
}

// Find is the knob of that path, fixed or live, where it stands in the recipe.
func (r *Recipe) Find(path string) (Setting, error) {
	for _, k := range r.fixed() {
		if k.Path == path {
			return Setting{k, k.Value()}, nil
		}
	}
	return r.Settings.Find(path)
}

// Set sets one key, fixed or live.
func (r *Recipe) Set(path string, v knob.Value) error {
	for _, k := range r.fixed() {
		if k.Path == path {
			return k.Set(v)
		}
	}
	s, err := r.Settings.With(path, v)
	if err != nil {
		return err
	}
	r.Settings = s
	return nil
}

// Keys is every key of the recipe with its value, fixed ones first.
func (r *Recipe) Keys() []Setting {
	var out []Setting
	for _, k := range r.fixed() {
		out = append(out, Setting{k, k.Value()})
	}
	return append(out, r.Settings.Panel()...)
}

// Means says why a key means nothing for this recipe, nil if it has a meaning:
// a surface has neither weights nor rows, a network is no surface.
func (r *Recipe) Means(path string) error {
	table, _, _ := strings.Cut(path, ".")
	switch {
	case r.Surface.Name == "":
		if (*network)(nil).absent(path) {
			return fmt.Errorf("%s is for a surface, and %s is a network", path, r.called())
		}
	case (*surface)(nil).absent(path), table == "data", table == "model", table == "pretrain", table == "teacher":
		return fmt.Errorf("%s means nothing for %s, which goes down a surface: there are no weights of layers, and no rows", path, r.called())
	}
	return nil
}

// called is what errors call the recipe.
func (r *Recipe) called() string {
	if r.Name == "" {
		return "this recipe"
	}
	return r.Name
}

// Paths are where a recipe itself keeps the names of files; "" is none.
func (r *Recipe) Paths() []*string {
	return []*string{&r.Data.File, &r.Data.Labels, &r.Data.ValidationFile, &r.Data.ValidationLabels, &r.Model.Weights, &r.Teacher.Weights}
}

// Files are the paths of all files that a recipe names, itself and in what it
// learns from. Built-in presets are none.
func (r *Recipe) Files() []string {
	var out []string
	for _, path := range r.Paths() {
		out = append(out, *path)
	}
	for _, l := range []Lesson{r.Pretrain.Lesson, r.Teacher.Lesson} {
		if l.Recipe != nil {
			out = append(out, l.Recipe.Files()...)
			if strings.ContainsAny(l.Preset, `/\`) {
				out = append(out, l.Preset)
			}
		}
	}
	return slices.DeleteFunc(out, func(path string) bool { return path == "" })
}

// Check says what a recipe lacks before anything is loaded.
func (r *Recipe) Check() error {
	if name := r.Surface.Name; name != "" {
		if r.Data.Set != "" || r.Data.File != "" || len(r.Model.Layers) > 0 || len(r.Model.Stack) > 0 {
			return r.locate("surface.name", errors.New("[surface] stands instead of [data] and [model], not beside them"))
		}
		var names []string
		for _, o := range functions.Options() {
			names = append(names, o.Name)
		}
		if !slices.Contains(names, name) {
			hint := "; there are " + strings.Join(names, ", ")
			if near := knob.Nearest(name, names); near != "" {
				hint = fmt.Sprintf("; did you mean %q?", near)
			}
			return r.locate("surface.name", fmt.Errorf("there is no surface %q%s", name, hint))
		}
		return nil
	}
	switch {
	case r.Teacher.Preset != "" && r.Teacher.Weights != "":
		return r.locate("teacher.preset", errors.New("[teacher] takes preset or weights, not both"))
	case r.Data.Set == "" && r.Data.File == "":
		return r.locate("data", errors.New(`[data] is missing: give it set = "NAME" or file = "PATH"`))
	case r.Data.Set != "" && r.Data.File != "":
		return r.locate("data.file", errors.New("[data] takes set or file, not both"))
	case r.Data.Labels != "" && r.Data.File == "":
		return r.locate("data.labels", errors.New("data.labels goes with data.file; a set brings its own labels"))
	case r.Data.ValidationFile != "" && r.Data.File == "":
		return r.locate("data.validation_file", errors.New("data.validation_file goes with data.file; of a set, data.validation holds out a share"))
	case r.Data.ValidationFile != "" && r.Data.Validation != 0:
		return r.locate("data.validation_file", errors.New("[data] takes validation or validation_file, not both"))
	case r.Data.ValidationLabels != "" && r.Data.ValidationFile == "":
		return r.locate("data.validation_labels", errors.New("data.validation_labels goes with data.validation_file"))
	case r.Data.X+r.Data.Y != "" && r.Data.File == "":
		return r.locate("data.x", errors.New("data.x and data.y go with data.file"))
	}
	if err := r.Model.Check(); err != nil {
		return r.locateKey("model", err)
	}
	return r.checkLessons()
}

// checkLessons refuses, before they are trained, a teacher and a network to start
// from whose models do not fit. Models that wait for the data to be known are
// looked at later.
func (r *Recipe) checkLessons() error {
	own, err := nn.New(r.Model)
	if err != nil {
		return nil // said with its place when it is built
	}
	if of := r.Teacher.Recipe; of != nil {
		if t, err := nn.New(of.Model); err == nil && (t.In() != own.In() || t.Out() != own.Out()) {
			return r.locate("teacher.preset", fmt.Errorf("the teacher goes from %s to %s, the student from %d to %d; they have to be the same",
				several(t.In(), "input"), several(t.Out(), "output"), own.In(), own.Out()))
		}
	}
	if of := r.Pretrain.Recipe; of != nil {
		same := func(a, b knob.Segment) bool { return a.Name == b.Name && slices.Equal(a.Shape, b.Shape) }
		if t, err := nn.New(of.Model); err == nil && !slices.EqualFunc(t.Layout(), own.Layout(), same) {
			return r.locate("pretrain.preset", fmt.Errorf("%s has another model: %s where this one is %s", r.Pretrain.Preset, of.Model.Shape(), r.Model.Shape()))
		}
	}
	return nil
}

// several is so many of a thing: "1 output", "2 outputs".
func several(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// locateKey puts the place of the key that an error blames before it, or that
// of the given path if it blames none.
func (r *Recipe) locateKey(path string, err error) error {
	var k *nn.KeyError
	if errors.As(err, &k) {
		path = k.Key
	}
	return r.locate(path, err)
}

// locate puts the place where a key was written before an error.
func (r *Recipe) locate(path string, err error) error {
	if err == nil {
		return nil
	}
	for path != "" {
		if at := r.Origin[path]; at != "" {
			return fmt.Errorf("%s: %w", at, err)
		}
		i := strings.LastIndexByte(path, '.')
		path = path[:max(i, 0)]
	}
	if at := r.Origin[""]; at != "" {
		return fmt.Errorf("%s: %w", at, err)
	}
	return err
}

// blame puts the place of the key before an error that a key is to blame for.
func (r *Recipe) blame(err error) error {
	var k *data.KeyError
	if errors.As(err, &k) {
		return r.locate(k.Key, err)
	}
	return err
}

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

// MarshalJSON writes every key, defaults too.
func (r Recipe) MarshalJSON() ([]byte, error) {
	out := recipeJSON{Name: r.Name, Fixed: map[string]knob.Value{}, Settings: r.Settings, Pretrain: r.Pretrain.Recipe, Teacher: r.Teacher.Recipe}
	for _, k := range r.fixed() {
		out.Fixed[k.Path] = k.Value()
	}
	if r.Data.Layout == "" {
		delete(out.Fixed, layoutKey)
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
	out := NewRecipe()
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
	_, told := in.Fixed["data.na"]
	out.Data.Lax = !told
	*r = out
	return nil
}

// Story is the summary, or the title where there is none.
func (r Recipe) Story() string {
	if r.Summary != "" {
		return strings.TrimSpace(r.Summary)
	}
	return r.Title
}
