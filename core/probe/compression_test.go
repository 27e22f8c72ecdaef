package probe_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/core/probe"
	"descent/presets/presettest"
)

func TestLostComparesWithTheWeightsThatAreNotCompressed(t *testing.T) {
	tr := presettest.Trained(t, presettest.ThreeClasses, 60)
	before, right := tr.Measure(tr.Data().Val)
	c := presettest.Find[probe.Comparison](probe.CompressionLoss{}, tr)
	if c.Now != c.Dense || c.Now != (probe.Evaluation{Loss: before, Accuracy: right}) || !c.HasAccuracy {
		t.Errorf("nothing is compressed, and it finds %+v; the loss is %v", c, before)
	}
	presettest.Set(t, tr, "prune.sparsity", knob.Num(0.8))
	presettest.Set(t, tr, "quant.bits", knob.Num(2))
	presettest.Set(t, tr, "quant.activations", knob.Num(3))
	now, _ := tr.Measure(tr.Data().Val)
	c = presettest.Find[probe.Comparison](probe.CompressionLoss{}, tr)
	if c.Dense.Loss != before || c.Now.Loss != now || now <= before {
		t.Errorf("%+v, want %v dense and %v now", c, before, now)
	}
	if again, _ := tr.Measure(tr.Data().Val); again != now {
		t.Errorf("measured again it is %v, not %v", again, now)
	}
}

func TestSensitivityIsThatOfEachLayerAlone(t *testing.T) {
	for _, sparsity := range []float64{0, 0.6} {
		tr := presettest.Trained(t, presettest.ThreeClasses, 60)
		presettest.Set(t, tr, "prune.sparsity", knob.Num(sparsity))
		presettest.Set(t, tr, "quant.bits", knob.Num(3))
		for range 20 {
			tr.Step()
		}
		eachLayerAlone(t, tr)
	}
}

func eachLayerAlone(t *testing.T, tr *core.Trainer) {
	t.Helper()
	hash := tr.Hash()
	found := presettest.Find[probe.Sensitivities](probe.Sensitivity{}, tr)
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
			if want, _ := network.Evaluate(w, tr.Data().Val); b.Cut[i].Loss != want {
				t.Errorf("layer %s cut to %v: %v, by hand %v", b.Layer, s, b.Cut[i].Loss, want)
			}
		}
	}
}

func TestSensitivityStopsWhenNobodyWaits(t *testing.T) {
	tr := presettest.Trained(t, presettest.ThreeClasses, 5)
	ctx, cancel := context.WithCancel(context.Background())
	told := 0
	found := probe.Sensitivity{}.Follow(ctx, tr, func(any) { told++; cancel() }).(probe.Sensitivities)
	if told != 1 || len(found.Layers) != 1 {
		t.Errorf("it went on: told %d times, %d layers", told, len(found.Layers))
	}
}

// Every proposal is as large as it says, within the budget, and comes out the
// same for whoever takes its decisions.
