package journal

import (
	"bytes"
	"encoding/json"
	"io"

	"descent/core/input"
	"descent/session/disk"
)

// Beside a log that is being written lies a line of how far training has come, as
// the screen has it. It is written over with every frame, and not synced: it
// outlives a process that is killed, not a machine that loses power. Resume
// computes up to there again.

// Reached is that line.
type Reached struct {
	Created   string   `json:"created"` // of the log's header
	Lines     int      `json:"lines"`   // entries of the log
	Branch    BranchID `json:"branch"`
	Step      int      `json:"step"`
	Decisions int      `json:"decisions"`
	Undo      bool     `json:"undo,omitempty"` // as in Seek
	Racers    []Racing `json:"racers,omitempty"`
}

// Racing is how far a branch of a race has come.
type Racing struct {
	Branch BranchID `json:"branch"`
	Step   int      `json:"step"`
}

// ReadReached is the line beside a log, if it is whole and of the moment when the
// log, begun at created, had so many entries.
func ReadReached(log, created string, entries int) (r Reached, ok bool) {
	content, err := input.Read(ReachedPath(log), 1<<16)
	line, _, whole := bytes.Cut(content, []byte("\n"))
	ok = err == nil && whole && !broken(line) && json.Unmarshal(line, &r) == nil && r.Created == created && r.Lines == entries
	return r, ok
}

// Trace writes that line. It only spares work: where it cannot be written nothing
// is said.
type Trace struct {
	disk disk.Disk
	path string
	file disk.File
	last []byte
}

// NewTrace is one that has written nothing yet.
func NewTrace(d disk.Disk) *Trace { return &Trace{disk: d} }

// Write notes how far a session has come, if that has changed. A log without a
// file has no line beside it.
func (t *Trace) Write(l *Log, r Reached) {
	if !l.Named() || l.open != nil {
		return
	}
	if t.path == "" {
		t.path = ReachedPath(l.Path)
		_ = t.disk.Remove(t.path) // of a process that was killed
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
	_, _ = at.WriteAt(Seal(bytes.Clone(line)), 0) // one call: a kill leaves the old line or the new one
}

// End takes the line away: the log has its end.
func (t *Trace) End() {
	if t.file != nil {
		_ = t.file.Close()
		_ = t.disk.Remove(t.path)
	}
}
