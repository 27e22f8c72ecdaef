package main_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/creack/pty"
)

// outlets are the files that may write to the process's own outputs: the
// printers of the command line, the screen, and a log that goes to stdout.
var outlets = []string{"tui/cli/out.go", "tui/tui.go", "session/journal/log.go"}

func TestNothingIsPrintedPastTheOutlets(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (path == "tools" || strings.HasPrefix(path, ".") && path != "."):
			return filepath.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || slices.Contains(outlets, filepath.ToSlash(path)):
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			bad := ""
			switch n := n.(type) {
			case *ast.SelectorExpr:
				name := fmt.Sprintf("%s.%s", n.X, n.Sel)
				if name == "os.Stdout" || name == "os.Stderr" || strings.HasPrefix(name, "fmt.Print") || name == "syscall.Write" {
					bad = name
				}
			case *ast.CallExpr:
				if id, ok := n.Fun.(*ast.Ident); ok && id.Obj == nil && (id.Name == "print" || id.Name == "println") {
					bad = id.Name
				}
			case *ast.ImportSpec:
				if n.Path.Value == `"log"` || n.Path.Value == `"log/slog"` {
					bad = n.Path.Value
				}
			}
			if bad != "" {
				t.Errorf("%s: %s; what is printed goes through %s", set.Position(n.Pos()), bad, outlets[0])
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// orders are what a name may hold to have its way with a terminal.
var orders = map[string]string{
	"clears the screen": "\x1b[2J", "a title": "\x1b]0;mine\a", "the clipboard": "\x1b]52;c;ZXZpbA==\x1b\\", "no end": "\x1b]0;", "a colour": "\x1b[31m",
	"C1": "\u009b2J", "C1 title": "\u009d0;mine\u009c", "NEL": "a\u0085b", "delete": "a\x7f", "bell": "\a", "backspaces": "safe\b\b\b\bevil",
	"turned": "abc\u202e\u2066fdp.exe\u2069", "marks": "\u200f\u200e\u061c", "no width": "a\u200bb\u2060\ufeff", "separators": "a\u2028b\u2029c",
	"tags": "a\U000e0041\U000e007f", "return": "safe\revil",
}

// hostile is all of them in one name; in a file's name it has no slash.
var hostile = func() string {
	var out strings.Builder
	for _, text := range []string{"clears the screen", "a title", "the clipboard", "C1", "C1 title", "NEL", "delete", "bell", "backspaces", "turned", "marks", "no width", "separators", "tags", "return", "a colour", "no end"} {
		out.WriteString(orders[text])
	}
	return out.String()
}()

var (
	colours = regexp.MustCompile("\x1b\\[[0-9;]*m")
	ordered = regexp.MustCompile("[\\x00-\\x08\\x0b-\\x1f\\x7f\u0080-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
)

// harmless checks that nothing in what a terminal was given is an order.
func harmless(t *testing.T, what, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("%s: not UTF-8: %q", what, text)
	}
	if at := ordered.FindStringIndex(text); at != nil {
		t.Errorf("%s: %q in %q", what, text[at[0]:at[1]], text[max(0, at[0]-40):min(len(text), at[1]+40)])
	}
}

// spoiled is a folder with a preset, data and file names that hold orders.
func spoiled(t *testing.T) (dir, preset string) {
	dir = t.TempDir()
	quote := func(s string) string { // for TOML
		var out strings.Builder
		for _, r := range s {
			fmt.Fprintf(&out, `\U%08X`, r)
		}
		return out.String()
	}
	var csv strings.Builder
	fmt.Fprintf(&csv, "\"a%s\",\"b\nforged\",\"y%s\"\n", hostile, hostile)
	for i := range 24 {
		fmt.Fprintf(&csv, "%d,%d,\"%s%d\"\n", i%5, i%7, hostile, i%2)
	}
	preset = strings.ReplaceAll(hostile, "/", "") + ".toml"
	write(t, dir, "d.csv", csv.String())
	write(t, dir, preset, fmt.Sprintf("title = \"%s\"\nsummary = \"%s\\nforged\"\n[data]\nfile = \"d.csv\"\nvalidation = 0.25\n[model]\nlayers = [2, 4, 2]\nactivation = \"relu\"\n[loss]\nname = \"cross-entropy\"\n[train]\nbatch = 4\nsteps = 6\n", quote(hostile), quote(hostile)))
	return dir, preset
}

func TestNoNameGivesATerminalOrders(t *testing.T) {
	dir, preset := spoiled(t)
	write(t, dir, "bad"+preset, "title = \""+hostile[:4]+"\"\n[data]\n\"x\\u001b[2J\" = 1\n")
	log := "log" + preset[:40]
	only := `data.only=["` + hostile + `"]`
	for _, args := range [][]string{
		{"run", preset, "--log", log},
		{"run", preset, "--metrics", "-", "--quiet"},
		{"run", "bad" + preset},
		{"run", hostile},
		{"run", "none" + preset},
		{"run", preset, "--set", only},
		{"run", preset, "--set", hostile + "=1"},
		{"run", preset, "--set", "optimizer.name=" + hostile},
		{"run", preset, "--at", "2:" + hostile + "=1"},
		{"run", preset, "--log", "none/" + log},
		{"run", preset, "--" + hostile},
		{"run", preset, "--steps", hostile},
		{"race", preset, "--over", "optimizer.lr=0.1,0.2", "--chart"},
		{"race", preset, "--over", "data.only=" + `["` + hostile + `0"],[]`},
		{"race", preset, "--over", hostile},
		{"find-lr", preset, "--steps", "30"},
		{"find-lr", preset, "--steps", "30", "--json"},
		{"fit", preset, "--size", "90%", "--recover", "1"},
		{"fit", preset, "--size", hostile},
		{"replay", log},
		{"replay", preset},
		{"replay", log, "--file", hostile},
		{"resume", log, "--dry-run"},
		{"resume", hostile, "--dry-run"},
		{"list", hostile},
		{"list"},
		{"sessions"},
		{"sessions", "--json"},
		{"sessions", "rm", hostile},
		{"__complete", "sessions", "rm", ""},
		{"__complete", "run", hostile},
		{"__complete", hostile},
		{hostile},
		{hostile, hostile},
		{"--" + hostile},
	} {
		if slices.Contains(args, "sessions") && args[len(args)-1] == "sessions" { // one whose name and preset hold orders
			keep(t, dir, log, preset)
		}
		r := descent(t, dir, args...)
		what := fmt.Sprintf("%.60q", args)
		harmless(t, what+" to stdout", r.out)
		harmless(t, what+" to stderr", r.err)
		for line := range strings.Lines(r.err) {
			if strings.HasPrefix(line, "forged") {
				t.Errorf("%s: a name begins a line of its own: %q", what, r.err)
			}
		}
	}
}

// keep puts a log among the sessions, under a name that holds orders.
func keep(t *testing.T, dir, log, name string) {
	t.Helper()
	kept := filepath.Join(dir, "state", "descent", "sessions")
	if err := os.MkdirAll(kept, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(kept, strings.TrimSuffix(name, ".toml")+".jsonl"), []byte(read(t, dir, log)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// On a terminal there are a bar and curves; what is ours comes through.
func TestOnATerminalOnlyTheBarAndColoursAreDrawn(t *testing.T) {
	dir, preset := spoiled(t)
	bar := regexp.MustCompile("\r\x1b\\[K[━╌]{20} |\r\x1b\\[K|\r\n")
	for _, args := range [][]string{
		{"run", preset},
		{"race", preset, "--over", "optimizer.lr=0.1,0.2"},
		{"find-lr", preset, "--steps", "30"},
		{"fit", preset, "--size", "90%", "--recover", "1"},
		{"run", "bad" + preset},
	} {
		tty, err := pty.Start(command(t, dir, args...))
		if err != nil {
			t.Skip("no terminals here:", err)
		}
		out, _ := io.ReadAll(tty) // it ends with an error when the other side closes
		tty.Close()
		text := bar.ReplaceAllString(string(out), "\n")
		if args[0] == "run" && !strings.HasPrefix(args[1], "bad") && !strings.Contains(string(out), "\r\x1b[K━") {
			t.Errorf("run draws no bar: %q", out)
		}
		harmless(t, fmt.Sprintf("%.40q", args), colours.ReplaceAllString(text, ""))
	}
}
