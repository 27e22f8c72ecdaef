package study

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"descent/core/input"
	"descent/core/recipe"
	"descent/session/disk"
	"descent/session/journal"
)

// Create makes the folder of a new study; base is the log of Spec.Base, nil for none. It
// refuses a folder that holds anything. The file study.toml is written last: a folder
// without it is none.
func Create(on disk.Disk, dir string, spec Spec, r recipe.Recipe, base []byte) (*Study, error) {
	spec.Version, spec.Release, spec.Arithmetic = version, Release(), recipe.Arithmetic
	if err := spec.Check(); err != nil {
		return nil, err
	}
	if err := free(dir); err != nil {
		return nil, err
	}
	content, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return nil, err
	}
	toml, err := encodeSpec(spec, sumOf(content))
	if err != nil {
		return nil, err
	}
	log := ""
	if base != nil {
		log = baseFile
	}
	if _, err := decodeSpec(toml, r, sumOf(content), log); err != nil { // nobody could open it
		return nil, fmt.Errorf("this study cannot be: %w", err)
	}
	for _, sub := range []string{"", decisionsDir, workersDir, trialsDir, freshDir} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o777); err != nil {
			return nil, disk.CannotWrite(dir, err)
		}
	}
	if err := disk.WriteFile(on, filepath.Join(dir, recipeFile), content); err != nil {
		return nil, err
	}
	if base != nil {
		if err := disk.WriteFile(on, filepath.Join(dir, baseFile), base); err != nil {
			return nil, err
		}
	}
	created, err := disk.Publish(on, filepath.Join(dir, specFile), toml)
	if err != nil {
		return nil, disk.CannotWrite(filepath.Join(dir, specFile), err)
	}
	if !created {
		return nil, fmt.Errorf("somebody else has made a study in %s at this moment; open that, or give another folder", dir)
	}
	return Open(on, dir)
}

// free reports in a sentence that a folder holds something. What is left of a Create that
// was killed may be there.
func free(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("%s cannot be read: %w", dir, disk.Reason(err))
	case Is(dir):
		return fmt.Errorf("%s holds a study already; open that, or give another folder", dir)
	}
	for _, e := range entries {
		name := e.Name()
		switch {
		case name == recipeFile, name == baseFile, strings.HasPrefix(name, ".") && strings.HasSuffix(name, ".new"):
		case e.IsDir() && slices.Contains([]string{decisionsDir, workersDir, trialsDir, freshDir}, name):
			if inside, err := os.ReadDir(filepath.Join(dir, name)); err == nil && len(inside) == 0 {
				continue
			}
			return fmt.Errorf("%s holds a study without its %s; give another folder", dir, specFile)
		default:
			return fmt.Errorf("%s is not empty, and holds no study; give another folder", dir)
		}
	}
	return nil
}

// sumOf is the SHA-256 of a file.
func sumOf(content []byte) string { return fmt.Sprintf("%x", sha256.Sum256(content)) }

// Is reports whether a folder holds a study.
func Is(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, specFile))
	return err == nil && info.Mode().IsRegular()
}

// Open opens the folder of a study, and reads what is there.
func Open(on disk.Disk, dir string) (*Study, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	s := &Study{
		on: on, dir: dir, fresh: map[Job]*job{}, workers: map[string]*worker{}, unknown: map[string]time.Time{},
		running: map[Job]string{}, problems: map[string]bool{}, open: map[int]bool{}, resting: map[int]bool{}, dirty: map[int]bool{},
	}
	toml, err := input.Read(filepath.Join(dir, specFile), input.MaxPreset)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s holds no study: there is no %s", dir, specFile)
	}
	if err != nil {
		return nil, err
	}
	content, err := input.Read(filepath.Join(dir, recipeFile), input.MaxPreset)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is no whole study: there is no %s", dir, recipeFile)
	}
	if err != nil {
		return nil, err
	}
	if json.Unmarshal(content, &s.recipe) != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, recipeFile), errTorn)
	}
	if s.base, err = input.Read(filepath.Join(dir, baseFile), input.MaxLog); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	based := ""
	if s.base != nil {
		based = baseFile
	}
	if s.spec, err = decodeSpec(toml, s.recipe, sumOf(content), based); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, specFile), err)
	}
	s.plan = planOf(s.spec, nil)
	return s, s.readAll()
}

// NewDir is a folder in the state directory for a study of a preset, that does not exist
// yet.
func NewDir(preset string) (string, error) {
	dir, err := journal.StudiesDir()
	if err != nil {
		return "", err
	}
	name := strings.TrimSuffix(filepath.Base(preset), ".toml")
	for n := 1; ; n++ {
		path := filepath.Join(dir, fmt.Sprintf("%s-%d", name, n))
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			return path, nil
		} else if err != nil {
			return "", err
		}
	}
}
