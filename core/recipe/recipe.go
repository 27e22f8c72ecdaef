// Package recipe says what is trained, and with which settings: plain data, and
// the parts that the settings ask for. It trains nothing and loads nothing.
package recipe

import (
	"slices"
	"strings"

	"descent/core/data"
	"descent/core/knob"
	"descent/core/nn"
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

// New holds the defaults.
func New() Recipe {
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

// called is what errors call the recipe.
func (r *Recipe) called() string {
	if r.Name == "" {
		return "this recipe"
	}
	return r.Name
}

// Story is the summary, or the title where there is none.
func (r Recipe) Story() string {
	if r.Summary != "" {
		return strings.TrimSpace(r.Summary)
	}
	return r.Title
}

// SurfaceSpec is the [surface] table of a recipe: a function of two numbers to
// go down on, instead of a network on data.
type SurfaceSpec struct {
	Name string
	X, Y float64 // where it starts
}

// Knobs are the keys of the table, bound to the spec.
func (s *SurfaceSpec) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.String("surface.name", &s.Name, "a function of two numbers to go down on, instead of data and model").AsFixed(),
		knob.Float("surface.x", &s.X, -1e6, 1e6, knob.Linear, "where it starts").AsFixed(),
		knob.Float("surface.y", &s.Y, -1e6, 1e6, knob.Linear, "where it starts").AsFixed(),
	}
}

// Lesson names a recipe that is trained before this one begins.
type Lesson struct {
	Preset string // a built-in name, or a path
	Steps  int    // how long; 0 as long as the preset says, or not at all if it has weights
	// Recipe is what Preset names; nil without. Its seed is the one of the
	// recipe that it stands in.
	Recipe *Recipe
}

// PretrainSpec is the [pretrain] table: what was learnt before. Training starts
// from those weights, and that task can be looked at and kept in mind.
type PretrainSpec struct {
	Lesson
	Only []string // data.only of the old task, where it is not the preset's own
}

// Knobs are the fixed keys, bound to the spec.
func (p *PretrainSpec) Knobs() []knob.Knob {
	return append(p.Lesson.knobs("pretrain", "a preset that is trained first, on the spot: its weights are those to start from, its data the old task"),
		knob.Words("pretrain.only", &p.Only, "the classes of the old task, instead of the preset's data.only").AsFixed())
}

func (l *Lesson) knobs(table, help string) []knob.Knob {
	return []knob.Knob{
		knob.String(table+".preset", &l.Preset, help).AsFixed(),
		knob.Int(table+".steps", &l.Steps, 0, 1<<40, "for how many steps it is trained").WithZero("as it says").AsFixed(),
	}
}

// TeacherSpec is the [teacher] table of a recipe: a network whose outputs a
// student learns beside the labels. It is trained on the spot, or its weights
// lie in a file.
type TeacherSpec struct {
	Lesson
	Weights    string // path of a safetensors file, "" for none
	Layers     []int
	Activation string
}

// Knobs are the fixed keys, bound to the spec.
func (d *TeacherSpec) Knobs() []knob.Knob {
	return append(d.Lesson.knobs("teacher", "the teacher: a preset that is trained first, on the spot; a saved one brings its weights along"),
		knob.String("teacher.weights", &d.Weights, "or the teacher's weights: a safetensors file, as a saved preset has beside it").AsFixed(),
		knob.Ints("teacher.layers", &d.Layers, "with teacher.weights: the teacher's widths, input first; without them it has the student's model").AsFixed(),
		knob.OneOf("teacher.activation", &d.Activation, nn.Activations(), "with teacher.layers: what stands between the teacher's layers").AsFixed(),
	)
}
