package compression

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"descent/core/probe"
	"descent/session"
	"descent/session/bench"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	"github.com/muesli/termenv"
)

func TestNoFindingBreaksTheCompression(t *testing.T) {
	for k := range check.Extremes {
		v := func(i int) float64 { return check.Extremes[(i*5+k)%len(check.Extremes)] }
		layers := probe.Sensitivities{Base: probe.Evaluation{Loss: v(2)}, Sparsities: []float64{0.5, 0.9}, Bits: []int{8, 2}}
		for i := range 3 {
			a := func(j int) probe.Evaluation { return probe.Evaluation{Loss: v(i + j), Accuracy: v(i - j + 9)} }
			layers.Layers = append(layers.Layers, probe.LayerSensitivity{Layer: "0", Kind: "dense", Cut: []probe.Evaluation{a(1), a(2)}, Rounded: []probe.Evaluation{a(3), a(4)}})
		}
		f := frames.Still(t)
		f.Findings[probe.Sensitivity{}] = live.Finding{Value: layers}
		f.Findings[bench.IntegerSpeed{}] = live.Finding{Value: bench.IntegerReport{Agreement: probe.Agreement{Rows: 3, Difference: v(4)}, Integer: v(1), Float: v(2), Simulation: v(3)}}
		for view := range views {
			check.Exact(t, "sheet", (&Pane{sheet{t: frames.Plain()}, view}).View(f, 60, 20, true), 60, 20)
		}
	}
}

func TestGoldenViewsOfTheCompression(t *testing.T) {
	for _, size := range [][2]int{{38, 13}, {52, 19}, {80, 22}} {
		for view := range views {
			for _, right := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s-%v-%dx%d", strings.ReplaceAll(views[view].name, " ", "-"), right, size[0], size[1]), func(t *testing.T) {
					c, f := &Pane{sheet{t: frames.Plain(), right: right}, view}, frames.Still(t)
					f.Branches = []session.BranchSummary{{Label: "main"}, {ID: 1, Label: "prune 0.7"}}
					check.Golden(t, c.View(f, size[0], size[1], true))
				})
			}
		}
	}
}

func TestEveryViewOfTheCompressionFillsItsPlace(t *testing.T) {
	for _, th := range []*draw.Theme{frames.Plain(), frames.Colored(termenv.TrueColor)} {
		for _, f := range frames.OddCompressed(t) {
			for w := 1; w <= 150; w += 1 + w/9 {
				for h := 1; h <= 60; h += 1 + h/5 {
					for view := range views {
						for _, right := range []bool{false, true} {
							check.Exact(t, "compression", (&Pane{sheet{t: th, right: right}, view}).View(f, w, h, true), w, h)
						}
					}
				}
			}
		}
	}
}

func TestTheAxisOfSizesNamesRoundOnes(t *testing.T) {
	axis, labels := sizeAxis(math.Log(900), math.Log(60_000), math.Log(52_000), 60)
	if got := strings.Fields(labels); !slices.Equal(got, []string{"1", "kB", "2", "kB", "5", "kB", "10", "kB", "20", "kB", "50", "kB"}) {
		t.Errorf("labels %q under %q", labels, axis)
	}
	for cols := range 80 {
		if a, l := sizeAxis(math.Log(1), math.Log(1e12), math.Log(1e11), cols); len([]rune(a)) != cols || len([]rune(l)) != cols {
			t.Errorf("%d cells: %q, %q", cols, a, l)
		}
	}
	for cols := range 40 {
		if a, l := sizeAxis(math.Log(0.8*26_280), math.Log(1.15*26_280), math.Log(26_280), cols); len([]rune(a)) != cols || len([]rune(l)) != cols || cols > 8 && !strings.Contains(l, "26.3 kB") {
			t.Errorf("no round size on %d cells: %q, %q", cols, a, l)
		}
	}
}

func TestWhereOnlyTheStepTellsRowsApartTheTableShowsIt(t *testing.T) {
	heads := func(w int, rows ...session.Visit) string {
		var out []string
		for _, c := range columnsFor(rows, w) {
			out = append(out, c.head)
		}
		return strings.Join(out, " ")
	}
	dense := session.Visit{Bytes: 26_280, Dense: 26_280, Kept: 1, Loss: 0.2, HasAccuracy: true, BestStep: 9000}
	best, cut := dense, dense
	best.BestStep, cut.Kept, cut.Bytes = 4000, 0.3, 9000
	for _, c := range []struct {
		w    int
		rows []session.Visit
		want string
	}{
		{37, []session.Visit{dense, best}, "size loss acc step"},
		{37, []session.Visit{dense, cut}, "size loss acc kept"},
		{76, []session.Visit{dense, best}, "size loss acc kept bits of dense step"},
	} {
		if got := heads(c.w, c.rows...); got != c.want {
			t.Errorf("in %d cells %q, want %q", c.w, got, c.want)
		}
	}
}

func TestTheTableOfSizesKeepsTheBestBesideThePresent(t *testing.T) {
	for h := 9; h <= 13; h++ {
		c := New(frames.Plain())
		if got := c.View(frames.Still(t), 38, h, false); !strings.Contains(got, "\n●") || !strings.Contains(got, "\n◆") {
			t.Errorf("%d lines:\n%s", h, got)
		}
	}
}
