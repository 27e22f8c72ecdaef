package core_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/core/optim"
	"descent/presets"
)

type lateCase struct {
	Name      string
	Knobs     []string
	Decisions []struct {
		Step int
		Knob string
	}
	Begin, Put map[string][]float64
	Losses     []float64 // from the step before the last decision on
	After      map[string][]float64
}

func lateCases(t *testing.T) (cases []lateCase, norms struct {
	Begin      map[string][]float64
	Losses     []float64
	Statistics map[int]map[string][]float64
},
) {
	t.Helper()
	content, err := os.ReadFile("testdata/late.json")
	if err != nil {
		t.Fatal(err)
	}
	all := struct {
		Cases []lateCase
		Norms any
	}{Norms: &norms}
	if err := json.Unmarshal(content, &all); err != nil {
		t.Fatal(err)
	}
	return all.Cases, norms
}

// recipeOf is a trainer of a preset beside testdata.
func recipeOf(t *testing.T, preset string) *core.Trainer {
	t.Helper()
	r, err := presets.Decode(filepath.Join("testdata", "case.toml"), []byte(preset))
	if err != nil {
		t.Fatal(err)
	}
	tr, err := core.New(r, presets.Files{})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// put overwrites tensors by name.
func put(tr *core.Trainer, tensors map[string][]float64) {
	s := tr.Snapshot()
	for _, seg := range tr.Tensors() {
		copy(seg.Of(s.Params), tensors[seg.Name])
	}
	tr.Restore(s)
}

// What begins to train late, or rests for a while, has the moments, the age and
// the bias correction that torch's optimizers give a parameter by itself.
func TestTensorsThatTrainLateFollowPyTorch(t *testing.T) {
	cases, _ := lateCases(t)
	if len(cases) < 40 {
		t.Errorf("there are %d cases", len(cases))
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			tr := recipeOf(t, "[data]\nfile = \"classes.csv\"\n[model]\nlayers = [3, 8, 6, 3]\nactivation = \"tanh\"\n[loss]\nname = \"cross-entropy\"\n[train]\nbatch = 0\n")
			turn(t, tr, c.Knobs...)
			put(tr, c.Begin)
			from := 1050 - len(c.Losses)
			for step := range 1050 {
				for _, d := range c.Decisions {
					if d.Step == step {
						turn(t, tr, d.Knob)
						put(tr, c.Put)
					}
				}
				loss := tr.Advance().Loss
				if step < from {
					continue
				}
				if want := c.Losses[step-from]; !(math.Abs(loss-want) <= 1e-9*math.Abs(want)) {
					t.Fatalf("step %d: loss %v, PyTorch has %v", step+1, loss, want)
				}
			}
			for _, seg := range tr.Tensors() {
				for i, want := range c.After[seg.Name] {
					if got := seg.Of(tr.Params())[i]; math.Abs(got-want) > 1e-9 {
						t.Fatalf("%s[%d]: %v, PyTorch has %v", seg.Name, i, got, want)
					}
				}
			}
		})
	}
}

const normsTOML = `
[data]
file = "classes.csv"
[model]
input = [3]
[[model.layer]]
kind = "dense"
out = 8
[[model.layer]]
kind = "batch-norm"
[[model.layer]]
kind = "relu"
[[model.layer]]
kind = "dense"
out = 6
[[model.layer]]
kind = "batch-norm"
[[model.layer]]
kind = "tanh"
[[model.layer]]
kind = "dense"
out = 3
[loss]
name = "cross-entropy"
[optimizer]
name = "momentum"
lr = 0.05
[train]
batch = 0
`

// statistics are the running means and variances, by name.
func statistics(tr *core.Trainer) map[string][]float64 {
	out := map[string][]float64{}
	for _, b := range tr.Statistics() {
		out[b.Name] = slices.Clone(b.Data)
	}
	return out
}

// A batch norm whose parameters are frozen runs on the statistics that it has,
// and keeps them, as one of torch's after eval().
func TestAFrozenBatchNormFollowsPyTorch(t *testing.T) {
	_, norms := lateCases(t)
	tr := recipeOf(t, normsTOML)
	put(tr, norms.Begin)
	for i, want := range norms.Losses {
		switch i {
		case 40:
			turn(t, tr, `finetune.freeze=["0", "1"]`)
		case 80:
			turn(t, tr, "finetune.freeze=[]")
		}
		if got := tr.Advance().Loss; !(math.Abs(got-want) <= 1e-9*math.Abs(want)) {
			t.Fatalf("step %d: loss %v, PyTorch has %v", i+1, got, want)
		}
		for name, want := range norms.Statistics[i+1] {
			for j, v := range statistics(tr)[name] {
				if math.Abs(v-want[j]) > 1e-12 {
					t.Errorf("after step %d %s[%d] is %v, PyTorch has %v", i+1, name, j, v, want[j])
				}
			}
		}
	}
}

// Whatever freezes a batch norm, its statistics stay as they are to the bit, and
// the others move.
func TestFrozenStatisticsStayToTheBit(t *testing.T) {
	for _, c := range []struct {
		knob  string
		still []string
	}{
		{`finetune.freeze=["1"]`, []string{"1"}},
		{`finetune.freeze=["0", "1", "3", "4"]`, []string{"1", "4"}},
		{"finetune.only=last layer", []string{"1", "4"}},
		{"finetune.only=biases", []string{"1", "4"}},
		{"finetune.probe=1000", []string{"1", "4"}},
		{"finetune.unfreeze=1000", []string{"1", "4"}},
		{"finetune.lora_rank=2", []string{"1", "4"}},
	} {
		tr := recipeOf(t, normsTOML)
		steps(tr, 3)
		turn(t, tr, c.knob)
		before := statistics(tr)
		steps(tr, 5)
		for name, now := range statistics(tr) {
			if want := slices.Contains(c.still, name[:1]); slices.Equal(now, before[name]) != want {
				t.Errorf("%s: %s still: %v, want %v", c.knob, name, !want, want)
			}
		}
	}
}

// The first update of a tensor that begins late is that of an optimizer that
// begins: the age of the others does not count for it.
func TestWhatBeginsLateBeginsAfresh(t *testing.T) {
	for _, o := range optim.Catalogue {
		if o.Name == "lbfgs" || o.Name == "schedule-free" {
			continue // a history and a sum of rates of all tensors together
		}
		late := recipeOf(t, "[data]\nfile = \"classes.csv\"\n[model]\nlayers = [3, 8, 3]\nactivation = \"tanh\"\n[loss]\nname = \"cross-entropy\"\n[train]\nbatch = 0\n")
		turn(t, late, "optimizer.name="+o.Name, `finetune.freeze=["0"]`)
		steps(late, 60)
		fresh := recipeOf(t, "[data]\nfile = \"classes.csv\"\n[model]\nlayers = [3, 8, 3]\nactivation = \"tanh\"\n[loss]\nname = \"cross-entropy\"\n[train]\nbatch = 0\n")
		turn(t, fresh, "optimizer.name="+o.Name)
		tensors := map[string][]float64{}
		for _, seg := range late.Tensors() {
			tensors[seg.Name] = slices.Clone(seg.Of(late.Params()))
		}
		put(fresh, tensors)
		turn(t, late, "finetune.freeze=[]")
		late.Advance()
		fresh.Advance()
		for _, seg := range late.Tensors() {
			if seg.Layer != "0" {
				continue
			}
			for i, want := range seg.Of(fresh.Params()) {
				if got := seg.Of(late.Params())[i]; math.Abs(got-want) > 1e-12 {
					t.Errorf("%s, %s[%d]: %v, an optimizer that begins has %v", o.Name, seg.Name, i, got, want)
					break
				}
			}
		}
	}
}

// State of a tensor that does not train stays to the bit, weight decay or not.
func TestStateOfFrozenTensorsStays(t *testing.T) {
	for _, o := range optim.Catalogue {
		if o.Name == "lbfgs" {
			continue
		}
		tr := recipeOf(t, "[data]\nfile = \"classes.csv\"\n[model]\nlayers = [3, 8, 3]\nactivation = \"tanh\"\n[loss]\nname = \"cross-entropy\"\n[train]\nbatch = 0\n")
		turn(t, tr, "optimizer.name="+o.Name)
		_ = tr.Set("optimizer.weight_decay", knob.Num(0.1))
		steps(tr, 10)
		turn(t, tr, `finetune.freeze=["0"]`)
		before := tr.Snapshot()
		steps(tr, 10)
		after := tr.Snapshot()
		for i, b := range after.State {
			if len(b.Data) != len(after.Params) || b.Name == "ema/average" {
				continue
			}
			for _, seg := range tr.Tensors() {
				if seg.Layer == "0" && !slices.Equal(seg.Of(b.Data), seg.Of(before.State[i].Data)) {
					t.Errorf("%s: %s of %s moved", o.Name, b.Name, seg.Name)
				}
			}
		}
		if !slices.Equal(after.Ages[:2], before.Ages[:2]) || after.Ages[2] != 20 {
			t.Errorf("%s: ages %v, then %v", o.Name, before.Ages, after.Ages)
		}
	}
}
