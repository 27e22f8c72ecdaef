package main_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var target = regexp.MustCompile(`(?m)^([a-z-]+):(.*)$`)

func TestEveryTargetSaysWhatItMakes(t *testing.T) {
	file, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	phony, _, _ := strings.Cut(string(file)[strings.Index(string(file), ".PHONY:")+len(".PHONY:"):], "\n")
	listed := ""
	if _, err := exec.LookPath("make"); err == nil {
		out, err := exec.Command("make", "--no-print-directory").Output()
		if err != nil {
			t.Fatal(err)
		}
		listed = string(out)
	}
	for _, m := range target.FindAllStringSubmatch(string(file), -1) {
		_, what, _ := strings.Cut(m[2], "## ")
		if what == "" || !slices.Contains(strings.Fields(phony), m[1]) {
			t.Errorf("the target %s says %q behind ##, and .PHONY is %s", m[1], what, phony)
		}
		if listed != "" && !regexp.MustCompile(`(?m)^make `+m[1]+` +`+regexp.QuoteMeta(what)+`$`).MatchString(listed) {
			t.Errorf("make help does not list %s:\n%s", m[1], listed)
		}
	}
}

// `make golden` finds its packages by what their tests call.
func TestMakeGoldenWritesEveryGoldenFile(t *testing.T) {
	err := filepath.WalkDir("tui", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), "exp/golden") {
			t.Errorf("%s compares a golden file past check.Golden, where `make golden` does not find it", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
