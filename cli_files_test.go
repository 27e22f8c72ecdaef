//go:build unix

package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// inputs are commands that read a file each, PATH.
var inputs = []struct{ name, preset, args string }{
	{"preset", table, "run PATH"},
	{"preset of the workbench", table, "PATH"},
	{"data", strings.Replace(table, "d.csv", "PATH", 1), "run p.toml"},
	{"labels", strings.Replace(table, `target = "y"`, `labels = "PATH"`, 1), "run p.toml"},
	{"weights", table, "run p.toml --set model.weights=PATH"},
	{"teacher's weights", table, "run p.toml --set teacher.weights=PATH"},
	{"teacher", table, "run p.toml --set teacher.preset=PATH"},
	{"log to replay", table, "replay PATH"},
	{"log to resume", table, "resume --dry-run PATH"},
}

func TestOnlyRegularFilesAreRead(t *testing.T) {
	for _, in := range inputs {
		for _, kind := range []struct {
			name, what string
			create     func(path string) error
		}{
			{"pipe", "a pipe", func(p string) error { return syscall.Mkfifo(p, 0o600) }},
			{"folder", "a directory", func(p string) error { return os.Mkdir(p, 0o700) }},
			{"zero", "a device", func(p string) error { return os.Symlink("/dev/zero", p) }},
		} {
			t.Run(in.name+", "+kind.name, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				path := filepath.Join(dir, kind.name)
				if err := kind.create(path); err != nil {
					t.Fatal(err)
				}
				write(t, dir, "p.toml", strings.ReplaceAll(in.preset, "PATH", path))
				write(t, dir, "d.csv", rows)
				refused(t, dir, []string{kind.name + " cannot be read: it is " + kind.what + "; only regular files are read"}, strings.Fields(strings.ReplaceAll(in.args, "PATH", path))...)
			})
		}
	}
}

func TestAFileOfAnotherFormatIsNamed(t *testing.T) {
	for _, in := range inputs {
		if strings.HasPrefix(in.name, "preset of") {
			continue // there is no terminal
		}
		t.Run(in.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, "f")
			write(t, dir, "f", "GGUF\x03\x00\x00\x00")
			if in.name == "labels" {
				write(t, dir, "d.csv", "\x00\x00\x08\x01\x00\x00\x00\x01\x05") // IDX, which has labels
			} else {
				write(t, dir, "d.csv", rows)
			}
			write(t, dir, "p.toml", strings.ReplaceAll(in.preset, "PATH", path))
			refused(t, dir, []string{"f: this is a GGUF file; "}, strings.Fields(strings.ReplaceAll(in.args, "PATH", path))...)
		})
	}
}

func TestOutputsOverwriteWhatDescentWroteAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "p.toml", table)
	write(t, dir, "d.csv", rows)
	run := strings.Fields("run p.toml --quiet --metrics m --weights-out w --log l --compact-out c")
	succeed(t, dir, run...)
	succeed(t, dir, run...)
	for _, flag := range []string{"--metrics", "--weights-out", "--log", "--compact-out"} {
		for _, file := range []string{"p.toml", "d.csv"} {
			refused(t, dir, []string{flag + " " + file + ": this file is an input of the run"}, "run", "p.toml", "--quiet", "--force", flag, file)
		}
		write(t, dir, "notes", "mine\n")
		refused(t, dir, []string{flag + " notes: the file exists already", "--force"}, "run", "p.toml", "--quiet", flag, "notes")
		if read(t, dir, "notes") != "mine\n" {
			t.Error("the file was touched")
		}
		succeed(t, dir, "run", "p.toml", "--quiet", "--force", flag, "notes")
	}
	refused(t, dir, []string{"--metrics l: this file is an input of the run"}, "replay", "l", "--quiet", "--metrics", "l")
	if read(t, dir, "p.toml") != table || read(t, dir, "d.csv") != rows {
		t.Error("an input was touched")
	}
}
