package core_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"descent/core"
	"descent/core/data"
	"descent/presets"

	"gonum.org/v1/gonum/blas/blas64"
)

// agree tells how far the integers are from the simulation over rows, and
// fails where a class is another or a logit is off by more than rounding.
func agree(t *testing.T, what string, tr *core.Trainer, p data.Part) {
	t.Helper()
	network, err := tr.Integer()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	plain := slices.Clone(tr.Outputs(p.X).Data)
	want := network.Simulate(p.X)
	simulated := slices.Clone(want.Data[:want.Rows*want.Cols])
	got := network.Forward(p.X)
	if len(simulated) == 0 || len(got.Data) != len(simulated) {
		t.Fatalf("%s: %d outputs, want %d", what, len(got.Data), len(simulated))
	}
	for r := range got.Rows {
		a, b := got.Data[r*got.Cols:(r+1)*got.Cols], simulated[r*got.Cols:(r+1)*got.Cols]
		for i := range a {
			if !near(a[i], b[i], 1e-9) && math.Abs(a[i]-b[i]) > 1e-9 {
				t.Fatalf("%s: row %d, output %d is %v, simulated %v", what, r, i, a[i], b[i])
			}
		}
		// Two classes of equal integers are equal but for rounding in the simulation.
		if guess := slices.Index(a, slices.Max(a)); b[guess] != slices.Max(b) && !near(b[guess], slices.Max(b), 1e-9) {
			t.Fatalf("%s: row %d is given to another class", what, r)
		}
	}
	if slices.Equal(plain, simulated) {
		t.Errorf("%s: the biases are not rounded", what)
	}
}

func preset(t *testing.T, name string, turns ...string) *core.Trainer {
	t.Helper()
	r, err := presets.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := core.New(r, presets.Files{})
	if err != nil {
		t.Fatal(err)
	}
	turn(t, tr, turns...)
	return tr
}

func TestDigitsRunInWholeNumbers(t *testing.T) {
	tr := preset(t, "digits", "quant.bits=8", "quant.activations=8", "quant.granularity=channel")
	steps(tr, 150)
	agree(t, "digits", tr, tr.Data().Val)
	for _, scheme := range []string{"symmetric", "affine"} {
		for _, granularity := range granularities {
			for bits := 2; bits <= 8; bits++ {
				turn(t, tr, "quant.scheme="+scheme, "quant.granularity="+granularity, fmt.Sprint("quant.bits=", bits), fmt.Sprint("quant.activations=", bits))
				agree(t, fmt.Sprint(scheme, granularity, bits), tr, tr.Data().Val)
			}
		}
	}
}

var granularities = []string{"tensor", "channel"}

func TestClothesRunInWholeNumbers(t *testing.T) {
	tr := preset(t, "fashion-cnn", "quant.bits=8", "quant.activations=8", "quant.scheme=affine", "quant.observer=moving average")
	steps(tr, 12)
	agree(t, "fashion-cnn", tr, tr.Data().Val)
}

const stackTOML = `
[data]
file = "f.csv"
target = ["a", "b", "c"]
validation = 0.3
[model]
input = [1, 6, 6]
stack = [%s]
[loss]
name = "mse"
[train]
batch = 8
`

// numbers is a table of 36 random inputs and three targets.
func numbers() string {
	table := strings.Repeat("x,", 36) + "a,b,c\n"
	for i := range 36 {
		table = strings.Replace(table, "x,", fmt.Sprint("x", i, ","), 1)
	}
	rng := rand.New(rand.NewPCG(3, 3))
	for range 70 {
		for range 38 {
			table += fmt.Sprintf("%.4f,", rng.NormFloat64())
		}
		table += "0\n"
	}
	return table
}

// Every kind of layer, whole or in float64, in odd sizes.
func TestAnyStackRunsInWholeNumbers(t *testing.T) {
	table := numbers()
	for _, stack := range []string{
		"flatten, dense 7, tanh, dense 5, relu, dense 3",
		"conv2d 3 kernel=3 padding=1, relu, avg-pool 2, conv2d 2 kernel=2x1 stride=1x2, identity, flatten, dense 3",
		"avg-pool 3x2, conv2d 5 kernel=2 padding=1x0, gelu, max-pool 2x1 stride=1, flatten, dropout 0.2, dense 3",
		"conv2d 4 kernel=3 padding=2 stride=2, batch-norm, relu, residual { conv2d 4 kernel=3 padding=1; relu; conv2d 4 kernel=1 }, relu, flatten, layer-norm, dense 3",
		"conv2d 4 kernel=2, max-pool 3x2 stride=2x1, relu, flatten, residual { dense 6; sigmoid; dense 32 }, dense 3",
		"conv2d 6 kernel=3 dilation=2 padding=2 bias=false, relu, max-pool 3 stride=2 padding=1, conv2d 9 kernel=2 groups=3, relu, adaptive-avg-pool 2x1, flatten, dense 5 bias=false, dense 3",
		"conv2d 3 kernel=1, relu, conv2d 6 kernel=3 groups=3 padding=1 bias=false, avg-pool 3 stride=2 padding=1, leaky_relu 0.2, group-norm 2, avg-pool 2 stride=2 ceil=true, global-max-pool, dense 3",
	} {
		quoted := `"` + strings.ReplaceAll(stack, ", ", `", "`) + `"`
		tr, err := core.New(recipeFrom(t, fmt.Sprintf(stackTOML, quoted)), shelf{"f.csv": table})
		if err != nil {
			t.Fatal(err)
		}
		turn(t, tr, "optimizer.lr=0.001", "quant.bits=8", "quant.activations=8", "prune.sparsity=0.5", "prune.method=structured", "quant.granularity=channel")
		for _, scheme := range []string{"symmetric", "affine"} {
			turn(t, tr, "quant.scheme="+scheme)
			steps(tr, 20)
			agree(t, stack+", "+scheme, tr, tr.Data().Val)
			agree(t, stack+", one row", tr, one(tr.Data().Val))
		}
	}
}

func one(p data.Part) data.Part {
	return data.Part{X: blas64.General{Rows: 1, Cols: p.X.Cols, Stride: p.X.Stride, Data: p.X.Data[:p.X.Cols]}}
}

func TestWholeNumbersAreRefusedWithAReason(t *testing.T) {
	for _, c := range []struct {
		turns []string
		want  string
	}{
		{nil, "integer inference needs quant.activations from 2 to 8, not 0"},
		{[]string{"quant.activations=9", "quant.bits=8"}, "integer inference needs quant.activations from 2 to 8, not 9"},
		{[]string{"quant.activations=8"}, "integer inference needs weights of 2 to 8 bits, but layer 0 has 0; set quant.bits or quant.layers"},
		{[]string{"quant.activations=8", "quant.bits=8", "quant.layers=2:12"}, "integer inference needs weights of 2 to 8 bits, but layer 2 has 12; set quant.bits or quant.layers"},
		{[]string{"quant.activations=8", "quant.bits=8", "quant.scheme=ternary"}, "integer inference needs quant.scheme symmetric or affine, not ternary"},
	} {
		if _, err := trainer(t, classesTOML, c.turns...).Integer(); err == nil || err.Error() != c.want {
			t.Errorf("%v: %v, want %s", c.turns, err, c.want)
		}
	}
	gru := strings.Replace(fmt.Sprintf(stackTOML, `"gru 4", "dense 3"`), "[1, 6, 6]", "[6, 6]", 1)
	tr, err := core.New(recipeFrom(t, gru), shelf{"f.csv": numbers()})
	if err != nil {
		t.Fatal(err)
	}
	turn(t, tr, "quant.bits=8", "quant.activations=8")
	steps(tr, 2)
	if _, err := tr.Integer(); err == nil || err.Error() != "integer inference knows dense and convolutional layers, not layer 0 (gru); leave quant.activations off for it" {
		t.Error(err)
	}
	if _, err := trainer(t, "[surface]\nname = \"beale\"\n").Integer(); err == nil {
		t.Error("a surface runs in integer arithmetic")
	}
}

func TestLearnedStepsRunInWholeNumbers(t *testing.T) {
	tr := preset(t, "digits", "quant.bits=4", "quant.activations=6", "quant.step=learned", "train.ema=0.9", "quant.layers=4:8")
	steps(tr, 60)
	agree(t, "learned", tr, tr.Data().Val)
}

func BenchmarkWholeNumbers(b *testing.B) {
	for _, name := range []string{"digits", "fashion-cnn"} {
		r, err := presets.Load(name)
		if err != nil {
			b.Fatal(err)
		}
		tr, err := core.New(r, presets.Files{})
		if err != nil {
			b.Fatal(err)
		}
		steps(tr, 5)
		x := tr.Data().Val.X
		x.Rows = min(x.Rows, 256)
		x.Data = x.Data[:x.Rows*x.Stride]
		run := func(what string, forward func(blas64.General) blas64.General) {
			b.Run(name+"/"+what, func(b *testing.B) {
				for range b.N {
					forward(x)
				}
				b.ReportMetric(float64(b.N*x.Rows)/b.Elapsed().Seconds(), "rows/s")
			})
		}
		run("float", tr.Outputs)
		turn(b, tr, "quant.bits=8", "quant.activations=8", "quant.granularity=channel")
		network, err := tr.Integer()
		if err != nil {
			b.Fatal(err)
		}
		run("simulated", network.Simulate)
		run("whole", network.Forward)
	}
}
