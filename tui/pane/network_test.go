package pane

import (
	"strings"
	"testing"

	"descent/core"
	"descent/core/data"
	"descent/core/probe"
	"descent/session"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	"github.com/muesli/termenv"
)

func TestTheTotalKeepsWhatTrainsAndTheWork(t *testing.T) {
	f := frames.Still(t)
	f.Layers = []core.LayerReport{{Name: "0", Kind: "dense", In: 784, Out: 128, Params: 100_480, Kept: 1}, {Name: "2", Kind: "dense", In: 128, Out: 64, Params: 8_906, Kept: 1}}
	f.Size = core.Size{Params: 109_386, Kept: 109_386, Bytes: 437_544, Dense: 437_544, Work: 109_184, DenseWork: 109_184, Trains: 2_356}
	n := &Network{t: frames.Plain()}
	for w, want := range map[int]string{
		120: "109,386 params   2,356 train   437.5 kB in float32   109,184 multiply-adds per row",
		78:  "109,386 params   2,356 train   437.5 kB in float32   109,184 mul-adds",
		66:  "109,386 params   2,356 train   437.5 kB   109,184 mul-adds",
		50:  "109,386 params   2,356 train   437.5 kB",
	} {
		if got := n.total(f, w); !strings.Contains(got, want) {
			t.Errorf("in %d cells %q, want %q", w, got, want)
		}
	}
	f.Size.Trains = 109_386 // nothing stands still
	if got := n.total(f, 78); strings.Contains(got, "train") {
		t.Errorf("where all train: %q", got)
	}
}

func TestTheNetworkFillsItsPlaceHoweverItIsCompressed(t *testing.T) {
	for _, th := range []*draw.Theme{frames.Plain(), frames.Colored(termenv.TrueColor)} {
		for _, f := range frames.OddCompressed(t) {
			for w := 1; w <= 150; w += 1 + w/9 {
				for h := 1; h <= 60; h += 1 + h/5 {
					check.Exact(t, "network", NewNetwork(th).View(f, w, h, false), w, h)
				}
			}
		}
	}
}

func TestTheNetworkSaysWhatIsLost(t *testing.T) {
	n := &Network{t: frames.Plain()}
	for w, want := range map[int]string{
		46: "1.4 points lost", 60: "1.4 points lost",
		78: "30.0 % mul-adds   1.4 points below dense", 90: "accuracy 1.4 points below dense", 118: "of the multiply-adds   accuracy 1.4 points below dense",
	} {
		if got := n.total(frames.Still(t), w); !strings.Contains(got, "8,988 B of 26.3 kB") || !strings.Contains(got, want) {
			t.Errorf("at %d cells: %q", w, got)
		}
	}
	f := frames.Still(t)
	f.Visits = append(f.Visits, session.Visit{Bytes: 26280, Dense: 26280, Kept: 1, Loss: 0.05, Accuracy: 0.99, HasAccuracy: true})
	if got := n.total(f, 90); !strings.Contains(got, "1.8 points below") {
		t.Errorf("it was better dense, and it says %q", got)
	}
	f.Size = core.Size{Params: 6570, Kept: 6570, Bytes: 26280, Dense: 26280, Work: 6464, DenseWork: 6464}
	if got := n.total(f, 90); !strings.Contains(got, "6,570 params") || !strings.Contains(got, "26.3 kB in float32") || strings.Contains(got, "below") {
		t.Errorf("dense it reads %q", got)
	}
}

func TestManySilentUnitsAreADiagnosisWithAHint(t *testing.T) {
	f := frames.Still(t)
	n := &Network{t: frames.Plain()}
	for _, c := range []struct {
		units probe.LayerUnits
		want  string
	}{
		{probe.LayerUnits{Layer: "1", Units: 64, Dead: 3}, ""},
		{probe.LayerUnits{Layer: "1", Units: 64, Dead: 40}, "1 relu 40/64 dead: try a lower rate"},
		{probe.LayerUnits{Layer: "3", Units: 32, Saturated: 16}, "3 relu 16/32 saturated: try data.standardize"},
	} {
		f.Data = &data.Set{}
		f.Findings = map[live.Probe]live.Finding{probe.Units{}: {Value: []probe.LayerUnits{c.units}}}
		if got := n.Note(f); got != c.want {
			t.Errorf("%+v: %q, want %q", c.units, got, c.want)
		}
	}
}
