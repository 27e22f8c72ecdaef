package data

import (
	"fmt"
	"slices"
	"testing"

	"descent/core"
	"descent/core/data"
	"descent/core/knob"
	"descent/core/objective"
	"descent/presets"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	"github.com/muesli/termenv"
)

// changedBatch is a frame of a preset with some knobs of augmentation turned,
// and its pane on the view of the batch, measured for a place.
func changedBatch(t *testing.T, th *draw.Theme, preset string, w, h int, turns map[string]float64) (*Pane, *live.Frame) {
	t.Helper()
	r, err := presets.Load(preset)
	if err != nil {
		t.Fatal(err)
	}
	for path, v := range turns {
		if err := r.Set(path, knob.Num(v)); err != nil {
			t.Fatal(err)
		}
	}
	tr, err := core.New(r, presets.Files{})
	if err != nil {
		t.Fatal(err)
	}
	f := &live.Frame{Recipe: r, Data: tr.Data(), Findings: map[live.Probe]live.Finding{}}
	for _, set := range tr.Settings().Panel() {
		f.Panel = append(f.Panel, live.KnobState{Setting: set, Inert: tr.Inert(set.Knob.Path)})
	}
	e := New(th)
	e.view = slices.IndexFunc(e.views(f.Data), func(v view) bool { return v.name == batchView })
	frames.Measure(e, f, tr, w, h)
	return e, f
}

var changes = []struct {
	preset string
	turns  map[string]float64
}{
	{"digits", nil},
	{"augment-digits", nil},
	{"augment-digits", map[string]float64{"augment.mixup": 1}},
	{"augment-digits", map[string]float64{"augment.noise": 0, "augment.rotate": 0, "augment.elastic": 0, "augment.cutmix": 1}},
	{"fashion-cnn", map[string]float64{"augment.flip": 1, "augment.cutmix": 1}},
	{"penguins", map[string]float64{"augment.drop": 0.2, "augment.mixup": 1}},
	{"concrete", map[string]float64{"augment.noise": 0.1, "augment.mixup": 1}},
	{"modular", map[string]float64{"augment.drop": 0.1}},
	{"chebyshev", map[string]float64{"augment.noise": 0.1}},
}

func TestGoldenBatches(t *testing.T) {
	for i, c := range changes {
		t.Run(fmt.Sprintf("%d-%s", i, c.preset), func(t *testing.T) {
			e, f := changedBatch(t, frames.Plain(), c.preset, 60, 20, c.turns)
			check.Golden(t, e.View(f, 60, 20, false))
		})
	}
}

func TestABatchFillsItsPlaceAtAnySize(t *testing.T) {
	for _, c := range changes {
		for _, th := range []*draw.Theme{frames.Plain(), frames.Colored(termenv.TrueColor)} {
			for _, s := range [][2]int{{1, 1}, {8, 3}, {9, 4}, {12, 30}, {20, 6}, {38, 14}, {120, 40}} {
				e, f := changedBatch(t, th, c.preset, s[0], s[1], c.turns)
				check.Exact(t, c.preset, e.View(f, s[0], s[1], false), s[0], s[1])
				e.page = 1000
				_, _ = e.Probes(f, s[0], s[1]), e.View(f, s[0], s[1], false)
				f.Findings = nil // not measured yet
				check.Exact(t, c.preset, e.View(f, s[0], s[1], false), s[0], s[1])
			}
		}
	}
}

func TestALabelOfTwoNamesBothAndTheShare(t *testing.T) {
	d := &data.Set{Targets: []string{"Trouser", "Coat", "3", "8"}, ByClass: true}
	b := objective.Batch{Share: 0.7, Before: data.Part{Classes: []int{2, 0, 1, 3}}, Partner: data.Part{Classes: []int{3, 1, 1, 0}}}
	for _, c := range []struct {
		row, w int
		want   string
		mixed  bool
	}{
		{0, 9, "3 70% 8", true},
		{0, 7, "3 70% 8", true},
		{1, 20, "Trouser 70% Coat", true},
		{1, 14, "Trou… 70% Coat", true},
		{1, 11, "Tr… 70% Co…", true},
		{2, 9, "Coat", false}, // the same class twice
		{3, 9, "8 70% Tr…", true},
	} {
		got, mixed := labelOf(d, b, c.row, c.w)
		if got != c.want || mixed != c.mixed {
			t.Errorf("row %d in %d cells: %q, want %q", c.row, c.w, got, c.want)
		}
	}
}
