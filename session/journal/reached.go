package journal

import (
	"bytes"
	"encoding/json"
	"io"

	"descent/core/input"
	"descent/session/disk"
)

// Beside a log that is being written is a file with one line, the current progress
// of training. It is overwritten with every frame and not synced: it survives a
// killed process, not a power failure. Resume recomputes up to there.

// Progress is that line.
type Progress struct {
	Created   string   `json:"created"` // of the log's header
	Lines     int      `json:"lines"`   // entries of the log
	Branch    BranchID `json:"branch"`
	Step      int      `json:"step"`
	Decisions int      `json:"decisions"`
	Undo      bool     `json:"undo,omitempty"` // as in Seek
	Racers    []Racing `json:"racers,omitempty"`
}

// Racing is the progress of a branch of a race.
type Racing struct {
	Branch BranchID `json:"branch"`
	Step   int      `json:"step"`
}

// ReadProgress reads the line beside a log, if it is intact and was written when the
// log, created at created, had the given number of entries.
func ReadProgress(log, created string, entries int) (r Progress, ok bool) {
	content, err := input.Read(ProgressPath(log), 1<<16)
	line, _, whole := bytes.Cut(content, []byte("\n"))
	ok = err == nil && whole && !broken(line) && json.Unmarshal(line, &r) == nil && r.Created == created && r.Lines == entries
	return r, ok
}

// ProgressFile writes that line. It only saves recomputation: write errors are ignored.
type ProgressFile struct {
	disk disk.Disk
	path string
	file disk.File
	last []byte
}

// NewProgressFile makes a ProgressFile that has not written anything yet.
func NewProgressFile(d disk.Disk) *ProgressFile { return &ProgressFile{disk: d} }

// Write writes the progress of a session, if it has changed. A log without a file
// has no such line.
func (t *ProgressFile) Write(l *Log, r Progress) {
	if !l.Named() || l.open != nil {
		return
	}
	if t.path == "" {
		t.path = ProgressPath(l.Path)
		_ = t.disk.Remove(t.path) // left by a killed process
		t.file, _ = t.disk.Create(t.path, disk.Fresh, disk.Private)
	}
	at, ok := t.file.(io.WriterAt)
	if !ok {
		return
	}
	line, err := json.Marshal(r)
	if err != nil || bytes.Equal(line, t.last) {
		return
	}
	t.last = line
	_, _ = at.WriteAt(Seal(bytes.Clone(line)), 0) // a single call: a killed process leaves the old or the new line
}

// End removes the file, once the log has its end.
func (t *ProgressFile) End() {
	if t.file != nil {
		_ = t.file.Close()
		_ = t.disk.Remove(t.path)
	}
}
