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
func (r *Recipe) fixed() (all []knob.Knob) {
	for _, knobs := range r.tables() {
		all = append(all, knobs()...)
	}
	return all
}

// tables are the fixed knobs table by table, built when they are asked for.
func (r *Recipe) tables() [6]func() []knob.Knob {
	return [...]func() []knob.Knob{r.head, r.Data.Knobs, r.Model.Knobs, r.Surface.Knobs, r.Pretrain.Knobs, r.Teacher.Knobs}
}

func (r *Recipe) head() []knob.Knob {
	return []knob.Knob{
		knob.String("title", &r.Title, "title: the subject in a few words").AsFixed().Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: knob.None,
			When:    "The first line of `descent list presets`, and the head of the workbench.",
			Range:   knob.None,
		}),
		knob.String("summary", &r.Summary, "summary: what there is to see, in two lines").AsFixed().Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: knob.None,
			When:    "Say what the experiment shows and what to try first.",
			Range:   knob.None,
		}),
		knob.Seed("seed", &r.Seed, "seed of all random numbers: initialisation, split, batches, dropout, noise").AsFixed().Explained(knob.Doc{
			Formula: "a stream of its own for each purpose, by a hash of the seed and its name",
			Source:  knob.None,
			PyTorch: "torch.manual_seed",
			When:    "The same recipe, seed and decisions give the same numbers to the last bit on every processor. Repeat a run with several seeds before you believe a difference: `descent race --seeds 5`.",
			Range:   "any integer",
		}),
	}
}

// Paths are where a recipe itself keeps the names of files; "" is none.
func (r *Recipe) Paths() []*string {
	return []*string{&r.Data.File, &r.Data.Labels, &r.Data.ValidationFile, &r.Data.ValidationLabels, &r.Data.TestFile, &r.Data.TestLabels, &r.Model.Weights, &r.Teacher.Weights}
}

// Files are the paths of all files that a recipe names, itself and in what it
// learns from. Built-in presets are none.
func (r *Recipe) Files() []string {
	var out []string
	for _, path := range r.Paths() {
		out = append(out, *path)
	}
	for _, l := range []Pretraining{r.Pretrain.Pretraining, r.Teacher.Pretraining} {
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
		knob.String("surface.name", &s.Name, "test surface: a function of two numbers to minimise, instead of data and model").AsFixed().Explained(knob.Doc{
			Formula: "min f(x, y)",
			Source:  knob.None,
			PyTorch: knob.None,
			When:    "To watch what an optimizer does where the whole loss can be drawn. `descent list surfaces` names them.",
			Range:   knob.None,
		}),
		knob.Float("surface.x", &s.X, -1e6, 1e6, knob.Linear, "x of the starting point").AsFixed().Explained(knob.Doc{
			Formula: "θ₀ = (x, y)",
			Source:  knob.None,
			PyTorch: knob.None,
			When:    "A start on a ridge or a symmetry axis shows least; move it a little aside.",
			Range:   "within the box that is drawn",
		}),
		knob.Float("surface.y", &s.Y, -1e6, 1e6, knob.Linear, "y of the starting point").AsFixed().Explained(knob.Doc{
			Formula: "θ₀ = (x, y)",
			Source:  knob.None,
			PyTorch: knob.None,
			When:    "A start on a ridge or a symmetry axis shows least; move it a little aside.",
			Range:   "within the box that is drawn",
		}),
	}
}

// Pretraining names a recipe that is trained before this one begins.
type Pretraining struct {
	Preset string // a built-in name, or a path
	Steps  int    // how long; 0 as long as the preset says, or not at all if it has weights
	// Recipe is what Preset names; nil without. Its seed is the one of the
	// recipe that it stands in.
	Recipe *Recipe
}

// PretrainSpec is the [pretrain] table: what was learnt before. Training starts
// from those weights, and that task can be measured and rehearsed.
type PretrainSpec struct {
	Pretraining
	Only []string // data.only of the old task, where it is not the preset's own
}

// Knobs are the fixed keys, bound to the spec.
func (p *PretrainSpec) Knobs() []knob.Knob {
	return append(p.Pretraining.knobs("pretrain", "pretraining: a preset trained first; its weights are the start, its data the previous task", pretrainDoc),
		knob.Words("pretrain.only", &p.Only, "classes of the previous task, instead of the preset's data.only").AsFixed().Explained(knob.Doc{
			Formula: knob.None,
			Source:  "G. M. van de Ven, A. S. Tolias, “Three scenarios for continual learning”, arXiv 1904.07734, 2019 (class-incremental learning)",
			PyTorch: knob.None,
			When:    "To divide one data set into a task that is learnt first and one that follows: class-incremental learning.",
			Range:   knob.None,
		}))
}

var pretrainDoc = knob.Doc{
	Formula: "θ₀ = weights at the end of the previous task",
	Source:  "J. Yosinski, J. Clune, Y. Bengio, H. Lipson, “How transferable are features in deep neural networks?”, NIPS 2014",
	PyTorch: "model.load_state_dict(torch.load(f)) before training",
	When:    "For fine-tuning, and to measure forgetting of the previous task (old_loss, old_accuracy). The preset is trained once and its weights are kept.",
	Range:   knob.None,
}

var teacherDoc = knob.Doc{
	Formula: "L = (1 − α) L_labels + α T² KL(teacher ‖ student)",
	Source:  "G. Hinton, O. Vinyals, J. Dean, “Distilling the Knowledge in a Neural Network”, arXiv 1503.02531, 2015",
	PyTorch: "a second module under torch.no_grad()",
	When:    "To train a small network on the outputs of a large one; distill.alpha is their weight in the loss.",
	Range:   knob.None,
}

func (l *Pretraining) knobs(table, help string, doc knob.Doc) []knob.Knob {
	return []knob.Knob{
		knob.String(table+".preset", &l.Preset, help).AsFixed().Explained(doc),
		knob.Int(table+".steps", &l.Steps, 0, 1<<40, "steps it is trained for").WithZero("as its preset says").AsFixed().Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: knob.None,
			When:    "Fewer than its preset says, to see what a half-trained network gives. A preset with saved weights is not trained.",
			Range:   "100 to 10,000",
		}),
	}
}

// TeacherSpec is the [teacher] table of a recipe: a network whose outputs a
// student learns beside the labels. It is trained on the spot, or its weights
// lie in a file.
type TeacherSpec struct {
	Pretraining
	Weights    string // path of a safetensors or PyTorch file, "" for none
	Layers     []int
	Activation string
}

// Knobs are the fixed keys, bound to the spec.
func (d *TeacherSpec) Knobs() []knob.Knob {
	return append(d.Pretraining.knobs("teacher", "teacher: a preset trained first (or saved with its weights), to distill from", teacherDoc),
		knob.String("teacher.weights", &d.Weights, "weights of the teacher: a safetensors or PyTorch file, instead of teacher.preset").AsFixed().Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: "torch.load(f, weights_only=True), safetensors.torch.load_file",
			When:    "To distill from a network that was trained elsewhere; its architecture is that of the student, or teacher.layers.",
			Range:   knob.None,
		}),
		knob.Ints("teacher.layers", &d.Layers, "widths of the teacher of teacher.weights, input first; by default the student's model").AsFixed().Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: "torch.nn.Linear layers in a torch.nn.Sequential",
			When:    "A teacher is usually several times as wide or deep as its student. Inputs and outputs must be the same as the student's.",
			Range:   knob.None,
		}),
		knob.OneOf("teacher.activation", &d.Activation, nn.Activations(), "activation function of the teacher of teacher.layers").AsFixed().Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: "the module between the teacher's torch.nn.Linear layers",
			When:    "It has to be the one that the weights were trained with.",
			Range:   knob.None,
		}),
	)
}
