package main_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// program builds descent once, into a folder that TestMain removes.
var (
	folder  string
	program = sync.OnceValues(func() (string, error) {
		path := filepath.Join(folder, "descent")
		if runtime.GOOS == "windows" {
			path += ".exe"
		}
		out, err := exec.Command("go", "build", "-buildvcs=false", "-ldflags=-w", "-o", path, ".").CombinedOutput()
		if err != nil {
			return "", fmt.Errorf("go build: %w\n%s", err, out)
		}
		return path, nil
	})
)

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "descent"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

// command is descent in a folder, with a state of its own there and no terminal.
func command(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+filepath.Join(dir, "state"), "XDG_CACHE_HOME="+filepath.Join(dir, "cache"), "XDG_CONFIG_HOME="+filepath.Join(dir, "config"), "TERM=xterm-256color", "CI=", "NO_COLOR=", "COLORFGBG=", "COLORTERM=")
	return cmd
}

// result is what a command left behind.
type result struct {
	code     int
	out, err string
}

func descent(t *testing.T, dir string, args ...string) result {
	t.Helper()
	var out, stderr strings.Builder
	cmd := command(t, dir, args...)
	cmd.Stdout, cmd.Stderr = &out, &stderr
	return result{exitCode(t, cmd.Run()), out.String(), stderr.String()}
}

func exitCode(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if exit == nil {
		return 0
	}
	return exit.ExitCode()
}

// succeed is descent where nothing may go wrong.
func succeed(t *testing.T, dir string, args ...string) result {
	t.Helper()
	r := descent(t, dir, args...)
	if r.code != 0 {
		t.Fatalf("descent %s: exit %d\n%s", strings.Join(args, " "), r.code, r.err)
	}
	return r
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func same(t *testing.T, dir, a, b string) {
	t.Helper()
	if read(t, dir, a) != read(t, dir, b) {
		t.Errorf("%s and %s differ", a, b)
	}
}

// oneSentence checks that a message is one line of descent's.
func oneSentence(t *testing.T, message string) {
	t.Helper()
	if !strings.HasPrefix(message, "descent: ") || strings.Count(message, "\n") != 1 || !strings.HasSuffix(message, "\n") {
		t.Errorf("stderr is %q, want one line that begins with \"descent: \"", message)
	}
}

// metrics reads JSON Lines; every line must be whole.
func metrics(t *testing.T, text string) []map[string]any {
	t.Helper()
	if !strings.HasSuffix(text, "\n") {
		t.Error("the last line of the metrics is not complete")
	}
	var out []map[string]any
	for line := range strings.Lines(text) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("line %d: %v", len(out)+1, err)
		}
		out = append(out, m)
		if m["step"] != float64(len(out)) {
			t.Fatalf("line %d is of step %v", len(out), m["step"])
		}
	}
	return out
}

func TestRunPrintsALineForEachStepAndTheLossFalls(t *testing.T) {
	r := succeed(t, t.TempDir(), "run", "seed", "--metrics", "-", "--quiet")
	lines := metrics(t, r.out)
	if len(lines) != 1000 || r.err != "" {
		t.Fatalf("%d lines, want 1000; stderr %q, want none with --quiet", len(lines), r.err)
	}
	mean := func(lines []map[string]any) (sum float64) {
		for _, l := range lines {
			sum += l["loss"].(float64) / float64(len(lines))
		}
		return sum
	}
	for from := 0; from < 800; from += 200 {
		before, after := mean(lines[from:from+200]), mean(lines[from+200:from+400])
		if after >= before {
			t.Errorf("the mean loss goes from %v to %v round step %d", before, after, from+200)
		}
	}
	for _, l := range lines {
		_, evaluated := l["val_loss"]
		if step := int(l["step"].(float64)); evaluated != (step%25 == 0) { // 800 rows, 32 a step
			t.Errorf("step %d: val_loss %v", step, l["val_loss"])
		}
		if l["lr"] != 0.01 {
			t.Errorf("the rate is %v", l["lr"])
		}
	}
}

func TestARunEndsWithItsResult(t *testing.T) {
	dir := t.TempDir()
	for args, want := range map[string]string{
		"run digits --steps 20 --quiet":                "step 20 of 20  loss 2.*  val_loss 2.*  val_accuracy 0.*\n",
		"run digits --steps 20":                        "step 20 of 20  loss 2.*  val_loss 2.*  val_accuracy 0.*\n",
		"run ravine --steps 20 --quiet":                "step 20 of 20  loss *\n",
		"run digits --steps 20 --quiet --metrics file": "step 20 of 20  loss 2.*\n",
		"run digits --steps 0 --quiet":                 "",
	} {
		r := succeed(t, dir, strings.Fields(args)...)
		if ok, err := filepath.Match(want, r.out); err != nil || !ok || strings.Count(r.out, "\n") > 1 {
			t.Errorf("%s prints %q, want %q", args, r.out, want)
		}
	}
	if r := succeed(t, dir, "run", "seed", "--steps", "5", "--quiet", "--log", "-"); strings.Contains(r.out, "step 5 of 5") {
		t.Errorf("the result stands in what is written to stdout: %q", r.out)
	}
}

func TestTheVersionSaysWhatTheNumbersDependOn(t *testing.T) {
	r := succeed(t, t.TempDir(), "--version")
	for _, want := range []string{"descent  ", "go  ", runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH, "arithmetic  fma-chains-", "kernel  "} {
		if !strings.Contains(r.out, want) {
			t.Errorf("%q is not in %q", want, r.out)
		}
	}
}

func TestProgressGoesToStderr(t *testing.T) {
	r := succeed(t, t.TempDir(), "run", "seed", "--steps", "30", "--metrics", "-")
	if n := len(metrics(t, r.out)); n != 30 || !strings.Contains(r.err, "step 30 of 30") {
		t.Errorf("%d lines on stdout, progress %q", n, r.err)
	}
}

func TestTheLastStepIsEvaluatedAndClassesHaveAccuracies(t *testing.T) {
	lines := metrics(t, succeed(t, t.TempDir(), "run", "digits", "--steps", "7", "--metrics", "-").out)
	last := lines[len(lines)-1]
	for _, key := range []string{"loss", "lr", "val_loss", "accuracy", "val_accuracy"} {
		if _, ok := last[key].(float64); !ok {
			t.Errorf("the last step's %s is %v", key, last[key])
		}
	}
	if _, ok := lines[5]["val_loss"]; ok {
		t.Error("a step in the middle of an epoch was evaluated")
	}
}

func TestTwoRunsAreTheSameWhateverTheNumberOfThreads(t *testing.T) {
	dir := t.TempDir()
	for i, threads := range []string{"1", "1", "2", "7"} {
		n := fmt.Sprint(i)
		succeed(t, dir, "run", "digits", "--steps", "60", "--threads", threads, "--quiet", "--metrics", "m"+n, "--weights-out", "w"+n, "--log", "l"+n, "--force")
		succeed(t, dir, "replay", "l0", "--threads", threads, "--quiet")
		same(t, dir, "m0", "m"+n)
		same(t, dir, "w0", "w"+n)
	}
}

func TestSeedsDiffer(t *testing.T) {
	dir := t.TempDir()
	a := succeed(t, dir, "run", "seed", "--steps", "3", "--metrics", "-")
	b := succeed(t, dir, "run", "seed", "--steps", "3", "--metrics", "-", "--set", "seed=2")
	if a.out == b.out {
		t.Error("two seeds give the same run")
	}
}

func TestDecisionsHoldFromTheirStepInTheOrderGiven(t *testing.T) {
	r := succeed(t, t.TempDir(), "run", "seed", "--steps", "6", "--metrics", "-",
		"--at", "5:optimizer.lr=0.3", "--at", "3:optimizer.lr=0.1", "--at", "3:optimizer.name=adam", "--at", "3:optimizer.lr=0.2")
	for i, l := range metrics(t, r.out) {
		if want := []float64{0.01, 0.01, 0.2, 0.2, 0.3, 0.3}[i]; l["lr"] != want {
			t.Errorf("step %d: the rate is %v, want %v", i+1, l["lr"], want)
		}
	}
}

func TestARunWithoutLogLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	succeed(t, dir, "run", "seed", "--steps", "3", "--quiet")
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("%v %v", left, err)
	}
}

// tensors reads a safetensors file of F64.
func tensors(t *testing.T, file string) map[string][]float64 {
	t.Helper()
	size := binary.LittleEndian.Uint64([]byte(file))
	var header map[string]struct {
		DType   string `json:"dtype"`
		Offsets [2]int `json:"data_offsets"`
	}
	if err := json.Unmarshal([]byte(file[8:8+size]), &header); err != nil {
		t.Fatal(err)
	}
	out := map[string][]float64{}
	for name, h := range header {
		if h.DType != "F64" {
			t.Errorf("%s is of type %s", name, h.DType)
		}
		data := []byte(file[8+size:])[h.Offsets[0]:h.Offsets[1]]
		for ; len(data) > 0; data = data[8:] {
			out[name] = append(out[name], math.Float64frombits(binary.LittleEndian.Uint64(data)))
		}
	}
	return out
}

func TestWeightsComeBackAsTheyWere(t *testing.T) {
	dir := t.TempDir()
	succeed(t, dir, "run", "seed", "--steps", "40", "--quiet", "--weights-out", "trained.safetensors")
	write(t, dir, "again.toml", `
[data]
set = "linear-teacher"
[model]
layers = [10, 20, 10]
weights = "trained.safetensors"
[loss]
name = "mse"
`)
	succeed(t, dir, "run", "again.toml", "--steps", "0", "--quiet", "--weights-out", "again.safetensors")
	same(t, dir, "trained.safetensors", "again.safetensors")
	got := tensors(t, read(t, dir, "again.safetensors"))
	for name, n := range map[string]int{"0.weight": 200, "0.bias": 20, "2.weight": 200, "2.bias": 10} {
		if len(got[name]) != n {
			t.Errorf("%s has %d elements, want %d", name, len(got[name]), n)
		}
	}
}

func TestWeightsOutAreMaskedAndQuantized(t *testing.T) {
	dir := t.TempDir()
	succeed(t, dir, "run", "seed", "--steps", "20", "--quiet", "--weights-out", "w", "--at", "10:prune.sparsity=0.5", "--at", "15:quant.bits=3")
	got, zeros := tensors(t, read(t, dir, "w")), 0
	for _, name := range []string{"0.weight", "2.weight"} {
		levels := slices.Compact(slices.Sorted(slices.Values(got[name])))
		if len(levels) > 7 {
			t.Errorf("%s has %d levels, want at most 7 for 3 bits", name, len(levels))
		}
		for _, w := range got[name] {
			if w == 0 {
				zeros++
			}
		}
	}
	if zeros < 200 {
		t.Errorf("%d of 400 weights are 0, want half or more", zeros)
	}
}

func TestEveryListHasRowsForPeopleAndMachines(t *testing.T) {
	dir := t.TempDir()
	var all map[string][]map[string]any
	if err := json.Unmarshal([]byte(succeed(t, dir, "list", "--json").out), &all); err != nil {
		t.Errorf("list --json: %v", err)
	}
	_, named, _ := strings.Cut(read(t, ".", "README.md"), "\ndescent list [TOPIC]")
	named, _, _ = strings.Cut(named, "\ndescent ")
	if words := strings.FieldsFunc(named, func(r rune) bool { return strings.ContainsRune(" ,;\n", r) }); len(words) != len(all)+1 { // and --json
		t.Errorf("README names the lists %v, there are %d", words, len(all))
	}
	for _, topic := range []string{
		"presets", "optimizers", "losses", "schedules", "activations", "inits", "layers", "pruners", "quantizers",
		"augmentations", "surfaces", "data", "metrics", "knobs",
	} {
		t.Run(topic, func(t *testing.T) {
			var rows []map[string]any
			if err := json.Unmarshal([]byte(succeed(t, dir, "list", topic, "--json").out), &rows); err != nil || len(rows) < 2 {
				t.Fatalf("%d rows, %v", len(rows), err)
			}
			if all != nil && len(all[topic]) != len(rows) {
				t.Errorf("%d rows among all, %d alone", len(all[topic]), len(rows))
			}
			table := succeed(t, dir, "list", topic).out
			for _, r := range rows {
				name, help := r["name"].(string), r["help"].(string)
				if help == "" || !strings.Contains("\n"+table, "\n"+name+" ") {
					t.Errorf("%s: help %q; is it in the table?", name, help)
				}
			}
		})
	}
}

func TestEveryBuiltInPresetRuns(t *testing.T) {
	dir := t.TempDir()
	var rows []struct{ Name string }
	if err := json.Unmarshal([]byte(succeed(t, dir, "list", "presets", "--json").out), &rows); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		succeed(t, dir, "run", r.Name, "--steps", "2", "--quiet")
	}
}

func TestHelpAndCompletionsAnswer(t *testing.T) {
	dir := t.TempDir()
	kept := filepath.Join(dir, "state", "descent", "sessions")
	if err := os.MkdirAll(kept, 0o755); err != nil {
		t.Fatal(err)
	}
	succeed(t, dir, "run", "seed", "--steps", "3", "--quiet", "--log", filepath.Join(kept, "kept.jsonl"))
	for _, args := range [][]string{{"--help"}, {"run", "--help"}, {"replay", "--help"}, {"list", "--help"}, {"completion", "bash"}, {"completion", "zsh"}, {"completion", "fish"}, {"completion"}, {"help"}, {"help", "run"}, {"help", "sessions", "rm"}} {
		if r := succeed(t, dir, args...); r.out == "" || r.err != "" {
			t.Errorf("descent %s: %d bytes on stdout, stderr %q", strings.Join(args, " "), len(r.out), r.err)
		}
	}
	for args, want := range map[string]string{
		"di": "digits", "ke": "kept", "run di": "digits", "resume ": "kept", "replay ": "kept", "check ": "kept",
		"run seed --set prune.sp": "prune.sparsity=", "run seed --set optimizer.name=": "optimizer.name=adam",
		"run seed --set data.set=": "data.set=moons", "run seed --set train.shuffle=": "train.shuffle=false", "run seed --set teacher.preset=": "teacher.preset=digits",
		"race seed --over opt": "optimizer.lr=", "race seed --over optimizer.name=sgd,": "optimizer.name=sgd,adam",
		"run seed --at 30:opt": "30:optimizer.lr=", "run seed --at 30:schedule.name=": "30:schedule.name=cosine", "run seed --at 30:re": "30:rewind=",
		"help r": "race", "help sessions ": "rm", "list ": "pruners",
	} {
		r := succeed(t, dir, append([]string{"__complete"}, strings.Split(args, " ")...)...)
		if !strings.Contains("\n"+r.out, "\n"+want+"\n") && !strings.Contains("\n"+r.out, "\n"+want+"\t") {
			t.Errorf("completing %q gives %q, want %s", args, r.out, want)
		}
	}
	for args, unwanted := range map[string]string{
		"race seed --over optimizer.name=sgd,": "sgd,sgd", "run seed --at 30:": "model.layers", "run seed --at opt": "optimizer",
	} {
		if r := succeed(t, dir, append([]string{"__complete"}, strings.Split(args, " ")...)...); strings.Contains(r.out, unwanted) {
			t.Errorf("completing %q gives %q, with %s", args, r.out, unwanted)
		}
	}
}

func TestWithoutATerminalTheWorkbenchPointsToRun(t *testing.T) {
	for _, args := range [][]string{nil, {"spiral"}} {
		r := descent(t, t.TempDir(), args...)
		oneSentence(t, r.err)
		if r.code != 2 || !strings.Contains(r.err, "descent run ") || r.out != "" {
			t.Errorf("exit %d, %q, stdout %q", r.code, r.err, r.out)
		}
	}
}

func TestInterruptedRunsAreCompleteUpToThere(t *testing.T) {
	dir := t.TempDir()
	cmd := command(t, dir, "run", "seed", "--steps", "100000000", "--quiet", "--metrics", "-", "--log", "s.jsonl", "--at", "50:optimizer.name=adam")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	var all bytes.Buffer
	in := bufio.NewReader(io.TeeReader(out, &all))
	for range 100 {
		if _, err := in.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, in); err != nil {
		t.Fatal(err)
	}
	if code := exitCode(t, cmd.Wait()); code != 130 {
		t.Errorf("exit %d, want 130", code)
	}
	oneSentence(t, stderr.String())
	write(t, dir, "m", all.String())
	lines := metrics(t, all.String())
	if len(lines) < 100 || lines[len(lines)-1]["val_loss"] == nil {
		t.Errorf("%d lines, the last %v", len(lines), lines[len(lines)-1])
	}
	r := succeed(t, dir, "replay", "s.jsonl", "--metrics", "again", "--quiet")
	if want := fmt.Sprintf("%d steps and 1 decision", len(lines)); !strings.Contains(r.err, "matched bit for bit") || !strings.HasPrefix(r.err, want) {
		t.Errorf("replay says %q, want a match of %s", r.err, want)
	}
	same(t, dir, "m", "again")
}

// The slope of the saddle has no end: to run down it is no failure.
func TestToFallForEverIsNoFailure(t *testing.T) {
	dir := t.TempDir()
	if out := succeed(t, dir, "run", "saddle", "--quiet"); out.err != "" {
		t.Error(out.err)
	}
}
