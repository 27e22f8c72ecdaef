package core_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"descent/core"
	"descent/presets"
)

// Images are the same to a network whichever way they lie in a file.
func TestImagesOfEveryLayoutFollowPyTorch(t *testing.T) {
	content, err := os.ReadFile("testdata/images/images.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []torchCase
	if err := json.Unmarshal(content, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		recipe, err := presets.Decode(filepath.Join("testdata", "images", "case.toml"), []byte(c.Preset))
		if err != nil {
			t.Fatal(err)
		}
		trainer, err := core.New(recipe, presets.Files{})
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		for i, want := range c.Losses {
			if got := trainer.Step().Loss; !(math.Abs(got-want) <= 1e-12*math.Abs(want)) {
				t.Errorf("%s, step %d: loss %v, PyTorch has %v", c.Name, i+1, got, want)
				break
			}
		}
	}
}
