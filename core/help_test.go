package core_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/core/recipe"
	"descent/presets"
)

// Much is allocated here and little kept: garbage is collected less often.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

// The recipes that most tests train: two classes in the plane, numbers, and a
// net wide enough for matrix products on several processors.
const (
	classesTOML = `
[data]
set = "moons"
samples = 60
validation = 0.2
[model]
layers = [2, 7, 5, 2]
activation = "tanh"
[loss]
name = "cross-entropy"
[train]
batch = 8
`
	numbersTOML = `
[data]
set = "linear-teacher"
samples = 40
inputs = 3
outputs = 2
validation = 0.25
[model]
layers = [3, 6, 2]
activation = "tanh"
[loss]
name = "mse"
[train]
batch = 8
`
	wideTOML = `
[data]
set = "linear-teacher"
samples = 600
inputs = 130
outputs = 3
validation = 0.1
[model]
layers = [130, 140, 150, 3]
activation = "relu"
[loss]
name = "huber"
[optimizer]
name = "adam"
[train]
batch = 300
`
)

// shelf holds files by name.
type shelf map[string]string

func (s shelf) Table(string) ([]byte, []string, bool) { return nil, nil, false }

func (s shelf) File(path string) ([]byte, error) {
	for name, content := range s {
		if strings.HasSuffix(path, "/"+name) {
			return []byte(content), nil
		}
	}
	return nil, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
}

func recipeFrom(t testing.TB, toml string) recipe.Recipe {
	t.Helper()
	r, err := presets.Decode("test.toml", []byte(toml))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func build(t testing.TB, r recipe.Recipe) *core.Trainer {
	t.Helper()
	trainer, err := core.New(r, presets.Files{})
	if err != nil {
		t.Fatal(err)
	}
	return trainer
}

// trainer is one made from the text of a preset, some knobs turned: "path=value".
func trainer(t testing.TB, toml string, turns ...string) *core.Trainer {
	t.Helper()
	out := build(t, recipeFrom(t, toml))
	turn(t, out, turns...)
	return out
}

// parse reads "path=value" as --set does.
func parse(t testing.TB, s recipe.Settings, text string) (string, knob.Value) {
	t.Helper()
	path, typed, _ := strings.Cut(text, "=")
	at, err := s.Find(path)
	if err != nil {
		t.Fatal(err)
	}
	v, err := at.Knob.Parse(typed)
	if err != nil {
		t.Fatal(err)
	}
	return path, v
}

func turn(t testing.TB, trainer *core.Trainer, turns ...string) {
	t.Helper()
	for _, text := range turns {
		path, v := parse(t, trainer.Settings(), text)
		if err := trainer.Set(path, v); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
}

func steps(trainer *core.Trainer, n int) core.Report {
	var r core.Report
	for range n {
		r = trainer.Step()
	}
	return r
}

// at is where a knob stands, as it is written.
func at(t testing.TB, trainer *core.Trainer, path string) string {
	t.Helper()
	s, err := trainer.Settings().Find(path)
	if err != nil {
		t.Fatal(err)
	}
	return s.Value.String()
}

// text is the settings as a log has them.
func text(t testing.TB, s recipe.Settings) string {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// lengthOf is the norm of one more update.
func lengthOf(trainer *core.Trainer) float64 {
	before := slices.Clone(trainer.Params())
	trainer.Step()
	sum := 0.0
	for i, p := range trainer.Params() {
		sum += (p - before[i]) * (p - before[i])
	}
	return math.Sqrt(sum)
}

func near(a, b, relative float64) bool {
	return math.Abs(a-b) <= relative*max(math.Abs(a), math.Abs(b))
}
