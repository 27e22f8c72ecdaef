package core

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"descent/core/compress"
	"descent/core/data"
	"descent/core/kernel"
	"descent/core/nn"
	"descent/core/objective"
	"descent/core/optim"
	"descent/core/recipe"
	"descent/core/surface"
	"descent/core/tensor"
)

// New loads the data, builds the model and initialises it. Every error says in
// one sentence what is wrong with the recipe or with a file it names.
func New(r recipe.Recipe, files Files) (*Trainer, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	var of objective.Objective
	if r.Surface.Name != "" {
		row, _ := surface.Find(r.Surface.Name) // checked with the recipe
		of = objective.NewSurface(row, r.Surface.X, r.Surface.Y, kernel.Mix(r.Seed, "noise"))
	} else {
		n, err := loadNetwork(r, files)
		if err != nil {
			return nil, err
		}
		of = n
	}
	t := assemble(r, r.Settings, of)
	if err := of.Fits(t.parts.Loss.Name); err != nil {
		return nil, r.Locate(recipe.LossName, err)
	}
	if err := t.parts.Finetune.Check(t.network); err != nil {
		return nil, r.Locate("finetune.freeze", err)
	}
	if set, err := t.settings.Find("schedule.phases"); err == nil {
		if err := optim.CheckPhases(set.Value.Items()); err != nil {
			return nil, r.Locate("schedule.phases", err)
		}
	}
	if err := t.parts.Groups.Check(t.layout); err != nil {
		return nil, r.Locate("optimizer.groups", err)
	}
	if err := t.parts.View.Quant.Check(t.network); err != nil {
		return nil, r.Locate("quant.layers", err)
	}
	if err := t.fitMetrics(t.settings); err != nil {
		return nil, r.Locate(recipe.TrainMetrics, err)
	}
	if err := t.lone(t.parts); err != nil {
		return nil, r.Locate("train.batch", err)
	}
	if err := t.averageable(t.parts); err != nil {
		return nil, r.Locate("train.swa_start", err)
	}
	beside, err := t.begin(files)
	if err != nil {
		return nil, err
	}
	var given []float64
	if beside != nil {
		given = slices.Clone(t.live()[:t.network.Size()])
	}
	for _, seg := range t.layout[len(t.network):] {
		t.parts.View.Begin(seg, t.live())
	}
	t.parts.Method.Init(t.layout)
	t.sync()
	t.parts.View.Remask(t.live(), 0, t.laterGradient)
	t.sync()
	t.calibrate(&compress.Quant{})
	t.adopt(beside, given)
	return t, nil
}

// begin fills the weights that training starts from, and finds the teacher and the
// old task. What the file of the weights holds beside them is returned.
func (t *Trainer) begin(files Files) (beside []tensor.Tensor, err error) {
	r, params := &t.from, t.live()[:t.network.Size()]
	t.of.Begin(params)
	n, ok := t.Network()
	if !ok {
		t.start = slices.Clone(params)
		return nil, nil
	}
	teacher, err := findTeacher(r, n, files)
	if err != nil {
		return nil, r.Locate("teacher", err)
	}
	n.SetGiven(teacher)
	if r.Pretrain.Recipe != nil {
		if err := startFrom(r, n, params, files); err != nil {
			return nil, r.Locate("pretrain", err)
		}
		t.start = slices.Clone(params) // even where a weights file says where to begin
	}
	if path := r.Model.Weights; path != "" {
		content, err := files.File(path)
		if err != nil {
			return nil, r.Locate("model.weights", err)
		}
		matched, err := nn.MatchWeights(params, n.Layout(), content, n.Model().State()...)
		if err != nil {
			return nil, r.Locate("model.weights", fmt.Errorf("%s: %w", path, err))
		}
		note(n, "model.weights", matched)
		beside, _ = nn.DecodeBeside(content) // other formats hold none
	}
	if t.start == nil {
		t.start = slices.Clone(params)
	}
	return beside, nil
}

// note says with the data, before anything is trained, what of a file went where.
func note(n *objective.Network, key string, m nn.Matching) {
	if text := m.String(); text != "" {
		n.Data().Notes = append(n.Data().Notes, key+": "+text)
	}
}

// findTeacher finds the teacher that a recipe names, nil if it names none.
func findTeacher(r *recipe.Recipe, n *objective.Network, files Files) (*objective.Teacher, error) {
	d, model := &r.Teacher, n.Model()
	var t *objective.Teacher
	switch {
	case d.Recipe != nil:
		from, weights, err := pretrain(&d.Pretraining, r, files)
		if err != nil {
			return nil, err
		}
		of, _ := from.Network()
		if err := alike(n.Data(), of.Data()); err != nil {
			return nil, fmt.Errorf("%s: %w", d.Preset, err)
		}
		t = objective.NewTeacher(of.Spec(), weights, of.Model().State())
	case d.Weights != "":
		spec := nn.Spec{Layers: d.Layers, Activation: d.Activation, Init: "zero"}
		if len(d.Layers) == 0 {
			spec = n.Spec()
		}
		other, err := nn.New(spec)
		if err != nil {
			return nil, errors.New(strings.Replace(err.Error(), "model.layers", "teacher.layers", 1))
		}
		if other.In() != model.In() || other.Out() != model.Out() {
			return nil, fmt.Errorf("teacher.layers %v has to begin with the data's %d inputs and end with the model's %d outputs", d.Layers, model.In(), model.Out())
		}
		content, err := files.File(d.Weights)
		if err != nil {
			return nil, err
		}
		weights := make([]float64, other.Layout().Size())
		matched, err := nn.MatchWeights(weights, other.Layout(), content, other.State()...)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.Weights, err)
		}
		note(n, "teacher.weights", matched)
		t = objective.NewTeacher(spec, weights, other.State())
	default:
		return nil, nil
	}
	if t.In() != model.In() || t.Out() != model.Out() {
		return nil, fmt.Errorf("the teacher goes from %d inputs to %d outputs, the student from %d to %d; they have to be the same",
			t.In(), t.Out(), model.In(), model.Out())
	}
	return t, nil
}

// startFrom fills the weights, and what layers keep, with the outcome of pretraining, and
// makes its task the old one.
func startFrom(r *recipe.Recipe, n *objective.Network, params []float64, files Files) error {
	t, weights, err := pretrain(&r.Pretrain.Pretraining, r, files)
	if err != nil {
		return err
	}
	from, _ := t.Network()
	learnt := nn.EncodeWeights(from.Layout(), weights, from.Model().State()...)
	if err := nn.LoadWeights(params, n.Layout(), learnt, n.Model().State()...); err != nil {
		return fmt.Errorf("%s has another model: %w", r.Pretrain.Preset, err)
	}
	if err := alike(n.Data(), from.Data()); err != nil {
		return fmt.Errorf("%s: %w", r.Pretrain.Preset, err)
	}
	if from.Task() != n.Task() {
		return fmt.Errorf("%s learns other targets, or another number of them", r.Pretrain.Preset)
	}
	n.SetOldTask(from.Learnt(r.Seed, reflect.DeepEqual(r.Data, r.Pretrain.Recipe.Data)))
	return nil
}

// alike refuses images whose channels lie in another order than those that a
// network of before was trained on: a row of the one is scrambled to the other.
func alike(own, before *data.Set) error {
	if own.Last == before.Last || !slices.Equal(own.Shape, before.Shape) {
		return nil
	}
	order := map[bool]string{true: "last", false: "first"}
	return fmt.Errorf("its images have the channels %s, these have them %s; give both models the same kind of model.input", order[before.Last], order[own.Last])
}

// Shelf is a Files that keeps the outcome of pretraining, and is told how far they are.
type Shelf interface {
	// Kept is what was kept under a key, nil for nothing.
	Kept(key string) []byte
	Keep(key string, content []byte)
	// Learning is told how far the training of a preset is. An error ends it.
	Learning(preset string, done, total int) error
}

// digest is a hash of the rows that a network learns from.
func digest(set *data.Set) string {
	h := sha256.New()
	var word [8]byte
	write := func(numbers []float64) {
		for _, v := range numbers {
			binary.LittleEndian.PutUint64(word[:], math.Float64bits(v))
			h.Write(word[:])
		}
	}
	var x []float64
	for _, part := range []data.Part{set.Train, set.Val} {
		for from := 0; from < part.Rows(); from += blockRows {
			write(part.Block(&x, from, min(from+blockRows, part.Rows())).X.Data)
		}
		write(part.Values.Data)
		write(part.Weights)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// pretrain trains what a recipe begins with, or takes its outcome from the shelf: the trainer that
// holds it, and its effective weights. Nothing of it depends on whether it was
// kept: the same recipe gives the same bits. by is the recipe that it stands in.
func pretrain(l *recipe.Pretraining, by *recipe.Recipe, files Files) (t *Trainer, weights []float64, err error) {
	r := *l.Recipe
	r.Seed, r.Arithmetic = by.Seed, by.Arithmetic
	if r.Surface.Name != "" {
		return nil, nil, fmt.Errorf("%s minimises a test surface, from which a network cannot learn", l.Preset)
	}
	steps := l.Length()
	t, err = New(r, files)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", l.Preset, err)
	}
	shelf, _ := files.(Shelf)
	key := ""
	if shelf != nil && steps > 0 {
		content, err := json.Marshal(struct {
			Recipe     recipe.Recipe
			Steps      int
			Arithmetic string
			Start      string
			Data       string // files may change while their names stay
		}{r, steps, r.Computes(), t.Hash(), digest(t.Data())})
		if err != nil {
			return nil, nil, err
		}
		sum := sha256.Sum256(content)
		key = hex.EncodeToString(sum[:])
		if kept := shelf.Kept(key); kept != nil {
			w := make([]float64, t.network.Size())
			if err := nn.LoadWeights(w, t.network, kept, t.Statistics()...); err == nil {
				return t, w, nil
			}
		}
	}
	var stop error
	step := 0
	learning := func() bool {
		stop = shelf.Learning(l.Preset, step, steps)
		return stop != nil
	}
	if shelf != nil {
		t.Interrupt(learning)
	}
	for ; step < steps; step++ {
		if shelf != nil && (step%64 == 0 || t.of.Work(false) > long/16) && learning() {
			return nil, nil, stop
		}
		t.Advance()
		if t.Broken() {
			return nil, nil, stop
		}
		if !t.Finite() {
			return nil, nil, fmt.Errorf("%s: its training is not finite at step %d; lower its rate", l.Preset, step+1)
		}
	}
	t.Interrupt(nil)
	weights = slices.Clone(t.Weights())
	if shelf != nil && steps > 0 {
		_ = shelf.Learning(l.Preset, steps, steps)
		shelf.Keep(key, nn.EncodeWeights(t.network, weights, t.Statistics()...))
	}
	return t, weights, nil
}
