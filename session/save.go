package session

import (
	"errors"
	"fmt"
	"math/rand/v2"
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
		return os.WriteFile(path, content, 0o666) // a device or a pipe
	}
	if to, err := filepath.EvalSymlinks(path); err == nil {
		path = to // a link stays one
	}
	f, err := createBeside(path)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already if all went well
	if info, err := os.Stat(path); err == nil {
		if err := f.Chmod(info.Mode().Perm()); err != nil { // what was private stays so
			f.Close()
			return err
		}
	}
	if _, err = f.Write(content); err == nil {
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

// createBeside opens a new file, of another name, in the folder of path. Who may
// read it follows the umask.
func createBeside(path string) (*os.File, error) {
	for range 1000 {
		name := filepath.Join(filepath.Dir(path), fmt.Sprintf(".%s.%08x", filepath.Base(path), rand.Uint32()))
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, os.ErrExist) {
			return f, err
		}
	}
	return nil, os.ErrExist
}
