package optimizer

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"descent/core/knob"
	"descent/core/microscope"
	"descent/core/optim"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"
)

// press is what a key does.
func press(t *testing.T, p *Pane, f *live.Frame, key string) tea.Msg {
	t.Helper()
	for _, a := range p.Actions() {
		if a.Takes(key) {
			if why := a.Why(f); why != "" {
				t.Fatalf("%s: %s", key, why)
			}
			return a.Do(f)
		}
	}
	t.Fatalf("no action for %q", key)
	return nil
}

func TestGoldenSteps(t *testing.T) {
	for _, preset := range []string{"digits", "chebyshev", "rosenbrock", "fashion-cnn"} {
		steps := 20
		if preset == "fashion-cnn" {
			steps = 1
		}
		f, tr := frames.Trained(t, preset, steps)
		for _, size := range [][2]int{{78, 20}, {118, 31}, {198, 50}} {
			for i, fr := range names {
				if size[0] >= wideView && i != updateFrame {
					continue // all are there
				}
				t.Run(fmt.Sprintf("%s-%s-%d", preset, fr, size[0]), func(t *testing.T) {
					p := New(frames.Plain())
					p.frame = i
					frames.Measure(p, f, tr, size[0], size[1])
					check.Golden(t, p.View(f, size[0], size[1], true))
				})
			}
		}
	}
}

func TestGoldenStepsInASCII(t *testing.T) {
	for _, preset := range []string{"digits", "rosenbrock"} {
		f, tr := frames.Trained(t, preset, 20)
		t.Run(preset, func(t *testing.T) {
			th := frames.Plain().InASCII()
			p := New(th)
			frames.Measure(p, f, tr, 118, 31)
			check.Golden(t, th.Release(p.View(f, 118, 31, true)))
		})
	}
}

var names = []string{"forward", "loss", "backward", "update"}

// Whatever the optimizer, the pane fills its place and works the update out.
func TestEveryOptimizerIsShown(t *testing.T) {
	for _, preset := range []string{"spiral", "rosenbrock"} {
		for _, row := range optim.Catalogue {
			f, tr := frames.Trained(t, preset, 2)
			if err := tr.Set("optimizer.name", knob.Word(row.Name)); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				tr.Advance()
			}
			for _, th := range []*draw.Theme{frames.Plain(), frames.Colored(termenv.TrueColor)} {
				p := New(th)
				for i := range names {
					p.frame = i
					for _, s := range [][2]int{{1, 1}, {8, 3}, {30, 9}, {78, 20}, {118, 31}, {198, 50}} {
						clear(f.Findings)
						frames.Measure(p, f, tr, s[0], s[1])
						view := p.View(f, s[0], s[1], true)
						check.Exact(t, row.Name, view, s[0], s[1])
						check.Harmless(t, row.Name, view)
						if i == updateFrame && s[1] == 50 && (!strings.Contains(view, "Δθₜ") || !strings.Contains(view, "θₜ₋₁ + Δθₜ")) {
							t.Errorf("%s on %s: no update\n%s", row.Name, preset, view)
						}
					}
				}
			}
		}
	}
}

func TestKeysChooseTensorWeightAndRow(t *testing.T) {
	f, tr := frames.Trained(t, "spiral", 3)
	p := New(frames.Plain())
	measure := func() microscope.View {
		frames.Measure(p, f, tr, 118, 31)
		v, ok := p.view(f)
		if !ok {
			t.Fatal("nothing is measured")
		}
		return v
	}
	v := measure()
	first := v.Chosen
	most := 0.0
	for _, w := range v.Tensors {
		most = max(most, w.Ratio)
	}
	press(t, p, f, "down")
	if got := p.tensor(v); got != (first.Tensor+1)%len(v.Tensors) {
		t.Errorf("down goes from tensor %d to %d", first.Tensor, got)
	}
	if _, ok := p.view(f); !ok {
		t.Error("the last finding is gone before there is a new one")
	}
	v = measure()
	second := v.Chosen
	if second.Tensor != (first.Tensor+1)%len(v.Tensors) || second.Index != v.Tensors[second.Tensor].Largest {
		t.Errorf("down follows %+v", second)
	}
	press(t, p, f, "right")
	press(t, p, f, "right")
	v = measure()
	if n := size(v.Tensors[second.Tensor]); v.Chosen.Tensor != second.Tensor || v.Chosen.Index != (second.Index+2)%n {
		t.Errorf("right twice from %d follows %d", second.Index, v.Chosen.Index)
	}
	press(t, p, f, ")")
	if v = measure(); v.Pass.Row != 1 {
		t.Errorf("row %d", v.Pass.Row)
	}
	press(t, p, f, "J")
	if v = measure(); v.Chosen.Tensor != first.Tensor || v.Chosen.Index != first.Index {
		t.Errorf("T follows %+v, want %+v", v.Chosen, first)
	}
	for range 5 {
		press(t, p, f, "Y")
		measure()
	}
	press(t, p, f, "enter")
	if p.frame != forwardFrame {
		t.Errorf("enter shows frame %d", p.frame)
	}
}

// A network that diverged is shown as it is.
func TestNumbersOfADivergedRunAreDrawn(t *testing.T) {
	f, tr := frames.Trained(t, "spiral", 2)
	p := New(frames.Plain())
	frames.Measure(p, f, tr, 118, 31)
	v, _ := p.view(f)
	for k := range check.Extremes {
		x := func(i int) float64 { return check.Extremes[(i*5+k)%len(check.Extremes)] }
		w := v
		w.Loss, w.Rate = x(0), x(1)
		w.Tensors = append([]microscope.Tensor(nil), v.Tensors...)
		for i := range w.Tensors {
			d := &w.Tensors[i]
			d.Weight, d.Grad, d.First, d.Second, d.Rate, d.Ratio, d.Angle = x(i), x(i+1), x(i+2), x(i+3), x(i+4), x(i+5), x(i+6)
		}
		w.Pass.Layers = append([]microscope.Layer(nil), v.Pass.Layers...)
		for i := range w.Pass.Layers {
			l := &w.Pass.Layers[i]
			l.GradNorm, l.Size = x(i), x(i+1)
			l.Units, l.Grad = check.Extremes, check.Extremes
		}
		w.Pass.Outputs, w.Pass.Shares, w.Pass.Loss = []float64{x(0), x(1)}, []float64{x(3), x(4)}, x(6)
		w.Chosen.Grad, w.Chosen.Update = x(7), x(8)
		w.Chosen.Stages = nil
		for _, st := range v.Chosen.Stages {
			lines := append([]optim.Line(nil), st.Lines...)
			for i := range lines {
				lines[i].Value = x(i)
				lines[i].Parts = append([]optim.Part(nil), lines[i].Parts...)
				for j := range lines[i].Parts {
					if lines[i].Parts[j].Text == "" {
						lines[i].Parts[j].Number = x(j)
					}
				}
			}
			st.Lines = lines
			w.Chosen.Stages = append(w.Chosen.Stages, st)
		}
		for probe := range f.Findings {
			f.Findings[probe] = live.Finding{Value: w}
		}
		for i := range names {
			p.frame = i
			for _, s := range [][2]int{{9, 4}, {60, 18}, {118, 31}, {198, 50}} {
				check.Exact(t, "diverged", p.View(f, s[0], s[1], false), s[0], s[1])
			}
		}
	}
}

func TestFigures(t *testing.T) {
	for v, want := range map[float64]string{
		0.9: "0.9", 0.999: "0.999", 1e-8: "1e-8", -0.0123456: "−0.01235", 12: "12", 0: "0", math.Copysign(0, -1): "0", -3: "−3", 1234567.8: "1.235e6",
		math.Inf(-1): "−Inf", 0.001: "0.001", 1.5e-5: "1.5e-5", 12345.678: "12345.678", 0.123456789: "0.1235",
	} {
		if got := figure(v); got != want {
			t.Errorf("%v is written %q, want %q", v, got, want)
		}
	}
	if figure(math.NaN()) != "NaN" {
		t.Error("NaN")
	}
}

// The mouse chooses what it points at, whatever the size.
func TestTheMouseChooses(t *testing.T) {
	f, tr := frames.Trained(t, "digits", 3)
	p := New(frames.Plain())
	measure := func() microscope.View {
		frames.Measure(p, f, tr, 198, 50)
		v, _ := p.view(f)
		return v
	}
	find := func(text string) (x, y int) {
		for y, line := range strings.Split(p.View(f, 198, 50, true), "\n") {
			if x := strings.Index(line, text); x >= 0 {
				return draw.Width(line[:x]), y
			}
		}
		t.Fatalf("%q is nowhere:\n%s", text, p.View(f, 198, 50, true))
		return 0, 0
	}
	press := func(x, y int) {
		p.Point(f, intent.Pointing{Gesture: intent.Press, X: x, Y: y, W: 198, H: 50})
	}
	v := measure()
	x, y := find("2.bias dense")
	press(x, y)
	if v = measure(); v.Tensors[v.Chosen.Tensor].Name != "2.bias" {
		t.Errorf("a click on 2.bias follows %s", v.Tensors[v.Chosen.Tensor].Name)
	}
	p.Point(f, intent.Pointing{Gesture: intent.Press, X: 22, Y: 1, W: 78, H: 20})
	if p.frame != backwardFrame {
		t.Errorf("a click on backward shows frame %d", p.frame)
	}
	x, y = find("0.weight dense")
	press(x, y)
	measure()
	x, y = find("─ Δθ of 0.weight")
	press(x+17, y+1+9)
	measure()
	if mx, my := find("✕"); mx != x+17 || my != y+1+9 {
		t.Errorf("a click at %d, %d of the map follows the weight at %d, %d", x+17, y+1+9, mx, my)
	}
	p.Point(f, intent.Pointing{Gesture: intent.Wheel, Wheel: 1, W: 198, H: 50})
	if v = measure(); v.Chosen.Tensor != 1 {
		t.Errorf("the wheel goes to tensor %d", v.Chosen.Tensor)
	}
	for _, s := range [][2]int{{1, 1}, {20, 5}, {78, 20}, {118, 31}} {
		for y := range s[1] {
			for x := 0; x < s[0]; x += 3 {
				p.Point(f, intent.Pointing{Gesture: intent.Press, X: x, Y: y, W: s[0], H: s[1]})
			}
		}
	}
}
