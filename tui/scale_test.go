package tui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"descent/core/probe"
	"descent/core/whatif"
	"descent/session"
	"descent/session/live"
	"descent/tui/dialog"
	"descent/tui/draw"
	"descent/tui/intent"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	"github.com/muesli/termenv"
)

// All conversions stand in draw/scale.go, where NaN and what is too large are thought of.
func TestNothingElseMakesPlacesOfNumbers(t *testing.T) {
	var files []string
	if err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if d.IsDir() && (path == "cli" || path == "unasked") {
			return filepath.SkipDir
		}
		files = append(files, filepath.ToSlash(path))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if path == "draw/scale.go" || path == "tui.go" || // there they are numbers of signals
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
				for _, p := range screen(th, f, 120, 36).panes {
					if !p.Shown(f) {
						continue
					}
					if pl, ok := p.(*plane); ok {
						pl.close = k%2 == 0
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
					for _, linear := range []bool{false, true} {
						if l, ok := p.(*lossCurve); ok {
							l.linear, l.recent = linear, k%len(windows)
						}
						check.Exact(t, p.Title(), p.View(f, size[0], size[1], true), size[0], size[1])
					}
					if _, ok := p.(*network); !ok {
						_ = p.Note(f)
					}
				}
			}
			check.Exact(t, "status", status(th, f, 120), 120, 1)
		}
	}
}

func TestNoFindingBreaksTheData(t *testing.T) {
	b := newRobot(t, "iris", 120, 36)
	f := *b.m.frame
	e := b.m.panes[b.titled("Data")].(*examples)
	for k := range check.Extremes {
		v := func(i int) float64 { return check.Extremes[(i*5+k)%len(check.Extremes)] }
		var fit probe.Fit
		var columns []probe.ColumnImportance
		reliability := probe.Reliability{Error: v(0), Bins: make([]probe.ReliabilityBin, 10)}
		for i := range 19 {
			fit.True, fit.Predicted = append(fit.True, v(i)), append(fit.Predicted, v(i+3))
			columns = append(columns, probe.ColumnImportance{Name: "column", Rise: v(i)})
		}
		for i := range reliability.Bins {
			reliability.Bins[i] = probe.ReliabilityBin{Rows: i, Said: v(i), Right: v(i + 1)}
		}
		fit.R2 = v(1)
		for _, size := range [][2]int{{9, 4}, {60, 20}} {
			w, h := size[0], size[1]
			for _, lines := range [][]string{e.fit(&f, fit, w, h), e.residuals(&f, fit, w, h), e.importance(&f, columns, w, h), e.calibration(&f, reliability, w, h)} {
				check.Exact(t, "view", draw.FitLines(lines, w, h), w, h)
			}
		}
		layers := probe.Layers{Base: probe.Answers{Loss: v(2)}, Sparsities: []float64{0.5, 0.9}, Bits: []int{8, 2}}
		for i := range 3 {
			a := func(j int) probe.Answers { return probe.Answers{Loss: v(i + j), Accuracy: v(i - j + 9)} }
			layers.Layers = append(layers.Layers, probe.Bears{Layer: "0", Kind: "dense", Cut: []probe.Answers{a(1), a(2)}, Rounded: []probe.Answers{a(3), a(4)}})
		}
		g := frames.Still(t)
		g.Findings[probe.Sensitivity{}] = live.Finding{Value: layers}
		g.Findings[session.WholeNumbers{}] = live.Finding{Value: session.IntegerReport{Agreement: probe.Agreement{Rows: 3, Difference: v(4)}, Whole: v(1), Float: v(2), Simulation: v(3)}}
		for view := range deskViews {
			check.Exact(t, "desk", (&compression{t: frames.Plain(), view: view}).View(g, 60, 20, true), 60, 20)
		}
		c := whatif.RateCurve{}
		for i := range 20 {
			c.Rates, c.Losses, c.Smooth = append(c.Rates, 1e-6*math.Pow(2, float64(i))), append(c.Losses, v(i)), append(c.Smooth, v(i+1))
		}
		dialog.DrawRates(frames.Plain(), c, 60, 20)
	}
}

func TestASurfaceThatFallsForEverIsDrawnToItsEnd(t *testing.T) {
	b := newRobot(t, "saddle", 120, 36)
	b.press("f")
	b.runner.Play(true)
	for i := 0; i < 4000 && b.runner.Frame().Playing; i++ {
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
