package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// parts are the packages that core is assembled from. They do not know each other.
var parts = []string{"core/nn", "core/loss", "core/optim", "core/data", "core/compress", "core/augment", "core/surface"}

// ground is what everything may stand on.
var ground = []string{"core/knob", "core/kernel", "core/foreign"}

// trainer is what whoever trains may need.
var trainer = join(ground, append(parts, "core", "core/parallel", "core/recipe", "core/objective", "core/data/transform", "core/metric")...)

// lived is what may be known of an experiment by whoever shows it.
var lived = join(trainer, "core/probe", "core/whatif", "core/curvature", "core/microscope", "session", "session/journal", "session/history", "session/live", "session/bench", "session/export", "session/export/format", "session/remedy", "session/diagnosis", "core/search", "core/search/pruner", "core/search/importance", "session/study", "core/model")

// drawn is what a pane or a dialog may need. None knows another.
var drawn = join(lived, "tui/draw", "tui/draw/ruler", "tui/textfield", "tui/intent")

// arrows says, for each package of descent, which others it may import. What
// is not listed is refused; a package that does not exist yet may be listed. Every
// package of panes, below tui/pane, may import what drawn lists.
var arrows = map[string][]string{
	"core/input":          nil,
	"core/foreign":        nil,
	"core/knob":           nil,
	"core/knob/knobtest":  {"core/knob"}, // for the tests of what has knobs
	"core/kernel":         {"core/team"},
	"core/team":           nil,
	"core/parallel":       nil, // jobs side by side
	"core/nn":             join(ground, "core/tensor", "core/tensor/pickle"),
	"core/loss":           ground,
	"core/kernel/update":  {"core/kernel"},
	"core/optim":          join(ground, "core/kernel/update"),
	"core/data":           join(ground, "core/data/text", "core/data/cell", "core/data/transform"),
	"core/data/text":      ground, // bytes to lines of cells
	"core/data/cell":      ground, // a cell to a number, a date, a word
	"core/data/transform": join(ground, "core/data/cell"),
	"core/tensor":         ground, // named tensors: safetensors, and what PyTorch writes
	"core/tensor/pickle":  join(ground, "core/tensor"),
	"core/metric":         join(ground, "core/loss"),
	"core/model":          join(trainer, "core/tensor"),
	"core/surface":        ground,
	"core/augment":        ground,
	"core/compress":       join(ground, "core/nn", "core/loss"),
	"core/finetune":       ground,
	"core/recipe":         join(ground, append(parts, "core/finetune")...),
	"core/objective":      join(ground, append(parts, "core/metric", "core/data/transform")...),
	"core":                join(ground, append(parts, "core/tensor", "core/finetune", "core/recipe", "core/objective", "core/metric", "core/data/transform")...),
	"core/probe":          trainer,
	"core/whatif":         join(trainer, "core/probe"),
	"core/curvature":      join(trainer, "core/probe"),
	"core/microscope":     join(trainer, "core/probe"),

	"core/search":            {"core/knob", "core/kernel", "core/search/gauss", "core/search/cma"},
	"core/search/gauss":      {"core/kernel"},
	"core/search/cma":        {"core/kernel"},
	"core/search/pruner":     {"core/knob", "core/kernel"},
	"core/search/importance": {"core/knob", "core/kernel", "core/search"},
	"core/search/population": {"core/knob", "core/kernel", "core/search"},

	"presets/presettest": join(trainer, "presets"), // for tests that need a trainer
	"presets/parquet":    nil,
	"presets/album":      {"core/input"},
	"presets":            join(trainer, "presets/parquet", "presets/album", "core/input", "core/model"),
	"presets/tour":       nil,
	"presets/draft":      join(trainer, "presets", "core/input", "core/data/text", "core/data/cell"), // a recipe made of a file of data

	"session":                          join(trainer, "core/input", "session/aside", "session/journal", "session/history", "session/disk", "session/spill"),
	"session/aside":                    {"core/parallel"}, // a job beside a goroutine that goes on
	"session/disk":                     nil,
	"session/spill":                    {"session/disk"},
	"session/disk/disktest":            {"session/disk"},
	"session/history":                  {"core"},
	"session/journal":                  join(ground, "core/recipe", "core/input", "session/disk"),
	"session/bench":                    join(trainer, "core/probe"),
	"session/export":                   join(trainer, "core/model", "session/disk"),
	"session/export/format":            join(trainer, "core/model", "session", "session/journal", "session/disk"),
	"session/export/format/formattest": exporters("presets"), // for tests
	"session/export/formats":           exporters("session/export/pytorch", "session/export/onnx", "session/export/tensorboard", "session/export/curves", "session/export/report", "session/export/chart"),
	"session/export/chart":             exporters(),
	"session/export/pytorch":           exporters("core/tensor", "core/tensor/pickle"),
	"session/export/onnx":              exporters("core/tensor", "session/export/wire"),
	"session/export/wire":              nil,
	"session/export/tensorboard":       exporters("session/export/wire"),
	"session/export/curves":            exporters(),
	"session/export/report":            exporters("core/probe", "session/diagnosis", "session/export/chart"),
	"session/predict":                  join(trainer, "core/model", "core/input", "core/data/text", "session/disk"),
	"session/remedy":                   join(trainer, "session", "session/journal", "session/history"),
	"session/diagnosis":                join(trainer, "core/probe", "session", "session/journal", "session/history", "session/remedy"),
	"session/headless":                 join(trainer, "core/input", "core/model", "session/export", "session", "session/journal", "session/history", "session/disk", "session/bench", "session/remedy", "session/diagnosis", "session/export/tensorboard"),
	"session/live":                     join(trainer, "core/model", "session/export/format", "core/probe", "core/search", "session/study", "session/tune", "session", "session/journal", "session/history", "session/disk", "session/export", "session/remedy", "session/diagnosis"),
	"session/study":                    join(trainer, "core/input", "core/search", "core/search/pruner", "core/search/population", "session/journal", "session/disk", "session/study/axes"),
	"session/study/axes":               join(ground, "core/recipe", "core/search"),
	"session/study/optuna":             join(ground, "core/recipe", "core/search", "session/journal", "session/study"),
	"session/tune":                     join(trainer, "core/input", "core/search", "core/search/pruner", "core/search/population", "session", "session/journal", "session/history", "session/disk", "session/study"),
	"session/sessiontest":              join(trainer, "presets", "session/journal"),

	"tui/unasked":    nil,
	"tui/draw":       {"tui/draw/ruler"},
	"tui/draw/ruler": nil,
	"tui/picture":    {"tui/draw"},
	"tui/present":    drawn,
	"tui/plain":      join(drawn, "tui/config", "tui/export", "tui/search"),
	"tui/terminal":   {"tui/draw"},
	"tui/export":     join(drawn, "session/disk", "tui/picture"),
	"tui/config":     {"core/knob", "core/input", "session/disk"},
	"tui/explain":    join(trainer, "core/search", "core/search/pruner", "presets", "session/diagnosis"),
	// For the tests of the screen.
	"tui/internal/check":  nil,
	"tui/internal/frames": join(lived, "tui/internal/check", "tui/draw", "presets"),
	"tui/intent":          lived,
	"tui/card":            drawn,
	"tui/dialog":          join(drawn, "tui/explain"),
	"tui/textfield":       {"tui/draw"},
	"tui/palette":         join(drawn, "tui/explain"),
	"tui/pane":            drawn,
	"tui/race":            join(drawn, "tui/pane"),
	"tui/search":          join(drawn, "tui/pane"),
	"tui/stage":           join(drawn, "tui/pane"),
	"tui":                 join(lived, "session/tune", "tui/search", "tui/unasked", "tui/terminal", "tui/config", "tui/picture", "tui/explain", "tui/draw", "tui/intent", "tui/card", "tui/dialog", "tui/race", "tui/palette", "tui/stage", "presets/tour", "presets/draft", "tui/tour", "tui/gallery", "tui/columns", "tui/export", "tui/present", "presets"),
	"tui/tour":            join(drawn, "presets/tour"),
	"tui/gallery":         join(drawn, "tui/tour", "presets", "presets/draft", "presets/tour"),
	"tui/columns":         join(drawn, "presets/draft"),
	"tui/cast":            join(drawn, "tui", "session/disk"), // a session replayed as a recording of a terminal
	"tui/cli":             join(lived, "session/spill", "presets/parquet", "presets/album", "session/disk", "session/export", "session/export/format", "session/export/formats", "session/predict", "core/data/text", "core/data/cell", "core/tensor", "core/tensor/pickle", "tui/cast", "session/study/optuna", "session/tune", "core/input", "tui/terminal", "tui", "tui/plain", "tui/export", "tui/draw/ruler", "tui/dialog", "tui/config", "tui/picture", "tui/draw", "tui/explain", "session/headless", "presets", "presets/draft"),
	".":                   {"tui/cli"},
}

// screen are the libraries that only the screen may know, the more special first,
// and which of its packages may import them.
var screen = []struct {
	library string
	by      []string
}{
	{"github.com/charmbracelet/lipgloss", []string{"tui/draw", "tui/unasked"}},
	{"github.com/charmbracelet/x/ansi", []string{"tui/draw", "tui/internal/check"}},
	{"github.com/charmbracelet/x/exp/golden", []string{"tui/internal/check"}},
	{"github.com/charmbracelet/", []string{"tui", "tui/intent", "tui/card", "tui/dialog", "tui/race", "tui/search", "tui/textfield", "tui/palette", "tui/stage", "tui/terminal", "tui/plain", "tui/present", "tui/export", "tui/pane", "tui/tour", "tui/gallery", "tui/columns"}},
	{"github.com/guptarohit/asciigraph", []string{"tui/draw"}},
}

// outside are the packages of the standard library that core does without: it
// reads no file and prints nothing, and no number hangs on a clock.
var outside = []string{"log", "net", "os", "syscall", "time"}

// exporters is what a format of other programs may need.
func exporters(besides ...string) []string {
	return join(trainer, append(besides, "core/model", "session", "session/journal", "session/history", "session/disk", "session/export/format")...)
}

func join(a []string, b ...string) []string { return append(slices.Clone(a), b...) }

// listed is one package as `go list` describes it, without its tests.
type listed struct {
	ImportPath, Name, Dir string
	GoFiles, Imports      []string
	Deps                  []string // all that it is built from
	Standard              bool
	Module                *struct{ Main bool }
}

// place is the package's folder within the module.
func (p listed) place() string {
	if p.ImportPath == "descent" {
		return "."
	}
	return strings.TrimPrefix(p.ImportPath, "descent/")
}

// room is the folder by which arrows and screen name the package: all packages of
// panes go by the same.
func (p listed) room() string {
	if under(p.place(), "tui/pane") {
		return "tui/pane"
	}
	return p.place()
}

// under tells whether an import path is that package or lies below it.
func under(path, parent string) bool { return path == parent || strings.HasPrefix(path, parent+"/") }

// packages lists what the module holds when it is built for a system.
func packages(t *testing.T, system string) (own []listed, all map[string]listed) {
	t.Helper()
	now := listings[system]()
	if now.err != nil {
		t.Fatalf("go list for %s: %v", system, now.err)
	}
	if len(now.own) < 10 {
		t.Fatalf("go list for %s shows %d packages of descent, which cannot be all", system, len(now.own))
	}
	return now.own, now.all
}

// listing is what `go list` says for a system.
type listing struct {
	own []listed
	all map[string]listed
	err error
}

// listings are made once each: no test changes what is in them.
var listings = map[string]func() listing{
	"linux":   sync.OnceValue(func() listing { return list("linux") }),
	"darwin":  sync.OnceValue(func() listing { return list("darwin") }),
	"windows": sync.OnceValue(func() listing { return list("windows") }),
}

func list(system string) listing {
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Name,Dir,GoFiles,Imports,Deps,Standard,Module", "./...")
	cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return listing{err: err}
	}
	found := listing{all: map[string]listed{}}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return found
		} else if err != nil {
			return listing{err: err}
		}
		found.all[p.ImportPath] = p
		if p.Module != nil && p.Module.Main {
			found.own = append(found.own, p)
		}
	}
}

func eachSystem(t *testing.T, check func(t *testing.T, own []listed, all map[string]listed)) {
	for _, system := range []string{"linux", "darwin", "windows"} {
		t.Run(system, func(t *testing.T) {
			own, all := packages(t, system)
			check(t, own, all)
		})
	}
}

func TestImportsFollowTheArrows(t *testing.T) {
	eachSystem(t, func(t *testing.T, own []listed, _ map[string]listed) {
		for _, p := range own {
			allowed, known := arrows[p.room()]
			if !known {
				t.Errorf("%s has no place among the arrows: give it a row in arrows_test.go", p.ImportPath)
				continue
			}
			for _, path := range p.Imports {
				if !under(path, "descent") {
					continue
				}
				if to := (listed{ImportPath: path}).room(); !slices.Contains(allowed, to) {
					t.Errorf("%s imports %s; it may import %s", p.place(), to, strings.Join(allowed, ", "))
				}
			}
		}
	})
}

func TestOnlyTheScreenKnowsTheTerminal(t *testing.T) {
	eachSystem(t, func(t *testing.T, own []listed, _ map[string]listed) {
		for _, p := range own {
			for _, path := range p.Imports {
				for _, s := range screen {
					if strings.HasPrefix(path, s.library) {
						if !slices.Contains(s.by, p.room()) {
							t.Errorf("%s imports %s; only %s may", p.place(), path, strings.Join(s.by, " and "))
						}
						break
					}
				}
			}
			for _, path := range p.Deps {
				for _, s := range screen {
					if strings.HasPrefix(path, s.library) && !under(p.place(), "tui") && p.place() != "." {
						t.Errorf("%s is built from %s, if only by way of others", p.place(), path)
					}
				}
			}
		}
	})
}

func TestOnlyTheTopIsACommand(t *testing.T) {
	eachSystem(t, func(t *testing.T, own []listed, _ map[string]listed) {
		for _, p := range own {
			if (p.Name == "main") != (p.place() == ".") {
				t.Errorf("package %s lies in %s", p.Name, p.place())
			}
		}
	})
}

func TestCoreHasNoClockNoFilesAndNoVoice(t *testing.T) {
	eachSystem(t, func(t *testing.T, own []listed, all map[string]listed) {
		for _, p := range own {
			if !under(p.place(), "core") || p.place() == "core/input" { // which reads what the others are given
				continue
			}
			for _, path := range p.Imports {
				for _, no := range outside {
					if p.place() == "core/team" && path == "time" { // it decides who computes, never what
						continue
					}
					if under(path, no) {
						t.Errorf("%s imports %s", p.place(), path)
					}
				}
			}
			for _, path := range p.Deps {
				if d := all[path]; !d.Standard && !under(path, "descent/core") && !under(path, "gonum.org/v1/gonum") {
					t.Errorf("%s is built from %s; core takes the standard library and gonum", p.place(), path)
				}
			}
			for _, file := range p.GoFiles {
				text, err := os.ReadFile(filepath.Join(p.Dir, file))
				if err != nil {
					t.Fatal(err)
				}
				if strings.Contains(string(text), "fmt.Print") {
					t.Errorf("%s/%s prints", p.place(), file)
				}
			}
		}
	})
}

// Nothing of descent imports the network; a library does, for flags that are
// addresses.
func TestTheProgramKnowsNoNetwork(t *testing.T) {
	own, all := packages(t, "linux")
	for _, p := range own {
		for _, i := range p.Imports {
			if under(i, "net") && i != "net/url" {
				t.Errorf("%s imports %s", p.ImportPath, i)
			}
		}
	}
	for path, p := range all {
		if path == "net/http" {
			t.Error("the program holds net/http")
		}
		if !p.Standard && slices.Contains(p.Imports, "net") && path != "github.com/spf13/pflag" {
			t.Errorf("%s imports net", path)
		}
	}
}
