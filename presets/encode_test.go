package presets_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/core/surface"
	"descent/presets"
)

// nasty are words that a file may garble.
var nasty = []string{
	"", " ", `a "quoted" word`, "it's", `'''`, `"""`, `back\slash`, "two\nlines\n", "\r\n", "a\ttab", "\x00\x01\x1b[31m\x7f",
	"Ångström 温度 😀", "e\u0301", "\u2028\u202e\ufeff", "#no comment", "a = 1", "[table]", "${x}", "a,b", "0:8", "true", "1e3", "  both ends  ",
}

// spoken are the keys that choose what else a recipe needs: data, model and what
// was learnt before. Other tests turn them.
func spoken(path string) bool {
	table, _, _ := strings.Cut(path, ".")
	return table == "pretrain" || table == "teacher" || table == "model" && path != "model.init" && path != "model.init_value" ||
		slices.Contains([]string{
			"data.set", "data.file", "data.labels", "data.x", "data.y", "data.validation_file", "data.validation_labels",
			"data.test_file", "data.test_labels", "data.split", "data.time", "data.group", "data.folds", "data.fold",
		}, path)
}

// values are what a key is turned to, one round each.
func values(s recipe.Setting, rounds int) []knob.Value {
	k := s.Knob
	var out []knob.Value
	switch k.Kind {
	case knob.Number:
		within := func(v float64) knob.Value { return knob.Num(min(max(v, k.Min), k.Max)) }
		out = []knob.Value{within(k.Min), within(k.Max), within(0.1 + 0.2), within(1e-300), within(5e-324), within(1.0 / 3)}
	case knob.Integer:
		within := func(v float64) knob.Value { return knob.Num(min(max(v, k.Min), k.Max)) }
		out = []knob.Value{within(k.Min), within(k.Max), within(3), within(1 << 40)}
	case knob.Switch:
		out = []knob.Value{knob.Flag(true), knob.Flag(false)}
	case knob.Choice:
		for _, o := range k.Options {
			out = append(out, knob.Word(o.Name))
		}
	case knob.Text:
		if k.Path == "surface.name" {
			for _, o := range surface.Options() {
				out = append(out, knob.Word(o.Name))
			}
			break
		}
		for _, w := range nasty {
			out = append(out, knob.Word(w))
		}
	case knob.List:
		for i := range nasty {
			out = append(out, knob.Items(nasty[i:min(i+3, len(nasty))]))
		}
		out = append(out, knob.Items([]string{"1", "20", "3"}), knob.Items([]string{"0.5", "1e-05", "2"}), knob.Items([]string{}))
		out = slices.DeleteFunc(out, func(v knob.Value) bool { _, err := k.Check(v); return err != nil })
	}
	for len(out) < rounds {
		out = append(out, out...)
	}
	return out
}

// written encodes a recipe and reads it back; "" if both are the same.
func written(t testing.TB, r recipe.Recipe) string {
	t.Helper()
	content, err := presets.Encode(r, ".")
	if err != nil {
		return err.Error()
	}
	back, err := presets.Decode("x.toml", content)
	if err != nil {
		return fmt.Sprintf("%v\n%s", err, content)
	}
	if diff := same(t, r, back); diff != "" {
		return diff + "\n" + string(content)
	}
	return ""
}

func TestEveryKeyOfEveryPresetIsReadBack(t *testing.T) {
	rounds := len(nasty)
	for i, name := range presets.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start, err := presets.Load(name)
			if err != nil {
				t.Fatal(err)
			}
			for round := range rounds {
				if name != "seed" && (round+i)%11 > 0 {
					continue // one goes through all, the others take two each
				}
				r := start
				var turned []string
				// A choice of a part comes first: other keys are those of the part.
				for _, named := range []bool{true, false} {
					for _, s := range r.Keys() {
						path := s.Knob.Path
						if strings.HasSuffix(path, ".name") != named || spoken(path) || path == "surface.name" && start.Surface.Name == "" {
							continue
						}
						if err := r.Set(path, values(s, rounds)[round]); err != nil {
							t.Fatal(err)
						}
						turned = append(turned, path)
					}
				}
				if len(turned) < 60 {
					t.Fatalf("only %d keys turn: %v", len(turned), turned)
				}
				if diff := written(t, r); diff != "" {
					t.Fatalf("round %d: %s", round, diff)
				}
			}
		})
	}
}

// The keys that go with a file of one's own are read back beside it.
func TestKeysOfFilesAreReadBack(t *testing.T) {
	start, err := presets.Load("seed")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.Getwd() // what is written is read back beside the test
	if err != nil {
		t.Fatal(err)
	}
	for _, keys := range []map[string]string{
		{"data.file": "a.npz", "data.x": "x 1", "data.y": "it's \"y\""},
		{"data.file": "a b.csv", "data.validation_file": "größe's.csv", "data.test_file": "t.csv"},
		{"data.file": "a.csv", "data.split": "time", "data.time": "it's \"when\""},
		{"data.file": "a.csv", "data.split": "group", "data.group": "who"},
		{"data.file": "a.npy", "data.labels": "b.npy", "data.validation_file": "c.npy", "data.validation_labels": "d.npy", "data.test_file": "e.npy", "data.test_labels": "f.npy"},
	} {
		r := start
		r.Data.Set, r.Data.Validation = "", 0
		for path, v := range keys {
			if !slices.Contains([]string{"data.x", "data.y", "data.split", "data.time", "data.group"}, path) {
				v = filepath.Join(dir, v)
			}
			if err := r.Set(path, knob.Word(v)); err != nil {
				t.Fatal(err)
			}
		}
		if diff := written(t, r); diff != "" {
			t.Errorf("%v: %s", keys, diff)
		}
	}
}

// One key alone, so that nothing else hides it.
func TestEachKeyAloneIsReadBack(t *testing.T) {
	for _, name := range []string{"seed", "ravine"} {
		start, err := presets.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range start.Keys() {
			if spoken(s.Knob.Path) || s.Knob.Path == "surface.name" {
				continue
			}
			for i, v := range values(s, 1) {
				if i == 2 {
					break
				}
				r := start
				if err := r.Set(s.Knob.Path, v); err != nil {
					t.Fatal(err)
				}
				if diff := written(t, r); diff != "" {
					t.Errorf("%s, %s = %q: %s", name, s.Knob.Path, v, diff)
				}
			}
		}
	}
}

func TestBytesThatAreNoTextAreNotWritten(t *testing.T) {
	r, err := presets.Load("seed")
	if err != nil {
		t.Fatal(err)
	}
	r.Title = "a\xffb"
	if _, err := presets.Encode(r, "."); err == nil || err.Error() != `title is not valid UTF-8, which a preset cannot contain: "a\xffb"` {
		t.Errorf("%v", err)
	}
	r.Title, r.Data.Only = "", []string{"\x80"}
	if _, err := presets.Encode(r, "."); err == nil || !strings.HasPrefix(err.Error(), "data.only is not valid UTF-8") {
		t.Errorf("%v", err)
	}
}

// Whatever a title and a class are called, they come back.
func FuzzEncodeDecode(f *testing.F) {
	for i, w := range nasty {
		f.Add(w, nasty[len(nasty)-1-i], 0.1, uint64(i))
	}
	start, err := presets.Load("ravine")
	if err != nil {
		f.Fatal(err)
	}
	network, err := presets.Load("digits")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, title, only string, lr float64, seed uint64) {
		for _, r := range []recipe.Recipe{start, network} {
			r.Title, r.Summary, r.Seed = title, only+title, seed%(1<<53)
			if r.Surface.Name == "" {
				r.Data.Only = []string{only, title}
			}
			if err := r.Set("optimizer.lr", knob.Num(lr)); err != nil {
				return
			}
			content, err := presets.Encode(r, ".")
			if err != nil {
				if !strings.Contains(err.Error(), "no text in UTF-8") {
					t.Error(err)
				}
				return
			}
			back, err := presets.Decode("x.toml", content)
			if err != nil {
				t.Fatalf("%v\n%s", err, content)
			}
			if diff := same(t, r, back); diff != "" {
				t.Errorf("%s\n%s", diff, content)
			}
		}
	})
}

// Whatever stands after --set, there is a recipe or a sentence that repeats it.
func FuzzSet(f *testing.F) {
	for _, text := range []string{"optimizer.lr=0.1", "optimizer.name=adam", "optimizer.beta1=50%", "data.only=[\"a,b\", 'c']", "=", "a", "model.layers=10,,x", "loss.name=", "title=\x00\x1b[31m", "data.shape=99999999999999999999", "train.batch=-1e999", "quant.layers=[0:8,4:2]", "optimizer.lr=nan"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, ".preset=") {
			return // reads files
		}
		r, err := presets.Override("seed", text)
		if err != nil {
			if !strings.Contains(err.Error(), "--set "+text) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		path, _, _ := strings.Cut(text, "=")
		s, err := r.Find(path)
		if err != nil {
			t.Fatalf("%q is no key, and was set: %v", path, err)
		}
		if _, err := s.Knob.Check(s.Value); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	})
}
