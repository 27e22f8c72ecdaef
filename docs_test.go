package main_test

import (
	"encoding/json"
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
	for _, doc := range []string{"README.md", "CONTRIBUTING.md", "docs/design.md", "docs/trust.md", "docs/scale.md"} {
		for _, m := range quoted.FindAllStringSubmatch(page(t, doc), -1) {
			if name := m[1]; path.MatchString(name) && !strings.Contains(name, "NAME") {
				if _, err := os.Stat(name); err != nil {
					t.Errorf("%s: %v", doc, err)
				}
			}
		}
	}
}

// Every package says what it is, and has its line among the rooms; every line is of
// a package.
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
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}} {{len .Doc}}", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		p, doc, _ := strings.Cut(line, " ")
		place := strings.TrimPrefix(p, "descent/")
		if doc == "0" {
			t.Errorf("%s does not say what it is: give it a package comment", p)
		}
		if place != "descent" && !strings.HasPrefix(place, "tools") && !said[filepath.ToSlash(place)] {
			t.Errorf("docs/design.md has no line for %s", place)
		}
	}
}

// fences are the blocks of a document in a language, "" for none.
func fences(text, language string) (blocks []string) {
	inside, own := false, false
	var block []string
	for _, line := range strings.Split(text, "\n") {
		if mark, ok := strings.CutPrefix(line, "```"); ok {
			if inside && own {
				blocks = append(blocks, strings.Join(block, "\n"))
			}
			inside, own, block = !inside, mark == language, nil
			continue
		}
		block = append(block, line)
	}
	return blocks
}

var remark = regexp.MustCompile(`\s+#.*$`)

// commands are the lines of a document that are meant for a shell.
func commands(text string) (out []string) {
	for _, block := range fences(text, "") {
		last := ""
		for _, line := range strings.Split(block, "\n") {
			if strings.HasPrefix(line, "  --") { // further flags of the command above
				out = append(out, last+" PRESET"+line)
				continue
			}
			if w := strings.Fields(line); len(w) > 1 {
				last = w[0] + " " + w[1]
			}
			if word, _, _ := strings.Cut(line, " "); word == "descent" || word == "go" || word == "make" || word == "cd" {
				out = append(out, strings.TrimSpace(remark.ReplaceAllString(line, "")))
			}
		}
	}
	for _, m := range quoted.FindAllStringSubmatch(text, -1) {
		for _, start := range []string{"descent ", "go run ", "go test ", "make "} {
			if strings.HasPrefix(m[1], start) {
				out = append(out, m[1])
			}
		}
	}
	return out
}

// words splits a line as a shell does that knows double quotes.
func words(line string) (out []string) {
	for _, m := range regexp.MustCompile(`"([^"]*)"|(\S+)`).FindAllStringSubmatch(line, -1) {
		out = append(out, m[1]+m[2])
	}
	return out
}

// synopsis tells a line that says the form of a command from one that can be run.
var synopsis = regexp.MustCompile(`\b(PRESET|LOG|NAME|SHELL|SIZE|TOPIC|FILE|STEP|PATH|KIND|N)\b|\[|\|`)

func TestEveryPresetOfTheReadmeIsLoaded(t *testing.T) {
	dir := tutorial(t)
	blocks := fences(page(t, "README.md"), "toml")
	if len(blocks) < 4 {
		t.Errorf("%d presets in README", len(blocks))
	}
	for i, block := range blocks {
		name := filepath.Join(dir, "preset"+string(rune('a'+i))+".toml")
		if err := os.WriteFile(name, []byte(block), 0o666); err != nil {
			t.Fatal(err)
		}
		succeed(t, dir, "run", name, "--steps", "2", "--quiet")
	}
}

// tutorial is a folder as README assumes it: its preset, and a table beside it.
func tutorial(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	table, err := os.ReadFile("presets/data/iris.csv")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"iris.csv": string(table), "iris.toml": fences(page(t, "README.md"), "toml")[0]} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Every command line of the docs does what it says, in the order in which they
// stand: what one writes a later one reads. Long trainings are cut short, and what
// opens the workbench is trained for a step.
func TestEveryCommandOfTheDocsRuns(t *testing.T) {
	dir := tutorial(t)
	targets := regexp.MustCompile(`(?m)^([a-z-]+):`).FindAllStringSubmatch(page(t, "Makefile"), -1)
	ran := map[string]bool{}
	for _, doc := range []string{"README.md", "CONTRIBUTING.md", "docs/design.md", "docs/trust.md", "docs/stories.md"} {
		for _, line := range commands(page(t, doc)) {
			if ran[line] {
				continue
			}
			ran[line] = true
			w := words(line)
			switch {
			case line == "go run ." || line == "go test ./..." || line == "go install .":
				// tools/e2e, this run and the build of the program
			case w[0] == "make":
				known := false
				for _, target := range targets {
					known = known || target[1] == w[1]
				}
				if !known {
					t.Errorf("%s: %q: the Makefile has no such target", doc, line)
				}
			case w[0] == "cd":
				if len(w) > 4 {
					if _, err := os.Stat(filepath.Join(w[1], w[len(w)-1])); err != nil {
						t.Errorf("%s: %q: %v", doc, line, err)
					}
				}
			case w[0] == "go" && strings.HasPrefix(line, "go test"), w[0] == "go" && w[1] == "tool":
			case w[0] == "go" && w[1] == "run" && strings.HasPrefix(w[2], "./tools"):
				if files, _ := filepath.Glob(w[2]); len(files) == 0 {
					t.Errorf("%s: %q: there are no such files", doc, line)
				}
			case w[0] == "go" && w[1] == "run":
				try(t, doc, dir, line, w[3:])
			case w[0] == "descent" && synopsis.MatchString(line):
				form(t, doc, dir, line)
			case w[0] == "descent":
				try(t, doc, dir, line, w[1:])
			default:
				t.Errorf("%s: %q is not known here: say how it is tested", doc, line)
			}
		}
	}
	if len(ran) < 25 {
		t.Errorf("only %d command lines were found", len(ran))
	}
}

// try runs a command of descent.
func try(t *testing.T, doc, dir, line string, args []string) {
	t.Helper()
	long := map[string][]string{
		"race": {"--steps", "3", "--seeds", "1"}, "fit": {"--steps", "2"}, "tune": {"--steps", "2", "--trials", "2", "--fresh-seeds", "1"}, "study": nil, "run": nil, "find-lr": nil, "replay": nil,
		"new": nil, "check": nil, "predict": nil, "eval": nil, "export": nil, "sessions": nil, "list": nil, "explain": nil, "config": nil, "completion": nil,
	}
	if len(args) == 0 {
		return // opens the gallery: tools/e2e
	}
	more, isCommand := long[args[0]]
	if !isCommand && !strings.HasPrefix(args[0], "-") {
		if args[0] == "resume" {
			return // opens the workbench on a session: TestASessionIsResumed and tools/e2e
		}
		if _, err := os.Stat(filepath.Join(dir, args[0], "study.toml")); err == nil { // a search in the workbench
			args = append([]string{"study"}, args...)
		} else {
			more, args = []string{"--steps", "1"}, append([]string{"run"}, args...)
		}
	}
	if got := descent(t, dir, append(args, more...)...); got.code != 0 {
		t.Errorf("%s: %q exits %d: %s", doc, line, got.code, got.err)
	}
}

// form holds the form of a command against what it says of itself: the command is
// there, and every flag.
func form(t *testing.T, doc, dir, line string) {
	t.Helper()
	w := words(line)
	args := []string{"--help"}
	if len(w) > 1 && regexp.MustCompile(`^[a-z-]+$`).MatchString(w[1]) && !strings.HasPrefix(w[1], "-") {
		args = []string{w[1], "--help"}
	}
	help := succeed(t, dir, args...).out
	for _, flag := range regexp.MustCompile(`--[a-z][a-z-]+`).FindAllString(line, -1) {
		if !strings.Contains(help, flag) {
			t.Errorf("%s: %q: %s has no %s", doc, line, strings.Join(args[:len(args)-1], " "), flag)
		}
	}
}

// The optimizer of README is one: with its file and its row the program has it.
func TestTheOptimizerOfTheReadmeTrains(t *testing.T) {
	blocks := fences(page(t, "README.md"), "go")
	if len(blocks) != 2 {
		t.Fatalf("%d blocks of Go in README, want a file and a row", len(blocks))
	}
	dir := t.TempDir()
	catalogue := strings.Replace(page(t, "core/optim/catalogue.go"), "var Catalogue = []Row{\n", "var Catalogue = []Row{\n"+blocks[1]+"\n", 1)
	replace := map[string]string{}
	for name, content := range map[string]string{"signum.go": blocks[0], "catalogue.go": catalogue} {
		replace[filepath.Join("core", "optim", name)] = filepath.Join(dir, name)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o666); err != nil {
		t.Fatal(err)
	}
	build := func(args ...string) {
		t.Helper()
		if out, err := exec.Command("go", append(args[:1:1], append([]string{"-overlay", filepath.Join(dir, "overlay.json")}, args[1:]...)...)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	build("test", "./core/optim", "-run", "Explained")
	program := filepath.Join(dir, "descent.exe")
	build("build", "-buildvcs=false", "-ldflags=-w", "-o", program, ".")
	cmd := exec.Command(program, "run", "seed", "--set", "optimizer.name=signum", "--steps", "5", "--quiet")
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_CACHE_HOME="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
