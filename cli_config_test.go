package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestConfigPrintsWhatTheFileMayHold(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "config", "descent", "config.toml")
	if r := succeed(t, dir, "config"); !strings.Contains(r.out, "# theme = \"auto\"") || !strings.Contains(r.out, "does not exist yet") {
		t.Errorf("without a file it prints %s", r.out)
	}
	if r := succeed(t, dir, "config", "--path"); strings.TrimSpace(r.out) != path {
		t.Errorf("the path is %s, not %s", r.out, path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	write := func(content string) {
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("theme = \"light\"\n")
	if r := succeed(t, dir, "config"); !strings.Contains(r.out, "\ntheme = \"light\"") {
		t.Errorf("with a file it prints %s", r.out)
	}
	write("# mine\n\nthem = \"light\"\n")
	refused(t, dir, []string{"config.toml:3:1: unknown key \"them\"; did you mean \"theme\"?"}, "config")
	succeed(t, dir, "run", "seed", "--steps", "1", "--quiet") // needs no screen
}
