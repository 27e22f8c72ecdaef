package core_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/presets"
)

// Adapters, rates by layer, L2-SP and masks by gradients are what torch's
// autograd makes of their formulae.
func TestFineTuningFollowsPyTorch(t *testing.T) { followsPyTorch(t, "finetune", 6) }

// Parameter groups are those of torch.optim, whatever the optimizer and schedule.
func TestParameterGroupsFollowPyTorch(t *testing.T) { followsPyTorch(t, "groups", 16) }

// Schedules in a chain, and momentum that cycles against the rate.
func TestChainsAndCyclesFollowPyTorch(t *testing.T) { followsPyTorch(t, "schedules", 8) }

func followsPyTorch(t *testing.T, file string, least int) {
	content, err := os.ReadFile("testdata/" + file + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Layers []int
		Cases  []struct {
			Name         string
			Knobs        []string
			Begin, After map[string][]float64
			Losses       []float64
			Mask         string
		}
	}
	if err := json.Unmarshal(content, &all); err != nil {
		t.Fatal(err)
	}
	widths := strings.ReplaceAll(strings.Trim(fmt.Sprint(all.Layers), "[]"), " ", ", ")
	preset := "[data]\nfile = \"classes.csv\"\n[model]\nlayers = [" + widths + "]\nactivation = \"tanh\"\nweights = \"classes.safetensors\"\n[loss]\nname = \"cross-entropy\"\n[train]\nbatch = 0\n"
	for _, c := range all.Cases {
		r, err := presets.Decode(filepath.Join("testdata", "case.toml"), []byte(preset))
		if err != nil {
			t.Fatal(err)
		}
		tr, err := core.New(r, presets.Files{})
		if err != nil {
			t.Fatal(err)
		}
		turn(t, tr, c.Knobs...)
		s := tr.Snapshot()
		for _, seg := range tr.Tensors() {
			copy(seg.Of(s.Params), c.Begin[seg.Name])
		}
		tr.Restore(s)
		for i, want := range c.Losses {
			if got := tr.Advance().Loss; !(math.Abs(got-want) <= 1e-10*math.Abs(want)) {
				t.Fatalf("%s, step %d: loss %v, PyTorch has %v", c.Name, i+1, got, want)
			}
		}
		for _, seg := range tr.Tensors() {
			for i, want := range c.After[seg.Name] {
				if got := seg.Of(tr.Params())[i]; math.Abs(got-want) > 1e-10 {
					t.Fatalf("%s, %s[%d]: %v, PyTorch has %v", c.Name, seg.Name, i, got, want)
				}
			}
		}
		if c.Mask == "" {
			continue
		}
		turn(t, tr, "prune.sparsity=0.5")
		mask := buffer(tr, "prune/mask")
		var got strings.Builder
		for _, seg := range tr.Layout() {
			if seg.Role == knob.Kernel {
				for _, m := range seg.Of(mask) {
					fmt.Fprint(&got, m)
				}
			}
		}
		if got.String() != c.Mask {
			t.Errorf("%s: mask\n%s, PyTorch's\n%s", c.Name, got.String(), c.Mask)
		}
	}
	if len(all.Cases) < least {
		t.Errorf("there are %d cases", len(all.Cases))
	}
}
