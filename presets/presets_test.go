package presets_test

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"descent/core"
	"descent/core/data"
	"descent/core/knob"
	"descent/core/recipe"
	"descent/presets"

	"pgregory.net/rapid"
)

func TestEveryPresetTrains(t *testing.T) {
	for _, name := range presets.Names() {
		t.Run(name, func(t *testing.T) {
			r, err := presets.Load(name)
			if err != nil {
				t.Fatal(err)
			}
			if r.Name != name || r.Title == "" || r.Summary == "" {
				t.Errorf("name %q, title %q, summary %q", r.Name, r.Title, r.Summary)
			}
			tr, err := core.New(r, presets.Files{})
			if err != nil {
				t.Fatal(err)
			}
			var early, late float64
			for s := range 400 {
				loss := tr.Step().Loss
				if !tr.Finite() {
					t.Fatalf("step %d: loss %v", s+1, loss)
				}
				if s < 40 {
					early += loss / 40
				}
				if s >= 360 {
					late += loss / 40
				}
			}
			if !(late < early) {
				t.Errorf("the loss goes from %v to %v", early, late)
			}
			if got := tr.Evaluate(); r.Surface.Name == "" && (got.HasVal != (tr.Data().Val.Rows() > 0) || math.IsNaN(got.ValLoss)) {
				t.Errorf("evaluated: %+v", got)
			}
		})
	}
}

func TestTheDefaultIsAPreset(t *testing.T) {
	if !slices.Contains(presets.Names(), presets.Default) {
		t.Errorf("%q is none of %v", presets.Default, presets.Names())
	}
}

func TestEveryDataSetIsRead(t *testing.T) {
	want := map[string]string{
		"iris":          "150 rows, 4 inputs, 3 classes (33% each)",
		"wine":          "178 rows, 13 inputs, 3 classes (0 33%, 1 40%, 2 27%)",
		"penguins":      "344 rows, 10 inputs, 3 classes (Adelie 44%, Chinstrap 20%, Gentoo 36%), 19 missing values",
		"breast_cancer": "569 rows, 30 inputs, 2 classes (benign 63%, malignant 37%)",
		"diabetes":      "442 rows, 10 inputs, 1 target from 25 to 346",
		"concrete":      "1030 rows, 8 inputs, 1 target from 2.33 to 82.6",
		"digits":        "1797 rows, 64 inputs, 10 classes (10% each)",
		"fashion28":     "1800 rows (the last 500 a test part), 784 inputs (28×28), 10 classes (10% each)",
	}
	for _, o := range presets.DataSets() {
		if got := presets.Summary(o.Name); got != want[o.Name] || o.Help == "" {
			t.Errorf("%s: %q, want %q; help %q", o.Name, got, want[o.Name], o.Help)
		}
	}
	if len(want) != len(presets.DataSets()) {
		t.Errorf("%d data sets, want %d", len(presets.DataSets()), len(want))
	}
	if _, _, ok := (presets.Files{}).Table("no such"); ok || presets.Summary("no such") != "" {
		t.Error("a table of no name")
	}
}

func TestEveryGeneratorHasASummary(t *testing.T) {
	for _, g := range data.Generators() {
		if presets.Summary(g.Name) == "" {
			t.Errorf("%s has none", g.Name)
		}
	}
}

func TestTheTestPartOfFashionIsItsOwnFile(t *testing.T) {
	content, target, _ := presets.Files{}.Table("fashion28")
	tab, err := data.Read("fashion28", content, nil, data.Spec{Target: target})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		share      float64
		train, val int
	}{{0, 1300, 500}, {0.2, 1040, 260}} {
		set, err := data.Prepare(tab, data.Spec{Validation: c.share}, 10, false, 1)
		if err != nil {
			t.Fatal(err)
		}
		if set.Train.Rows() != c.train || set.Val.Rows() != c.val || !slices.Equal(set.Shape, []int{28, 28}) || set.Targets[9] != "Ankle boot" {
			t.Errorf("%d and %d rows of %v, %v", set.Train.Rows(), set.Val.Rows(), set.Shape, set.Targets)
		}
		for i, x := range set.Train.X.Data {
			if x < 0 || x > 1 {
				t.Fatalf("pixel %d is %v", i, x)
			}
		}
		for r, class := range set.Val.Classes {
			if c.share == 0 && class != r%10 {
				t.Fatalf("row %d of the test part is of class %d", r, class)
			}
		}
	}
}

// same tells what is not equal in two recipes, "" for nothing.
func same(t testing.TB, a, b recipe.Recipe) string {
	t.Helper()
	x, y := a.Keys(), b.Keys()
	if len(x) != len(y) {
		return "the number of keys"
	}
	for i := range x {
		if x[i].Knob.Path != y[i].Knob.Path || !x[i].Value.Equal(y[i].Value) {
			return x[i].Knob.Path + " = " + x[i].Value.String() + ", then " + y[i].Knob.Path + " = " + y[i].Value.String()
		}
	}
	return ""
}

func TestAPresetWrittenIsReadBack(t *testing.T) {
	for _, name := range presets.Names() {
		r, err := presets.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		content, err := presets.Encode(r, ".")
		if err != nil {
			t.Fatal(err)
		}
		got, err := presets.Decode(name+".toml", content)
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, content)
			continue
		}
		if diff := same(t, r, got); diff != "" || got.Name != name {
			t.Errorf("%s: %s\n%s", name, diff, content)
		}
	}
}

func TestAnySettingsWrittenAreReadBack(t *testing.T) {
	start, err := presets.Load(presets.Default)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		r := start
		r.Title = rapid.String().Draw(t, "title")
		r.Seed = rapid.Uint64Max(1<<53).Draw(t, "seed")
		for range rapid.IntRange(0, 12).Draw(t, "turns") {
			keys := r.Settings.Panel()
			at := keys[rapid.IntRange(0, len(keys)-1).Draw(t, "key")]
			if err := r.Set(at.Knob.Path, at.Knob.Turn(at.Value, rapid.IntRange(-5, 5).Draw(t, "stops"))); err != nil {
				t.Fatal(err)
			}
		}
		content, err := presets.Encode(r, ".")
		if err != nil {
			t.Fatal(err)
		}
		got, err := presets.Decode("digits.toml", content)
		if err != nil {
			t.Fatalf("%v\n%s", err, content)
		}
		x, y := r.Keys(), got.Keys()
		for i := range x {
			if !x[i].Value.Equal(y[i].Value) {
				t.Fatalf("%s = %v came back as %v\n%s", x[i].Knob.Path, x[i].Value, y[i].Value, content)
			}
		}
	})
}

const files = `
[data]
file = "rows.csv"
labels = "sub/y.npy"
validation_file = "v.npy"
validation_labels = "sub/w.npy"
[model]
layers = [1, 1]
weights = "sub/w.safetensors"
[loss]
name = "mse"
`

func TestPathsAreRelativeToThePreset(t *testing.T) {
	dir := t.TempDir()
	preset := filepath.Join(dir, "mine.toml")
	for name, content := range map[string]string{"mine.toml": strings.NewReplacer("weights", "#", "labels", "#", "validation_labels", "#", "validation_file", "#").Replace(files), "rows.csv": "x,y\n1,2\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r, err := presets.Load(preset)
	if err != nil {
		t.Fatal(err)
	}
	if r.Name != "mine" || r.Data.File != filepath.Join(dir, "rows.csv") {
		t.Errorf("name %q, file %q", r.Name, r.Data.File)
	}
	if _, err := core.New(r, presets.Files{}); err != nil {
		t.Error(err)
	}
	r, err = presets.Decode(preset, []byte(files))
	if err != nil || r.Model.Weights != filepath.Join(dir, "sub", "w.safetensors") || r.Data.Labels != filepath.Join(dir, "sub", "y.npy") ||
		r.Data.ValidationFile != filepath.Join(dir, "v.npy") || r.Data.ValidationLabels != filepath.Join(dir, "sub", "w.npy") {
		t.Errorf("weights %q, labels %q, %v", r.Model.Weights, r.Data.Labels, err)
	}
}

func TestAPathThatStartsAtTheRootStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.csv")
	r, err := presets.Decode("a/b.toml", []byte(strings.Replace(files, "rows.csv", filepath.ToSlash(path), 1)))
	if err != nil || r.Data.File != path {
		t.Errorf("%q, %v", r.Data.File, err)
	}
}

func TestEncodeWritesPathsRelativeToItsFolder(t *testing.T) {
	dir := t.TempDir()
	r, err := presets.Decode(filepath.Join(dir, "a", "b.toml"), []byte(files))
	if err != nil {
		t.Fatal(err)
	}
	content, err := presets.Encode(r, filepath.Join(dir, "c"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(content), "'../a/rows.csv'") || !strings.Contains(string(content), "'../a/sub/w.safetensors'") || !strings.Contains(string(content), "'../a/sub/y.npy'") ||
		!strings.Contains(string(content), "'../a/v.npy'") || !strings.Contains(string(content), "'../a/sub/w.npy'") {
		t.Errorf("%s", content)
	}
	got, err := presets.Decode(filepath.Join(dir, "c", "d.toml"), content)
	if err != nil || got.Data.File != r.Data.File || got.Data.Labels != r.Data.Labels || got.Data.ValidationFile != r.Data.ValidationFile || got.Data.ValidationLabels != r.Data.ValidationLabels || got.Model.Weights != r.Model.Weights {
		t.Errorf("%q and %q, %v", got.Data.File, got.Model.Weights, err)
	}
}

func TestEncodeKeepsToWhatDiffersAndWhatOneLooksFor(t *testing.T) {
	r, err := presets.Decode("x.toml", []byte("[data]\nset = \"moons\"\n[model]\nlayers = [2, 2]\n[loss]\nname = \"huber\"\n[optimizer]\nname = \"adam\"\nbeta1 = 0.8"))
	if err != nil {
		t.Fatal(err)
	}
	content, err := presets.Encode(r, ".")
	if err != nil {
		t.Fatal(err)
	}
	want := `seed = 1

[data]
set = 'moons'

[model]
layers = [2, 2]

[optimizer]
name = 'adam'
lr = 0.001
beta1 = 0.8

[loss]
name = 'huber'

[train]
batch = 32
steps = 1000
`
	if string(content) != want {
		t.Errorf("%s\nwant\n%s", content, want)
	}
}

func TestAnUnknownPresetIsRefused(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "ring.toml")
	dir := t.TempDir()
	for _, c := range []struct{ name, want string }{
		{"digit", `there is no preset "digit"; did you mean "digits"?`},
		{"sprial", `there is no preset "sprial"; did you mean "spiral"?`},
		{"nosuch.csv", "nosuch.csv cannot be read: no such file or directory"},
		{"frobnicate", `there is no preset "frobnicate"; the built-in ones are ` + strings.Join(presets.Names(), ", ") + ", or give the path of a TOML file"},
		{missing, missing + " cannot be read: no such file or directory"},
		{dir, dir + " cannot be read: it is a directory; only regular files are read"},
	} {
		if _, err := presets.Load(c.name); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

func TestListsMayBeASingleValue(t *testing.T) {
	r, err := presets.Decode("x.toml", []byte("[data]\nfile = \"f.csv\"\ntarget = \"y\"\n[model]\nlayers = [2, 1]\n[loss]\nname = \"mse\"\n[optimizer]\nlr = 1"))
	if err != nil {
		t.Fatal(err)
	}
	lr, err := r.Find("optimizer.lr")
	if err != nil || !slices.Equal(r.Data.Target, []string{"y"}) || !lr.Value.Equal(knob.Num(1)) {
		t.Errorf("target %v, lr %v, %v", r.Data.Target, lr.Value, err)
	}
}

func TestTheTitleInOneLineIsThatOfThePreset(t *testing.T) {
	for _, name := range presets.Names() {
		if r, err := presets.Load(name); err != nil || presets.Title(name) != r.Title || r.Title == "" {
			t.Errorf("%s: %q, want %q (%v)", name, presets.Title(name), r.Title, err)
		}
	}
	if got := presets.Title("nothing"); got != "" {
		t.Errorf("nothing has the title %q", got)
	}
}
