package microscope_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/core/microscope"
	"descent/core/optim"
	"descent/presets"
)

func view(t *testing.T, tr *core.Trainer, ask microscope.Step) microscope.View {
	t.Helper()
	v, ok := ask.Measure(context.Background(), tr.Copy()).(microscope.View)
	if !ok {
		t.Fatal("nothing was measured")
	}
	return v
}

// trainer makes that of a preset.
func trainer(t *testing.T, preset string) *core.Trainer {
	t.Helper()
	r, err := presets.Load(preset)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := core.New(r, presets.Files{})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

var auto = microscope.Step{Tensor: -1, Weight: -1}

// What is seen of the coming step is what the step then does, whatever the optimizer.
func TestTheStepIsTheOneThatComes(t *testing.T) {
	for _, preset := range []string{"spiral", "rosenbrock"} {
		for _, row := range optim.Catalogue {
			tr := trainer(t, preset)
			if err := tr.Set("optimizer.name", knob.Word(row.Name)); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				tr.Step()
			}
			v := view(t, tr, auto)
			before := append([]float64(nil), tr.Params()...)
			report := tr.Step()
			if v.Step != report.Step || v.Loss != report.Loss || v.Rate != report.LR {
				t.Errorf("%s on %s: step %d, loss %v, rate %v; it is %+v", row.Name, preset, v.Step, v.Loss, v.Rate, report)
			}
			seg := tr.Tensors()[v.Chosen.Tensor]
			i := seg.Offset + v.Chosen.Index
			grad, update := tr.Trace()
			if v.Chosen.Before != before[i] || v.Chosen.Update != -update[i] || v.Chosen.Grad != grad[i] {
				t.Errorf("%s on %s: weight %+v, it was %v, moves by %v with gradient %v", row.Name, preset, v.Chosen, before[i], -update[i], grad[i])
			}
			for _, u := range update {
				if math.Abs(u) > math.Abs(v.Chosen.Update) {
					t.Fatalf("%s on %s: a weight moves by %v, more than %v", row.Name, preset, u, v.Chosen.Update)
				}
			}
			last := v.Chosen.Stages[len(v.Chosen.Stages)-1]
			if got := last.Lines[len(last.Lines)-1].Value; math.Abs(got-tr.Params()[i]) > 1e-12*math.Abs(got) {
				t.Errorf("%s on %s: the lines end at %v, the weight at %v", row.Name, preset, got, tr.Params()[i])
			}
			if v.Surface != (preset == "rosenbrock") || v.Surface != (len(v.Pass.Layers) == 0) {
				t.Errorf("%s on %s: surface %v, %d layers", row.Name, preset, v.Surface, len(v.Pass.Layers))
			}
		}
	}
}

// Of a step that many things change.
func TestTheStepIsSeenUnderEveryKnob(t *testing.T) {
	for _, set := range []map[string]knob.Value{
		{"prune.sparsity": knob.Num(0.8), "quant.bits": knob.Num(4)},
		{"train.accumulate": knob.Num(3), "train.ema": knob.Num(0.9), "train.noise": knob.Num(0.1)},
		{"finetune.lora_rank": knob.Num(2)},
		{"finetune.freeze": knob.Items([]string{"0"}), "train.clip_norm": knob.Num(0.01)},
	} {
		tr := trainer(t, "spiral")
		for path, v := range set {
			if err := tr.Set(path, v); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
		}
		for range 4 {
			tr.Step()
		}
		for tensor := range tr.Tensors() {
			v := view(t, tr, microscope.Step{Tensor: tensor, Weight: 1, Row: 5})
			copied := tr.Copy()
			copied.Step()
			_, update := copied.Trace()
			if got := v.Chosen.Update; got != -update[tr.Tensors()[tensor].Offset+v.Chosen.Index] {
				t.Errorf("%v: tensor %d moves by %v", set, tensor, got)
			}
		}
	}
}

// The row's way through the network ends with outputs whose gradient is that of
// softmax and cross-entropy, (p − y) / rows.
func TestTheGradientOfTheOutputsIsThatOfTheLoss(t *testing.T) {
	tr := trainer(t, "digits")
	for range 7 {
		tr.Step()
	}
	for _, accumulate := range []float64{1, 3} {
		if err := tr.Set("train.accumulate", knob.Num(accumulate)); err != nil {
			t.Fatal(err)
		}
		v := view(t, tr, microscope.Step{Tensor: -1, Weight: -1, Row: 3})
		p := v.Pass
		if p.Row != 3 || p.Rows != 32 || !p.Exclusive || p.Class < 0 {
			t.Fatalf("%+v", p)
		}
		last := p.Layers[len(p.Layers)-1]
		for i, share := range p.Shares {
			want := (share - p.Targets[i]) / float64(p.Rows)
			if math.Abs(last.Grad[i]-want) > 1e-12 {
				t.Errorf("output %d: ∂L/∂z is %v, want %v", i, last.Grad[i], want)
			}
		}
		if want := -math.Log(p.Shares[p.Class]); math.Abs(p.Loss-want) > 1e-12 {
			t.Errorf("the row's loss is %v, want %v", p.Loss, want)
		}
	}
}

func TestARowBeyondTheBatchIsItsLast(t *testing.T) {
	tr := trainer(t, "digits")
	if p := view(t, tr, microscope.Step{Tensor: 99, Weight: 1 << 20, Row: 5000}).Pass; p.Row != p.Rows-1 {
		t.Errorf("row %d of %d", p.Row, p.Rows)
	}
}

// A network is drawn from the weights that are evaluated; what is pruned has no
// connection.
func TestADrawingHasTheEffectiveWeights(t *testing.T) {
	tr := trainer(t, "spiral")
	for _, path := range []string{"prune.sparsity", "quant.bits"} {
		if err := tr.Set(path, map[string]knob.Value{"prune.sparsity": knob.Num(0.5), "quant.bits": knob.Num(4)}[path]); err != nil {
			t.Fatal(err)
		}
	}
	for range 5 {
		tr.Step()
	}
	d, _ := microscope.Graph{Row: 2}.Measure(context.Background(), tr.Copy()).(microscope.Drawing)
	columns, ok := microscope.Drawable(tr.Layers())
	if d.Why != "" || !ok || len(columns) != len(d.Columns) || len(d.Links) != len(columns)-1 {
		t.Fatalf("%q %v, %d columns, %d links", d.Why, columns, len(d.Columns), len(d.Links))
	}
	w := tr.Weights()
	for i, l := range d.Links {
		seg := tr.Layout().Kernels()[i]
		cut := 0
		for j, v := range seg.Of(w) {
			if l.Weights[j] != v || !l.Kept[j] && v != 0 {
				t.Fatalf("link %d, weight %d: %v, want %v", i, j, l.Weights[j], v)
			}
			if !l.Kept[j] {
				cut++
			}
		}
		if cut == 0 && seg.Size() > 100 {
			t.Errorf("nothing of link %d is pruned", i)
		}
		if len(d.Columns[i+1].Units) != columns[i+1] {
			t.Errorf("column %d has %d units, want %d", i+1, len(d.Columns[i+1].Units), columns[i+1])
		}
	}
	if d.Class < 0 || d.Of == 0 || d.Row != 2 {
		t.Errorf("%+v", d)
	}
}

func TestWhatIsNoStackOfDenseLayersIsNotDrawn(t *testing.T) {
	tr := trainer(t, "fashion-cnn")
	if _, ok := microscope.Drawable(tr.Layers()); ok {
		t.Error("a convolutional network is drawable")
	}
	if d, _ := (microscope.Graph{}).Measure(context.Background(), tr).(microscope.Drawing); d.Why == "" {
		t.Error("it is drawn")
	}
}

// Norms, moments, effective rate, ratio and angle of every tensor are PyTorch's.
func TestTensorsFollowPyTorch(t *testing.T) {
	content, err := os.ReadFile("testdata/adam.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Preset  string
		Steps   int
		Tensors []struct {
			Name                                            string
			Weight, Grad, First, Second, Rate, Ratio, Angle float64
		}
		Backward []float64 // ‖∂L/∂a‖ of each layer
	}
	if err := json.Unmarshal(content, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		recipe, err := presets.Decode(filepath.Join("..", "testdata", "case.toml"), []byte(c.Preset))
		if err != nil {
			t.Fatal(err)
		}
		tr, err := core.New(recipe, presets.Files{})
		if err != nil {
			t.Fatal(err)
		}
		for range c.Steps - 1 {
			tr.Step()
		}
		v := view(t, tr, auto)
		if len(v.Tensors) != len(c.Tensors) {
			t.Fatalf("%d tensors, PyTorch has %d", len(v.Tensors), len(c.Tensors))
		}
		for i, want := range c.Tensors {
			got := v.Tensors[i]
			for what, pair := range map[string][2]float64{
				"‖w‖": {got.Weight, want.Weight}, "‖g‖": {got.Grad, want.Grad}, "‖m‖": {got.First, want.First}, "√v": {got.Second, want.Second},
				"rate": {got.Rate, want.Rate}, "ratio": {got.Ratio, want.Ratio}, "angle": {got.Angle, want.Angle},
			} {
				if got.Name != want.Name || !(math.Abs(pair[0]-pair[1]) <= 1e-8*math.Abs(pair[1])) {
					t.Errorf("%s of %s at step %d: %v, PyTorch has %v", what, want.Name, c.Steps, pair[0], pair[1])
				}
			}
		}
		for i, want := range c.Backward {
			if got := v.Pass.Layers[i+1].GradNorm; !(math.Abs(got-want) <= 1e-8*want) {
				t.Errorf("‖∂L/∂a‖ of layer %d: %v, PyTorch has %v", i, got, want)
			}
		}
	}
}
