package probe_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/core/probe"
	"descent/core/recipe"
)

func turn(t *testing.T, tr *core.Trainer, path string, v knob.Value) {
	t.Helper()
	if err := tr.Set(path, v); err != nil {
		t.Fatal(err)
	}
}

func TestLostComparesWithTheWeightsThatAreNotCompressed(t *testing.T) {
	tr := trained(t, threeClasses, 60)
	before, right := tr.Measure(tr.Data().Val)
	c := find[probe.Comparison](probe.Lost{}, tr)
	if c.Now != c.Dense || c.Now != (probe.Answers{Loss: before, Accuracy: right}) || !c.HasAccuracy {
		t.Errorf("nothing is compressed, and it finds %+v; the loss is %v", c, before)
	}
	turn(t, tr, "prune.sparsity", knob.Num(0.8))
	turn(t, tr, "quant.bits", knob.Num(2))
	turn(t, tr, "quant.activations", knob.Num(3))
	now, _ := tr.Measure(tr.Data().Val)
	c = find[probe.Comparison](probe.Lost{}, tr)
	if c.Dense.Loss != before || c.Now.Loss != now || now <= before {
		t.Errorf("%+v, want %v dense and %v now", c, before, now)
	}
	if again, _ := tr.Measure(tr.Data().Val); again != now {
		t.Errorf("measured again it is %v, not %v", again, now)
	}
}

func TestSensitivityIsThatOfEachLayerAlone(t *testing.T) {
	for _, sparsity := range []float64{0, 0.6} {
		tr := trained(t, threeClasses, 60)
		turn(t, tr, "prune.sparsity", knob.Num(sparsity))
		turn(t, tr, "quant.bits", knob.Num(3))
		for range 20 {
			tr.Step()
		}
		eachLayerAlone(t, tr)
	}
}

func eachLayerAlone(t *testing.T, tr *core.Trainer) {
	t.Helper()
	hash := tr.Hash()
	found := find[probe.Layers](probe.Sensitivity{}, tr)
	if tr.Hash() != hash {
		t.Error("the trainer was touched")
	}
	if found.Done != found.Of || len(found.Layers) != 2 || found.Layers[0].Worse < found.Layers[1].Worse {
		t.Fatalf("%+v", found)
	}
	for _, b := range found.Layers {
		for i, s := range found.Sparsities {
			network, _ := tr.Network()
			w := tr.Masked(nil)
			var pruned []float64
			for _, k := range network.Layout().Kernels() {
				if k.Layer == b.Layer {
					pruned = k.Of(w)
				}
			}
			smallest := slices.Clone(pruned)
			for i := range smallest {
				smallest[i] = math.Abs(smallest[i])
			}
			slices.Sort(smallest)
			n := int(math.RoundToEven(s * float64(len(smallest))))
			for i, v := range pruned {
				if n > 0 && math.Abs(v) <= smallest[n-1] {
					pruned[i] = 0
				}
			}
			if want, _ := network.Over(w, tr.Data().Val); b.Cut[i].Loss != want {
				t.Errorf("layer %s cut to %v: %v, by hand %v", b.Layer, s, b.Cut[i].Loss, want)
			}
		}
	}
}

func TestSensitivityStopsWhenNobodyWaits(t *testing.T) {
	tr := trained(t, threeClasses, 5)
	ctx, cancel := context.WithCancel(context.Background())
	told := 0
	found := probe.Sensitivity{}.Follow(ctx, tr, func(any) { told++; cancel() }).(probe.Layers)
	if told != 1 || len(found.Layers) != 1 {
		t.Errorf("it went on: told %d times, %d layers", told, len(found.Layers))
	}
}

// Every proposal is as large as it says, within the budget, and comes out the
// same for whoever takes its decisions.
func TestProposalsTakeTheBytesTheyClaim(t *testing.T) {
	for name, settings := range map[string]map[string]knob.Value{
		"from dense":     nil,
		"from pruned":    {"prune.sparsity": knob.Num(0.7), "quant.bits": knob.Num(4)},
		"structured":     {"prune.method": knob.Word("structured")},
		"n:m, gradual":   {"prune.method": knob.Word("n:m"), "prune.when": knob.Word("gradual"), "prune.sparsity": knob.Num(0.5)},
		"from ternary":   {"quant.scheme": knob.Word("ternary"), "quant.bits": knob.Num(2)},
		"bits of layers": {"quant.bits": knob.Num(4), "quant.layers": knob.Items([]string{"0:8"})},
		"learned steps":  {"quant.bits": knob.Num(4), "quant.step": knob.Word("learned")},
		"rounded inputs": {"quant.activations": knob.Num(8), "quant.observer": knob.Word("percentile")},
		"affine, layer":  {"quant.scheme": knob.Word("affine"), "prune.scope": knob.Word("layer")},
	} {
		tr := trained(t, threeClasses, 60)
		for _, path := range []string{"prune.method", "prune.when", "prune.scope", "prune.sparsity", "quant.scheme", "quant.step", "quant.bits", "quant.layers", "quant.observer", "quant.activations"} {
			if v, ok := settings[path]; ok {
				turn(t, tr, path, v)
			}
		}
		hash := tr.Hash()
		m := probe.FitTo{Bytes: tr.Size().Dense * 40 / 100, Steps: 20}
		found := find[probe.Fitting](m, tr)
		if tr.Hash() != hash {
			t.Errorf("%s: the trainer was touched", name)
		}
		if !found.Finished || found.Done != found.Of || len(found.Proposals) == 0 {
			t.Fatalf("%s: %+v", name, found)
		}
		for i, p := range found.Proposals {
			taken := tr.Twin()
			for _, c := range p.Changes {
				turn(t, taken, c.Path, c.Value)
			}
			at, _ := taken.Measure(taken.Data().Val)
			for range m.Steps {
				taken.Step()
			}
			loss, accuracy := taken.Measure(taken.Data().Val)
			if got := taken.Size().Bytes; got != p.Bytes || got > m.Bytes {
				t.Errorf("%s: %+v takes %d bytes of %d", name, p, got, m.Bytes)
			}
			if at != p.AtOnce.Loss || loss != p.Loss || accuracy != p.Accuracy {
				t.Errorf("%s: %+v, taken it comes to %v and after %d steps to %v", name, p, at, m.Steps, loss)
			}
			if before := found.Proposals[max(i-1, 0)]; p.Accuracy > before.Accuracy || p.Accuracy == before.Accuracy && p.Loss < before.Loss {
				t.Errorf("%s: proposals are not in order", name)
			}
		}
	}
}

// What was cut long ago and comes back is as it was then: so what is cut now is
// tried too.
func TestWhatIsCutAlreadyIsTriedToo(t *testing.T) {
	tr := trained(t, threeClasses, 60)
	turn(t, tr, "prune.sparsity", knob.Num(0.625))
	found := find[probe.Fitting](probe.FitTo{Bytes: tr.Size().Dense * 60 / 100, Steps: 5}, tr)
	kept := 0
	for _, p := range found.Proposals {
		if p.Sparsity == 0.625 && !slices.ContainsFunc(p.Changes, func(c recipe.Change) bool { return c.Path == "prune.sparsity" }) {
			kept++
		}
	}
	if kept < 13 || kept == len(found.Proposals) {
		t.Errorf("%d of %d proposals leave what is cut", kept, len(found.Proposals))
	}
}

func TestABudgetBelowTheLeastIsToldSo(t *testing.T) {
	tr := trained(t, threeClasses, 5)
	found := find[probe.Fitting](probe.FitTo{Bytes: 10, Steps: 5}, tr)
	if !found.Finished || len(found.Proposals) != 0 || found.Least <= 10 {
		t.Errorf("%+v", found)
	}
	again := find[probe.Fitting](probe.FitTo{Bytes: found.Least, Steps: 5}, tr)
	if len(again.Proposals) == 0 || again.Proposals[0].Bytes != found.Least {
		t.Errorf("with the least budget: %+v", again)
	}
}

func TestAFileCountsWithItsHeader(t *testing.T) {
	tr := trained(t, threeClasses, 60)
	m := probe.FitTo{Bytes: 740, Steps: 20, File: true} // dense the file has 748, most of them its header
	found := find[probe.Fitting](m, tr)
	if !found.Finished || len(found.Proposals) == 0 || found.Dense.File <= m.Bytes {
		t.Fatalf("%+v", found)
	}
	for _, p := range found.Proposals {
		taken := tr.Twin()
		for _, c := range p.Changes {
			turn(t, taken, c.Path, c.Value)
		}
		for range m.Steps {
			taken.Step()
		}
		small, err := taken.Compact()
		if err != nil || len(small.File) != p.File || p.File > m.Bytes || p.File <= p.Bytes {
			t.Errorf("%+v is a file of %d bytes of %d, %v", p, len(small.File), m.Bytes, err)
		}
	}
	if none := find[probe.Fitting](probe.FitTo{Bytes: 300, Steps: 1, File: true}, tr); len(none.Proposals) > 0 || none.Least <= 300 {
		t.Errorf("into less than a header: %+v", none)
	}
}

func TestASearchEndsWithItsContext(t *testing.T) {
	tr := trained(t, threeClasses, 5)
	ctx, cancel := context.WithCancel(context.Background())
	found := probe.FitTo{Bytes: 200, Steps: 100}.Search(ctx, tr, func(probe.Fitting) { cancel() })
	if found.Finished || len(found.Proposals) > 0 {
		t.Errorf("%+v", found)
	}
}

func TestABudgetIsReadAsPeopleWriteIt(t *testing.T) {
	for text, want := range map[string]int{
		"8 kB": 8000, "8kb": 8000, " 8K ": 8000, "8000": 8000, "8,000 B": 8000, "8 000 bytes": 8000, "1.5 MB": 1_500_000,
		"2 KiB": 2048, "1 MiB": 1 << 20, "20%": 5256, "20 %": 5256, "12.5%": 3285, "0.2k": 200, "1e4": 10000, "100%": 26280,
	} {
		if got, err := probe.Budget(text, 26280); err != nil || got != want {
			t.Errorf("%q is %d (%v), want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "  ", "kB", "%", "eight", "-3", "0", "0%", "0.0001 B", "NaN", "inf", "1e300", "8 furlongs", "8 kB 9", "--"} {
		if got, err := probe.Budget(text, 26280); err == nil {
			t.Errorf("%q is taken as %d", text, got)
		}
	}
}
