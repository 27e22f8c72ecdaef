package model_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"descent/core"
	"descent/core/model"
	"descent/core/nn"
	"descent/core/tensor"
	"descent/presets"
	"descent/presets/presettest"
)

const recipeHead = `
[data]
set = "gaussians"
classes = 3
samples = 120
validation = 0.4
[loss]
name = "cross-entropy"
[train]
batch = 20
`

const plain = `
[model]
layers = [2, 9, 3]
activation = "relu"
`

// kinds are recipes whose effective weights are not those that are stored, and one of
// which they are.
var kinds = map[string]string{
	"plain":   recipeHead + plain,
	"average": recipeHead + "ema = 0.9\n" + plain,
	"pruned":  recipeHead + plain + "[prune]\nsparsity = 0.5\n",
	"gradual": recipeHead + plain + "[prune]\nsparsity = 0.7\nwhen = \"gradual\"\nsteps = 12\nevery = 3\n",
	"int8":    recipeHead + plain + "[quant]\nbits = 8\nactivations = 8\n",
	"learned": recipeHead + plain + "[quant]\nbits = 4\nstep = \"learned\"\n",
	"lora":    recipeHead + plain + "[finetune]\nlora_rank = 2\n",
	"all":     recipeHead + "ema = 0.9\n" + plain + "[prune]\nsparsity = 0.5\n[quant]\nbits = 8\nactivations = 8\n[finetune]\nlora_rank = 1\n",
	"norm": recipeHead + `
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
`,
}

// file is a library that holds one file.
type file struct {
	presets.Files
	content []byte
}

func (f file) File(path string) ([]byte, error) {
	if path == "m.safetensors" {
		return f.content, nil
	}
	return nil, errors.New(path + ": there is no such file")
}

func trained(t *testing.T, toml string) (*core.Trainer, *model.Model, []byte) {
	t.Helper()
	tr := presettest.Trained(t, toml, 20)
	m, err := model.Of(tr, "v1")
	if err != nil {
		t.Fatal(err)
	}
	b, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return tr, m, b
}

func bits(v []float64) []uint64 {
	var out []uint64
	for _, x := range v {
		out = append(out, math.Float64bits(x))
	}
	return out
}

func TestAModelComesBackFromItsFile(t *testing.T) {
	for name, toml := range kinds {
		t.Run(name, func(t *testing.T) {
			tr, was, b := trained(t, toml)
			m, err := model.Decode(b)
			if err != nil {
				t.Fatal(err)
			}
			if !model.Is(b) || m.Name != was.Name || m.Version != "v1" || m.Step != 20 || !m.ByClass || m.Reads != was.Reads || !slices.Equal(m.Outputs, was.Outputs) || !slices.Equal(m.Inputs, was.Inputs) || m.Metrics["accuracy"] != was.Metrics["accuracy"] {
				t.Errorf("it is %+v, was %+v", m, was)
			}
			x := tr.Data().Val.X
			want := bits(tr.Outputs(x).Data[:x.Rows*3])
			n, err := m.Network(false)
			if err != nil {
				t.Fatal(err)
			}
			if got := bits(n.Forward(x).Data[:x.Rows*3]); !slices.Equal(got, want) {
				t.Error("it answers otherwise than the trainer")
			}
			whole, err := tr.Integer()
			n, _ = m.Network(true)
			if n.Integer() != (err == nil) {
				t.Fatalf("integer arithmetic: %v (%s), the trainer says %v", n.Integer(), n.WhyNotInteger, err)
			}
			if err == nil {
				if got := bits(n.Forward(x).Data[:x.Rows*3]); !slices.Equal(got, bits(whole.Forward(x).Data[:x.Rows*3])) {
					t.Error("in integers it answers otherwise than the trainer")
				}
			}
			again, err := m.Encode()
			if err != nil || !slices.Equal(again, b) {
				t.Errorf("written again it is another file (%v)", err)
			}
		})
	}
}

func TestTrainingGoesOnFromAModel(t *testing.T) {
	for name, toml := range kinds {
		t.Run(name, func(t *testing.T) {
			tr, m, b := trained(t, toml)
			r, err := m.FineTune("m.safetensors")
			if err != nil {
				t.Fatal(err)
			}
			on, err := core.New(r, file{content: b})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(bits(on.Weights()), bits(tr.Weights())) {
				t.Error("it begins with other effective weights")
			}
			x := tr.Data().Val.X
			want := bits(tr.Outputs(x).Data[:x.Rows*3])
			if got := bits(on.Outputs(x).Data[:x.Rows*3]); !slices.Equal(got, want) {
				t.Error("it begins with other outputs")
			}
			if name != "average" && name != "all" && !slices.Equal(bits(on.Params()), bits(tr.Params())) {
				t.Error("it begins with other stored weights")
			}
			if p := on.Step(); math.IsNaN(p.Loss) {
				t.Error("it does not train on")
			}
			// Of other settings of compression the effective weights are the beginning.
			plain, err := presets.Decode("test.toml", []byte(kinds["plain"]))
			if err != nil || name == "norm" {
				return
			}
			plain.Model.Weights = "m.safetensors"
			if on, err = core.New(plain, file{content: b}); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(bits(on.Weights()), bits(tr.Weights())) {
				t.Error("a recipe without compression begins with other weights than the effective ones")
			}
		})
	}
}

func TestATeacherGoesWithTheModel(t *testing.T) {
	tr := presettest.Trained(t, kinds["plain"]+"[distill]\nalpha = 0.5\n", 5)
	if err := tr.SetTeacher(tr.Snapshot()); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		tr.Step()
	}
	m, err := model.Of(tr, "v1")
	if err != nil {
		t.Fatal(err)
	}
	b, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	r, _ := m.FineTune("m.safetensors")
	on, err := core.New(r, file{content: b})
	if err != nil {
		t.Fatal(err)
	}
	was, _ := tr.TeacherFile()
	is, ok := on.TeacherFile()
	if !ok || !slices.Equal(is, was) {
		t.Error("the teacher is gone, or another")
	}
}

func TestWeightsAreReadAsAnyOthers(t *testing.T) {
	tr, _, b := trained(t, kinds["all"])
	tensors, err := nn.DecodeTensors(b)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, x := range tensors {
		found = found || x.Name == "0.weight" && slices.Equal(bits(x.Data), bits(tr.Layout()[0].Of(tr.Weights())))
	}
	if !found {
		t.Error("0.weight does not hold the effective weights")
	}
}

func TestAModelThatIsNoneIsRefusedInASentence(t *testing.T) {
	_, m, b := trained(t, kinds["int8"])
	relabel := func(key string, f func(string) string) []byte {
		meta, err := tensor.Metadata(b)
		if err != nil {
			t.Fatal(err)
		}
		meta[key] = f(meta[key])
		delete(meta, "descent.sum")
		out, err := tensor.SetMetadata(b, meta)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	swap := func(key, old, new string) []byte {
		return relabel(key, func(s string) string {
			if !strings.Contains(s, old) {
				t.Fatalf("%s has no %s: %s", key, old, s)
			}
			return strings.Replace(s, old, new, 1)
		})
	}
	flipped := slices.Clone(b)
	flipped[len(flipped)-1] ^= 1
	for name, c := range map[string]struct {
		file []byte
		says string
	}{
		"nothing":         {nil, "no safetensors file"},
		"text":            {[]byte(strings.Repeat("a,b,c\n", 20)), "no safetensors file: it is text"},
		"weights":         {nn.EncodeWeights(m.Layout, m.Weights), "weights alone"},
		"a zip":           {[]byte("PK\x03\x04................"), "zip"},
		"cut off":         {b[:len(b)-5], "not as it was written"},
		"cut in the head": {b[:100], "header"},
		"a bit":           {flipped, "SHA-256 is another"},
		"later":           {swap("descent.model", `"version":1`, `"version":9`), "version 9"},
		"no version":      {swap("descent.model", `"version":1`, `"version":0`), "damaged"},
		"wider":           {swap("descent.model", `[2,9,3]`, `[2,900000,3]`), "damaged"},
		"enormous":        {swap("descent.model", `[2,9,3]`, `[2,100000000,3]`), "damaged"},
		"other names":     {swap("descent.model", `"reads":"distribution"`, `"reads":"tea leaves"`), "tea leaves"},
		"no recipe":       {relabel("descent.recipe", func(string) string { return "{" }), "recipe in the model is damaged"},
		"fewer outputs":   {swap("descent.model", `"outputs":["0",`, `"outputs":[`), "outputs"},
	} {
		_, err := model.Decode(c.file)
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzModel(f *testing.F) {
	for _, toml := range []string{kinds["plain"], kinds["all"]} {
		r, err := presets.Decode("test.toml", []byte(toml))
		if err != nil {
			f.Fatal(err)
		}
		tr, err := core.New(r, presets.Files{})
		if err != nil {
			f.Fatal(err)
		}
		m, err := model.Of(tr, "v1")
		if err != nil {
			f.Fatal(err)
		}
		b, err := m.Encode()
		if err != nil {
			f.Fatal(err)
		}
		meta, _ := tensor.Metadata(b)
		delete(meta, "descent.sum") // so that what is changed is looked at
		if b, err = tensor.SetMetadata(b, meta); err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := model.Decode(b)
		if err != nil {
			return
		}
		if _, err := m.Network(true); err != nil && strings.Contains(err.Error(), "\n") {
			t.Error(err)
		}
		if _, err := m.Encode(); err != nil {
			t.Error(err)
		}
	})
}
