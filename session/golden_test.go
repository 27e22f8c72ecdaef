package session

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/presets"
	"descent/session/disk"
	"descent/session/journal"
)

// Golden logs are those that each release wrote. They have to be resumed and
// replayed by every later one. `tools/golden-logs RELEASE` adds a folder.
var release = flag.String("golden", "", "write the golden logs of this release to testdata/golden/RELEASE")

// life is a session that is recorded: a preset with keys overridden, and what is
// done in it, a line each:
//
//	step 10                  train
//	PATH=VALUE ...           turn knobs, as one decision where there are several
//	each PATH 3              every choice of a knob that fits, with so many steps after it
//	rewind=5, merge=adapters an act
//	teach 0 5                step 5 of branch 0 teaches
//	race PATH=VALUE,VALUE    and `end race`
//	undo, redo, reset, fork, seek BRANCH STEP, label TEXT, delete BRANCH
type life struct {
	name, preset string
	set          []string
	script       []string
}

// small are networks of a few neurons.
var (
	smallMoons    = []string{"data.samples=80", "model.layers=2,6,2", "train.batch=8", "train.eval_every=5"}
	smallDigits   = []string{"model.layers=64,6,10", "data.validation=0.9", "train.batch=8"}
	smallSpiral   = []string{"data.samples=90", "model.layers=2,8,6,3", "train.batch=16"}
	smallConcrete = []string{"model.layers=8,5,1", "train.batch=16"}
)

var lives = []life{
	{"plain", "moons", smallMoons, []string{"step 20"}},
	{"optimizers", "moons", smallMoons, []string{"step 5", "each optimizer.name 4"}},
	{"optimizers-carried", "spiral", smallSpiral, []string{
		"step 5", "optimizer.swap_state=carry optimizer.swap_lr=match", "optimizer.name=momentum", "step 4", "optimizer.name=adamw", "step 4",
		"optimizer.name=nadam", "step 4", "optimizer.swap_lr=default", "optimizer.name=lamb", "step 4", "optimizer.name=rmsprop", "step 4",
		"optimizer.centered=true", "step 4", "optimizer.name=adam", "optimizer.amsgrad=true", "step 4",
	}},
	{"full-batch", "seed", []string{"data.samples=60"}, []string{
		"optimizer.name=gd", "step 3", "optimizer.name=lbfgs", "step 4", "optimizer.line_search_fn=strong_wolfe", "step 3",
		"optimizer.name=sophia", "step 12", "optimizer.name=sam", "optimizer.base=adam", "step 4",
	}},
	{"schedules", "seed", []string{"data.samples=60", "train.steps=40"}, []string{"step 3", "schedule.warmup=10", "each schedule.name 4"}},
	{"plateau", "moons", smallMoons, []string{"schedule.name=plateau", "schedule.patience=0 schedule.threshold=0.3", "step 60"}},
	{"training", "moons", smallMoons, []string{
		"train.clip_norm=0.5", "step 4", "train.clip_value=0.1", "step 4", "train.noise=0.01", "train.noise_decay=0.55", "step 4", "train.accumulate=3", "step 4",
		"train.ema=0.9", "step 6", "train.shuffle=false", "step 4", "train.batch=0", "step 4", "train.ema=0", "optimizer.weight_decay=0.1", "optimizer.decoupled=true", "step 4",
	}},
	{"losses-of-classes", "moons", smallMoons, []string{"step 3", "each loss.name 4", "loss.name=cross-entropy", "loss.label_smoothing=0.1", "loss.weights=1,2", "step 4"}},
	{"losses-of-numbers", "concrete", smallConcrete, []string{"step 3", "each loss.name 4", "loss.name=huber", "loss.delta=0.3", "step 4"}},
	{"layers", "moons", []string{
		"data.samples=80", "model.layers=", "model.activation=identity", "model.stack=[\"dense 6\", \"batch-norm\", \"relu\", \"dropout 0.2\", \"dense 6\", \"layer-norm\", \"silu\", \"dense 2\"]", "train.batch=8",
	}, []string{"step 20", "optimizer.name=lion", "step 10"}},
	{"pruning", "spiral", smallSpiral, []string{"step 5", "prune.sparsity=0.5", "step 4", "each prune.method 4", "prune.scope=layer", "step 4", "prune.sparsity=0", "step 4"}},
	{"pruning-gradual", "spiral", smallSpiral, []string{
		"prune.when=gradual prune.steps=30 prune.every=5", "prune.sparsity=0.7", "step 15", "prune.regrow=0.3", "step 25", "prune.method=movement", "step 10", "train.ema=0.8", "step 10",
	}},
	{"quantization", "spiral", smallSpiral, []string{
		"step 5", "quant.bits=4", "step 4", "each quant.scheme 4", "quant.scheme=affine", "each quant.observer 4", "quant.granularity=channel", "step 4",
		"quant.when=after", "step 4", "quant.bits=0", "step 4",
	}},
	{"quantization-learned", "spiral", smallSpiral, []string{
		"step 5", "quant.bits=5 quant.step=learned", "step 6", "quant.granularity=channel", "step 6", "quant.activations=6", "step 6", "quant.layers=0:8,4:3", "step 6",
		"optimizer.name=adamw", "step 4", "quant.bits=0", "step 4", "undo", "step 2",
	}},
	{"both", "digits", smallDigits, []string{"step 10", "prune.method=structured", "prune.sparsity=0.3", "step 5", "quant.bits=3", "step 10", "rewind=3", "step 5"}},
	{"distillation", "distil-digits", []string{"model.layers=64,5,10", "teacher.steps=20", "data.validation=0.9", "train.batch=8"}, []string{
		"step 8", "distill.features=similarity", "step 5", "distill.temperature=2", "distill.alpha=0.3", "step 5", "distill.alpha=0", "step 3",
	}},
	{"teachers", "moons", smallMoons, []string{
		"step 20", "teach 0 10", "distill.alpha=0.5", "step 5", "distill.features=hint", "step 5", "undo", "undo", "step 3", "teach 0 22", "step 5", "teach 1 21", "step 4",
	}},
	{"augmentation", "digits", append([]string{"data.shape=8,8"}, smallDigits...), []string{
		"step 2", "augment.crop=1", "step 2", "augment.flip=0.5", "augment.flip_vertical=0.5", "step 2", "augment.rotate=20", "augment.scale=0.2", "augment.shear=10", "step 2",
		"augment.elastic=1", "augment.smooth=2", "step 2", "augment.erase=0.5", "augment.brightness=0.3", "augment.noise=0.2", "augment.drop=0.1", "step 2",
		"augment.mixup=0.3", "step 2", "augment.cutmix=1", "step 2",
	}},
	{"finetuning", "finetune-digits", []string{"pretrain.steps=20", "data.validation=0.9", "train.batch=8"}, []string{
		"step 5", "finetune.freeze=0", "step 4", "finetune.freeze=", "finetune.probe=20", "step 12", "finetune.unfreeze=10", "step 12", "finetune.unfreeze=0", "finetune.only=biases", "step 4",
		"finetune.only=all", "finetune.rate_decay=0.5", "step 4", "finetune.replay=0.25", "step 4", "finetune.l2_sp=0.1", "step 4", "finetune.ewc=10", "step 4",
	}},
	{"adapters", "finetune-digits", []string{"pretrain.steps=20", "data.validation=0.9", "train.batch=8"}, []string{
		"finetune.lora_rank=2", "step 8", "finetune.lora_alpha=16", "step 4", "merge=adapters", "step 5", "finetune.lora_rank=3", "step 4", "optimizer.name=momentum", "step 4", "finetune.lora_rank=0", "step 3",
	}},
	{"frozen-statistics", "finetune-digits", []string{
		"model.layers=", "model.activation=identity", "model.stack=[\"dense 6\", \"batch-norm\", \"relu\", \"dense 10\"]", "pretrain.preset=", "pretrain.only=", "pretrain.steps=0", "data.validation=0.9", "train.batch=8",
	}, []string{"step 5", "finetune.freeze=0,1", "step 5", "finetune.freeze=", "step 5"}},
	{"ravine", "ravine", nil, []string{"step 20", "surface.kappa=30", "optimizer.name=adam", "step 10", "surface.noise=0.1", "step 10"}},
	{"saddle", "saddle", nil, []string{"step 10", "optimizer.name=momentum", "step 20"}},
	{"diverged", "seed", []string{"data.samples=60", "optimizer.lr=1000"}, []string{"run 100"}},
	{"branches", "moons", smallMoons, []string{
		"step 10", "optimizer.lr=0.05", "step 10", "undo", "step 5", "optimizer.name=lion", "step 6", "label lion", "seek 0 15", "step 2", "fork", "step 3", "optimizer.lr=0.1", "step 2",
		"undo", "redo", "step 1", "seek 0 3", "optimizer.lr=0.2", "step 4", "delete 1", "reset", "step 5", "undo", "undo", "step 3",
	}},
	{"race", "moons", smallMoons, []string{
		"step 10", "race optimizer.lr=0.001,0.01,0.1", "step 10", "end race", "step 5", "race optimizer.name=sgd,adam", "step 5", "end race", "step 3", "undo", "undo", "step 2",
	}},
	{"rewinds", "spiral", smallSpiral, []string{
		"step 12", "prune.sparsity=0.6", "rewind=0", "step 8", "rewind=15", "step 5", "undo", "step 3", "rewind=13", "quant.bits=4", "step 4", "rewind=20", "step 4",
	}},
}

// live does what a script says.
func (l life) live(t *testing.T, s *Session) {
	t.Helper()
	for _, line := range l.script {
		if err := one(s, line); err != nil {
			t.Fatalf("%s: %s: %v", l.name, line, err)
		}
	}
}

func one(s *Session, line string) error {
	words := strings.Fields(line)
	n := func(i int) int { v, _ := strconv.Atoi(words[i]); return v }
	train := func(steps int) error {
		for range steps {
			if _, err := s.Step(); err != nil {
				return err
			}
		}
		return nil
	}
	turn := func(text string) (recipe.Change, error) {
		path, value, _ := strings.Cut(text, "=")
		k, err := s.Trainer().Settings().Find(path)
		if err != nil {
			return recipe.Change{}, err
		}
		v, err := k.Knob.Parse(value)
		return recipe.Change{Path: path, Value: v}, err
	}
	switch words[0] {
	case "step":
		return train(n(1))
	case "run": // until it diverges
		var d *Diverged
		if err := train(n(1)); !errors.As(err, &d) {
			return fmt.Errorf("it stayed finite: %w", err)
		}
		return nil
	case "each":
		k, err := s.Trainer().Settings().Find(words[1])
		if err != nil {
			return err
		}
		for _, o := range k.Knob.Options {
			if s.Set(words[1], knob.Word(o.Name)) != nil {
				continue // a loss that this data cannot have
			}
			if err := train(n(2)); err != nil {
				return err
			}
		}
		return nil
	case "teach":
		return s.Do("user", journal.Command{Act: &journal.Act{Name: journal.Teach, Branch: journal.BranchID(n(1)), Step: n(2)}})
	case "race":
		path, list, _ := strings.Cut(words[1], "=")
		var values []knob.Value
		for _, text := range knob.Split(list) {
			c, err := turn(path + "=" + text)
			if err != nil {
				return err
			}
			values = append(values, c.Value)
		}
		return s.Race(Over(path, values))
	case "end":
		s.EndRace()
		return nil
	case "undo":
		return s.Undo()
	case "redo":
		return s.Redo()
	case "reset":
		return s.Reset()
	case "fork":
		s.Fork("")
		return nil
	case "seek":
		return s.Seek(journal.BranchID(n(1)), n(2), nil)
	case "label":
		return s.Label(s.at.id, words[1])
	case "delete":
		return s.Delete(journal.BranchID(n(1)))
	}
	if name, value, _ := strings.Cut(line, "="); len(words) == 1 {
		if c, ok, err := journal.ParseAct(name, value); ok {
			return errors.Join(err, s.Do("user", c))
		}
	}
	var changes []recipe.Change
	for _, text := range words {
		c, err := turn(text)
		if err != nil {
			return err
		}
		changes = append(changes, c)
	}
	if len(changes) == 1 {
		return s.Set(changes[0].Path, changes[0].Value)
	}
	return s.SetTogether(changes)
}

// stood is how a golden session is to be found again.
type stood struct {
	Branch journal.BranchID `json:"branch"` // where it ends
	Step   int              `json:"step"`
	Hash   string           `json:"hash"`
	Heads  []head           `json:"heads"` // of every branch that is there
}

type head struct {
	Branch    journal.BranchID `json:"branch"`
	Step      int              `json:"step"`
	Decisions int              `json:"decisions"`
	Hash      string           `json:"hash"`
}

// look goes through a session and leaves it where it stands.
func lookAt(t *testing.T, s *Session) stood {
	t.Helper()
	here := s.position()
	out := stood{Branch: s.at.id, Step: s.Trainer().StepCount(), Hash: s.Trainer().Hash()}
	for _, b := range s.branches {
		if b.deleted {
			continue
		}
		if err := s.Seek(b.id, b.head, nil); err != nil {
			t.Fatal(err)
		}
		out.Heads = append(out.Heads, head{b.id, b.head, s.applied, s.Trainer().Hash()})
	}
	if err := s.travel(s.cursor, here, nil); err != nil {
		t.Fatal(err)
	}
	s.moved = false
	return out
}

const goldenDir = "testdata/golden"

// states are the lives of which the state beside the log is kept too.
var states = []string{"branches"}

func TestWriteGoldenLogs(t *testing.T) {
	if *release == "" {
		t.Skip("-golden RELEASE writes them")
	}
	dir := filepath.Join(goldenDir, *release)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	all := map[string]stood{}
	for _, l := range lives {
		r, err := presets.Override(l.preset, l.set...)
		if err != nil {
			t.Fatalf("%s: %v", l.name, err)
		}
		tr, hashes, err := Open(r, presets.Files{})
		if err != nil {
			t.Fatalf("%s: %v", l.name, err)
		}
		path := filepath.Join(dir, l.name+".jsonl")
		log, err := journal.Create(path, journal.NewHeader(r, hashes), true)
		if err != nil {
			t.Fatal(err)
		}
		s := New(tr, log)
		l.live(t, s)
		all[l.name] = lookAt(t, s)
		keeps := slices.Contains(states, l.name)
		var image *State
		if keeps {
			image = s.State(1 << 14)
		}
		if err := s.Finish(); err != nil {
			t.Fatal(err)
		}
		if keeps {
			image.Lines = s.logLines
			if err := image.save(disk.Machine{}, path); err != nil {
				t.Fatal(err)
			}
		}
	}
	content, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "stood.json"), append(content, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

// oneSentence refuses errors that are a stack or a list.
func oneSentence(t *testing.T, err error) {
	t.Helper()
	if text := err.Error(); strings.Contains(text, "\n") || strings.Contains(text, "goroutine") || text == "" {
		t.Errorf("not one sentence: %q", text)
	}
}

func TestGoldenLogsAreResumedAndReplayed(t *testing.T) {
	releases, err := filepath.Glob(filepath.Join(goldenDir, "*"))
	if err != nil || len(releases) == 0 {
		t.Fatalf("there are no golden logs (%v)", err)
	}
	for _, dir := range releases {
		var all map[string]stood
		content, err := os.ReadFile(filepath.Join(dir, "stood.json"))
		if err == nil {
			err = json.Unmarshal(content, &all)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range slices.Sorted(maps.Keys(all)) {
			t.Run(filepath.Base(dir)+"/"+name, func(t *testing.T) {
				t.Parallel()
				golden(t, filepath.Join(dir, name+".jsonl"), all[name])
			})
		}
	}
}

// golden resumes and replays one log. To the bit where the arithmetic is the
// same; else it opens all the same, and says that it is another.
func golden(t *testing.T, from string, want stood) {
	path := filepath.Join(t.TempDir(), filepath.Base(from))
	for _, end := range []string{"", ".state"} {
		content, err := os.ReadFile(from + end)
		if end != "" && os.IsNotExist(err) {
			continue
		}
		if err == nil {
			err = os.WriteFile(path+end, content, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	rec := readLog(t, path)
	same := rec.Header.Arithmetic == rec.Header.Recipe.Computes()
	back, err := Resume(path, presets.Files{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := back.Session
	notes := strings.Join(back.Notes, "; ")
	if strings.Contains(notes, "arithmetic") == same {
		t.Errorf("arithmetic %q, here %q: notes %q", rec.Header.Arithmetic, recipe.Arithmetic, notes)
	}
	for _, n := range back.Notes {
		if same && !strings.Contains(n, ".state is ignored, since it is of version") {
			t.Errorf("note %q", n)
		}
	}
	got := lookAt(t, s)
	if !same {
		got.Hash = want.Hash
		for i := range got.Heads {
			if i < len(want.Heads) {
				got.Heads[i].Hash = want.Heads[i].Hash
			}
		}
	}
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
		t.Errorf("it stands at\n%s\nit stood at\n%s", g, w)
	}
	if s.mismatch != "" {
		t.Error(s.mismatch)
	}
	if err := s.Abandon(); err != nil {
		t.Error(err)
	}
	again, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rec, err = journal.Parse(path, bytes.NewReader(again))
	if err != nil {
		t.Fatal(err)
	}
	out, err := Replay(t.Context(), rec, presets.Files{}, nil, nil)
	switch {
	case err != nil && same:
		t.Error(err)
	case err != nil:
		oneSentence(t, err)
		if !strings.Contains(err.Error(), "arithmetic") {
			t.Errorf("it is not said that the arithmetic is another: %v", err)
		}
	case out.Exact != same:
		t.Errorf("%s", out)
	}
}
