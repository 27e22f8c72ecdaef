package study

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"descent/core/input"
	"descent/session/disk"
	"descent/session/journal"
)

// The files of a study, relative to its folder. Trials lie in folders of a thousand, so
// that none grows too long to list.
const (
	specFile   = "study.toml"
	recipeFile = "recipe.json"
	baseFile   = "base.jsonl"

	decisionsDir = "decisions"
	workersDir   = "workers"
	trialsDir    = "trials"
	freshDir     = "fresh"

	shard = 1000 // trials in a folder
)

// stem is the beginning of the names of all files of a job.
func (j Job) stem() string {
	if j.Fresh {
		return filepath.Join(freshDir, fmt.Sprintf("%06d.%d", j.Trial, j.Rung))
	}
	return filepath.Join(trialsDir, fmt.Sprintf("%03d", j.Trial/shard), fmt.Sprintf("%06d.%d", j.Trial, j.Rung))
}

func (j Job) resultFile() string { return j.stem() + ".result" }

func (j Job) claimFile(attempt int) string { return fmt.Sprintf("%s.%d.claim", j.stem(), attempt) }

func (j Job) reportFile(attempt int) string { return fmt.Sprintf("%s.%d.report", j.stem(), attempt) }

func (j Job) stateFile(attempt int) string { return fmt.Sprintf("%s.%d.state", j.stem(), attempt) }

func decisionFile(n int) string { return filepath.Join(decisionsDir, fmt.Sprintf("%06d.json", n)) }

func workerFile(id string) string { return filepath.Join(workersDir, id+".json") }

func beatFile(id string) string { return filepath.Join(workersDir, id+".beat") }

// LogFile is where the log of a trial is kept, relative to the folder.
func LogFile(trial int) string {
	return filepath.Join(trialsDir, fmt.Sprintf("%03d", trial/shard), fmt.Sprintf("%06d.log.jsonl", trial))
}

// errTorn is the error of a file that is not as it was written.
var errTorn = errors.New("it is damaged or not from descent")

// sealed writes an entry as a line with a checksum.
func sealed(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return journal.Seal(b), nil
}

// unsealed reads an entry.
func unsealed(b []byte, v any) error {
	if !journal.Intact(b) || json.Unmarshal(b, v) != nil {
		return errTorn
	}
	return nil
}

// read reads a sealed file of the folder; ok is false if there is none.
func (s *Study) read(name string, v any) (ok bool, err error) {
	path := filepath.Join(s.dir, name)
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	b, err := input.Read(path, input.MaxPreset)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := unsealed(b, v); err != nil {
		return false, fmt.Errorf("%s: %w", path, err)
	}
	return true, nil
}

// folder makes a folder of the study. One that somebody has removed or moved as a whole is
// not begun again.
func (s *Study) folder(path string) error {
	if s.on.Exists(path) {
		return nil
	}
	if err := s.here(); err != nil {
		return err
	}
	if err := os.MkdirAll(path, 0o777); err != nil {
		return disk.CannotWrite(path, err)
	}
	return s.on.SyncDir(filepath.Dir(path))
}

// here reports in a sentence that the study is there no more.
func (s *Study) here() error {
	if _, err := os.Stat(filepath.Join(s.dir, specFile)); err != nil {
		return fmt.Errorf("the study %s cannot be read any more: %w", s.dir, disk.Reason(err))
	}
	return nil
}
