package whatif_test

import (
	"context"
	"slices"
	"testing"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/core/whatif"
	"descent/presets/presettest"
)

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
		tr := presettest.Trained(t, presettest.ThreeClasses, 60)
		for _, path := range []string{"prune.method", "prune.when", "prune.scope", "prune.sparsity", "quant.scheme", "quant.step", "quant.bits", "quant.layers", "quant.observer", "quant.activations"} {
			if v, ok := settings[path]; ok {
				presettest.Set(t, tr, path, v)
			}
		}
		hash := tr.Hash()
		m := whatif.FitTo{Bytes: tr.Size().Dense * 40 / 100, Steps: 20}
		found := presettest.Find[whatif.Fitting](m, tr)
		if tr.Hash() != hash {
			t.Errorf("%s: the trainer was touched", name)
		}
		if !found.Finished || found.Done != found.Of || len(found.Proposals) == 0 {
			t.Fatalf("%s: %+v", name, found)
		}
		for i, p := range found.Proposals {
			taken := tr.Copy()
			for _, c := range p.Changes {
				presettest.Set(t, taken, c.Path, c.Value)
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
	tr := presettest.Trained(t, presettest.ThreeClasses, 60)
	presettest.Set(t, tr, "prune.sparsity", knob.Num(0.625))
	found := presettest.Find[whatif.Fitting](whatif.FitTo{Bytes: tr.Size().Dense * 60 / 100, Steps: 5}, tr)
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
	tr := presettest.Trained(t, presettest.ThreeClasses, 5)
	found := presettest.Find[whatif.Fitting](whatif.FitTo{Bytes: 10, Steps: 5}, tr)
	if !found.Finished || len(found.Proposals) != 0 || found.Least <= 10 {
		t.Errorf("%+v", found)
	}
	again := presettest.Find[whatif.Fitting](whatif.FitTo{Bytes: found.Least, Steps: 5}, tr)
	if len(again.Proposals) == 0 || again.Proposals[0].Bytes != found.Least {
		t.Errorf("with the least budget: %+v", again)
	}
}

func TestAFileCountsWithItsHeader(t *testing.T) {
	tr := presettest.Trained(t, presettest.ThreeClasses, 60)
	m := whatif.FitTo{Bytes: 740, Steps: 20, File: true} // dense the file has 748, most of them its header
	found := presettest.Find[whatif.Fitting](m, tr)
	if !found.Finished || len(found.Proposals) == 0 || found.Dense.File <= m.Bytes {
		t.Fatalf("%+v", found)
	}
	for _, p := range found.Proposals {
		taken := tr.Copy()
		for _, c := range p.Changes {
			presettest.Set(t, taken, c.Path, c.Value)
		}
		for range m.Steps {
			taken.Step()
		}
		small, err := taken.Compact()
		if err != nil || len(small.File) != p.File || p.File > m.Bytes || p.File <= p.Bytes {
			t.Errorf("%+v is a file of %d bytes of %d, %v", p, len(small.File), m.Bytes, err)
		}
	}
	if none := presettest.Find[whatif.Fitting](whatif.FitTo{Bytes: 300, Steps: 1, File: true}, tr); len(none.Proposals) > 0 || none.Least <= 300 {
		t.Errorf("into less than a header: %+v", none)
	}
}

func TestASearchEndsWithItsContext(t *testing.T) {
	tr := presettest.Trained(t, presettest.ThreeClasses, 5)
	ctx, cancel := context.WithCancel(context.Background())
	found := whatif.FitTo{Bytes: 200, Steps: 100}.Search(ctx, tr, func(whatif.Fitting) { cancel() })
	if found.Finished || len(found.Proposals) > 0 {
		t.Errorf("%+v", found)
	}
}

func TestABudgetIsReadAsPeopleWriteIt(t *testing.T) {
	for text, want := range map[string]int{
		"8 kB": 8000, "8kb": 8000, " 8K ": 8000, "8000": 8000, "8,000 B": 8000, "8 000 bytes": 8000, "1.5 MB": 1_500_000,
		"2 KiB": 2048, "1 MiB": 1 << 20, "20%": 5256, "20 %": 5256, "12.5%": 3285, "0.2k": 200, "1e4": 10000, "100%": 26280,
	} {
		if got, err := whatif.Budget(text, 26280); err != nil || got != want {
			t.Errorf("%q is %d (%v), want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "  ", "kB", "%", "eight", "-3", "0", "0%", "0.0001 B", "NaN", "inf", "1e300", "8 furlongs", "8 kB 9", "--"} {
		if got, err := whatif.Budget(text, 26280); err == nil {
			t.Errorf("%q is taken as %d", text, got)
		}
	}
}
