package diagnosis_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"descent/core"
	"descent/core/recipe"
	"descent/session/diagnosis"
)

// table makes rows of two inputs and a target by a rule.
func table(rows int, row func(i int, rng *rand.Rand) (a, b float64, target string)) string {
	rng := rand.New(rand.NewPCG(1, 2))
	var out strings.Builder
	out.WriteString("a,b,y\n")
	for i := range rows {
		a, b, y := row(i, rng)
		fmt.Fprintf(&out, "%.5g,%.5g,%s\n", a, b, y)
	}
	return out.String()
}

var tables = map[string]string{
	"rare.csv": table(400, func(i int, rng *rand.Rand) (float64, float64, string) {
		a, b := rng.NormFloat64(), rng.NormFloat64()
		if i%16 == 0 {
			return a + 1.7, b + 1.7, "rare"
		}
		return a, b, "usual"
	}),
}

const csv = `
[data]
file = "%s"
validation = 0.25
[model]
layers = [2, 16, 2]
activation = "tanh"
[loss]
name = "cross-entropy"
[optimizer]
name = "sgd"
lr = 0.01
[train]
batch = 32
steps = 400
`

const wine = `
[data]
set = "wine"
validation = 0.3
standardize = %v
[model]
layers = [13, 16, 3]
activation = "relu"
[loss]
name = "cross-entropy"
[optimizer]
name = "sgd"
lr = 0.01
[train]
batch = 16
steps = 600
`

// deep is a network of sigmoids in which the gradient vanishes.
const deep = `
[data]
set = "moons"
samples = 300
noise = 0.1
[model]
layers = [2, 16, 16, 16, 16, 16, 2]
activation = "%s"
[loss]
name = "cross-entropy"
[optimizer]
name = "sgd"
lr = 0.05
[train]
batch = 32
steps = 1000
`

const normed = `
[data]
set = "gaussians"
samples = 300
validation = 0.3
[model]
input = [2]
[[model.layer]]
kind = "dense"
out = 16
[[model.layer]]
kind = "batch-norm"
[[model.layer]]
kind = "relu"
[[model.layer]]
kind = "dense"
out = 4
[loss]
name = "cross-entropy"
[optimizer]
name = "sgd"
lr = 0.05
[train]
batch = %d
steps = 300
`

type trouble struct {
	rule      string
	ill, well func(t *testing.T) recipe.Recipe
	steps     int  // within which it is diagnosed, and the well run is watched
	more      int  // steps with the remedy
	no        bool // the loss is no measure of it
}

// troubles are the rules, each with a run that has the trouble and one that has not.
var troubles = []trouble{
	{
		"unscaled", func(t *testing.T) recipe.Recipe {
			return decoded(t, fmt.Sprintf(wine, false))
		},
		func(t *testing.T) recipe.Recipe { return decoded(t, fmt.Sprintf(wine, true)) }, 100, 400, false,
	},
	{
		"divergence", func(t *testing.T) recipe.Recipe { return preset(t, "chebyshev", "optimizer.lr=0.5") },
		func(t *testing.T) recipe.Recipe { return preset(t, "chebyshev") }, 300, 200, false,
	},
	{
		"divergence", func(t *testing.T) recipe.Recipe { return preset(t, "ravine", "optimizer.lr=0.0201") },
		func(t *testing.T) recipe.Recipe { return preset(t, "ravine") }, 300, 200, false,
	},
	{
		"rate-high", func(t *testing.T) recipe.Recipe { return preset(t, "digits", "optimizer.lr=0.05") },
		func(t *testing.T) recipe.Recipe { return preset(t, "digits") }, 400, 300, false,
	},
	{
		"rate-high", func(t *testing.T) recipe.Recipe { return preset(t, "ravine", "optimizer.lr=0.02") },
		func(t *testing.T) recipe.Recipe { return preset(t, "ravine") }, 400, 300, false,
	},
	{
		"momentum-high", func(t *testing.T) recipe.Recipe {
			return preset(t, "ravine", "optimizer.name=momentum", "optimizer.lr=0.01", "optimizer.momentum=0.99")
		},
		func(t *testing.T) recipe.Recipe {
			return preset(t, "ravine", "optimizer.name=momentum", "optimizer.lr=0.01")
		}, 300, 150, false,
	},
	{
		"decay-high", func(t *testing.T) recipe.Recipe {
			return preset(t, "digits", "optimizer.name=sgd", "optimizer.lr=0.05", "optimizer.weight_decay=1")
		},
		func(t *testing.T) recipe.Recipe {
			return preset(t, "digits", "optimizer.name=adamw", "optimizer.weight_decay=0.1")
		}, 300, 300, false,
	},
	{
		"dead-units", func(t *testing.T) recipe.Recipe {
			return preset(t, "digits", "optimizer.name=sgd", "optimizer.lr=4")
		},
		func(t *testing.T) recipe.Recipe { return preset(t, "digits", "optimizer.name=sgd", "optimizer.lr=0.1") }, 300, 300, false,
	},
	{
		"saturated-units", func(t *testing.T) recipe.Recipe { return preset(t, "moons", "optimizer.lr=5") },
		func(t *testing.T) recipe.Recipe { return preset(t, "moons") }, 300, 400, false,
	},
	{
		"vanishing-gradient", func(t *testing.T) recipe.Recipe { return decoded(t, fmt.Sprintf(deep, "sigmoid")) },
		func(t *testing.T) recipe.Recipe { return decoded(t, fmt.Sprintf(deep, "tanh")) }, 600, 1500, false,
	},
	{
		"batch-norm-batch", func(t *testing.T) recipe.Recipe { return decoded(t, fmt.Sprintf(normed, 2)) },
		func(t *testing.T) recipe.Recipe { return decoded(t, fmt.Sprintf(normed, 32)) }, 50, 150, false,
	},
	{
		"imbalance", func(t *testing.T) recipe.Recipe { return decoded(t, fmt.Sprintf(csv, "rare.csv")) },
		func(t *testing.T) recipe.Recipe { return preset(t, "moons") }, 200, 600, true,
	},
	{
		"always-clipped", func(t *testing.T) recipe.Recipe {
			return preset(t, "digits", "optimizer.name=sgd", "optimizer.lr=0.05", "train.clip_norm=0.01")
		},
		func(t *testing.T) recipe.Recipe { return preset(t, "digits", "train.clip_norm=5") }, 300, 200, false,
	},
	{
		"quant-range", func(t *testing.T) recipe.Recipe {
			return preset(t, "quantize-cliff", "quant.bits=4", "quant.observer=percentile", "quant.percentile=0.8", "quant.when=after")
		},
		func(t *testing.T) recipe.Recipe {
			return preset(t, "quantize-cliff", "quant.bits=4", "quant.observer=percentile", "quant.percentile=0.999", "quant.when=after")
		}, 10, 10, false,
	},
	{
		"overfitting", func(t *testing.T) recipe.Recipe { return preset(t, "iris") },
		func(t *testing.T) recipe.Recipe { return preset(t, "seed") }, 600, 400, false,
	},
	{
		"loss-spikes", func(t *testing.T) recipe.Recipe { return preset(t, "chebyshev") },
		func(t *testing.T) recipe.Recipe { return preset(t, "chebyshev", "optimizer.lr=0.05") }, 600, 300, false,
	},
	{
		"weak-teacher", func(t *testing.T) recipe.Recipe { return distilled(t, 12) },
		func(t *testing.T) recipe.Recipe { return distilled(t, 400) }, 400, 300, false,
	},
	{
		"unbounded", func(t *testing.T) recipe.Recipe { return preset(t, "saddle", "optimizer.name=adam") },
		func(t *testing.T) recipe.Recipe { return preset(t, "rosenbrock") }, 500, 0, true,
	},
	{
		"rate-low", func(t *testing.T) recipe.Recipe {
			return preset(t, "digits", "optimizer.name=sgd", "optimizer.lr=0.0001")
		},
		func(t *testing.T) recipe.Recipe { return preset(t, "digits") }, 300, 300, false,
	},
	{
		"loss-plateau", func(t *testing.T) recipe.Recipe {
			return preset(t, "spiral", "optimizer.name=gd", "optimizer.lr=0.05")
		},
		func(t *testing.T) recipe.Recipe { return preset(t, "moons") }, 1000, 1200, false,
	},
}

// distilled is a student of a teacher that was trained for so many steps.
func distilled(t *testing.T, steps int) recipe.Recipe {
	t.Helper()
	r := preset(t, "distil-digits")
	r.Teacher.Steps = steps
	return r
}

func TestEveryRuleHasItsTrouble(t *testing.T) {
	for _, r := range diagnosis.Catalogue {
		if r.Name != "nan" && !slices.ContainsFunc(troubles, func(c trouble) bool { return c.rule == r.Name }) {
			t.Errorf("no run has the trouble of %s", r.Name)
		}
	}
}

// A step that is not finite is named with the layer in which that begins, and its
// remedy is that of session/remedy.
func TestNotFinite(t *testing.T) {
	b := begin(t, preset(t, "seed", "optimizer.lr=3"), nil, 5)
	b.train(400, false)
	d := b.m.Now()
	if d == nil || d.Rule != "nan" || !strings.Contains(d.Cause, "is not finite, from the") || !strings.Contains(d.Cause, "layer") {
		t.Fatalf("it is %+v", d)
	}
	if !d.Remedy.Back || len(d.Remedy.Set) == 0 {
		t.Fatalf("the remedy is %+v", d.Remedy)
	}
	b.take(d.Remedy)
	b.train(200, false)
	if b.m.Now() != nil || !(b.judged() < 1) {
		t.Errorf("the loss is %v: %s", b.judged(), told(b.m))
	}
	well := begin(t, preset(t, "seed"), nil, 5)
	if d := well.train(200, false); d != nil {
		t.Errorf("a false alarm: %+v", d)
	}
}

// Weighing the classes finds the rare one.
func TestBalancedClassesAreAllPredicted(t *testing.T) {
	rare := func(b *run) (right int) {
		tr := b.s.Trainer()
		p := tr.Data().Val
		out := tr.Outputs(p.X)
		for i, c := range p.Classes {
			if row := out.Data[i*out.Stride:]; tr.Data().Targets[c] == "rare" && (row[0] > row[1]) == (c == 0) {
				right++
			}
		}
		return right
	}
	b := begin(t, decoded(t, fmt.Sprintf(csv, "rare.csv")), tables, 5)
	d := b.until("imbalance", 200)
	before := rare(b)
	b.take(d.Remedy)
	b.train(400, false)
	if after := rare(b); before != 0 || after < 5 {
		t.Errorf("of the rare class %d rows were right, and are %d", before, after)
	}
}

func TestEveryTrouble(t *testing.T) {
	for _, c := range troubles {
		t.Run(c.rule, func(t *testing.T) {
			well := begin(t, c.well(t), tables, 5)
			well.train(c.steps, false)
			for _, d := range well.m.List() {
				if d.Rule == c.rule {
					t.Errorf("a false alarm: %s", told(well.m))
				}
			}
			b := begin(t, c.ill(t), tables, 5)
			d := b.until(c.rule, c.steps)
			t.Log(told(b.m))
			without := begin(t, c.ill(t), tables, 1000)
			without.train(b.s.Trainer().StepCount()+c.more, false)
			before := b.judged()
			hash := b.s.Trainer().Hash()
			b.take(d.Remedy)
			after := b.judged()
			b.train(c.more, false)
			now := b.m.Now()
			t.Logf("was %v, at once %v, with the remedy %v, without %v", before, after, b.judged(), without.judged())
			t.Log(told(b.m))
			if now != nil && now.Rule == c.rule {
				t.Errorf("it is still there: %s", now.Cause)
			}
			if c.rule == "loss-spikes" { // which end by themselves, late
				if high := slices.MaxFunc(b.s.Recent()[b.s.Trainer().StepCount()-c.more:], func(x, y core.Report) int { return cmp.Compare(x.Loss, y.Loss) }); high.Loss > 0.5 {
					t.Errorf("there is still a spike to %v", high.Loss)
				}
			} else if v := b.judged(); !c.no && !(v < before && v < without.judged()) && !math.IsNaN(before+without.judged()) {
				t.Errorf("the loss was %v and is %v, without the remedy %v", before, v, without.judged())
			}
			if len(d.Remedy.Set) == 0 {
				return
			}
			if err := b.s.Undo(); err != nil {
				t.Fatal(err)
			}
			if got := b.s.Trainer().Hash(); !d.Remedy.Back && got != hash {
				t.Error("undo leads elsewhere")
			}
			for _, change := range d.Remedy.Set {
				now, _ := b.s.Trainer().Settings().Find(change.Path)
				was, _ := c.ill(t).Settings.Find(change.Path)
				if !now.Value.Equal(was.Value) {
					t.Errorf("undo leaves %s at %s", change.Path, now.Value)
				}
			}
		})
	}
}
