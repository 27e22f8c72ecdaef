package pytorch_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"descent/core/knob"
	"descent/core/tensor/pickle"
	"descent/presets"
	"descent/session/disk"
	"descent/session/export/format"
	"descent/session/export/format/formattest"
	"descent/session/export/pytorch"
	"descent/session/headless"
)

// subject is a finished session of a preset: some steps, and what is decided before some.
func subject(t *testing.T, preset string, steps int, at ...headless.Scheduled) format.Subject {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.jsonl")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	r, err := presets.Load(preset)
	must(err)
	must(headless.Run(t.Context(), r, steps, presets.Files{}, headless.Options{Log: path, At: at}))
	return formattest.Subject(t, path)
}

func set(step int, path string, v knob.Value) headless.Scheduled {
	return headless.Scheduled{Step: step, Path: path, Value: v}
}

// The numbers are compared with PyTorch's by tools/e2e-pytorch.
func TestASessionIsWrittenAsAScript(t *testing.T) {
	s := subject(t, "iris", 30, set(10, "optimizer.lr", knob.Num(0.02)), set(20, "optimizer.name", knob.Word("momentum")))
	path := filepath.Join(t.TempDir(), "iris.py")
	files, notes, err := pytorch.Script(t.Context(), disk.Machine{}, s, path)
	if err != nil || len(notes) > 0 || !slices.Equal(files, []string{path, strings.TrimSuffix(path, ".py") + ".pt"}) {
		t.Fatal(files, notes, err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"model = nn.Sequential(\n    nn.Linear(4, ", "optimizer = torch.optim.Adam(model.parameters(), lr=lr, betas=(0.9, 0.999), eps=1e-08)\n",
		"    if step == 10:  # lr 0.02\n        lr = 0.02\n", "    if step == 20:  # momentum\n        optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)\n",
		"STEPS = 30\n", "loss_function = nn.CrossEntropyLoss()\n",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	content, err := os.ReadFile(files[1])
	if err != nil {
		t.Fatal(err)
	}
	weights, _, err := pickle.Weights(content)
	if err != nil || len(weights) != len(s.Model.Layout) {
		t.Fatal(len(weights), err)
	}
	for i, seg := range s.Model.Layout {
		if weights[i].Name != seg.Name || !slices.Equal(weights[i].Data, seg.Of(s.Model.Weights)) {
			t.Errorf("%s is not %s", weights[i].Name, seg.Name)
		}
	}
}

// The dtypes and losses are compared with PyTorch's by tools/e2e-pytorch.
func TestPrecisionIsWritten(t *testing.T) {
	precision := func(step int, to string) headless.Scheduled { return set(step, "train.precision", knob.Word(to)) }
	for _, c := range []struct {
		at     []headless.Scheduled
		want   []string // in the script
		stores string   // the weights alone
	}{
		{nil, []string{"torch.set_default_dtype(torch.float64)"}, "DoubleStorage"},
		{[]headless.Scheduled{precision(1, "float32")}, []string{", in float32, from", "torch.set_default_dtype(torch.float32)"}, "FloatStorage"},
		{[]headless.Scheduled{precision(1, "mixed")}, []string{"torch.set_default_dtype(torch.float32)", "p.data = p.data.double()", "class Rounded(nn.Module)", "        return w.float()"}, "DoubleStorage"},
		{[]headless.Scheduled{precision(4, "mixed"), precision(8, "float32")}, []string{
			"torch.set_default_dtype(torch.float64)", "class Rounded(nn.Module)", "        return w.to(torch.get_default_dtype())",
			"    if step == 4:  # precision mixed\n        precision(weights=torch.float64, passes=torch.float32)\n",
			"    if step == 8:  # precision float32\n        precision(weights=torch.float32, passes=torch.float32)\n",
		}, "FloatStorage"},
	} {
		s := subject(t, "iris", 10, c.at...)
		path := filepath.Join(t.TempDir(), "iris.py")
		read := func(path string) string {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			return string(content)
		}
		if _, _, err := pytorch.Script(t.Context(), disk.Machine{}, s, path); err != nil {
			t.Fatal(c.at, err)
		}
		text := read(path)
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%v: there is no %q in\n%s", c.at, want, text)
			}
		}
		path = filepath.Join(t.TempDir(), "weights.pt")
		if _, _, err := pytorch.Weights(t.Context(), disk.Machine{}, s, path); err != nil {
			t.Fatal(err)
		}
		for _, storage := range []string{"DoubleStorage", "FloatStorage"} {
			if got := strings.Contains(read(path), storage); got != (storage == c.stores) {
				t.Errorf("%v: %s in the file of weights: %v", c.at, storage, got)
			}
		}
	}
}

func TestWeightsAloneAreAStateDict(t *testing.T) {
	s := subject(t, "iris", 3)
	path := filepath.Join(t.TempDir(), "iris.pt")
	if _, _, err := pytorch.Weights(t.Context(), disk.Machine{}, s, path); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if weights, notes, err := pickle.Weights(content); err != nil || len(notes) > 0 || len(weights) != len(s.Model.Layout) {
		t.Error(len(weights), notes, err)
	}
}

func TestWhatPyTorchCannotBeToldIsNamed(t *testing.T) {
	for _, c := range []struct {
		preset string
		at     []headless.Scheduled
		want   string
	}{
		{"ravine", nil, "a test surface has no network that PyTorch could train"},
		{"iris", []headless.Scheduled{set(2, "train.noise", knob.Num(0.1))}, "train.noise = 0.1 is not written for PyTorch"},
		{"iris", []headless.Scheduled{set(2, "optimizer.name", knob.Word("sophia"))}, "the optimizer sophia has no counterpart in PyTorch that is known here"},
		{"iris", []headless.Scheduled{set(2, "augment.mixup", knob.Num(0.2))}, "mixup and cutmix"},
	} {
		s := subject(t, c.preset, 3, c.at...)
		_, _, err := pytorch.Script(t.Context(), disk.Machine{}, s, filepath.Join(t.TempDir(), "x.py"))
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.preset, err, c.want)
		}
	}
	s := subject(t, "iris", 2)
	s.Session, s.Record = nil, nil
	if _, _, err := pytorch.Script(t.Context(), disk.Machine{}, s, "x.py"); err == nil || !strings.Contains(err.Error(), "--to pt") {
		t.Error(err)
	}
}
