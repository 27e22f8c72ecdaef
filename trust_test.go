package main_test

import (
	"crypto/sha256"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every line of the page on strangers' files names a test, and each is there.
func TestWhatIsPromisedOfStrangersFilesIsTested(t *testing.T) {
	there := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		content, err := os.ReadFile(path)
		for _, m := range declared.FindAllSubmatch(content, -1) {
			there[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`((?:Test|Fuzz)\\w+)`")
	rows := 0
	for n, line := range strings.Split(read(t, "docs", "trust.md"), "\n") {
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "| what |") || strings.HasPrefix(line, "| --- |") {
			continue
		}
		rows++
		names := named.FindAllStringSubmatch(line, -1)
		if len(names) == 0 {
			t.Errorf("docs/trust.md:%d: the line names no test", n+1)
		}
		for _, m := range names {
			if !there[m[1]] {
				t.Errorf("docs/trust.md:%d: there is no test %s", n+1, m[1])
			}
		}
	}
	if rows < 20 {
		t.Errorf("docs/trust.md has %d lines", rows)
	}
}

// hashes are those of every file below a folder but for state and cache.
func hashes(t *testing.T, dir string) map[string][32]byte {
	t.Helper()
	out := map[string][32]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch name, _ := filepath.Rel(dir, path); {
		case name == "state" || name == "cache":
			return fs.SkipDir
		case d.IsDir():
			out[name] = [32]byte{}
		default:
			content, err := os.ReadFile(path)
			out[name] = sha256.Sum256(content)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Running a preset, and looking at a log, writes nothing but state and cache.
func TestAStrangersFilesAreOnlyRead(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "d.csv", rows)
	write(t, dir, "first.toml", table)
	write(t, dir, "p.toml", table+"[pretrain]\npreset = \"first.toml\"\nsteps = 5\n")
	succeed(t, dir, "run", "p.toml", "--steps", "9", "--quiet", "--log", "s.jsonl", "--weights-out", "w")
	before := hashes(t, dir)
	for _, args := range [][]string{
		{"run", "p.toml", "--steps", "9", "--quiet"},
		{"race", "p.toml", "--over", "optimizer.lr=0.1,0.2", "--steps", "5", "--quiet"},
		{"replay", "s.jsonl", "--quiet"},
		{"resume", "--dry-run", "s.jsonl"},
		{"check", "s.jsonl", "--replay", "--quiet"},
	} {
		succeed(t, dir, args...)
		if after := hashes(t, dir); !maps.Equal(before, after) {
			t.Errorf("after `descent %s` there is %v", strings.Join(args, " "), slices.Sorted(maps.Keys(after)))
		}
	}
}
