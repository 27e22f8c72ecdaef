package stability

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"descent/core/curvature"
	"descent/core/optim"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	"github.com/muesli/termenv"
)

func TestGoldenStability(t *testing.T) {
	for _, s := range [][2]int{{50, 15}, {78, 22}, {130, 40}} {
		for i, k := range kinds {
			t.Run(fmt.Sprintf("%s-%dx%d", k.name, s[0], s[1]), func(t *testing.T) {
				p := New(frames.Plain())
				p.kind = i
				check.Golden(t, p.View(frames.Curved(t), s[0], s[1], false))
			})
		}
	}
}

// found is a frame with one finding of the sharpness.
func found(t *testing.T, s curvature.Sharp) *live.Frame {
	f := frames.Curved(t)
	f.Records = nil
	f.Findings[curvature.Sharpness{}] = live.Finding{Step: f.Step, Value: s}
	return f
}

func TestTheVerdictIsInWords(t *testing.T) {
	sharp := func(value, limit float64) curvature.Sharp {
		return curvature.Sharp{Hessian: curvature.Eigen{Value: value}, Limit: optim.Stability{Limit: limit, Formula: "2/η"}}
	}
	none := sharp(3, 0)
	none.Limit = optim.Stability{None: "this optimizer has no limit"}
	for want, s := range map[string]curvature.Sharp{
		"stable": sharp(24.4, 40), "0.6100": sharp(24.4, 40), "at the edge of stability": sharp(41, 40),
		"beyond the limit, it oscillates or diverges": sharp(80, 40), "no limit": none, "not finite": sharp(math.NaN(), 40),
	} {
		if text := New(frames.Plain()).View(found(t, s), 100, 10, false); !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestThePaneFillsItsPlaceWhateverWasFound(t *testing.T) {
	surface, _ := frames.Trained(t, "rosenbrock", 5)
	cases := []*live.Frame{frames.Curved(t), frames.Still(t), surface}
	for _, v := range check.Extremes {
		f := frames.Curved(t)
		for i := range f.Records[curvature.Sharpness{}] {
			s := f.Records[curvature.Sharpness{}][i].Value.(curvature.Sharp)
			s.Hessian.Value, s.Gradient = v*float64(i), v
			if i%2 == 0 {
				s.Limit.Limit = v
			}
			f.Records[curvature.Sharpness{}][i].Value = s
			f.Findings[curvature.Sharpness{}] = live.Finding{Value: s}
		}
		for i := range f.Records[curvature.Layers{}] {
			layers := f.Records[curvature.Layers{}][i].Value.([]curvature.Layer)
			for k := range layers {
				layers[k].Weights.Low, layers[k].Weights.High, layers[k].Gradient = v, check.Extremes[i%len(check.Extremes)], v
			}
		}
		f.Findings[curvature.GradientNoise{}] = live.Finding{Value: curvature.Noise{Batches: 3, Square: v, Trace: -v}}
		cases = append(cases, f)
	}
	for _, th := range []*draw.Theme{frames.Plain(), frames.Colored(termenv.TrueColor), frames.Plain().InASCII()} {
		for i, f := range cases {
			for kind := range kinds {
				p := &Pane{sheet{t: th, kind: kind, top: 3}}
				for _, s := range [][2]int{{1, 1}, {8, 3}, {17, 5}, {9, 40}, {22, 20}, {26, 46}, {31, 30}, {40, 12}, {78, 22}, {200, 50}} {
					check.Exact(t, fmt.Sprint("case ", i), th.Release(p.View(f, s[0], s[1], false)), s[0], s[1])
				}
			}
		}
	}
}

func TestManyMeasurementsAreDrawnFast(t *testing.T) {
	f := frames.Curved(t)
	for p, records := range f.Records {
		for i := 0; len(records) < 512; i++ {
			r := records[i]
			r.Step = 12000 * len(records) / 512
			records = append(records, r)
		}
		f.Records[p] = records
	}
	p := New(frames.Colored(termenv.TrueColor))
	least := time.Hour
	for range 20 {
		start := time.Now()
		p.View(f, 200, 50, false)
		least = min(least, time.Since(start))
	}
	if least > 10*time.Millisecond && !check.Race {
		t.Errorf("a view takes %v", least)
	}
	t.Log(least)
}
