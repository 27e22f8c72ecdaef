package presets_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"descent/core/recipe"
	"descent/presets"
)

// complete is what a preset cannot do without.
const complete = "[data]\nset = \"moons\"\n[model]\nlayers = [2, 2]\n[loss]\nname = \"mse\"\n"

// stacked is a preset up to the settings of its only layer.
const stacked = "data.set = \"moons\"\nloss.name = \"mse\"\n\n\n[[model.layer]]\n"

func TestDecodeErrorsSayWhereAndWhat(t *testing.T) {
	for _, c := range []struct{ name, toml, want string }{
		{"an unknown key", complete + "[optimizer]\nlrr = 1", `x.toml:8:1: unknown key "optimizer.lrr"; did you mean "optimizer.lr"?`},
		{"a name of PyTorch", complete + "[optimizer]\nlearning_rate = 1", `x.toml:8:1: unknown key "optimizer.learning_rate"; did you mean "optimizer.lr"?`},
		{"a name of Keras", complete + "[train]\nepochs = 1", `x.toml:8:1: unknown key "train.epochs"; did you mean "train.steps"?`},
		{"an unknown table", complete + "[optimzer]\nlr = 1", `x.toml:8:1: unknown key "optimzer.lr"; did you mean "optimizer.lr"?`},
		{"an unknown key without a neighbour", complete + "[optimizer]\nfrobnicate = 1", "x.toml:8:1: unknown key \"optimizer.frobnicate\"; `descent list knobs` names them all"},
		{"an unknown key at the top", "titel = \"x\"\n" + complete, `x.toml:1:1: unknown key "titel"; did you mean "title"?`},
		{"an unknown key in an inline table", complete + "optimizer = { lrr = 1 }", `x.toml:7:15: unknown key "loss.optimizer.lrr"; did you mean "optimizer.lr"?`},
		{"a dotted key", "optimizer.lrr = 1\n" + complete, `x.toml:1:1: unknown key "optimizer.lrr"; did you mean "optimizer.lr"?`},
		{"text for a number", complete + "[optimizer]\nlr = \"fast\"", `x.toml:8:6: optimizer.lr takes a number, not "fast"`},
		{"a number for text", complete + "[prune]\nscope = 3", "x.toml:8:9: prune.scope takes one of global, layer, not 3"},
		{"a number for a switch", complete + "[train]\nshuffle = 1", "x.toml:8:11: train.shuffle takes true or false, not 1"},
		{"a fraction for an integer", complete + "[train]\nbatch = 1.5", "x.toml:8:9: train.batch takes an integer, not 1.5"},
		{"a list for a number", complete + "[train]\nbatch = [1]", "x.toml:8:1: train.batch takes an integer, not a list"},
		{"a list in a list", complete + "[train]\nbatch = [[1]]", "x.toml:8:1: train.batch does not take nested lists"},
		{"a date", complete + "[train]\nbatch = 2020-01-01", "x.toml:8:9: train.batch takes a number, text, true or false, or a list"},
		{"a negative rate", complete + "[optimizer]\nlr = -0.1", "x.toml:8:6: optimizer.lr takes a number from 0 to 1000000, not -0.1"},
		{"NaN", complete + "[optimizer]\nlr = nan", "x.toml:8:6: optimizer.lr takes a number, not NaN"},
		{"an infinity", complete + "[optimizer]\nlr = -inf", "x.toml:8:6: optimizer.lr takes a number, not -Inf"},
		{"a number too large", complete + "[optimizer]\nlr = 1e999", "x.toml:8:6: optimizer.lr cannot be 1e999: the number is too large"},
		{"an integer too large", complete + "[optimizer]\nlr = 99999999999999999999", "x.toml:8:6: optimizer.lr cannot be 99999999999999999999: the number is too large"},
		{"a negative seed", "seed = -1\n" + complete, "x.toml:1:8: seed takes an integer from 0 to 9.007e15, not -1"},
		{"a width of 0", strings.Replace(complete, "[2, 2]", "[2, 0]", 1), `x.toml:4:1: model.layers takes integers of at least 1, not "0"`},
		{"a width of text", strings.Replace(complete, "[2, 2]", `[2, "x"]`, 1), `x.toml:4:1: model.layers takes integers of at least 1, not "x"`},
		{"a repeated key", complete + "[optimizer]\nlr = 1\nlr = 2", `x.toml:9:1: the key "optimizer.lr" is given twice`},
		{"a key repeated by dots", "optimizer.lr = 1\n" + complete + "[optimizer]\nlr = 2", `x.toml:9:1: the key "optimizer.lr" is given twice`},
		{"a repeated table", complete + "[data]\nsamples = 5", "x.toml:7:2: table [data] is given twice"},
		{"a list of other tables", "[[model.layers]]\nkind = \"dense\"\n" + complete, "x.toml:1:3: [[model.layers]] is unknown; the only list of tables is [[model.layer]]"},
		{"a single table for a list", "[model.layer]\nkind = \"dense\"\n" + complete, "x.toml:1:2: write [[model.layer]], once for each layer"},
		{"layers in both forms", "[[model.layer]]\nkind = \"dense\"\nout = 2\n" + complete, "x.toml:7:1: [model] takes layers or a stack of [[model.layer]], not both"},
		{"layers in two lists", stacked + "kind = \"relu\"\n[model]\nstack = [\"relu\"]", "x.toml:5:3: [[model.layer]] is an alternative to model.stack; use only one of them"},
		{"a layer without a kind", stacked + "out = 2", `x.toml:5:3: this [[model.layer]] has no kind; begin it with kind = "dense" or another`},
		{"a mistyped kind of layer", stacked + "kind = \"maxpool\"", `x.toml:6:8: there is no layer "maxpool"; did you mean "max-pool"?`},
		{"a mistyped setting of a layer", stacked + "kind = \"conv2d\"\npading = 1", `x.toml:7:1: conv2d has no setting "pading"; did you mean "padding"?`},
		{"a setting of another layer", stacked + "kind = \"dropout\"\nkernel = 1", `x.toml:7:1: dropout has no setting "kernel", only p`},
		{"a setting of an activation", stacked + "kind = \"relu\"\nout = 1", `x.toml:7:1: relu has no settings, so no "out"`},
		{"a repeated setting of a layer", stacked + "kind = \"dense\"\nout = 1\nout = 1", `x.toml:8:1: the key "model.layer.out" is given twice`},
		{"a setting left out", stacked + "kind = \"conv2d\"\nout = 8", `x.toml:5:3: conv2d needs kernel: kernel size, 3 or 3x5`},
		{"a width of nothing", stacked + "kind = \"dense\"\nout = 0", `x.toml:7:7: dense: out takes an integer from 1 to 1048576, not "0"`},
		{"a share above 1", stacked + "kind = \"dropout\"\np = 1.5", `x.toml:7:5: dropout: p takes a number from 0 to 1, not "1.5"`},
		{"an empty block", stacked + "kind = \"residual\"", `x.toml:5:3: residual needs layers of its own, as in residual { dense 32; relu; dense 32 }`},
		{"a wrong layer in a block", stacked + "kind = \"residual\"\nof = [\"dense 2\", \"rleu\"]", `x.toml:7:1: there is no layer "rleu"; did you mean "relu"?`},
		{"an activation between layers of a stack", stacked + "kind = \"relu\"\n[model]\nactivation = \"relu\"", "x.toml:8:1: model.activation goes with layers; among [[model.layer]] an activation is a layer of its own"},
		{"a wrong text in the stack", "[data]\nset = \"moons\"\n[model]\nstack = [\"dense 2\", \"dense x\"]", `x.toml:4:1: layer 1: dense: out takes an integer from 1 to 1048576, not "x"`},
		{"no data", "[model]\nlayers = [2, 2]\n[loss]\nname = \"mse\"", `x.toml: [data] is missing: give it set = "NAME" or file = "PATH"`},
		{"a data table without either", "[data]\nsamples = 9\n[model]\nlayers = [2, 2]\n[loss]\nname = \"mse\"", `x.toml:1:2: [data] is missing: give it set = "NAME" or file = "PATH"`},
		{"both set and file", strings.Replace(complete, "[model]", "file = \"f.csv\"\n[model]", 1), "x.toml:3:1: [data] takes set or file, not both"},
		{"no model", "[data]\nset = \"moons\"\n[loss]\nname = \"mse\"", "x.toml: [model] is missing: give it layers = [inputs, ..., outputs]"},
		{"a model without layers", "[data]\nset = \"moons\"\n[model]\nactivation = \"relu\"\n[loss]\nname = \"mse\"", "x.toml:3:2: [model] is missing: give it layers = [inputs, ..., outputs]"},
		{"no loss", "[data]\nset = \"moons\"\n[model]\nlayers = [2, 2]", `x.toml: [loss] is missing: give it name = "mse" or another`},
		{"an empty file", "", `x.toml: [data] is missing: give it set = "NAME" or file = "PATH"`},
		{"an unknown optimizer", complete + "[optimizer]\nname = \"adma\"", `x.toml:8:8: optimizer.name has no choice "adma"; did you mean "adam"?`},
		{"an unknown loss", strings.Replace(complete, "mse", "cross-entrpoy", 1), `x.toml:6:8: loss.name has no choice "cross-entrpoy"; did you mean "cross-entropy"?`},
		{"an unknown activation", strings.Replace(complete, "[loss]", "activation = \"rleu\"\n[loss]", 1), `x.toml:5:14: model.activation has no choice "rleu"; did you mean "relu"?`},
		{"a key of another optimizer", complete + "[optimizer]\nname = \"sgd\"\netaminus = 0.5", `x.toml:9:1: optimizer.etaminus is no setting of "sgd"; it belongs to rprop`},
		{"a key of another loss", complete + "delta = 1", `x.toml:7:1: loss.delta is no setting of "mse"; it belongs to huber`},
		{"a value left out", complete + "[optimizer]\nlr =", "x.toml:8:4: expected value, not end of input"},
		{"a line of nonsense", "hello\n" + complete, "x.toml:1:6: expected '=' after key"},
		{"a key in another table", complete + "[optimizer]\nclip_norm = 1", `x.toml:8:1: unknown key "optimizer.clip_norm"; did you mean "train.clip_norm"?`},
		{"curly quotes", complete + "[optimizer]\nname = “sgd”", `x.toml:8:8: text is written between straight quotes, "...", not “`},
		{"curly single quotes", complete + "[optimizer]\nname = ‘sgd’", `x.toml:8:8: text is written between straight quotes, '...', not ‘`},
		{"a minus of typographers", complete + "[optimizer]\nlr = −1", `x.toml:8:6: minus is a hyphen, -, not −`},
		{"a decimal comma", complete + "[optimizer]\nlr = 0,1", "x.toml:8:7: a number is written with a decimal point, as in 0.5"},
		{"a no-break space", complete + "[optimizer]\nlr =\u00a01", "x.toml:8:5: this is a no-break space; write a plain one"},
		{"a word without quotes", complete + "[optimizer]\nname = étoile", "x.toml:8:8: unexpected character é; text is written between quotes"},
		{"a table", "x,y\n1,2\n", `x.toml: this is a table; write a preset, a TOML file, that names it: file = "FILE.csv" under [data]`},
		{"text left open", complete + "[optimizer]\nname = \"sgd", `x.toml:8:11: unterminated basic string`},
	} {
		_, err := presets.Decode("x.toml", []byte(c.toml))
		if err == nil || err.Error() != c.want {
			t.Errorf("%s:\n got %v\nwant %s", c.name, err, c.want)
		}
	}
}

func TestANameMayStandBelowTheKeysThatItBrings(t *testing.T) {
	r, err := presets.Decode("x.toml", []byte(complete+"[optimizer]\nbeta1 = 0.5\nname = \"adam\""))
	if err != nil {
		t.Fatal(err)
	}
	if s, err := r.Find("optimizer.beta1"); err != nil || s.Value.Num() != 0.5 {
		t.Errorf("%v, %v", s.Value, err)
	}
}

func TestLayersAreReadAsOneList(t *testing.T) {
	const tables = `
model.input = [1, 8, 8]
data.set = "digits"
loss.name = "cross-entropy"
[[model.layer]]
kind = "conv2d"
out = 8
kernel = [3, 5]
padding = 1
bias = false
[[model.layer]]
kind = "leaky_relu"
slope = 0.2
[[model.layer]]
kind = "flatten"
[[model.layer]] # round the next
of = ["dense 384", "residual { relu; dense out=384 }"]
kind = "residual"
[[model.layer]]
kind = "dropout"
p = 0.25
`
	r, err := presets.Decode("x.toml", []byte(tables))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"conv2d out=8 kernel=3x5 padding=1 bias=false", "leaky_relu slope=0.2", "flatten",
		"residual { dense out=384; residual { relu; dense out=384 } }", "dropout p=0.25",
	}
	if !slices.Equal(r.Model.Stack, want) || !slices.Equal(r.Model.Input, []int{1, 8, 8}) {
		t.Errorf("stack %q, input %v", r.Model.Stack, r.Model.Input)
	}
	if at := r.Origin["model.stack.3"]; at != "x.toml:16:3" {
		t.Errorf("the fourth layer is at %s", at)
	}
	content, err := presets.Encode(r, ".")
	if err != nil {
		t.Fatal(err)
	}
	back, err := presets.Decode("x.toml", content)
	if err != nil {
		t.Fatalf("%v\n%s", err, content)
	}
	if diff := same(t, r, back); diff != "" {
		t.Errorf("%s\n%s", diff, content)
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var again recipe.Recipe
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	if diff := same(t, r, again); diff != "" {
		t.Errorf("through JSON: %s", diff)
	}
}

func TestTOMLIsReadInAllItsForms(t *testing.T) {
	for _, c := range []struct{ toml, path, want string }{
		{"seed = 0x10\n" + complete, "seed", "16"},
		{"seed = 1_000\n" + complete, "seed", "1000"},
		{"seed = +7\n" + complete, "seed", "7"},
		{complete + "[optimizer]\nlr = 1_0.5e-1", "optimizer.lr", "1.05"},
		{complete + "[optimizer]\nlr = +0.5", "optimizer.lr", "0.5"},
		{"optimizer.lr = 0.5\n" + complete, "optimizer.lr", "0.5"},
		{"optimizer = { lr = 0.5 }\n" + complete, "optimizer.lr", "0.5"},
		{"\"optimizer\".'lr' = 0.5\n" + complete, "optimizer.lr", "0.5"},
		{complete + "[ optimizer ] # a comment\n lr=0.5# another", "optimizer.lr", "0.5"},
		{strings.ReplaceAll(complete, "\n", "\r\n"), "loss.name", "mse"},
		{strings.Replace(complete, "[2, 2]", "[ 2, # in\n 3,\n 2, ]", 1), "model.layers", "2,3,2"},
		{"title = '''a\nb'''\n" + complete, "title", "a\nb"},
		{"title = \"\\u00e9\"\n" + complete, "title", "é"},
	} {
		r, err := presets.Decode("x.toml", []byte(c.toml))
		if err != nil {
			t.Errorf("%q: %v", c.toml, err)
			continue
		}
		if s, err := r.Find(c.path); err != nil || s.Value.String() != c.want {
			t.Errorf("%q: %s is %v (%v), want %s", c.toml, c.path, s.Value, err, c.want)
		}
	}
}

// Whatever the bytes, decoding ends in a recipe that can be written and read
// back, or in an error that names the file.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(complete))
	f.Add([]byte("seed = 0x10\ntitle = '''a\nb'''\n" + complete + "[optimizer]\nname = \"adam\"\nbeta1 = 0.5 # c\n"))
	f.Add([]byte("optimizer = { lr = 1e-3, name = \"sgd\" }\n[data]\nfile = \"f.csv\"\ntarget = [\"a\", \"b\"]\n"))
	f.Add([]byte("data.set = \"moons\"\nloss.name = \"mse\"\n[[model.layer]]\nkind = \"residual\"\nof = [\"dense 2\"]\n[[model.layer]]\nkind = \"conv2d\"\nout = 1\nkernel = [1, 2]\n"))
	f.Add([]byte("[[model.layer]]\nkind = 1979-05-27T07:32:00Z\n\"a\".'b' = [[1], {c = nan}]\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		r, err := presets.Decode("x.toml", content)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "x.toml:") {
				t.Errorf("%q: %v", content, err)
			}
			return
		}
		again, err := presets.Encode(r, ".")
		if err != nil {
			t.Fatalf("%q: %v", content, err)
		}
		back, err := presets.Decode("x.toml", again)
		if err != nil {
			t.Fatalf("%q was written as %q: %v", content, again, err)
		}
		if diff := same(t, r, back); diff != "" {
			t.Errorf("%q was written as %q: %s", content, again, diff)
		}
	})
}
