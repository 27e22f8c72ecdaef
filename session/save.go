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
func Save(s *Session, path string, encode Encoder) error { return save(realDisk{}, s, path, encode) }

func save(d disk, s *Session, path string, encode Encoder) error {
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
	files := []string{weights, path}
	if appointed {
		files = []string{weights, teacher, path}
	}
	if file := taken(d, files...); file != "" {
		return fmt.Errorf("%s exists already; give another name", file)
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
	out := []written{{weights, nn.EncodeWeights(s.trainer.Layout(), s.trainer.Stored(), s.trainer.Statistics()...)}}
	if appointed {
		out = append(out, written{teacher, taught})
	}
	return writeOut(d, append(out, written{path, preset})...)
}

// WriteFile replaces a file whole: it is written beside, synced, and renamed. A
// device or a pipe is written to.
func WriteFile(path string, content []byte) error { return writeFile(realDisk{}, path, content) }

func writeFile(d disk, path string, content []byte) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		f, err := d.create(path, os.O_WRONLY, public)
		if err != nil {
			return said(path, err)
		}
		_, err = f.Write(content)
		return said(path, errors.Join(err, f.Close()))
	}
	return writeOut(d, written{path, content})
}
