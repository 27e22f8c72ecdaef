package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// page is a file of the repository.
func page(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var quoted = regexp.MustCompile("`([^`]+)`")

// Ten questions of a newcomer, each with an answer that ends in files.
func TestTheQuestionsOfANewcomerEndInFiles(t *testing.T) {
	_, rest, _ := strings.Cut(page(t, "docs/design.md"), "\n## Questions of a newcomer\n")
	rest, _, _ = strings.Cut(rest, "\n## ")
	questions := strings.Split(rest, "\n### ")[1:]
	if len(questions) < 10 {
		t.Errorf("%d questions, want at least 10", len(questions))
	}
	for _, q := range questions {
		title, answer, _ := strings.Cut(q, "\n")
		prose, files, ok := strings.Cut(strings.TrimSpace(answer), "\n→ ")
		if !ok || len(strings.Fields(prose)) < 25 {
			t.Errorf("%q has no answer that ends in files", title)
		}
		named := quoted.FindAllStringSubmatch(files, -1)
		if len(named) == 0 {
			t.Errorf("%q names no file", title)
		}
		for _, f := range named {
			if _, err := os.Stat(f[1]); err != nil {
				t.Errorf("%q: %v", title, err)
			}
		}
	}
}

// What the docs call a file of the repository is one.
func TestFilesThatTheDocsNameAreThere(t *testing.T) {
	path := regexp.MustCompile(`^(core|session|tui|presets|tools|docs)/[\w./-]+\.(go|py|md|json|toml|s)$`)
	for _, doc := range []string{"README.md", "CONTRIBUTING.md", "docs/design.md", "docs/trust.md"} {
		for _, m := range quoted.FindAllStringSubmatch(page(t, doc), -1) {
			if name := m[1]; path.MatchString(name) && !strings.Contains(name, "NAME") {
				if _, err := os.Stat(name); err != nil {
					t.Errorf("%s: %v", doc, err)
				}
			}
		}
	}
}

// Every package has its line among the rooms, and every line its package.
func TestEveryRoomHasALine(t *testing.T) {
	_, rest, _ := strings.Cut(page(t, "docs/design.md"), "A room a line, from the top:\n\n```\n")
	rooms, _, _ := strings.Cut(rest, "\n```")
	said := map[string]bool{}
	var above []string
	for _, line := range strings.Split(rooms, "\n") {
		name, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		depth := (len(line) - len(strings.TrimLeft(line, " "))) / 2
		if !strings.HasSuffix(name, "/") {
			continue
		}
		above = append(above[:depth], strings.TrimSuffix(name, "/"))
		place := strings.Join(above, "/")
		said[place] = true
		if _, err := os.Stat(place); err != nil {
			t.Errorf("docs/design.md: %v", err)
		}
	}
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}}", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range strings.Fields(string(out)) {
		place := strings.TrimPrefix(p, "descent/")
		if place != "descent" && !strings.HasPrefix(place, "tools") && !said[filepath.ToSlash(place)] {
			t.Errorf("docs/design.md has no line for %s", place)
		}
	}
}
