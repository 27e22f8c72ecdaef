//go:build unix

package main_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// study makes one in the folder "s" for workers, and returns the job script.
func study(t *testing.T, dir string, more ...string) string {
	t.Helper()
	args := append([]string{"tune", "spiral", "--over", "optimizer.lr=1e-4..1", "--sampler", "random", "--confirm", "0", "--dir", "s", "--slurm"}, more...)
	return succeed(t, dir, args...).out
}

// begun starts a worker on the study, and returns when it has reported n times.
func begun(t *testing.T, dir string, n int) (worker *exec.Cmd, said *bytes.Buffer) {
	t.Helper()
	said = &bytes.Buffer{}
	worker = command(t, dir, "worker", "--dir", "s", "--workers", "1", "--quiet")
	worker.Stderr = said
	before := reports(t, dir)
	if err := worker.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); reports(t, dir) < before+n; time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the worker reports nothing: %s", said)
		}
	}
	return worker, said
}

// reports counts the lines of reports in the study.
func reports(t *testing.T, dir string) (n int) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(dir, "s/trials/000/*.report"))
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		n += bytes.Count(b, []byte("\n"))
	}
	return n
}

var hashed = regexp.MustCompile(`"hash":"[0-9a-f]+"`)

// However a worker ends, the next one goes on with its trial, which comes to the same
// bits as one that was never interrupted.
func TestATrialComesToTheSameHoweverOftenItsWorkerEnds(t *testing.T) {
	dir, whole := t.TempDir(), t.TempDir()
	trial := []string{"--trials", "1", "--steps", "20000"}
	study(t, whole, trial...)
	succeed(t, whole, "worker", "--dir", "s")
	study(t, dir, trial...)
	for i, end := range []struct {
		signal syscall.Signal
		code   int
		kept   bool
	}{{syscall.SIGUSR1, 0, true}, {syscall.SIGTERM, 143, true}, {syscall.SIGKILL, -1, false}, {syscall.SIGINT, 130, true}} {
		worker, said := begun(t, dir, 5)
		if err := worker.Process.Signal(end.signal); err != nil {
			t.Fatal(err)
		}
		if code := exitCode(t, worker.Wait()); code != end.code {
			t.Errorf("%s: exit %d, want %d: %s", end.signal, code, end.code, said)
		}
		if kept, _ := filepath.Glob(filepath.Join(dir, "s/trials/000/000000.0."+string(rune('0'+i))+".state")); (len(kept) == 1) != end.kept {
			t.Errorf("%s: kept states %q", end.signal, kept)
		}
	}
	succeed(t, dir, "worker", "--dir", "s")
	got, want := hashed.FindString(read(t, dir, "s/trials/000/000000.0.result")), hashed.FindString(read(t, whole, "s/trials/000/000000.0.result"))
	if got == "" || got != want {
		t.Errorf("the hash is %s, uninterrupted %s", got, want)
	}
}

func TestAWorkerStopsAfterItsTime(t *testing.T) {
	dir := t.TempDir()
	study(t, dir, "--trials", "1", "--steps", "1000000")
	began := time.Now()
	got := succeed(t, dir, "worker", "--dir", "s", "--until", "100ms")
	if time.Since(began) > 20*time.Second || !strings.Contains(got.err, "the study goes on without this worker") {
		t.Errorf("after %s: %s", time.Since(began), got.err)
	}
}

func TestWorkersAreRefusedInASentence(t *testing.T) {
	dir := t.TempDir()
	study(t, dir)
	for name, sentence := range map[string]string{
		"":        "--dir is missing",
		"nowhere": "holds no study: there is no study.toml",
		"other":   "use the same release for all workers",
	} {
		if name == "other" {
			text := regexp.MustCompile(`release = .*`).ReplaceAllString(read(t, dir, "s/study.toml"), `release = "v0.1.0"`)
			if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join(dir, "s"))); err != nil {
				t.Fatal(err)
			}
			write(t, dir, "other/study.toml", text)
		}
		got := descent(t, dir, "worker", "--dir", name)
		if got.code != 2 || !strings.Contains(got.err, sentence) || strings.Count(got.err, "\n") != 1 {
			t.Errorf("%q exits %d: %s", name, got.code, got.err)
		}
	}
}

func TestAWorkerWhoseFolderGoesSaysSo(t *testing.T) {
	dir := t.TempDir()
	study(t, dir, "--steps", "20000")
	worker, said := begun(t, dir, 1)
	if err := os.Rename(filepath.Join(dir, "s"), filepath.Join(dir, "elsewhere")); err != nil {
		t.Fatal(err)
	}
	if code := exitCode(t, worker.Wait()); code != 1 || !strings.HasSuffix(said.String(), "s is gone, and with it what was under way\n") || strings.Count(said.String(), "\n") != 1 {
		t.Errorf("exit %d: %s", code, said)
	}
}

// The script that is printed passes signals on, waits, and queues the task again when its
// time is up; here with a scontrol that only writes down what it is told.
func TestTheJobScriptQueuesATaskAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "it's a folder")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	script := study(t, dir, "--trials", "1", "--steps", "100000", "--tasks", "100", "--at-once", "10")
	for _, line := range []string{"#SBATCH --array=0-99%10\n", "#SBATCH --requeue\n", "#SBATCH --signal=B:USR1@60\n", "#SBATCH --output=\"" + filepath.Join(dir, "s/slurm") + "/%A_%a.out\"\n"} {
		if !strings.Contains(script, line) {
			t.Errorf("%s is not in\n%s", line, script)
		}
	}
	write(t, dir, "job", script)
	bin := filepath.Join(dir, "bin")
	if err := os.Mkdir(bin, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bin, "scontrol"), []byte("#!/bin/sh\necho \"$@\" >'"+strings.ReplaceAll(dir, "'", `'\''`)+"/told'\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	task := exec.CommandContext(t.Context(), "bash", "job")
	task.Dir = dir
	task.Env = append(command(t, dir).Env, "PATH="+bin+":"+os.Getenv("PATH"), "SLURM_JOB_ID=17", "SLURM_ARRAY_JOB_ID=12", "SLURM_ARRAY_TASK_ID=3")
	var said bytes.Buffer
	task.Stderr = &said
	if err := task.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); reports(t, dir) == 0; time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("nothing is reported: %s", &said)
		}
	}
	if err := task.Process.Signal(syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	if code := exitCode(t, task.Wait()); code != 0 && code != 138 {
		t.Errorf("exit %d: %s", code, &said)
	}
	if got := read(t, dir, "told"); got != "requeue 17\n" {
		t.Errorf("scontrol was told %q", got)
	}
	workers, _ := filepath.Glob(filepath.Join(dir, "s/workers/*.json"))
	var w struct{ Slot string }
	if len(workers) != 1 {
		t.Fatalf("workers %q", workers)
	}
	line := read(t, dir, "s/workers/"+filepath.Base(workers[0]))
	if err := json.Unmarshal([]byte(line[:strings.LastIndexByte(line, '}')+1]), &w); err != nil || w.Slot != "slurm 12 3, worker 0" {
		t.Errorf("the slot is %q: %v in %s", w.Slot, err, line)
	}
}
