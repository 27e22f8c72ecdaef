package main

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// large are the packages that are catalogues: a file a row, and as many as there
// are rows.
var large = []string{"core/optim", "core/nn", "core/loss", "core/data", "core/search", "tui/cli"}

const (
	mostFiles = 16  // of a package, its tests left out
	mostLines = 350 // of code in a file: neither blank nor comment
)

// uses are the files of a package and whose definitions each of them uses, an
// example each. A method or a field is defined where it is written.
func uses(t *testing.T, p listed, set *token.FileSet, others types.Importer) map[string]map[string]string {
	t.Helper()
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(set, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	pkg, err := (&types.Config{Importer: others}).Check(p.ImportPath, set, files, info)
	if err != nil {
		t.Fatal(err)
	}
	file := func(at token.Pos) string { return filepath.Base(set.Position(at).Filename) }
	out := map[string]map[string]string{}
	for id, of := range info.Uses {
		from, to := file(id.Pos()), file(of.Pos())
		if of.Pkg() != pkg || from == to || !reaches(pkg, of) {
			continue
		}
		if out[from] == nil {
			out[from] = map[string]string{}
		}
		if now := out[from][to]; now == "" || id.Name < now {
			out[from][to] = id.Name
		}
	}
	return out
}

// reaches tells whether a definition can be used from another file.
func reaches(pkg *types.Package, of types.Object) bool {
	switch of := of.(type) {
	case *types.PkgName, *types.Label:
		return false
	case *types.Var:
		return of.IsField() || of.Parent() == pkg.Scope()
	case *types.Func:
		return true
	}
	return of.Parent() == pkg.Scope()
}

func exportsOf(t *testing.T) map[string]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-export", "-json=ImportPath,Export", "./...")
	cmd.Env = append(os.Environ(), "GOOS=linux") // as the tests are built, so that nothing is compiled twice
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	exports := map[string]string{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct{ ImportPath, Export string }
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return exports
		} else if err != nil {
			t.Fatal(err)
		}
		exports[p.ImportPath] = p.Export
	}
}

// No two files of a package use each other's definitions both ways: data goes one
// way inside a room too. There are no exceptions.
func TestNoTwoFilesUseEachOther(t *testing.T) {
	own, _ := packages(t, "linux")
	exports := exportsOf(t)
	set := token.NewFileSet()
	others := importer.ForCompiler(set, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	for _, p := range own {
		found := uses(t, p, set, others)
		for a, to := range found {
			for b := range to {
				if a < b && found[b][a] != "" {
					t.Errorf("%s: %s uses %s of %s, which uses %s of it", p.place(), a, found[a][b], b, found[b][a])
				}
			}
		}
	}
}

// code counts the lines of a file that are neither blank nor comment.
func code(t *testing.T, path string) (lines int) {
	t.Helper()
	set := token.NewFileSet()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := parser.ParseFile(set, path, text, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	if ast.IsGenerated(f) {
		return 0
	}
	comment := map[int]bool{}
	for _, g := range f.Comments {
		for _, c := range g.List {
			for l := set.Position(c.Pos()).Line; l <= set.Position(c.End()).Line; l++ {
				comment[l] = true
			}
		}
	}
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if line != "" && !(comment[i+1] && (strings.HasPrefix(line, "//") || strings.HasPrefix(line, "/*"))) {
			lines++
		}
	}
	return lines
}

func TestRoomsAreSmall(t *testing.T) {
	eachSystem(t, func(t *testing.T, own []listed, _ map[string]listed) {
		for _, p := range own {
			if len(p.GoFiles) > mostFiles && !slices.Contains(large, p.place()) {
				t.Errorf("%s has %d files; the most is %d: look for the second noun", p.place(), len(p.GoFiles), mostFiles)
			}
			for _, file := range p.GoFiles {
				if n := code(t, filepath.Join(p.Dir, file)); n > mostLines {
					t.Errorf("%s/%s has %d lines of code; the most is %d: look for the second noun", p.place(), file, n, mostLines)
				}
			}
		}
	})
}
