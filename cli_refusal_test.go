package main_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// table is a preset that is right, for each case to spoil; rows is its data.
const (
	table = `title = "a line"
[data]
file = "d.csv"
target = "y"
[model]
layers = [2, 1]
[loss]
name = "mse"
[optimizer]
name = "adam"
lr = 0.01
[train]
batch = 2
steps = 5
`
	rows = "a,b,y\n1,2,3\n2,1,4\n3,3,9\n4,1,7\n"
)

// refused checks that a command ends with 2 and one sentence that says all of want.
func refused(t *testing.T, dir string, want []string, args ...string) {
	t.Helper()
	r := descent(t, dir, args...)
	oneSentence(t, r.err)
	for _, w := range want {
		if !strings.Contains(r.err, w) {
			t.Errorf("stderr is %q, want %q in it", r.err, w)
		}
	}
	if r.code != 2 || r.out != "" {
		t.Errorf("exit %d with stdout %q, want 2 and none", r.code, r.out)
	}
}

func TestTheTableItselfRuns(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "p.toml", table)
	write(t, dir, "d.csv", rows)
	if n := len(metrics(t, succeed(t, dir, "run", "p.toml", "--metrics", "-").out)); n != 5 {
		t.Errorf("%d steps, want 5", n)
	}
}

func TestWrongPresetsAreRefusedWithTheirPlace(t *testing.T) {
	for _, c := range []struct {
		name, old, new string // what is changed in the preset
		want           []string
	}{
		{"unknown key", "lr = 0.01", "rl = 0.01", []string{`p.toml:11:1: unknown key "optimizer.rl"; did you mean "optimizer.lr"?`}},
		{"unknown table", "[train]", "[tarin]", []string{`p.toml:13:1: unknown key "tarin.batch"; did you mean "train.batch"?`}},
		{"unknown key at the top", "title", "titel", []string{`p.toml:1:1: unknown key "titel"; did you mean "title"?`}},
		{"a key of another optimizer", `name = "adam"`, "name = \"sgd\"\nbeta1 = 0.5", []string{"p.toml:11:1: optimizer.beta1", "adam"}},
		{"text for a number", "lr = 0.01", `lr = "fast"`, []string{`p.toml:11:6: optimizer.lr takes a number`}},
		{"a number for text", `name = "adam"`, `name = 3`, []string{`p.toml:10:8: optimizer.name takes one of`}},
		{"a fraction for an integer", "batch = 2", "batch = 2.5", []string{"p.toml:13:9: train.batch takes an integer"}},
		{"a list for a number", "lr = 0.01", "lr = [1]", []string{"p.toml:11:", "optimizer.lr takes a number"}},
		{"a negative rate", "lr = 0.01", "lr = -0.01", []string{"p.toml:11:6: optimizer.lr takes a number from 0"}},
		{"a rate that is NaN", "lr = 0.01", "lr = nan", []string{"p.toml:11:6: optimizer.lr takes a number"}},
		{"a rate without end", "lr = 0.01", "lr = inf", []string{"p.toml:11:6: optimizer.lr takes a number"}},
		{"a number beyond all", "lr = 0.01", "lr = 1e999", []string{"p.toml:11:6: optimizer.lr"}},
		{"unknown optimizer", `"adam"`, `"adma"`, []string{`p.toml:10:8: optimizer.name`, `did you mean "adam"?`}},
		{"unknown loss", `"mse"`, `"mes"`, []string{`p.toml:8:8: loss.name`, `did you mean "mse"?`}},
		{"a key twice", "lr = 0.01", "lr = 0.01\nlr = 0.1", []string{"p.toml:12:1:", "optimizer.lr", "twice"}},
		{"a table twice", "[train]", "[data]\n[train]", []string{"p.toml:12:2:", "[data]", "twice"}},
		{"no TOML", "[model]", "[model", []string{"p.toml:5:"}},
		{"no data", "[data]\nfile = \"d.csv\"\ntarget = \"y\"", "", []string{"p.toml: [data] is missing"}},
		{"no model", "[model]\nlayers = [2, 1]", "", []string{"p.toml: [model] is missing"}},
		{"no loss", "[loss]\nname = \"mse\"", "", []string{"p.toml: [loss] is missing"}},
		{"set and file", `file = "d.csv"`, "file = \"d.csv\"\nset = \"digits\"", []string{"p.toml:3:1:", "not both"}},
		{"unknown data set", `file = "d.csv"`, `set = "digist"`, []string{`p.toml:3:1:`, `no data set "digist"`}},
		{"a missing data file", "d.csv", "none.csv", []string{"p.toml:3:1:", "none.csv cannot be read"}},
		{"a missing column", `target = "y"`, `target = "why"`, []string{`d.csv:1: there is no column "why"`, "a, b, y"}},
		{"a column twice", `target = "y"`, `target = ["y", "y"]`, []string{"data.target", `"y"`, "twice"}},
		{"too few inputs", "[2, 1]", "[3, 1]", []string{"p.toml:6:1: model.layers starts with 3 but the data has 2 inputs"}},
		{"too many targets", `target = "y"`, `target = ["b", "y"]`, []string{"p.toml:6:1: model.layers starts with 2 but the data has 1 inputs"}},
		{"outputs that do not match", "target = \"y\"\n[model]\nlayers = [2, 1]", "target = [\"b\", \"y\"]\n[model]\nlayers = [1, 3]", []string{"p.toml:6:1:", "3 outputs", "2 target columns"}},
		{"one width", "[2, 1]", "[2]", []string{"p.toml:6:1: model.layers needs at least"}},
		{"a width of 0", "[2, 1]", "[2, 0, 1]", []string{"p.toml:6:", "model.layers"}},
		{"a model beyond memory", "[2, 1]", "[2, 1000000, 1000000, 1]", []string{"p.toml:6:1:", "2^28"}},
		{"a loss that does not fit", `"mse"`, `"cross-entropy"`, []string{"p.toml:8:1: cross-entropy needs"}},
		{"missing weights", "layers = [2, 1]", "layers = [2, 1]\nweights = \"none.safetensors\"", []string{"p.toml:7:1:", "none.safetensors cannot be read"}},
		{"damaged weights", "layers = [2, 1]", "layers = [2, 1]\nweights = \"d.csv\"", []string{"d.csv", "no safetensors file"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(table, c.old) {
				t.Fatalf("the preset has no %q", c.old)
			}
			dir := t.TempDir()
			write(t, dir, "p.toml", strings.Replace(table, c.old, c.new, 1))
			write(t, dir, "d.csv", rows)
			refused(t, dir, c.want, "run", "p.toml", "--quiet")
		})
	}
}

func TestWrongDataIsRefusedWithItsPlace(t *testing.T) {
	for _, c := range []struct{ name, csv, want string }{
		{"empty", "", "d.csv: the file is empty"},
		{"no rows", "a,b,y\n", "d.csv: there is a line of column names and no row"},
		{"text among numbers", "a,b,y\n1,2,3\n1,two,3\n", `d.csv:3:3: column "b": "two" is not a number`},
		{"an empty cell", "a,b,y\n1,,3\n", `d.csv:2:3: column "b": the cell is empty`},
		{"NaN", "a,b,y\n1,NaN,3\n", `d.csv:2:3: column "b": the value is missing (NaN)`},
		{"infinity", "a,b,y\n1,2,1e999\n", `d.csv:2:5: column "y": "1e999" is not a finite number`},
		{"a short row", "a,b,y\n1,2,3\n1,2\n", "d.csv:3: the row has 2 fields, the first line 3"},
		{"a column twice", "a,a,y\n1,2,3\n", `d.csv:1:3: two columns are named "a"`},
		{"an open quote", "a,b,y\n1,\"2,3\n", "d.csv:2:"},
		{"names for a number", "a,b,y\n1,2,cat\n2,1,dog\n", `p.toml:8:1: column "y" holds names`},
		{"damaged gzip", "\x1f\x8b\x08rest", "d.csv: the gzip file is damaged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "p.toml", table)
			write(t, dir, "d.csv", c.csv)
			refused(t, dir, []string{c.want}, "run", "p.toml", "--quiet")
		})
	}
}

func TestDamagedWeightsAreRefused(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "p.toml", table)
	write(t, dir, "d.csv", rows)
	succeed(t, dir, "run", "p.toml", "--quiet", "--weights-out", "w")
	good := read(t, dir, "w")
	for _, c := range []struct{ name, file, want string }{
		{"cut off", good[:len(good)-8], "does not fit its place"},
		{"cut in the header", good[:20], "no safetensors file"},
		{"no header", good[:8] + strings.Repeat("x", len(good)-8), "header is damaged"},
		{"of another model", strings.Replace(good, `[1,2]`, `[2,1]`, 1), `tensor "0.weight" has shape [2 1] where the model has [1 2]`},
		{"with NaN", good[:len(good)-2] + "\xf8\x7f", `tensor "0.bias" holds NaN`}, // the last number, little-endian
	} {
		t.Run(c.name, func(t *testing.T) {
			write(t, dir, "bad", c.file)
			refused(t, dir, []string{"bad", c.want}, "run", "p.toml", "--quiet", "--set", "model.weights=bad")
		})
	}
}

func TestWrongCommandsAreRefused(t *testing.T) {
	for _, c := range []struct {
		args string
		want []string
	}{
		{"run", []string{"descent run PRESET"}},
		{"run seed spiral", []string{"descent run PRESET"}},
		{"replay", []string{"descent replay LOG"}},
		{"seed spiral", []string{"descent [PRESET|DATA|LOG|STUDY]"}},
		{"race seed", []string{"descent: --over is missing: the knob and its values, as --over optimizer.lr=0.01,0.1"}},
		{"fit iris", []string{"descent: --size is missing: "}},
		{"sessions rm", []string{"descent: an argument is missing: the usage is `descent sessions rm SESSION..."}},
		{"list nothing", []string{`no list of "nothing"`, "optimizers"}},
		{"list knobs data", []string{"descent list"}},
		{"help nonsense", []string{`descent: there is no command "nonsense"; ` + "`descent --help` lists"}},
		{"help rnu", []string{`no command "rnu"; did you mean ` + "`descent help run`?"}},
		{"help run more", []string{`no command "more"`, "`descent run --help`"}},
		{"help adam", []string{"did you mean `descent explain adam`?"}},
		{"completion nonsense", []string{`no completion for "nonsense"; there is one for bash, fish, powershell, zsh`}},
		{"completion zhs", []string{"did you mean `descent completion zsh`?"}},
		{"rnu", []string{`no preset "rnu"`, "did you mean `descent run`?"}},
		{"rnu seed", []string{`no preset "rnu"`, "did you mean `descent run`?"}},
		{"nothing seed", []string{`no preset "nothing"`, "`descent --help` lists the commands"}},
		{"sed", []string{`no preset "sed"; did you mean "seed"?`}},
		{"run sead", []string{`no preset "sead"; did you mean "seed"?`}},
		{"run nowhere", []string{`no preset "nowhere"`, "digits"}},
		{"run nowhere.toml", []string{"nowhere.toml cannot be read: no such file"}},
		{"run .", []string{". cannot be read"}},
		{"replay nowhere.jsonl", []string{"nowhere.jsonl"}},
		{"replay .", []string{"."}},
		{"run seed --fast", []string{"--fast", "--help"}},
		{"--fast", []string{"--fast", "--help"}},
		{"run seed --steps -1", []string{"--steps", "-1"}},
		{"run seed --steps many", []string{`--steps takes an integer, not "many"`}},
		{"run seed --steps 1e3", []string{`--steps takes an integer, not "1e3"`}},
		{"run seed --steps", []string{"--steps"}},
		{"run seed --threads -2", []string{"--threads takes a number from 1 to 1024, not -2"}},
		{"find-lr seed --threads 0", []string{"--threads takes a number from 1 to 1024, not 0"}},
		{"--threads 100000", []string{"--threads takes a number from 1 to 1024, not 100000"}},
		{"seed --threads all", []string{`--threads takes an integer, not "all"`}},
		{"tune seed --threads 1 --workers 2", []string{"--workers 2 takes as many threads, and --threads allows 1"}},
		{"run seed --set optimizer.lr", []string{"--set optimizer.lr: the form is PATH=VALUE"}},
		{"run seed --set optimzer.lr=1", []string{"--set optimzer.lr=1", `did you mean "optimizer.lr"?`}},
		{"run seed --set optimizer.lr=fast", []string{"--set optimizer.lr=fast", "takes a number"}},
		{"run seed --set optimizer.lr=-1", []string{"--set optimizer.lr=-1", "from 0"}},
		{"run seed --set optimizer.lr=NaN", []string{"--set optimizer.lr=NaN", "takes a number"}},
		{"run seed --set optimizer.name=adma", []string{"--set optimizer.name=adma", `did you mean "adam"?`}},
		{"run seed --set optimizer.beta1=0.5", []string{"--set optimizer.beta1=0.5", `"sgd"`, "adam"}},
		{"run seed --set model.layers=3,10", []string{"--set model.layers=3,10", "the data has 10 inputs"}},
		{"run seed --set model.layers=10,x", []string{"--set model.layers=10,x", "integers"}},
		{"run seed --set data.set=moon", []string{"--set data.set=moon", "no data set"}},
		{"run seed --set loss.name=cross-entropy", []string{"--set loss.name=cross-entropy", "cross-entropy needs classes"}},
		{"run seed --set model.weights=none", []string{"--set model.weights=none", "cannot be read"}},
		{"run seed --at 5", []string{"--at 5: the form is STEP:PATH=VALUE"}},
		{"run seed --at 5:optimizer.lr", []string{"the form is STEP:PATH=VALUE"}},
		{"run seed --at five:optimizer.lr=1", []string{"the form is STEP:PATH=VALUE"}},
		{"run seed --at optimizer.lr=1", []string{"the form is STEP:PATH=VALUE"}},
		{"run seed --at 0:optimizer.lr=1", []string{"--at 0:optimizer.lr=1: the run has steps 1 to 1000"}},
		{"run seed --at -3:optimizer.lr=1", []string{"the run has steps 1 to 1000"}},
		{"run seed --at 1001:optimizer.lr=1", []string{"the run has steps 1 to 1000"}},
		{"run seed --steps 9 --at 10:optimizer.lr=1", []string{"the run has steps 1 to 9"}},
		{"run seed --at 5:optimzer.lr=1", []string{"--at 5:optimzer.lr=1", `did you mean "optimizer.lr"?`}},
		{"run seed --at 5:optimizer.lr=-1", []string{"--at 5:optimizer.lr=-1", "from 0"}},
		{"run seed --at 5:optimizer.beta1=0.5", []string{`"sgd"`, "adam"}},
		{"run seed --at 5:model.layers=10,10", []string{"model.layers", "cannot turn while training"}},
		{"run seed --at 5:loss.name=cross-entropy", []string{"--at 5:loss.name=cross-entropy", "needs classes"}},
		{"run ravine --set finetune.lora_rank=2", []string{"--set finetune.lora_rank=2: finetune.lora_rank means nothing for ravine, which minimises a test surface"}},
		{"run ravine --set train.batch=8", []string{"--set train.batch=8", "means nothing for ravine"}},
		{"run ravine --set data.validation=0.5", []string{"data.validation means nothing for ravine"}},
		{"run ravine --at 5:quant.bits=4", []string{"--at 5:quant.bits=4: quant.bits means nothing for ravine"}},
		{"run ravine --at 5:teach=2", []string{"--at 5:teach=2: a surface has no teacher"}},
		{"run seed --set surface.noise=0.1", []string{"surface.noise is for a surface, and seed is a network"}},
		{"race ravine --over prune.sparsity=0,0.5", []string{"--over prune.sparsity=0: prune.sparsity means nothing for ravine"}},
		{"race seed --over optimizer.lr=1,2 --steps 9 --at 10:optimizer.lr=1", []string{"descent: --at 10:optimizer.lr=1: the run has steps 1 to 9"}},
		{"race lora-fashion --over finetune.lora_rank=2,0 --at 20:merge=adapters", []string{"finetune.lora_rank=0: --at 20:merge=adapters: there are no adapters to merge"}},
		{"race distil-digits --over optimizer.lr=1,2 --at 20:rewind=30", []string{"descent: --at 20:rewind=30: before step 20 no step after 19 is known"}},
	} {
		t.Run(c.args, func(t *testing.T) {
			args := strings.Fields(c.args)
			if args[0] == "run" || args[0] == "race" {
				args = append(args, "--quiet")
			}
			refused(t, t.TempDir(), c.want, args...)
		})
	}
}

func TestWhatCannotBeWrittenIsRefused(t *testing.T) {
	for _, flag := range []string{"--metrics", "--log", "--weights-out"} {
		for _, path := range []string{filepath.Join("none", "file"), "."} {
			t.Run(flag+" "+path, func(t *testing.T) {
				refused(t, t.TempDir(), []string{path + " cannot be written"}, "run", "seed", "--quiet", flag, path)
			})
		}
	}
}
