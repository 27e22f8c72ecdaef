package landscape

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"descent/core/curvature"
	"descent/session"
	"descent/session/history"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	"github.com/muesli/termenv"
)

// probed is a frame of a preset after so many steps, with what the pane watches on w×h
// cells measured.
func probed(t *testing.T, p *Pane, preset string, steps, w, h int) *live.Frame {
	t.Helper()
	f, tr := frames.Trained(t, preset, steps)
	frames.Measure(p, f, tr, w, h)
	return f
}

// raced is a frame of a surface with two other branches on their own ways.
func raced(f *live.Frame) *live.Frame {
	f.Branches = []session.BranchSummary{{Label: "momentum"}, {ID: 1, Label: "adam"}, {ID: 2, Label: "sgd"}}
	for i, o := range []string{"adam", "sgd"} {
		other := session.Other{Label: o, Hue: i + 1}
		for k := range 60 {
			x := float64(k) / 60
			other.Path = append(other.Path, history.Point{Step: k, X: f.Recipe.Surface.X * (1 - x), Y: f.Recipe.Surface.Y*(1-x) + float64(2*i-1)*0.5*math.Sin(3*x)})
		}
		f.Others = append(f.Others, other)
	}
	return f
}

func TestGoldenSurfaces(t *testing.T) {
	for _, preset := range []string{"ravine", "rosenbrock"} {
		t.Run(preset, func(t *testing.T) {
			p := New(frames.Plain())
			f := probed(t, p, preset, 300, 60, 20)
			check.Golden(t, p.View(f, 60, 20, false))
		})
	}
	t.Run("race", func(t *testing.T) {
		p := New(frames.Plain())
		f, tr := frames.Trained(t, "ravine", 100)
		raced(f)
		p.move(f, 0, 0)
		frames.Measure(p, f, tr, 70, 20)
		check.Golden(t, p.View(f, 70, 20, false))
	})
}

// bowl is a frame of a network with heights made up, half of them not there yet if
// partial.
func bowl(t *testing.T, p *Pane, w, h int, partial bool) *live.Frame {
	f := frames.Still(t)
	m := p.asked(w, h)
	v := curvature.Heights{W: m.W, H: m.H, Left: -1, Right: 1, Bottom: -1, Top: 1, Rows: 325, Of: 1438, Points: m.W * m.H}
	for i := range m.W * m.H {
		x, y := 2*float64(i%m.W)/float64(m.W)-1, 1-2*float64(i/m.W)/float64(m.H)
		v.Value, v.Known = append(v.Value, x*x+3*(y-0.3*x)*(y-0.3*x)), append(v.Known, true)
		if v.Done++; partial && i > m.W*m.H/2 {
			v.Value[i], v.Known[i] = math.NaN(), false
			v.Done--
		}
	}
	for i := range 12 {
		a := float64(11-i) / 12
		v.Path = append(v.Path, curvature.Projection{Step: 1000 * i, X: a * 0.9, Y: a * a * 0.8})
	}
	if p.along {
		v.Explained = [2]float64{0.91, 0.06}
	}
	f.Findings[m] = live.Finding{Step: f.Step, Value: v, Partial: partial}
	return f
}

func TestGoldenNetworks(t *testing.T) {
	for _, s := range [][2]int{{14, 6}, {50, 16}, {110, 34}} {
		for _, partial := range []bool{false, true} {
			t.Run(fmt.Sprintf("%dx%d-%v", s[0], s[1], partial), func(t *testing.T) {
				p := New(frames.Plain())
				p.along, p.pointed, p.cx, p.cy = !partial, !partial, 0.7, 0.6
				f := bowl(t, p, s[0], s[1], partial)
				check.Golden(t, p.Note(f)+"\n"+p.View(f, s[0], s[1], false))
			})
		}
	}
}

func TestThePaneFillsItsPlaceAtAnySize(t *testing.T) {
	for _, preset := range []string{"ravine", "saddle", "spiral"} {
		for _, th := range []*draw.Theme{frames.Plain(), frames.Plain().InASCII(), frames.Colored(termenv.TrueColor)} {
			for _, follow := range []bool{false, true} {
				p := New(th)
				p.follow, p.along, p.pointed = follow, follow, follow
				for _, s := range [][2]int{{1, 1}, {4, 4}, {17, 5}, {60, 20}, {200, 50}} {
					exact := func(f *live.Frame) {
						check.Exact(t, preset, th.Release(p.View(f, s[0], s[1], false)), s[0], s[1])
					}
					f := probed(t, p, preset, 20, s[0], s[1])
					exact(f)
					f.Point.X = math.NaN()
					exact(f)
					exact(raced(f))
					f.Findings = nil // not measured yet
					exact(f)
					if preset == "spiral" && s[0] > 3 {
						exact(bowl(t, p, s[0], s[1], true))
						f.Findings = map[live.Probe]live.Finding{p.asked(s[0], s[1]): {Value: curvature.Heights{Note: "nothing"}}}
						exact(f)
					}
				}
			}
		}
	}
}

func act(t *testing.T, p *Pane, f *live.Frame, keys ...string) {
	t.Helper()
	for _, key := range keys {
		i := slices.IndexFunc(p.Actions(), func(a intent.Action) bool { return a.Takes(key) })
		if i < 0 || p.Actions()[i].Why(f) != "" {
			t.Fatalf("%s does nothing", key)
		}
		p.Actions()[i].Do(f)
	}
}

func TestZoomingKeepsThePointOfTheCursorInSight(t *testing.T) {
	p := New(frames.Plain())
	f, _ := frames.Trained(t, "ravine", 30)
	whole := p.box(f)
	act(t, p, f, "right", "right", "right", "up")
	x := draw.Axis{Low: whole.Left, High: whole.Right}.At(p.cx)
	act(t, p, f, ")", ")", ")")
	b := p.box(f)
	if middle := (b.Left + b.Right) / 2; math.Abs(middle-x) > 1e-9*(whole.Right-whole.Left) || math.Abs((b.Right-b.Left)*8/(whole.Right-whole.Left)-1) > 1e-9 {
		t.Errorf("from %v to %v, the cursor was at %v", b.Left, b.Right, x)
	}
	for range 40 {
		act(t, p, f, "right")
	}
	if now := p.box(f); !(now.Left > b.Left) {
		t.Error("at the edge the picture stands still")
	}
	act(t, p, f, "home")
	if p.box(f) != whole || p.pointed {
		t.Error("home does not show the whole")
	}
	for range 60 {
		act(t, p, f, ")")
	}
	for range 60 {
		act(t, p, f, "(")
	}
	p.Point(f, intent.Pointing{Gesture: intent.Press, X: 3, Y: 2, W: 60, H: 20})
	p.Point(f, intent.Pointing{Gesture: intent.Drag, X: -500, Y: 900, W: 60, H: 20})
	p.Point(f, intent.Pointing{Gesture: intent.Wheel, Wheel: -1, W: 60, H: 20})
	if b := p.box(f); !(b.Left < b.Right && b.Bottom < b.Top) {
		t.Errorf("%+v", b)
	}
}

// What was complete stays until the next is.
func TestTheLastCompletePictureStaysWhileTheNextIsEvaluated(t *testing.T) {
	p := New(frames.Plain())
	done := bowl(t, p, 60, 20, false)
	want := p.View(done, 60, 20, false)
	f := bowl(t, p, 60, 20, true)
	m := p.asked(60, 20)
	part, whole := f.Findings[m], done.Findings[m]
	part.Earlier = &whole
	f.Findings[m] = part
	if got := p.View(f, 60, 20, false); got != want {
		t.Errorf("it shows\n%s", got)
	}
	if !strings.Contains(p.Note(f), "%") {
		t.Errorf("the note is %q", p.Note(f))
	}
}

// An embedding's inputs, a batch norm and a convolution have their heights too.
func TestEveryNetworkHasALandscape(t *testing.T) {
	for _, preset := range []string{"modular", "fashion-cnn"} {
		f, tr := frames.Trained(t, preset, 1)
		p := New(frames.Plain())
		p.radius = 2
		m := p.asked(16, 7)
		var v curvature.Heights
		ctx, cancel := context.WithCancel(context.Background())
		m.Follow(ctx, tr.Copy(), func(sofar any) { v = sofar.(curvature.Heights); cancel() })
		f.Findings[m] = live.Finding{Value: v, Partial: true}
		if text := p.View(f, 16, 7, false); v.Done == 0 || strings.TrimSpace(text) == "" {
			t.Errorf("%s: %+v", preset, v)
		}
	}
}
