package formats_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"descent/core/knob"
	"descent/core/model"
	"descent/core/recipe"
	"descent/presets"
	"descent/session/disk"
	"descent/session/export/format/formattest"
	"descent/session/export/formats"
	"descent/session/headless"
)

// A network that trained in float32 is saved in it, at half the size and to the bit.
func TestWhatTrainsInFloat32IsSavedInIt(t *testing.T) {
	for _, c := range []struct{ precision, want string }{{recipe.Float64, "F64"}, {recipe.Mixed, "F64"}, {recipe.Float32, "F32"}} {
		dir := t.TempDir()
		r, err := presets.Load("iris")
		if err != nil {
			t.Fatal(err)
		}
		o := headless.Options{
			Log: filepath.Join(dir, "a.jsonl"), ModelOut: filepath.Join(dir, "model.safetensors"), WeightsOut: filepath.Join(dir, "out.safetensors"),
			At: []headless.Scheduled{{Step: 1, Path: "train.precision", Value: knob.Word(c.precision)}},
		}
		if err := headless.Run(t.Context(), r, 5, presets.Files{}, o); err != nil {
			t.Fatal(err)
		}
		s := formattest.Subject(t, o.Log)
		f, _ := formats.Find("safetensors")
		alone := filepath.Join(dir, "weights.safetensors")
		if _, _, err := f.Write(t.Context(), disk.Machine{}, s, alone); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{alone, o.ModelOut, o.WeightsOut} {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, dtype := range []string{"F64", "F32"} {
				if got := strings.Contains(string(content), `"dtype":"`+dtype+`"`); got != (dtype == c.want) {
					t.Errorf("%s, %s: %s in it: %v", c.precision, filepath.Base(path), dtype, got)
				}
			}
		}
		content, err := os.ReadFile(o.ModelOut)
		if err != nil {
			t.Fatal(err)
		}
		m, err := model.Decode(content)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(m.Weights, s.Model.Weights) {
			t.Errorf("%s: other weights come back", c.precision)
		}
	}
}
