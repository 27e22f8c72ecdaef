package tui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"descent/core/probe"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"
	"descent/tui/stage"

	"github.com/muesli/termenv"
)

// All conversions stand in draw/scale.go, where NaN and what is too large are thought of.
func TestNothingElseMakesPlacesOfNumbers(t *testing.T) {
	var files []string
	if err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if d.IsDir() && (path == "cli" || path == "terminal" || path == "unasked") {
			return filepath.SkipDir
		}
		files = append(files, filepath.ToSlash(path))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if path == "draw/scale.go" || path == "draw/ruler/scale.go" || path == "tui.go" || // there they are numbers of signals
			!strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if id, ok := call.Fun.(*ast.Ident); ok && slices.Contains([]string{"int", "int64", "uint8", "byte"}, id.Name) {
				if arg, ok := call.Args[0].(*ast.Ident); !ok || arg.Name != "color" { // a number of the palette
					t.Errorf("%s: %s(…); draw.Floor, draw.Cell and draw.Tick make places of numbers", set.Position(n.Pos()), id.Name)
				}
			}
			return true
		})
	}
}

func TestNoNumberBreaksAPane(t *testing.T) {
	for k, f := range frames.Wild(t) {
		for _, th := range []*draw.Theme{frames.Plain(), frames.Colored(termenv.TrueColor)} {
			for _, size := range [][2]int{{12, 6}, {60, 20}} {
				for _, p := range stage.Panes(th) {
					if !p.Shown(f) {
						continue
					}
					act := func(key string) {
						for _, a := range p.Actions() {
							if a.Takes(key) {
								a.Do(f)
							}
						}
					}
					if p.Title() == "Landscape" && k%2 == 0 {
						act("f") // the way alone
					}
					if w, ok := p.(intent.Watcher); ok {
						for _, pr := range w.Probes(f, size[0], size[1]) {
							if !slices.Contains(w.Probes(f, size[0], size[1]), pr) { // NaN is not itself
								t.Errorf("%s watches %v, which is not its own name", p.Title(), pr)
							}
							if field, ok := pr.(probe.Plane); ok {
								found := probe.Field{W: field.W, H: field.H, Value: make([]float64, field.W*field.H)}
								for i := range found.Value {
									found.Value[i] = check.Extremes[(i*3+k)%len(check.Extremes)]
								}
								f.Findings[pr] = live.Finding{Value: found}
							}
						}
					}
					if p.Title() == "Loss" {
						for range k % 4 {
							act("x")
						}
					}
					for range 2 {
						check.Exact(t, p.Title(), p.View(f, size[0], size[1], true), size[0], size[1])
						if p.Title() == "Loss" {
							act("y") // linear, then logarithmic
						}
					}
					_ = p.Note(f)
				}
			}
			check.Exact(t, "status", status(th, f, 120), 120, 1)
		}
	}
}

func TestASurfaceThatFallsForEverIsDrawnToItsEnd(t *testing.T) {
	b := newRobot(t, "saddle", 120, 36)
	b.press("f")
	for i := 0; i < 4000 && b.runner.Frame().Stopped == ""; i++ {
		if !b.runner.Frame().Playing { // also beyond the end of the run
			_ = b.runner.Play(true).Wait()
		}
		b.send(pollMsg{})
		check.Exact(t, "the way down", b.m.View(), 120, 36)
	}
	for _, k := range []string{"f", "Z", "y", "f", "x", "t", "Z", "f"} {
		b.press(k)
		b.settle()
		check.Exact(t, k, b.m.View(), 120, 36)
	}
	if f := b.runner.Frame(); f.Stopped == "" {
		t.Errorf("it goes on at step %d", f.Step)
	}
}
