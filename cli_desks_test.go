package main_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What was cut comes back as it was: the weights behind the mask do not move.
func TestPruningLosesNothing(t *testing.T) {
	dir := t.TempDir()
	succeed(t, dir, "run", "digits", "--steps", "499", "--quiet", "--weights-out", "before")
	succeed(t, dir, "run", "digits", "--steps", "999", "--quiet", "--at", "500:prune.sparsity=0.9", "--weights-out", "masked")
	succeed(t, dir, "run", "digits", "--steps", "1000", "--quiet", "--at", "500:prune.sparsity=0.9", "--at", "1000:prune.sparsity=0", "--at", "1000:optimizer.lr=0", "--weights-out", "after")
	before, masked, after := tensors(t, read(t, dir, "before")), tensors(t, read(t, dir, "masked")), tensors(t, read(t, dir, "after"))
	cut := 0
	for name, w := range masked {
		if !strings.HasSuffix(name, "weight") {
			continue
		}
		for i, v := range w {
			if v != 0 {
				continue
			}
			if cut++; after[name][i] != before[name][i] {
				t.Fatalf("%s[%d] is %v and was %v before it was cut", name, i, after[name][i], before[name][i])
			}
		}
	}
	if cut < 5817 || cut > 5830 { // 0.9 of 6464 are 5817.6; training may leave a zero or two
		t.Errorf("%d weights were cut", cut)
	}
}

// Every desk in turn, on and off, and what is no knob's: the log replays.
func TestEveryDeskInTurnReplays(t *testing.T) {
	dir := t.TempDir()
	args := []string{"run", "finetune-digits", "--steps", "330", "--quiet", "--log", "log", "--metrics", "a", "--compact-out", "small"}
	for _, at := range []string{
		"10:prune.sparsity=0.5", "20:prune.method=taylor", "30:prune.method=movement", "40:prune.regrow=0.3", "40:prune.every=5", "60:prune.method=structured", "70:prune.sparsity=0",
		"80:quant.bits=4", "85:quant.activations=8", "90:quant.step=learned", "95:quant.observer=mse", "100:quant.when=after", "105:quant.layers=0:8,2:2", "110:quant.layers=", "110:quant.bits=0", "110:quant.activations=0",
		"120:teach=50", "120:distill.alpha=0.5", "130:distill.features=similarity", "140:distill.features=hint", "150:distill.alpha=0", "150:distill.features=off",
		"160:augment.rotate=10", "165:augment.mixup=0.3", "170:augment.cutmix=1", "175:augment.crop=1", "180:augment.rotate=0", "180:augment.mixup=0", "180:augment.cutmix=0", "180:augment.crop=0",
		"190:finetune.lora_rank=3", "200:finetune.lora_rank=5", "210:merge=adapters", "220:finetune.lora_rank=0", "220:finetune.only=biases", "230:finetune.only=all", "230:finetune.freeze=0",
		"240:finetune.freeze=", "240:finetune.ewc=10", "250:finetune.l2_sp=0.01", "260:finetune.replay=0.3", "270:finetune.rate_decay=0.5", "280:finetune.unfreeze=5",
		"290:rewind=100", "300:prune.method=magnitude", "300:prune.sparsity=0.6", "310:quant.bits=5",
	} {
		args = append(args, "--at", at)
	}
	said := succeed(t, dir, args...).err
	if !strings.Contains(said, "compact: 64-") || !strings.Contains(said, "rows come out the same") {
		t.Errorf("stderr is %q", said)
	}
	out := succeed(t, dir, "replay", "log", "--metrics", "b")
	if !strings.Contains(out.err+out.out, "matched bit for bit") {
		t.Errorf("the replay says %q", out.err+out.out)
	}
	same(t, dir, "a", "b")
	last := metrics(t, read(t, dir, "a"))
	if last[len(last)-1]["old_accuracy"] == nil {
		t.Error("the old task is not measured")
	}
}

func TestACompactNetworkIsReadAsWeights(t *testing.T) {
	dir := t.TempDir()
	said := succeed(t, dir, "run", "digits", "--steps", "300", "--quiet", "--set", "prune.method=structured", "--set", "prune.sparsity=0.5",
		"--set", "quant.bits=4", "--compact-out", "small.safetensors", "--weights-out", "whole").err
	file := read(t, dir, "small.safetensors")
	bytes := len(file) - 8 - int(binary.LittleEndian.Uint64([]byte(file)))
	if want := "compact: 64-32-16-10, "; !strings.HasPrefix(said, want) || !strings.Contains(said, " in "+strconv.Itoa(bytes)+" bytes") {
		t.Errorf("the file holds %d bytes; said is %q", bytes, said)
	}
	refused(t, dir, []string{"small.safetensors: it holds a network of other widths; give model.layers = [64, 32, 16, 10]"},
		"run", "digits", "--set", "model.weights=small.safetensors", "--steps", "0")
	small := metrics(t, succeed(t, dir, "run", "digits", "--quiet", "--set", "model.weights=small.safetensors", "--set", "model.layers=64,32,16,10",
		"--steps", "1", "--set", "optimizer.lr=0", "--metrics", "-").out)[0]
	whole := metrics(t, succeed(t, dir, "run", "digits", "--quiet", "--set", "model.weights=whole", "--steps", "1", "--set", "optimizer.lr=0", "--metrics", "-").out)[0]
	if small["val_accuracy"] != whole["val_accuracy"] {
		t.Errorf("accuracy %v, of the whole network %v", small["val_accuracy"], whole["val_accuracy"])
	}
}

func TestWholeNumbersAgreeWithTheirSimulation(t *testing.T) {
	dir := t.TempDir()
	for preset, rows := range map[string]string{"digits": "359", "fashion-cnn": "500"} {
		said := succeed(t, dir, "run", preset, "--steps", "60", "--quiet", "--set", "quant.bits=8", "--set", "quant.activations=8", "--integer").err
		if !strings.HasPrefix(said, "integer inference: "+rows+" of "+rows+" rows as simulated") {
			t.Errorf("%s: %q", preset, said)
		}
	}
	refused(t, dir, []string{"--integer: integer inference needs quant.activations from 2 to 8, not 0"}, "run", "digits", "--steps", "5", "--set", "quant.bits=8", "--integer")
}

func TestActsThatCannotBeDoneAreRefused(t *testing.T) {
	dir := t.TempDir()
	for at, want := range map[string]string{
		"5:rewind=7":       "--at 5:rewind=7: before step 5 no step after 4 is known",
		"5:rewind=early":   `--at 5:rewind=early: rewind takes a step, as rewind=100, not "early"`,
		"5:merge=all":      `--at 5:merge=all: merge takes adapters, as merge=adapters, not "all"`,
		"5:merge=adapters": "--at 5:merge=adapters: there are no adapters to merge; finetune.lora_rank adds them",
		"5:teach=-1":       `--at 5:teach=-1: teach takes a step of this branch`,
		"5:finetune.lora":  "unknown key",
	} {
		if !strings.Contains(at[2:], "=") {
			at += "=1"
		}
		refused(t, dir, []string{want}, "run", "digits", "--steps", "10", "--quiet", "--at", at)
	}
}

func TestLessonsThatCannotBeTakenAreRefusedWithTheirPlace(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "d.csv", rows)
	for extra, want := range map[string]string{
		"[teacher]\npreset = \"digtis\"\n":                            `p.toml:16:1: teacher.preset: there is no preset "digtis"; did you mean "digits"?`,
		"[pretrain]\npreset = \"digits\"\n":                           `p.toml:16:1: digits has another model: 64-64-32-10 where this one is 2-1`,
		"[pretrain]\nsteps = 5\n":                                     `p.toml:15:2: [pretrain] needs a preset`,
		"[pretrain]\npreset = \"p.toml\"\n":                           `presets must not refer to each other in a cycle`,
		"[teacher]\npreset = \"ravine\"\n":                            `p.toml:16:1: teacher.preset: ravine minimizes a test surface, which cannot initialize or teach a network`,
		"[teacher]\npreset = \"iris\"\n":                              `p.toml:16:1: the teacher goes from 4 inputs to 3 outputs, the student from 2 to 1`,
		"[teacher]\npreset = \"iris\"\nweights = \"x.safetensors\"\n": `p.toml:16:1: [teacher] takes preset or weights, not both`,
		"[quant]\nbits = 4\nlayers = [\"0:77\"]\n":                    `quant.layers takes a layer and its bits from 0 to 16`,
		"[finetune]\nfreeze = [\"1\"]\n":                              `there is no layer "1" with weights`,
	} {
		write(t, dir, "p.toml", table+extra)
		refused(t, dir, []string{want}, "run", "p.toml", "--quiet")
	}
	for set, want := range map[string]string{
		"teacher.preset=fashion-cnn": "--set teacher.preset=fashion-cnn: the teacher goes from 784 inputs to 10 outputs, the student from 64 to 10",
		"teacher.preset=concrete":    "--set teacher.preset=concrete: the teacher goes from 8 inputs to 1 output, the student",
		"teacher.weights=nosuch":     "--set teacher.weights=nosuch: ",
		"pretrain.preset=wine":       "--set pretrain.preset=wine: wine has another model: 13-16-3 where this one is 64-64-32-10",
		"pretrain.steps=5":           "--set pretrain.steps=5: [pretrain] needs a preset",
	} {
		refused(t, dir, []string{want}, "run", "digits", "--quiet", "--set", set)
	}
	write(t, dir, "p.toml", table+"[teacher]\npreset = \"p.toml\"\n")
	if said := descent(t, dir, "run", "p.toml").err; strings.Count(said, "teacher.preset") != 1 {
		t.Errorf("a preset that is its own teacher is refused with %q", said)
	}
	write(t, dir, "p.toml", table+"[teacher]\npreset = \"q.toml\"\n")
	write(t, dir, "q.toml", table+"[teacher]\npreset = \"p.toml\"\n")
	refused(t, dir, []string{"q.toml:16:1: teacher.preset: ", "p.toml refers to itself"}, "run", "./p.toml")
	if kept, _ := filepath.Glob(filepath.Join(dir, "cache", "descent", "lessons", "*")); len(kept) > 0 {
		t.Errorf("%d lessons were trained for nothing", len(kept))
	}
}

// What presets learn first is kept in the cache, and a damaged file is learnt anew.
func TestLessonsAreKept(t *testing.T) {
	dir := t.TempDir()
	run := func() string {
		return succeed(t, dir, "run", "prune-cliff", "--steps", "20", "--metrics", "-", "--set", "pretrain.steps=200").out
	}
	first := run()
	kept, err := filepath.Glob(filepath.Join(dir, "cache", "descent", "lessons", "*"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("kept: %v, %v", kept, err)
	}
	if run() != first {
		t.Error("from the cache it runs otherwise")
	}
	content, err := os.ReadFile(kept[0])
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)-3] ^= 1
	if err := os.WriteFile(kept[0], content, 0o644); err != nil {
		t.Fatal(err)
	}
	if run() != first {
		t.Error("a damaged file of the cache was taken")
	}
	if mended, _ := os.ReadFile(kept[0]); slices.Equal(mended, content) {
		t.Error("the damaged file is still there")
	}
}

// A log says which weights a preset learned first: those that were kept and are
// others, however well they are sealed, are learned again.
func TestAKeptLessonThatIsNotTheLogsIsTrainedAgain(t *testing.T) {
	dir := t.TempDir()
	succeed(t, dir, "run", "prune-cliff", "--steps", "20", "--quiet", "--set", "pretrain.steps=50", "--log", "s.jsonl")
	kept, err := filepath.Glob(filepath.Join(dir, "cache", "descent", "lessons", "*"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("kept: %v, %v", kept, err)
	}
	content, err := os.ReadFile(kept[0])
	if err != nil {
		t.Fatal(err)
	}
	const magic = "descent lesson\n"
	body := bytes.Clone(content[len(magic)+sha256.Size:])
	body[len(body)-1] ^= 1 // the sign or so of the last weight
	sum := sha256.Sum256(body)
	forged := slices.Concat([]byte(magic), sum[:], body)
	for _, args := range [][]string{{"replay", "s.jsonl", "--quiet"}, {"resume", "--dry-run", "s.jsonl"}} {
		if err := os.WriteFile(kept[0], forged, 0o600); err != nil {
			t.Fatal(err)
		}
		r := succeed(t, dir, args...)
		if !strings.Contains(r.err, "not those of the log") || args[0] == "replay" && !strings.Contains(r.err, "matched bit for bit") {
			t.Errorf("%s says %q", args[0], r.err)
		}
		if mended, _ := os.ReadFile(kept[0]); !bytes.Equal(mended, content) {
			t.Errorf("%s left the forged weights in the cache", args[0])
		}
	}
}

func TestWhatFitsTakesWhatItSays(t *testing.T) {
	dir := t.TempDir()
	out := succeed(t, dir, "fit", "iris", "--steps", "100", "--recover", "10", "--size", "40%", "--json", "--quiet").out
	var found []struct {
		Set      map[string]any
		Bytes    int
		Accuracy float64
	}
	if err := json.Unmarshal([]byte(out), &found); err != nil || len(found) == 0 {
		t.Fatalf("%v: %s", err, out)
	}
	dense := 4 * (4*16 + 16 + 16*3 + 3)
	for _, p := range found[:1] {
		args := []string{"run", "iris", "--steps", "101", "--quiet", "--compact-out", "small"}
		for path, v := range p.Set {
			args = append(args, "--at", fmt.Sprintf("101:%s=%v", path, v))
		}
		if said := succeed(t, dir, args...).err; p.Bytes > dense*4/10 || !strings.Contains(said, fmt.Sprintf("(float32 dense: %d)", dense)) {
			t.Errorf("%d bytes of %d; %q", p.Bytes, dense, said)
		}
	}
	r := succeed(t, dir, "fit", "iris", "--steps", "100", "--recover", "10", "--size", "1000", "--json", "--quiet")
	var files []struct {
		Set         map[string]any
		Bytes, File int
	}
	if err := json.Unmarshal([]byte(r.out), &files); err != nil || len(files) == 0 {
		t.Fatalf("%v: %s", err, r.out)
	}
	for _, p := range files[:min(3, len(files))] {
		args := []string{"run", "iris", "--steps", "110", "--compact-out", "small", "--quiet"}
		for path, v := range p.Set {
			args = append(args, "--at", fmt.Sprintf("101:%s=%v", path, v))
		}
		said := succeed(t, dir, args...).err
		if size := len(read(t, dir, "small")); size != p.File || size > 1000 || !strings.Contains(said, fmt.Sprintf("a file of %d bytes with its header", size)) {
			t.Errorf("%+v is a file of %d bytes; %q", p, size, said)
		}
	}
	refused(t, dir, []string{"a test surface has no network to compact"}, "run", "ravine", "--compact-out", "x", "--quiet")
	refused(t, dir, []string{"ravine minimizes a test surface, which has no weights to compress"}, "fit", "ravine", "--size", "9", "--quiet")
	refused(t, dir, []string{`--size x: "x" is no size; type it as "8 kB", "8000" or "20%"`}, "fit", "iris", "--steps", "1", "--size", "x", "--quiet")
	if r := descent(t, dir, "fit", "iris", "--steps", "1", "--size", "9", "--quiet"); r.code != 1 || !strings.Contains(r.err, "nothing fits into 9 bytes; the smallest candidate takes ") {
		t.Errorf("exit %d: %q", r.code, r.err)
	}
}

// The cache knows what a preset learnt from: other rows under the same name are
// learnt anew.
func TestALessonOfOtherRowsIsAnotherLesson(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "d.csv", rows)
	write(t, dir, "first.toml", table)
	write(t, dir, "p.toml", table+"[pretrain]\npreset = \"first.toml\"\n")
	run := func() string { return succeed(t, dir, "run", "p.toml", "--quiet", "--metrics", "-").out }
	first := run()
	write(t, dir, "d.csv", strings.Replace(rows, "1,2,3", "1,2,30", 1))
	run()
	write(t, dir, "d.csv", rows)
	if run() != first {
		t.Error("the same rows give other numbers")
	}
	kept, err := filepath.Glob(filepath.Join(dir, "cache", "descent", "lessons", "*"))
	if err != nil || len(kept) != 2 {
		t.Errorf("kept: %v, %v", kept, err)
	}
}

func TestAFitSaysByWhichRowsItJudges(t *testing.T) {
	for args, want := range map[string]string{
		"iris":                               "evaluated on all 45 validation rows",
		"iris --set data.validation=0":       "evaluated on all 150 training rows",
		"concrete --set data.validation=0.6": "evaluated on 512 of 618 validation rows",
	} {
		out := succeed(t, t.TempDir(), append([]string{"fit", "--steps", "1", "--recover", "0", "--size", "60%", "--quiet"}, strings.Fields(args)...)...).out
		if lines := strings.Split(out, "\n"); lines[len(lines)-2] != want {
			t.Errorf("%s: the table ends with %q, want %q", args, lines[len(lines)-2], want)
		}
	}
}
