// Package export writes networks: as a model in one file, as a preset with its weights,
// or compact with packed weights.
package export

import (
	"fmt"
	"path/filepath"
	"runtime/debug"
	"strings"

	"descent/core"
	"descent/core/model"
	"descent/core/recipe"
	"descent/session/disk"
)

// Encoder encodes a recipe as a preset file in dir.
type Encoder func(r recipe.Recipe, dir string) ([]byte, error)

// SaveRecipe writes a recipe to path, a preset file, without weights.
func SaveRecipe(d disk.Disk, r recipe.Recipe, path string, encode Encoder) error {
	path, err := filepath.Abs(strings.TrimSuffix(path, ".toml") + ".toml")
	if err != nil {
		return err
	}
	if file := disk.Existing(d, path); file != "" {
		return fmt.Errorf("%s exists already; give another name", file)
	}
	preset, err := encode(r, filepath.Dir(path))
	if err != nil {
		return err
	}
	return disk.WriteAll(d, disk.Output{Path: path, Content: preset})
}

// Save writes the current recipe to path, a preset file, and the stored weights
// (before masks and quantization, so that these remain reversible) to the same name
// ending in .safetensors; a teacher that was set during training is written to one
// ending in -teacher.safetensors. Files are written atomically.
func Save(d disk.Disk, t *core.Trainer, path string, encode Encoder) error {
	if !strings.HasSuffix(path, ".toml") {
		path += ".toml"
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	weights := strings.TrimSuffix(path, ".toml") + ".safetensors"
	teacher := strings.TrimSuffix(path, ".toml") + "-teacher.safetensors"
	weightsOfTeacher, set := t.TeacherFile()
	files := []string{weights, path}
	if set {
		files = []string{weights, teacher, path}
	}
	if file := disk.Existing(d, files...); file != "" {
		return fmt.Errorf("%s exists already; give another name", file)
	}
	r := t.Recipe()
	r.Model.Weights = weights
	if set {
		r.Teacher = recipe.TeacherSpec{Weights: teacher, Activation: r.Teacher.Activation}
	}
	preset, err := encode(r, filepath.Dir(path))
	if err != nil {
		return err
	}
	out := []disk.Output{{Path: weights, Content: t.Encode(t.Stored())}}
	if set {
		out = append(out, disk.Output{Path: teacher, Content: weightsOfTeacher})
	}
	return disk.WriteAll(d, append(out, disk.Output{Path: path, Content: preset})...)
}

// ModelEnding is that of the files that Model writes.
const ModelEnding = ".safetensors"

// Model writes the network with all that is needed to use it, or to train it on, to one
// file, which is there whole or not at all. It replaces none.
func Model(d disk.Disk, t *core.Trainer, path string) error {
	if file := disk.Existing(d, path); file != "" {
		return fmt.Errorf("%s exists already; give another name", file)
	}
	content, err := EncodeModel(t)
	if err != nil {
		return err
	}
	return disk.WriteAll(d, disk.Output{Path: path, Content: content})
}

// EncodeModel is the file of the model that a trainer holds.
func EncodeModel(t *core.Trainer) ([]byte, error) {
	m, err := model.Of(t, Release())
	if err != nil {
		return nil, err
	}
	return m.Encode()
}

// Release is the version of the program.
func Release() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
