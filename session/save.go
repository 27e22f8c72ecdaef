package session

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"descent/core"
	"descent/core/nn"
)

// Encoder writes a recipe as a preset file that is to lie in dir.
type Encoder func(r core.Recipe, dir string) ([]byte, error)

// Save writes the recipe as it stands to path, a preset file, and the stored
// weights (before masks and quantization, so that these stay reversible) to
// the same name ending in .safetensors; a teacher that was appointed while
// training goes to one ending in -teacher.safetensors. No file is ever half
// written.
func Save(s *Session, path string, encode Encoder) error {
	if !strings.HasSuffix(path, ".toml") {
		path += ".toml"
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	weights := strings.TrimSuffix(path, ".toml") + ".safetensors"
	teacher := strings.TrimSuffix(path, ".toml") + "-teacher.safetensors"
	taught, appointed := s.trainer.Appointed()
	files := []string{path, weights}
	if appointed {
		files = append(files, teacher)
	}
	for _, file := range files {
		if _, err := os.Stat(file); err == nil {
			return fmt.Errorf("%s exists already; give another name", file)
		}
	}
	r := s.trainer.Recipe()
	r.Model.Weights = weights
	if appointed {
		r.Teacher = core.TeacherSpec{Weights: teacher, Activation: r.Teacher.Activation}
	}
	preset, err := encode(r, filepath.Dir(path))
	if err != nil {
		return err
	}
	if err := WriteFile(weights, nn.EncodeWeights(s.trainer.Layout(), s.trainer.Stored(), s.trainer.Statistics()...)); err != nil {
		return err
	}
	if appointed {
		if err := WriteFile(teacher, taught); err != nil {
			return err
		}
	}
	return WriteFile(path, preset)
}

// WriteFile replaces a file whole: it is written beside, synced, and renamed.
func WriteFile(path string, content []byte) (err error) {
	defer func() {
		if err != nil {
			var p *os.PathError
			if errors.As(err, &p) {
				err = p.Err
			}
			err = fmt.Errorf("%s cannot be written: %w", path, err)
		}
	}()
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(path, content, 0o644) // a device or a pipe
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already if all went well
	if _, err = f.Write(content); err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
