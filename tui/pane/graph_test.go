package pane

import (
	"fmt"
	"strings"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/core/microscope"
	"descent/tui/draw"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	"github.com/muesli/termenv"
)

func TestGoldenNetworks(t *testing.T) {
	for _, c := range []struct {
		preset string
		w, h   int
	}{{"spiral", 78, 18}, {"spiral", 118, 20}, {"spiral", 78, 8}, {"seed", 100, 24}, {"iris", 150, 20}} {
		for _, ascii := range []bool{false, true} {
			name := fmt.Sprintf("%s-%dx%d", c.preset, c.w, c.h)
			th := frames.Plain()
			if ascii {
				name, th = name+"-ascii", th.InASCII()
			}
			t.Run(name, func(t *testing.T) {
				f, tr := frames.Trained(t, c.preset, 150)
				n := NewNetwork(th)
				if c.w < 150 {
					n.form = drawn
				}
				frames.Measure(n, f, tr, c.w, c.h)
				check.Golden(t, th.Release(n.View(f, c.w, c.h, true)))
			})
		}
	}
}

// Whatever the size and the numbers, a drawing fills its place.
func TestADrawnNetworkFillsItsPlace(t *testing.T) {
	for _, preset := range []string{"spiral", "seed", "digits", "chebyshev", "fashion-cnn"} {
		f, tr := frames.Trained(t, preset, 1)
		for _, th := range []*draw.Theme{frames.Plain(), frames.Colored(termenv.TrueColor)} {
			for _, form := range []form{byRoom, drawn, listed} {
				n := NewNetwork(th)
				n.form, n.top = form, 2
				for _, s := range [][2]int{{1, 1}, {8, 3}, {44, 6}, {60, 9}, {78, 18}, {118, 31}, {198, 50}} {
					frames.Measure(n, f, tr, s[0], s[1])
					check.Exact(t, preset, n.View(f, s[0], s[1], false), s[0], s[1])
				}
			}
		}
	}
	f, tr := frames.Trained(t, "spiral", 1)
	n := NewNetwork(frames.Plain())
	n.form = drawn
	frames.Measure(n, f, tr, 118, 31)
	for k := range check.Extremes {
		d := f.Findings[n.graph.probe()].Value.(microscope.Drawing)
		for _, c := range d.Columns {
			for i := range c.Units {
				c.Units[i] = check.Extremes[(i+k)%len(check.Extremes)]
			}
		}
		for _, l := range d.Links {
			for i := range l.Weights {
				l.Weights[i] = check.Extremes[(i*3+k)%len(check.Extremes)]
			}
		}
		check.Exact(t, "wild", n.View(f, 118, 31, false), 118, 31)
	}
}

func TestPrunedConnectionsVanish(t *testing.T) {
	f, tr := frames.Trained(t, "spiral", 5)
	n := NewNetwork(frames.Plain())
	n.form = drawn
	dots := func() (out int) {
		clear(f.Findings)
		frames.Measure(n, f, tr, 100, 20)
		for _, r := range n.View(f, 100, 20, false) {
			if 0x2800 < r && r < 0x2900 {
				out++
			}
		}
		return out
	}
	before := dots()
	if err := tr.Set("prune.sparsity", knob.Num(0.95)); err != nil {
		t.Fatal(err)
	}
	if after := dots(); before == 0 || after*2 > before {
		t.Errorf("%d cells with lines, pruned %d", before, after)
	}
}

func TestDeadUnitsAreMarked(t *testing.T) {
	f, tr := frames.Trained(t, "spiral", 1)
	n := NewNetwork(frames.Plain())
	n.form = drawn
	frames.Measure(n, f, tr, 100, 20)
	d := f.Findings[n.graph.probe()].Value.(microscope.Drawing)
	d.Columns[1].Dead = make([]bool, len(d.Columns[1].Units))
	d.Columns[1].Dead[3] = true
	if !strings.Contains(n.View(f, 100, 19, false), "×") {
		t.Error("a dead unit has no mark")
	}
}

// A list that does not fit says what is hidden, and scrolls to its end and no further.
func TestTheListOfLayersScrollsWithMarks(t *testing.T) {
	f := frames.Still(t)
	f.Layers = nil
	for i := range 12 {
		f.Layers = append(f.Layers, core.LayerReport{Name: fmt.Sprint(i), Kind: "dense", In: 64, Out: 64, Params: 4160, Kept: 1})
	}
	n := NewNetwork(frames.Plain())
	view := func() string { return n.View(f, 78, 8, false) }
	if v := view(); !strings.Contains(v, "↓ 6 more") || !strings.Contains(v, "5 dense") || strings.Contains(v, "6 dense") || !strings.Contains(v, "kept") {
		t.Errorf("at the top:\n%s", v)
	}
	press := func(key string) {
		for _, a := range n.Actions() {
			if a.Takes(key) {
				a.Do(f)
			}
		}
	}
	for range 20 {
		press("down")
	}
	if v := view(); !strings.Contains(v, "↑ 6 more") || !strings.Contains(v, "11 dense") {
		t.Errorf("at the end:\n%s", v)
	}
	press("up")
	if v := view(); !strings.Contains(v, "↑ 5 ↓ 1 more") {
		t.Errorf("one up:\n%s", v)
	}
}
