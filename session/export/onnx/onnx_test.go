package onnx

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"descent/core"
	"descent/core/data"
	"descent/core/knob"
	"descent/core/model"
	"descent/core/nn"
	"descent/core/objective"
	"descent/core/recipe"
	"descent/presets"
)

// stacks are networks of every kind of layer, on the rows of digits.
var stacks = []struct {
	name  string
	input []int
	stack []string
}{
	{"dense", nil, []string{"dense 16", "tanh", "dense 12", "sigmoid", "identity", "dense 10"}},
	{"smooth", nil, []string{"dense 16", "silu", "dense 16", "softplus", "dense 16", "hard-swish", "dense 10"}},
	{"pieces", nil, []string{"dense 16", "leaky_relu", "dense 16", "elu", "layer-norm", "dropout 0.1", "dense 10"}},
	{"convolutions", []int{1, 8, 8}, []string{"conv2d out=4 kernel=3 padding=1", "batch-norm", "relu", "max-pool 2", "conv2d out=6 kernel=3x2 stride=1x2 padding=1x0", "relu", "avg-pool size=2x1 stride=1", "flatten", "dense 10"}},
	{"residual", []int{1, 8, 8}, []string{"conv2d out=4 kernel=3 padding=1", "residual { batch-norm; relu; conv2d out=4 kernel=3 padding=1 }", "relu", "max-pool size=3 stride=2", "flatten", "dense 10"}},
	{"vectors", nil, []string{"embedding num=17 dim=3", "flatten", "dense 10"}},
	{"dilated", []int{1, 8, 8}, []string{"conv2d out=4 kernel=3 padding=2 dilation=2 bias=false", "group-norm 2", "silu", "conv2d out=8 kernel=3x2 groups=2", "leaky_relu slope=0.2", "adaptive-avg-pool 3x2", "global-max-pool", "dense 10 bias=false"}},
	{"pools", []int{1, 8, 8}, []string{"conv2d out=3 kernel=1", "max-pool size=3 stride=2 padding=1 ceil=true", "avg-pool size=2 padding=1", "adaptive-max-pool 2", "elu alpha=0.5", "flatten", "dense 10"}},
	{"sequences", []int{8, 8}, []string{"gru hidden=6 return_sequences=true", "transpose", "conv1d out=5 kernel=3 padding=1 dilation=2 stride=2", "batch-norm momentum=0.2 eps=0.001", "relu", "transpose", "gru hidden=7 bias=false", "dense 10"}},
	{"lines", []int{8, 8}, []string{"conv1d out=4 kernel=3 groups=2", "max-pool 2", "avg-pool size=3 stride=2 padding=1 count_include_pad=false", "global-avg-pool", "dense 10"}},
	{"gelu", nil, []string{"dense 16", "gelu", "dense 10"}},
}

func trained(t testing.TB, input []int, stack []string, change ...recipe.Change) *core.Trainer {
	t.Helper()
	r, err := presets.Load("digits")
	if err != nil {
		t.Fatal(err)
	}
	r.Model = nn.NewSpec()
	r.Model.Stack, r.Model.Input = stack, input
	if stack[0] == "embedding num=17 dim=3" {
		r.Data.Standardize = false
	}
	for _, c := range change {
		if err := r.Set(c.Path, c.Value); err != nil {
			t.Fatal(err)
		}
	}
	tr, err := core.New(r, presets.Files{})
	if err != nil {
		t.Fatal(err)
	}
	for range 30 {
		tr.Step()
	}
	return tr
}

// job is a model that a runtime is to run.
type job struct {
	name, path, kind string
	shape            []int
	want             []float64
	cols             int
	classes          bool // the class counts, and not the number
	within           float64
}

func (j job) arguments() string {
	shape := strings.Trim(strings.ReplaceAll(fmt.Sprint(j.shape), " ", "x"), "[]")
	return strings.Join([]string{j.path, j.path + ".in", j.path + ".out", j.kind, shape}, "|")
}

func writeNumbers(t *testing.T, path string, v []float64) {
	t.Helper()
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// jobs writes all models in all widths, and what goes into them.
func jobs(t *testing.T) (out []job) {
	dir := t.TempDir()
	add := func(tr *core.Trainer, name string, wide bool, kernels []nn.IntegerKernel, rows data.Part, want []float64) {
		m, err := model.Of(tr, "test")
		if err != nil {
			t.Fatal(err)
		}
		content, err := Encode(m, wide, kernels)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		j := job{name: name, path: filepath.Join(dir, name+".onnx"), kind: "float32", want: want, cols: len(want) / rows.Rows(), within: 1e-5, classes: kernels != nil}
		if wide {
			j.kind, j.within = "float64", 1e-12
		}
		of, _ := m.Spec.Describe()
		j.shape = append([]int{rows.Rows()}, of[0].In...)
		if err := os.WriteFile(j.path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		writeNumbers(t, j.path+".in", rows.X.Data)
		out = append(out, j)
	}
	for _, s := range stacks {
		tr := trained(t, s.input, s.stack)
		rows := tr.Data().Val.Cut(0, 50)
		want := bytes64(tr.Outputs(rows.X).Data)
		add(tr, s.name+"-32", false, nil, rows, want)
		if s.name != "gelu" { // onnxruntime has no Erf of float64
			add(tr, s.name+"-64", true, nil, rows, want)
		}
	}
	for _, s := range []int{0, 3} {
		tr := trained(t, stacks[s].input, stacks[s].stack,
			recipe.Change{Path: "quant.bits", Value: knob.Num(8)}, recipe.Change{Path: "quant.activations", Value: knob.Num(8)})
		whole, err := tr.Integer()
		if err != nil {
			t.Fatal(err)
		}
		rows := tr.Data().Val
		want := bytes64(whole.Forward(rows.X).Data)
		kernels, err := tr.View().Integers(append([]float64(nil), tr.Weights()...))
		if err != nil {
			t.Fatal(err)
		}
		add(tr, stacks[s].name+"-int8", false, kernels, rows, want)
	}
	return out
}

func bytes64(v []float64) []float64 { return append([]float64(nil), v...) }

// onnxruntime-web gives what the network gives: in float64 to 1e-12, in float32 to 1e-5,
// of int8 the same class for every validation row. DESCENT_NODE_MODULES is where npm has
// put it.
func TestRuntimesGiveTheSame(t *testing.T) {
	modules := os.Getenv("DESCENT_NODE_MODULES")
	if modules == "" {
		t.Skip("DESCENT_NODE_MODULES does not say where onnxruntime-web lies")
	}
	all := jobs(t)
	args := []string{"testdata/run.mjs", modules}
	for _, j := range all {
		args = append(args, j.arguments())
	}
	if out, err := exec.CommandContext(t.Context(), "node", args...).CombinedOutput(); err != nil {
		_, said, _ := strings.Cut(string(out), "Error: ") // before it stands the library, in one line
		t.Fatalf("%v\n%s", err, said)
	}
	for _, j := range all {
		raw, err := os.ReadFile(j.path + ".out")
		if err != nil || len(raw) != 8*len(j.want) {
			t.Errorf("%s: %v, %d bytes for %d numbers", j.name, err, len(raw), len(j.want))
			continue
		}
		got := make([]float64, len(j.want))
		if err := binary.Read(bytes.NewReader(raw), binary.LittleEndian, got); err != nil {
			t.Fatal(err)
		}
		worst, other := 0.0, 0
		for r := 0; r < len(got); r += j.cols {
			if objective.Argmax(got[r:r+j.cols]) != objective.Argmax(j.want[r:r+j.cols]) {
				other++
			}
		}
		for i, v := range got {
			worst = max(worst, math.Abs(v-j.want[i])/max(1, math.Abs(j.want[i])))
		}
		t.Logf("%-18s differs by %.2g, %d of %d classes", j.name, worst, other, len(got)/j.cols)
		if other > 0 || !j.classes && !(worst <= j.within) {
			t.Errorf("%s differs by %.2g, %d of %d classes", j.name, worst, other, len(got)/j.cols)
		}
	}
}

// The checker of python3-onnx takes every model.
func TestTheCheckerPasses(t *testing.T) {
	if os.Getenv("DESCENT_NODE_MODULES") == "" {
		t.Skip("DESCENT_NODE_MODULES is not set; python3-onnx is asked only with the runtime")
	}
	const python = "/usr/bin/python3"
	script := "import sys, onnx\nfor p in sys.argv[1:]:\n  m = onnx.load(p)\n  onnx.checker.check_model(m, full_check=True)\n"
	args := []string{"-c", script}
	for _, j := range jobs(t) {
		args = append(args, j.path)
	}
	if out, err := exec.CommandContext(t.Context(), python, args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// A network of every kind of layer is written.
func TestEveryLayerHasAnOperator(t *testing.T) {
	for _, of := range [][]knob.Option{nn.Kinds(), nn.Activations()} {
		for _, o := range of {
			if operators[o.Name] == nil {
				t.Errorf("%s has none", o.Name)
			}
		}
	}
}
